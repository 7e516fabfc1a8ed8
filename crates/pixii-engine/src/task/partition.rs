//! Splits partitions: those that are asked for too much for too long, those that hold too much, and those of what is on demand
//! and comes near to what it can do.
//!
//! A hot partition splits between its hot keys, so that each part has about half of the load, and one key that is hotter than
//! all others together gets a partition to itself. It is as fast as a partition can be then, and stays so.
//!
//! What is on demand grows to twice its load, seen over as long as a partition must be hot to split. Within half an hour it
//! grows to twice what it was at most: more than that may be throttled, as on AWS.
//!
//! How much a partition holds is reckoned from its share of the hashes, and its table's or index's bytes. That costs the
//! writers nothing; an item collection that was divided is left out of it.

use super::Next;
use crate::engine::Engine;
use crate::env::Micros;
use crate::keyspace::{self, Counter, DataPath};
use crate::partition::PartitionId;
use crate::table::{DataId, IndexKind, Table};
use crate::throughput::Hot;
use crate::write::transact::counter;
use pixii_model::ApiError;
use pixii_store::{Freshness, Read, Store, StoreError};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How often sizes are looked at.
const SIZE_ROUND: Duration = Duration::from_secs(60);
/// How often, where partitions are so small that somebody wants to watch.
const SMALL_SIZE_ROUND: Duration = Duration::from_millis(250);
/// Partitions of less than this are small.
const SMALL_BYTES: u64 = 1 << 30;
/// More partitions than this no table or index gets by itself.
const PARTITIONS_MAX: usize = 1024;

/// Within how many times the heat that splits a partition something can double: half an hour, as that is a minute.
const GROWTH_PAUSE_HEATS: u32 = 30;

/// Where to split which partition.
struct Split {
    /// The table or index.
    id: DataId,
    partition: PartitionId,
    place: Vec<u8>,
}

impl<S: Store> Engine<S> {
    /// Splits what is hot or too large.
    pub(super) async fn partition_step(&self) -> Result<Next, ApiError> {
        let now = self.env.now();
        let any_hot = self.tasks.partition_hot.swap(false, Ordering::Relaxed);
        let sizes_due = self.tasks.sizes_due.load(Ordering::Relaxed) <= now.0;
        if sizes_due {
            self.tasks.sizes_due.store(now.after(self.size_round()).0, Ordering::Relaxed);
        }
        let loads_due = self.tasks.loads_due.load(Ordering::Relaxed) <= now.0;
        if loads_due {
            self.tasks.loads_due.store(now.after(self.settings.partitions.heat).0, Ordering::Relaxed);
        }
        let mut next = Next::At(Micros(self.tasks.sizes_due.load(Ordering::Relaxed)))
            .sooner(Next::At(Micros(self.tasks.loads_due.load(Ordering::Relaxed))));
        if !any_hot && !sizes_due && !loads_due {
            return Ok(next);
        }
        let tables = self.catalog.tables();
        if sizes_due {
            let ids: HashSet<DataId> =
                tables.iter().flat_map(|table| paths(table).map(DataPath::id).collect::<Vec<_>>()).collect();
            self.meters.retain(|id| ids.contains(&id));
        }
        for table in tables {
            if loads_due {
                self.grow_step(&table).await?;
            }
            let mut splits = if any_hot { self.hot_splits(&table) } else { Vec::new() };
            if sizes_due {
                splits.extend(self.size_splits(&table).await.map_err(|error| self.store_failed(error))?);
            }
            for Split { id, partition, place } in splits {
                if self.split_partition(&table.name, id, partition, place).await? {
                    tracing::info!(
                        table = table.name,
                        id = id.0,
                        partition = partition.0,
                        "a partition was split"
                    );
                    next = Next::Now;
                }
            }
        }
        Ok(next)
    }

    /// Has what is on demand grow.
    async fn grow_step(&self, table: &Table) -> Result<(), ApiError> {
        let pause = self.settings.partitions.heat * GROWTH_PAUSE_HEATS;
        for path in paths(table) {
            let Some((read, write)) = self.outgrown(path) else { continue };
            if self.grow(&table.name, path.id(), (read, write), pause).await? {
                tracing::info!(
                    table = table.name,
                    id = path.id().0,
                    read,
                    write,
                    "throughput on demand has grown"
                );
            }
        }
        Ok(())
    }

    fn size_round(&self) -> Duration {
        if self.settings.partitions.bytes < SMALL_BYTES { SMALL_SIZE_ROUND } else { SIZE_ROUND }
    }

    fn hot_splits(&self, table: &Arc<Table>) -> Vec<Split> {
        let mut splits = Vec::new();
        for path in paths(table) {
            let (id, partitions) = (path.id(), path.partitions());
            if partitions.iter().len() >= PARTITIONS_MAX {
                continue;
            }
            for Hot { id: partition, start, sample } in self.hot_partitions(path) {
                // An item collection that local indexes belong to stays whole: they are strongly consistent with it.
                let whole = path.index().is_none() && table.has_local_indexes();
                let unit = |place: &[u8]| match whole {
                    true => keyspace::collection_length(place, path.key_schema()),
                    false => place.len(),
                };
                let place = sample.split_place(&start, unit);
                splits.extend(place.map(|place| Split { id, partition, place }));
            }
        }
        splits
    }

    async fn size_splits(&self, table: &Arc<Table>) -> Result<Vec<Split>, StoreError> {
        let snapshot = self.store.snapshot(Freshness::Recent).await?;
        let mut splits = Vec::new();
        for path in paths(table) {
            let (id, partitions) = (path.id(), path.partitions());
            let bytes = counter(snapshot.get(&keyspace::counter(id, Counter::Bytes)).await?.as_deref());
            if partitions.iter().len() >= PARTITIONS_MAX
                || (bytes.max(0) as u64) <= self.settings.partitions.bytes
            {
                continue;
            }
            for (at, partition) in partitions.iter().enumerate() {
                let share = partitions.hashes(at) as f64 / (1u128 << 64) as f64;
                if share * bytes as f64 > self.settings.partitions.bytes as f64 {
                    let place = partitions.middle(at);
                    splits.extend(place.map(|place| Split { id, partition: partition.id, place }));
                }
            }
        }
        Ok(splits)
    }
}

/// A table and its global indexes: what has partitions.
pub(crate) fn paths(table: &Table) -> impl Iterator<Item = DataPath<'_>> {
    let global = table.indexes.iter().filter(|index| index.kind == IndexKind::Global);
    [DataPath::Table(table)].into_iter().chain(global.map(|index| DataPath::Index(table, index)))
}
