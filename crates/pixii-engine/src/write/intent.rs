//! What a request wants changed, before anything is read.

use crate::capacity::write_units;
use crate::key_check;
use crate::keyspace;
use crate::table::{IndexKind, Table};
use bytes::Bytes;
use pixii_expression::{Condition, Update};
use pixii_model::error::{KeyFault, ValidationError};
use pixii_model::{EncodedItem, Item};

/// A wanted change of one item.
#[derive(Clone, Debug)]
pub struct WriteIntent {
    /// The item's primary key.
    pub key: Item,
    /// The same, as stored.
    pub stored_key: Bytes,
    /// What to do.
    pub change: Change,
    /// What must hold of the item that is there.
    pub condition: Option<Condition>,
}

/// What to do to an item.
#[derive(Clone, Debug)]
pub enum Change {
    /// Replace it, or create it.
    Put(Item),
    /// Change it, or create it.
    Update(Update),
    /// Remove it.
    Delete,
    /// Remove it if it has expired.
    Expire,
    /// Nothing: only the condition matters.
    Check,
}

impl WriteIntent {
    /// Replaces an item. Checks that it has the table's key.
    pub fn put(table: &Table, item: Item, condition: Option<Condition>) -> Result<Self, KeyFault> {
        key_check::item_has_key(table, &item)?;
        let key = table.key_schema.key_of(&item);
        Ok(Self { stored_key: stored_key(table, &key), key, change: Change::Put(item), condition })
    }

    /// Updates an item. Checks the key, and that the update leaves keys alone.
    pub fn update(
        table: &Table,
        key: Item,
        update: Update,
        condition: Option<Condition>,
    ) -> Result<Self, ValidationError> {
        key_check::is_key(table, &key)?;
        key_check::update(table, &update)?;
        Ok(Self { stored_key: stored_key(table, &key), key, change: Change::Update(update), condition })
    }

    /// Removes an item.
    pub fn delete(table: &Table, key: Item, condition: Option<Condition>) -> Result<Self, KeyFault> {
        key_check::is_key(table, &key)?;
        Ok(Self { stored_key: stored_key(table, &key), key, change: Change::Delete, condition })
    }

    /// Removes an item if it has expired by then. The key is that of an item.
    pub fn expire(table: &Table, key: Item) -> Self {
        Self { stored_key: stored_key(table, &key), key, change: Change::Expire, condition: None }
    }

    /// What it costs if its condition does not hold of the item that was found: as much as if it did, as far as that is known.
    pub fn units_if_refused(&self, found: Option<&EncodedItem>) -> f64 {
        let attempted = match &self.change {
            Change::Put(item) => Some(item.size()),
            _ => None,
        };
        write_units(found.map(EncodedItem::size), attempted)
    }

    /// Checks a condition and changes nothing.
    pub fn check(table: &Table, key: Item, condition: Condition) -> Result<Self, KeyFault> {
        key_check::is_key(table, &key)?;
        Ok(Self {
            stored_key: stored_key(table, &key),
            key,
            change: Change::Check,
            condition: Some(condition),
        })
    }

    /// Whether the change could grow the item collection of a table that has a limit on it.
    pub fn may_grow_collection(&self, table: &Table) -> bool {
        table.indexes.iter().any(|index| index.kind == IndexKind::Local)
            && matches!(self.change, Change::Put(_) | Change::Update(_))
    }
}

fn stored_key(table: &Table, key: &Item) -> Bytes {
    keyspace::item(table, key).expect("the key was checked against the schema")
}
