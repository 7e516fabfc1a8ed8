//! Splitting partitions of a table or of a global index: one of them at a place, or as many as it takes to serve more.

use super::change::{Change, Found};
use super::record::TableRecord;
use super::transition::grow_partitions;
use crate::engine::Engine;
use crate::env::Micros;
use crate::partition::PartitionId;
use crate::table::DataId;
use pixii_model::ApiError;
use pixii_model::table::TableStatus;
use pixii_store::Store;
use std::time::Duration;

impl<S: Store> Engine<S> {
    /// Splits a partition of a table, or of a global index of it, in two with new numbers, the second of which begins at `place` (what follows tag and id
    /// in the key of an item). If the table has a stream, the partition's shard ends, and each of the two begins a child of
    /// it. Writers that are under way conflict, and find the new partition when they try again.
    ///
    /// Answers whether it did: there may be no such table any more, or none with that id, or one that is coming or going; no
    /// such partition; or the place may not be inside it.
    pub async fn split_partition(
        &self,
        table_name: &str,
        id: DataId,
        partition: PartitionId,
        place: Vec<u8>,
    ) -> Result<bool, ApiError> {
        let decide = move |found: Found| {
            let mut record = found.record;
            let answer = record.as_mut().is_some_and(|record| split(record, id, partition, &place));
            Ok(Change { record, answer })
        };
        self.change_table(table_name, 0, decide).await
    }
}

impl<S: Store> Engine<S> {
    /// Makes a table, or a global index of it, warm for more read and write units than it was, if it is on demand, but no more
    /// than twice as warm within each `pause`; its partitions split until they can serve that. Answers whether it did.
    pub(crate) async fn grow(
        &self,
        table_name: &str,
        id: DataId,
        units: (i64, i64),
        pause: Duration,
    ) -> Result<bool, ApiError> {
        let decide = move |found: Found| {
            let mut record = found.record;
            let answer = record.as_mut().is_some_and(|record| grow(record, id, units, pause, found.now));
            Ok(Change { record, answer })
        };
        self.change_table(table_name, 0, decide).await
    }
}

fn grow(record: &mut TableRecord, id: DataId, units: (i64, i64), pause: Duration, now: Micros) -> bool {
    if !record.is_on_demand() || !matches!(record.status, TableStatus::Active | TableStatus::Updating) {
        return false;
    }
    let throughput = match record.indexes.iter_mut().find(|index| index.id == id) {
        _ if record.id == id => &mut record.throughput,
        Some(index) => &mut index.throughput,
        None => return false,
    };
    let grows = throughput.grow(units, pause, now);
    if grows {
        grow_partitions(record);
    }
    grows
}

/// Splits a partition of a table, if that can be.
fn split(record: &mut TableRecord, id: DataId, partition: PartitionId, place: &[u8]) -> bool {
    if !matches!(record.status, TableStatus::Active | TableStatus::Updating) {
        return false;
    }
    let partitions = match record.indexes.iter_mut().find(|index| index.id == id) {
        _ if record.id == id => &mut record.partitions,
        Some(index) => &mut index.partitions,
        None => return false,
    };
    partitions.split(partition, place.to_vec()).is_ok()
}
