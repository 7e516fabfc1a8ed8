//! The states that tables and indexes pass through: pure, by the clock.
//!
//! ```text
//! CreateTable   table CREATING, its indexes CREATING            -> all ACTIVE
//! UpdateTable   table UPDATING, indexes UPDATING                -> ACTIVE, with the new throughput
//!               table ACTIVE, its warm throughput UPDATING      -> all ACTIVE, warmer
//!               table UPDATING, an index CREATING               -> table ACTIVE, index CREATING and backfilling
//!                                                                  -> index ACTIVE, when all items are in it
//!               table UPDATING, an index DELETING               -> table ACTIVE, index gone
//! DeleteTable   table DELETING                                  -> gone
//! ```
//!
//! A record says when its state is over ([`TableRecord::due`]), so a state outlives a restart and cannot get stuck: whoever
//! looks at the record first, request or task, takes it further.

use super::record::TableRecord;
use crate::env::Micros;
use crate::table::{DataId, IndexKind};
use pixii_model::table::{IndexStatus, TableStatus};

/// What became of a record whose state may be over.
#[derive(Clone, Debug, PartialEq)]
pub enum Settled {
    /// Nothing is due.
    Unchanged,
    /// It has changed, and some of its data is no longer wanted.
    Changed {
        /// The ids of that data.
        dropped: Vec<DataId>,
    },
    /// The table is gone, with all its data.
    Gone,
}

/// Takes a record as far as it is due.
pub fn settle(record: &mut TableRecord, now: Micros) -> Settled {
    if record.due.is_none_or(|due| due > now) {
        return Settled::Unchanged;
    }
    record.due = None;
    match record.status {
        TableStatus::Deleting => Settled::Gone,
        TableStatus::Creating => {
            record.status = TableStatus::Active;
            for index in &mut record.indexes {
                index.status = IndexStatus::Active;
            }
            if record.is_on_demand() {
                record.billing.on_demand_since = Some(record.created);
            }
            settle_throughput(record, now);
            Settled::Changed { dropped: Vec::new() }
        }
        TableStatus::Updating => settle_update(record, now),
        // What is being warmed stays ACTIVE.
        TableStatus::Active => {
            settle_throughput(record, now);
            Settled::Changed { dropped: Vec::new() }
        }
    }
}

fn settle_update(record: &mut TableRecord, now: Micros) -> Settled {
    record.status = TableStatus::Active;
    if let Some(next) = record.next_encryption.take() {
        record.kms_key_arn = next.kms_key_arn;
    }
    if record.is_on_demand() && record.billing.on_demand_since.is_none() {
        record.billing.on_demand_since = Some(now);
    }
    let mut dropped = Vec::new();
    record.indexes.retain_mut(|index| {
        match index.status {
            IndexStatus::Updating => index.status = IndexStatus::Active,
            IndexStatus::Creating => index.backfilling = true,
            IndexStatus::Deleting => dropped.push(index.id),
            IndexStatus::Active => {}
        }
        index.status != IndexStatus::Deleting
    });
    forget_unused_definitions(record);
    settle_throughput(record, now);
    Settled::Changed { dropped }
}

/// Makes throughput what it is about to be. More of it than partitions can serve splits them.
fn settle_throughput(record: &mut TableRecord, now: Micros) {
    let on_demand = record.is_on_demand();
    record.throughput.settle(on_demand, now);
    for index in record.indexes.iter_mut().filter(|index| index.kind == IndexKind::Global) {
        index.throughput.settle(on_demand, now);
    }
    grow_partitions(record);
}

/// Splits partitions until they can serve what their table or index is warm for.
pub fn grow_partitions(record: &mut TableRecord) {
    let on_demand = record.is_on_demand();
    record.partitions.grow(record.throughput.partitions(on_demand).iter().len());
    for index in record.indexes.iter_mut().filter(|index| index.kind == IndexKind::Global) {
        index.partitions.grow(index.throughput.partitions(on_demand).iter().len());
    }
}

/// An attribute that was defined for an index that is gone is defined no more.
fn forget_unused_definitions(record: &mut TableRecord) {
    let TableRecord { attribute_definitions, key_schema, indexes, .. } = record;
    attribute_definitions.retain(|definition| {
        key_schema.contains(&definition.name)
            || indexes.iter().any(|index| index.key_schema.contains(&definition.name))
    });
}
