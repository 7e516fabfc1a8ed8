//! Tables' keys and indexes as the model knows them.

use super::{Item, Value};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// A key attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyAttribute {
    /// Its name.
    pub name: String,
    /// `S`, `N` or `B`.
    pub kind: &'static str,
}

/// A table's definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    /// Its name.
    pub name: String,
    /// Its partition key.
    pub partition: KeyAttribute,
    /// Its sort key.
    pub sort: Option<KeyAttribute>,
    /// Its indexes, local ones first.
    pub indexes: Vec<Index>,
}

/// A secondary index.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Local or global.
    pub local: bool,
    /// HASH attributes.
    pub partition: Vec<KeyAttribute>,
    /// RANGE attributes.
    pub sort: Vec<KeyAttribute>,
    /// What it holds.
    pub projection: Projection,
}

/// What an index holds beside the keys.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Projection {
    KeysOnly,
    Include(Vec<String>),
    All,
}

impl Schema {
    /// Its key attributes.
    pub fn key(&self) -> impl Iterator<Item = &KeyAttribute> {
        std::iter::once(&self.partition).chain(&self.sort)
    }

    /// Whether an attribute is part of its key.
    pub fn is_key(&self, name: &str) -> bool {
        self.key().any(|key| key.name == name)
    }

    /// The key attributes of an item.
    pub fn key_of(&self, item: &Item) -> Item {
        item.iter()
            .filter(|(name, _)| self.is_key(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// Whether it has local indexes.
    pub fn has_local_indexes(&self) -> bool {
        self.indexes.iter().any(|index| index.local)
    }

    /// All key attributes, of the table and its indexes, each once.
    pub fn key_attributes(&self) -> BTreeMap<&str, &'static str> {
        let all = self.key().chain(self.indexes.iter().flat_map(Index::key));
        all.map(|key| (key.name.as_str(), key.kind)).collect()
    }

    /// A request that creates the table.
    pub fn create_table(&self) -> Json {
        let mut request = json!({
            "TableName": self.name,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": definitions(self.key_attributes()),
            "KeySchema": elements([&self.partition], &self.sort),
        });
        for (member, local) in [("LocalSecondaryIndexes", true), ("GlobalSecondaryIndexes", false)] {
            let indexes: Vec<Json> =
                self.indexes.iter().filter(|index| index.local == local).map(Index::definition).collect();
            if !indexes.is_empty() {
                request[member] = Json::Array(indexes);
            }
        }
        request
    }

    /// A request that adds an index to the table.
    pub fn create_index(&self, index: &Index) -> Json {
        json!({
            "TableName": self.name,
            "AttributeDefinitions": definitions(index.key().map(|key| (key.name.as_str(), key.kind)).collect()),
            "GlobalSecondaryIndexUpdates": [{ "Create": index.definition() }],
        })
    }

    /// A request that takes an index from the table.
    pub fn delete_index(&self, index: &str) -> Json {
        json!({
            "TableName": self.name,
            "GlobalSecondaryIndexUpdates": [{ "Delete": { "IndexName": index } }],
        })
    }
}

impl Index {
    /// Its key attributes, HASH first.
    pub fn key(&self) -> impl Iterator<Item = &KeyAttribute> {
        self.partition.iter().chain(&self.sort)
    }

    /// Whether an attribute is part of its key.
    pub fn is_key(&self, name: &str) -> bool {
        self.key().any(|key| key.name == name)
    }

    /// Whether it holds an attribute.
    pub fn holds(&self, schema: &Schema, name: &str) -> bool {
        let chosen = match &self.projection {
            Projection::KeysOnly => false,
            Projection::Include(names) => names.iter().any(|included| included == name),
            Projection::All => true,
        };
        chosen || self.is_key(name) || schema.is_key(name)
    }

    /// What it holds of an item; `None` if the item is not in it, for want of a key attribute of the right type.
    pub fn entry(&self, schema: &Schema, item: &Item) -> Option<Item> {
        let is_in =
            self.key().all(|key| item.get(&key.name).is_some_and(|value| is_key_value(value, key.kind)));
        is_in.then(|| {
            let held = item.iter().filter(|(name, _)| self.holds(schema, name));
            held.map(|(name, value)| (name.clone(), value.clone())).collect()
        })
    }

    fn definition(&self) -> Json {
        let projection = match &self.projection {
            Projection::KeysOnly => json!({ "ProjectionType": "KEYS_ONLY" }),
            Projection::Include(names) => json!({ "ProjectionType": "INCLUDE", "NonKeyAttributes": names }),
            Projection::All => json!({ "ProjectionType": "ALL" }),
        };
        json!({
            "IndexName": self.name,
            "KeySchema": elements(&self.partition, &self.sort),
            "Projection": projection,
        })
    }
}

/// Whether a value can be a key of that type.
pub fn is_key_value(value: &Value, kind: &str) -> bool {
    value.type_name() == kind
        && match value {
            Value::S(text) => !text.is_empty(),
            Value::B(bytes) => !bytes.is_empty(),
            _ => true,
        }
}

fn definitions(attributes: BTreeMap<&str, &'static str>) -> Json {
    attributes
        .into_iter()
        .map(|(name, kind)| json!({ "AttributeName": name, "AttributeType": kind }))
        .collect()
}

fn elements<'a>(
    partition: impl IntoIterator<Item = &'a KeyAttribute>,
    sort: impl IntoIterator<Item = &'a KeyAttribute>,
) -> Json {
    let element = |kind: &str, key: &KeyAttribute| json!({ "AttributeName": key.name, "KeyType": kind });
    let partition = partition.into_iter().map(|key| element("HASH", key));
    partition.chain(sort.into_iter().map(|key| element("RANGE", key))).collect()
}
