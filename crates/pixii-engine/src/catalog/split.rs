//! Splitting a partition of a table or of a global index.

use super::change::{Change, Found};
use super::record::TableRecord;
use crate::engine::Engine;
use crate::partition::PartitionId;
use crate::table::DataId;
use pixii_model::ApiError;
use pixii_model::table::TableStatus;
use pixii_store::Store;

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
