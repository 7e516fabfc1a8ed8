//! Index upkeep: the pure difference between an item's entries before and after a write.

use crate::key_check;
use crate::keyspace;
use crate::table::{Index, Projection, Table};
use bytes::Bytes;
use pixii_model::{EncodedItem, Item};

/// An item's entry in one index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its key.
    pub key: Bytes,
    /// The attributes the index holds.
    pub item: EncodedItem,
}

/// The entry an item has in an index; `None` if it lacks one of the index's keys (or has one that cannot be a key, as an
/// item can that was there before the index).
pub fn entry(table: &Table, index: &Index, item: &Item, encoded: &EncodedItem) -> Option<Entry> {
    key_check::has_attributes(&index.key_schema, item).ok()?;
    key_check::fits(&index.key_schema, item).ok()?;
    let key = keyspace::index_entry(table, index, item)?;
    let item = match &index.projection {
        Projection::All => encoded.clone(),
        _ => EncodedItem::encode(&projected(table, index, item)),
    };
    Some(Entry { key, item })
}

/// The attributes of an item that an index holds.
fn projected(table: &Table, index: &Index, item: &Item) -> Item {
    item.iter()
        .filter(|(name, _)| index.projects(table, name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// What a write does to one index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The entry as it was, if it goes or changes.
    pub before: Option<Entry>,
    /// The entry as it will be, if it comes or changes.
    pub after: Option<Entry>,
}

/// What a write does to one index; `None` if it leaves it alone.
pub fn change(before: Option<Entry>, after: Option<Entry>) -> Option<Change> {
    (before != after).then_some(Change { before, after })
}
