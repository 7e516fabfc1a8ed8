//! One table of the model: its items by key, and what a write to one of them comes to.

use super::schema::is_key_value;
use super::{
    Condition, Decimal, Index, Item, KeyAttribute, Path, Schema, Update, UpdateAction, Value, item_json,
    item_size, project,
};
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// An item's primary key: partition key, and sort key if there is one.
pub type Key = Vec<Value>;

const ITEM_SIZE_MAX: usize = 409_600;

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its definition.
    pub schema: Schema,
    /// Its items.
    pub items: BTreeMap<Key, Item>,
    /// The attribute by which they expire, if they do.
    pub time_to_live: Option<String>,
    /// What changed, in order, if somebody wants to know.
    pub log: Option<Vec<Logged>>,
}

/// A change of an item.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    /// The item's key.
    pub key: Key,
    /// The item as it was.
    pub before: Option<Item>,
    /// The item as it is.
    pub after: Option<Item>,
    /// Whether it expired.
    pub by_time_to_live: bool,
}

/// A wanted change of one item.
#[derive(Clone, Debug)]
pub struct Write {
    /// The item's primary key.
    pub key: Item,
    /// What to do.
    pub change: Change,
    /// What must hold of the item that is there.
    pub condition: Option<Condition>,
    /// Whether the update is written as AttributeUpdates, whose faults are told otherwise.
    pub legacy: bool,
}

/// What to do to an item.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Change {
    Put(Item),
    Update(Update),
    Delete,
    Check,
}

/// Which attributes a write returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ReturnValues {
    None,
    AllOld,
    UpdatedOld,
    AllNew,
    UpdatedNew,
}

/// What a write comes to.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The item as it was.
    pub before: Option<Item>,
    /// The item as it will be.
    pub after: Option<Item>,
    /// Write units of the table, and of each index it changes.
    pub units: f64,
    /// By index name.
    pub index_units: BTreeMap<String, f64>,
}

/// Why a write does not happen.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Refused {
    ConditionFailed(Option<Item>),
    Invalid(BTreeSet<String>),
}

impl Table {
    /// An empty table.
    pub fn new(schema: Schema) -> Self {
        Self { schema, items: BTreeMap::new(), time_to_live: None, log: None }
    }

    /// The key of an item or of key attributes.
    pub fn key(&self, item: &Item) -> Key {
        self.schema.key().map(|key| item[&key.name].clone()).collect()
    }

    /// The item with these key attributes.
    pub fn get(&self, key: &Item) -> Option<&Item> {
        self.items.get(&self.key(key))
    }

    /// The Number by which an item expires, if it has one that could be a time.
    pub fn expiry(&self, item: &Item) -> Option<Decimal> {
        match item.get(self.time_to_live.as_ref()?)? {
            Value::N(number) if *number >= Decimal::default() => Some(number.clone()),
            _ => None,
        }
    }

    /// Removes what has expired by that second, five years before it and later.
    pub fn sweep(&mut self, now: u64) {
        let second = |second: u64| Decimal::parse(&second.to_string());
        let (from, until) = (second(now - 1826 * 24 * 60 * 60), second(now));
        let is_due = |item: &Item| self.expiry(item).is_some_and(|expiry| from <= expiry && expiry < until);
        let due: Vec<Key> =
            self.items.iter().filter(|(_, item)| is_due(item)).map(|(key, _)| key.clone()).collect();
        for key in due {
            self.put(key, None, true);
        }
    }

    /// Makes it so that the item is this, or none.
    pub fn set(&mut self, key: &Item, item: Option<Item>) {
        self.put(self.key(key), item, false);
    }

    fn put(&mut self, key: Key, after: Option<Item>, by_time_to_live: bool) {
        let before = match after.clone() {
            Some(item) => self.items.insert(key.clone(), item),
            None => self.items.remove(&key),
        };
        if let Some(log) = self.log.as_mut().filter(|_| before != after) {
            log.push(Logged { key, before, after, by_time_to_live });
        }
    }

    /// What a write comes to, by the item that is there.
    pub fn decide(&self, write: &Write) -> Result<Decided, Refused> {
        let before = self.get(&write.key).cloned();
        self.check_shown(write)?;
        if let Change::Put(item) = &write.change {
            self.check_index_keys(item, None)?;
        }
        if write.condition.as_ref().is_some_and(|condition| !condition.holds(before.as_ref())) {
            return Err(Refused::ConditionFailed(before));
        }
        let after = match &write.change {
            Change::Check => before.clone(),
            Change::Delete => None,
            Change::Put(item) => Some(item.clone()),
            Change::Update(update) => {
                let item = update.apply(before.as_ref(), &write.key).map_err(|faults| {
                    let told = |fault: String| match fault.as_str() {
                        "An operand in the update expression has an incorrect data type" if write.legacy => {
                            "Type mismatch for attribute to update".to_owned()
                        }
                        _ => fault,
                    };
                    Refused::Invalid(faults.into_iter().map(told).collect())
                })?;
                self.check_index_keys(&item, Some(&update.paths()))?;
                if item_size(&item) > ITEM_SIZE_MAX {
                    let message = "Item size to update has exceeded the maximum allowed size".to_owned();
                    return Err(Refused::Invalid(BTreeSet::from([message])));
                }
                // What only takes away makes no item.
                (before.is_some() || update.gives()).then_some(item)
            }
        };
        let mut index_units = BTreeMap::new();
        for index in &self.schema.indexes {
            let units = self.index_units(index, before.as_ref(), after.as_ref());
            if units > 0.0 {
                index_units.insert(index.name.clone(), units);
            }
        }
        let size = |item: &Option<Item>| item.as_ref().map_or(0, item_size);
        Ok(Decided { units: write_units(size(&before).max(size(&after))), before, after, index_units })
    }

    /// Checks the types of index keys that an update shows without its item.
    pub fn check_shown(&self, write: &Write) -> Result<(), Refused> {
        let Change::Update(update) = &write.change else { return Ok(()) };
        let mut faults = BTreeSet::new();
        for index in &self.schema.indexes {
            for key in index.key() {
                let kinds = update.0.iter().filter(|action| *action.path() == Path::attribute(&key.name));
                for kind in kinds.filter_map(UpdateAction::shown_type).filter(|kind| *kind != key.kind) {
                    faults.insert(wrong_index_type(key, kind, index));
                }
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(Refused::Invalid(faults)) }
    }

    /// Checks what is put, or what is updated at these paths: an attribute that was there before an index may be what the index
    /// cannot hold.
    fn check_index_keys(&self, item: &Item, updated: Option<&[Path]>) -> Result<(), Refused> {
        let mut faults = BTreeSet::new();
        let written =
            |name: &str| updated.is_none_or(|paths| paths.iter().any(|path| path.attribute == name));
        for index in &self.schema.indexes {
            for key in index.key().filter(|key| written(&key.name)) {
                let Some(value) = item.get(&key.name).filter(|value| !is_key_value(value, key.kind)) else {
                    continue;
                };
                faults.insert(match (value.type_name() == key.kind, updated.is_some()) {
                    (false, false) => wrong_index_type(key, value.type_name(), index),
                    (true, false) => format!(
                        "One or more parameter values are not valid. A value specified for a secondary index key is not \
                         supported. The AttributeValue for a key attribute cannot contain an empty {} value. IndexName: {}, \
                         IndexKey: {}",
                        if key.kind == "B" { "binary" } else { "string" },
                        index.name,
                        key.name
                    ),
                    (false, true) => {
                        "The update expression attempted to update the secondary index key to unsupported type".to_owned()
                    }
                    (true, true) => format!(
                        "One or more parameter values are not valid. The update expression attempted to update a secondary \
                         index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an \
                         empty {} value.",
                        if key.kind == "B" { "binary" } else { "string" }
                    ),
                });
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(Refused::Invalid(faults)) }
    }

    fn index_units(&self, index: &Index, before: Option<&Item>, after: Option<&Item>) -> f64 {
        let entry = |item: Option<&Item>| item.and_then(|item| index.entry(&self.schema, item));
        let keys = |entry: &Item| -> Vec<Value> { index.key().map(|key| entry[&key.name].clone()).collect() };
        match (entry(before), entry(after)) {
            (None, None) => 0.0,
            (Some(entry), None) | (None, Some(entry)) => write_units(item_size(&entry)),
            (Some(before), Some(after)) if before == after => 0.0,
            (Some(before), Some(after)) if keys(&before) != keys(&after) => {
                write_units(item_size(&before)) + write_units(item_size(&after))
            }
            (Some(before), Some(after)) => write_units(item_size(&before).max(item_size(&after))),
        }
    }

    /// `ItemCollectionMetrics` of an item, if the table has local indexes: all collections here are small.
    pub fn collection_metrics(&self, key: &Item) -> Option<Json> {
        let name = &self.schema.partition.name;
        self.schema.has_local_indexes().then(
            || json!({ "ItemCollectionKey": { name: key[name].to_json() }, "SizeEstimateRangeGB": [0, 1] }),
        )
    }
}

impl Decided {
    /// The attributes that `ReturnValues` asks for; `None` if there are none to return.
    pub fn returned(&self, wanted: ReturnValues, touched: &[Path]) -> Option<Json> {
        let touched = |item: &Option<Item>| {
            let part = project(item.as_ref()?, touched);
            (!part.is_empty()).then_some(part)
        };
        let item = match wanted {
            ReturnValues::None => None,
            ReturnValues::AllOld => self.before.clone(),
            ReturnValues::AllNew => self.after.clone(),
            ReturnValues::UpdatedOld => touched(&self.before),
            ReturnValues::UpdatedNew => touched(&self.after),
        };
        item.as_ref().map(item_json)
    }
}

impl ReturnValues {
    /// As on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::AllOld => "ALL_OLD",
            Self::UpdatedOld => "UPDATED_OLD",
            Self::AllNew => "ALL_NEW",
            Self::UpdatedNew => "UPDATED_NEW",
        }
    }
}

fn wrong_index_type(key: &KeyAttribute, actual: &str, index: &Index) -> String {
    format!(
        "One or more parameter values were invalid: Type mismatch for Index Key {} Expected: {} Actual: {actual} IndexName: {}",
        key.name, key.kind, index.name
    )
}

/// Units to write that many bytes.
pub fn write_units(bytes: usize) -> f64 {
    bytes.div_ceil(1024).max(1) as f64
}

/// Units to read that many bytes, at 0.5, 1 or 2 for 4 KB.
pub fn read_units(bytes: usize, each: f64) -> f64 {
    bytes.div_ceil(4096).max(1) as f64 * each
}

/// Units of a table and its indexes on their way into a `ConsumedCapacity`.
#[derive(Clone, Debug, Default)]
pub struct Units {
    /// The table's own.
    pub table: f64,
    /// Its indexes', by name.
    pub indexes: BTreeMap<String, f64>,
}

impl Units {
    /// Adds what a write consumed; the table's share counts `factor` times.
    pub fn add(&mut self, decided: &Decided, factor: f64) {
        self.table += decided.units * factor;
        for (index, units) in &decided.index_units {
            *self.indexes.entry(index.clone()).or_default() += units;
        }
    }

    /// As on the wire. `split` names the member that transactions mirror the units in.
    pub fn to_json(&self, schema: &Schema, detail: &str, split: Option<&str>) -> Json {
        let share = |units: f64| {
            let mut share = Map::new();
            share.insert("CapacityUnits".to_owned(), json!(units));
            if let Some(member) = split {
                share.insert(member.to_owned(), json!(units));
            }
            share
        };
        let mut consumed = share(self.table + self.indexes.values().sum::<f64>());
        consumed.insert("TableName".to_owned(), json!(schema.name));
        if detail == "INDEXES" {
            consumed.insert("Table".to_owned(), Json::Object(share(self.table)));
            for (member, local) in [("LocalSecondaryIndexes", true), ("GlobalSecondaryIndexes", false)] {
                let of_kind = schema.indexes.iter().filter(|index| index.local == local);
                let shares: Map<String, Json> = of_kind
                    .filter_map(|index| {
                        Some((index.name.clone(), Json::Object(share(*self.indexes.get(&index.name)?))))
                    })
                    .collect();
                if !shares.is_empty() {
                    consumed.insert(member.to_owned(), Json::Object(shares));
                }
            }
        }
        Json::Object(consumed)
    }
}
