//! A table as the data path sees it: its keys, its indexes and whether it takes requests.

use crate::change_log::Logging;
use crate::env::Micros;
use crate::partition::Partitions;
use crate::throughput::Allowance;
use pixii_model::table::ContributorInsightsMode;
use pixii_model::{AttributeType, AttributeValue, Item};
use serde::{Deserialize, Serialize};

/// The immutable number of a table or an index, by which its data is keyed. Never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DataId(pub u64);

/// The type of a key attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum KeyType {
    /// String.
    S,
    /// Number.
    N,
    /// Binary.
    B,
}

impl KeyType {
    /// The same as a type of any attribute.
    pub fn attribute_type(self) -> AttributeType {
        match self {
            Self::S => AttributeType::S,
            Self::N => AttributeType::N,
            Self::B => AttributeType::B,
        }
    }

    /// Whether a value is of this type.
    pub fn admits(self, value: &AttributeValue) -> bool {
        value.attribute_type() == self.attribute_type()
    }
}

/// One attribute of a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct KeyAttribute {
    /// Its name.
    pub name: String,
    /// Its type.
    pub key_type: KeyType,
}

/// What a table or index is keyed by. A table has one partition attribute and at most one sort attribute; a global
/// secondary index up to four of each.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct KeySchema {
    /// `HASH` attributes.
    pub partition: Vec<KeyAttribute>,
    /// `RANGE` attributes.
    pub sort: Vec<KeyAttribute>,
}

impl KeySchema {
    /// All key attributes, partition attributes first.
    pub fn attributes(&self) -> impl Iterator<Item = &KeyAttribute> {
        self.partition.iter().chain(&self.sort)
    }

    /// Whether an attribute of that name is part of the key.
    pub fn contains(&self, name: &str) -> bool {
        self.attributes().any(|attribute| attribute.name == name)
    }

    /// The key attributes that an item has, as an item of their own.
    pub fn key_of(&self, item: &Item) -> Item {
        self.attributes()
            .filter_map(|attribute| item.get_key_value(&attribute.name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }
}

/// Which attributes an index holds beside the keys of index and table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Projection {
    /// None.
    KeysOnly,
    /// These.
    Include(Vec<String>),
    /// All.
    All,
}

/// Local or global.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IndexKind {
    /// Same partition key as the table, strongly consistent, made with the table.
    Local,
    /// A key of its own.
    Global,
}

/// A secondary index.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// What its entries are keyed by.
    pub id: DataId,
    /// Its name.
    pub name: String,
    /// Local or global.
    pub kind: IndexKind,
    /// Its keys.
    pub key_schema: KeySchema,
    /// What it holds beside keys.
    pub projection: Projection,
    /// Whether queries may use it. Writes maintain it from the moment it is in the table's record.
    pub readable: bool,
    /// Its partitions, if it is global: a local one shares its table's.
    pub partitions: Partitions,
    /// What it may consume, if it is global.
    pub allowance: Allowance,
    /// What insights are gathered, if it is global and any are.
    pub insights: Option<ContributorInsightsMode>,
}

/// Which attribute tells when a table's items expire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeToLive {
    /// Its name.
    pub attribute: String,
    /// What the order of expiry is keyed by. Writes keep it up from the moment it is in the table's record.
    pub id: DataId,
    /// Since when.
    pub enabled: Micros,
}

/// A table, at one version of its definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// What its items are keyed by.
    pub id: DataId,
    /// The version of this definition: the value of the counter at [`crate::keyspace::table_version`] that was committed
    /// with it. A write reads that counter in its transaction, so that it cannot commit under a stale definition.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// When it was created.
    pub created: Micros,
    /// Its keys.
    pub key_schema: KeySchema,
    /// Its secondary indexes, local ones first.
    pub indexes: Vec<Index>,
    /// By what its items expire, if they do.
    pub time_to_live: Option<TimeToLive>,
    /// Whether items can be read and written: ACTIVE or UPDATING, not CREATING or DELETING.
    pub available: bool,
    /// Its partitions.
    pub partitions: Partitions,
    /// What it may consume.
    pub allowance: Allowance,
    /// Whether that is enforced, though it is not everywhere.
    pub enforced: bool,
    /// What insights are gathered, if any are.
    pub insights: Option<ContributorInsightsMode>,
    /// What its writes leave in its change log.
    pub logging: Logging,
}

impl Table {
    /// The index of that name.
    pub fn index(&self, name: &str) -> Option<&Index> {
        self.indexes.iter().find(|index| index.name == name)
    }

    /// Whether it has local secondary indexes, and so a limit on item collections.
    pub fn has_local_indexes(&self) -> bool {
        self.indexes.iter().any(|index| index.kind == IndexKind::Local)
    }
}

impl Index {
    /// Under whose id the large bodies of its entries lie. Entries that hold all attributes point to the item's body; others
    /// have bodies of their own, which go when the index goes.
    pub fn body_owner(&self, table: &Table) -> DataId {
        if self.projection == Projection::All { table.id } else { self.id }
    }

    /// Whether an attribute is among those the index holds.
    pub fn projects(&self, table: &Table, name: &str) -> bool {
        match &self.projection {
            Projection::All => true,
            Projection::Include(names) if names.iter().any(|projected| projected == name) => true,
            _ => self.key_schema.contains(name) || table.key_schema.contains(name),
        }
    }
}
