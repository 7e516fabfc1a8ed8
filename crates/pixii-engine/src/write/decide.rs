//! The one place where a write is decided: no I/O, no clock, no chance.

use super::intent::{Change, WriteIntent};
use super::write_set::{IndexCost, Mutations, WriteSet};
use crate::capacity;
use crate::change_log::Actor;
use crate::env::Micros;
use crate::index;
use crate::key_check;
use crate::stored::{StoredItem, Written};
use crate::table::Table;
use crate::ttl;
use pixii_model::error::{KeyFault, ValidationError};
use pixii_model::limits::ITEM_SIZE_MAX;
use pixii_model::{EncodedItem, Item};
use std::borrow::Cow;

/// When, where and under which numbers a write happens.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    /// The time.
    pub now: Micros,
    /// The region; 0 is here.
    pub region: u8,
    /// Who makes it.
    pub actor: Actor,
    /// A number that no other body of the table has, for a body that goes into chunks; `None` where the store takes whole
    /// items.
    pub body_id: Option<u128>,
}

/// Why a write does not happen.
#[derive(Clone, Debug)]
pub enum WriteRefused {
    /// Its condition does not hold of this item.
    ConditionFailed {
        /// The item, if there is one.
        found: Option<EncodedItem>,
    },
    /// It would make an item that cannot be.
    Invalid(ValidationError),
}

impl<E: Into<ValidationError>> From<E> for WriteRefused {
    fn from(error: E) -> Self {
        Self::Invalid(error.into())
    }
}

/// Decides what a write changes, given the item that is there.
pub fn decide(
    table: &Table,
    intent: &WriteIntent,
    before: Option<StoredItem>,
    origin: &Origin,
) -> Result<WriteSet, WriteRefused> {
    if let Change::Put(item) = &intent.change {
        key_check::index_keys(table, item)?;
    }
    let found = before.as_ref().map(|stored| &stored.item);
    if intent.condition.as_ref().is_some_and(|condition| !condition.holds(&found)) {
        return Err(WriteRefused::ConditionFailed { found: found.cloned() });
    }
    let needs_before = matches!(intent.change, Change::Update(_)) || !table.indexes.is_empty();
    let mut decoded_before = if needs_before { found.map(EncodedItem::decode) } else { None };
    let after: Option<Cow<'_, Item>> = match &intent.change {
        // A check costs what a write of the item would.
        Change::Check => {
            let units = capacity::write_units(found.map(EncodedItem::size), None);
            return Ok(WriteSet { units, ..WriteSet::unchanged(before.map(|stored| stored.item)) });
        }
        Change::Delete => None,
        Change::Expire => {
            let expires =
                |item| table.time_to_live.as_ref().is_some_and(|by| ttl::is_expired(by, item, origin.now));
            if !found.is_some_and(expires) {
                // Somebody let it live on, or removed it.
                return Ok(WriteSet { units: 0.0, ..WriteSet::unchanged(before.map(|stored| stored.item)) });
            }
            None
        }
        Change::Put(item) => Some(Cow::Borrowed(item)),
        Change::Update(update) => {
            // Only indexes ask what it was like.
            let before =
                if table.indexes.is_empty() { decoded_before.take() } else { decoded_before.clone() };
            let item = update.apply_to(before, &intent.key)?;
            key_check::updated_index_keys(table, &item, update)?;
            if item.size() > ITEM_SIZE_MAX {
                return Err(KeyFault::UpdatedItemTooLarge.into());
            }
            (found.is_some() || update.creates_item()).then_some(Cow::Owned(item))
        }
    };
    let encoded_after = after.as_deref().map(EncodedItem::encode);
    let size = |item: &Option<EncodedItem>| item.as_ref().map(EncodedItem::size);
    // What Time to Live deletes costs nothing.
    let charge = if matches!(intent.change, Change::Expire) { 0.0 } else { 1.0 };
    let units = charge * capacity::write_units(found.map(EncodedItem::size), size(&encoded_after));
    if found == encoded_after.as_ref() {
        let before = before.map(|stored| stored.item);
        return Ok(WriteSet { units, after: encoded_after, ..WriteSet::unchanged(before) });
    }

    // An item's time never runs backwards, whatever the clock does.
    let earliest = before.as_ref().map_or(0, |stored| stored.written.time.0 + 1);
    let written = Written { time: Micros(origin.now.0.max(earliest)), region: origin.region };
    let mut mutations = Mutations::new(table, written, origin.body_id);
    mutations.item(&intent.stored_key, before.as_ref(), encoded_after.as_ref());
    if let Some(time_to_live) = &table.time_to_live {
        let entry = |item| ttl::entry(time_to_live, &intent.stored_key, item);
        mutations.expiry(found.and_then(entry), encoded_after.as_ref().and_then(entry));
    }
    let mut index_costs = Vec::new();
    for (position, index) in table.indexes.iter().enumerate() {
        let entry = |item: Option<&Item>, encoded: Option<&EncodedItem>| {
            item.zip(encoded).and_then(|(item, encoded)| index::entry(table, index, item, encoded))
        };
        let change = index::change(
            entry(decoded_before.as_ref(), found),
            entry(after.as_deref(), encoded_after.as_ref()),
        );
        if let Some(change) = change {
            let key = change.after.as_ref().or(change.before.as_ref()).map(|entry| entry.key.clone());
            index_costs.push(IndexCost {
                position,
                key: key.unwrap_or_default(),
                units: charge * capacity::index_write_units(&change),
            });
            mutations.index(index, change);
        }
    }
    let collection_growth = mutations.finish(&intent.key);
    mutations.change_record(intent, origin.actor, before.as_ref(), encoded_after.as_ref());
    Ok(WriteSet {
        mutations: mutations.into_list(),
        before: before.map(|stored| stored.item),
        after: encoded_after,
        units,
        index_costs,
        collection_growth,
    })
}
