//! What the engine has counted since it began, for operators: what tables consume, how often they throttle, how background
//! work goes. All of it is in memory; how large tables are is read from the store.

use crate::change_log::Logging;
use crate::engine::Engine;
use crate::keyspace::{self, Counter, DataPath};
use crate::table::Table;
use crate::task::TaskStatistics;
use crate::task::partition::paths;
use crate::throughput::Consumed;
use crate::write::transact::counter;
use pixii_model::ApiError;
use pixii_model::error::Flow;
use pixii_store::{Freshness, Read, Store, StoreError};
use std::sync::Arc;

/// What an engine has counted.
#[derive(Debug)]
pub struct Statistics {
    /// How many tables are known.
    pub tables: usize,
    /// How many of them have a stream.
    pub streams: usize,
    /// The tables and global indexes that were used.
    pub used: Vec<PathStatistics>,
    /// The background work, by name.
    pub tasks: Vec<TaskStatistics>,
}

/// What was counted of a table or global index.
#[derive(Debug)]
pub struct PathStatistics {
    /// The table's name.
    pub table: String,
    /// The index's, if it is one.
    pub index: Option<String>,
    /// What each operation consumed.
    pub consumed: Vec<Consumed>,
    /// How many reads and writes were throttled.
    pub throttled: [u64; 2],
    /// How many partitions it has.
    pub partitions: usize,
}

/// How large a table or an index is.
#[derive(Debug)]
pub struct PathSize {
    /// The table's name.
    pub table: String,
    /// The index's, if it is one.
    pub index: Option<String>,
    /// How many items or entries it has.
    pub items: i64,
    /// Their bytes.
    pub bytes: i64,
}

impl<S: Store> Engine<S> {
    /// What was counted since the engine began.
    pub fn statistics(&self) -> Statistics {
        let tables = self.catalog.tables();
        let used = tables.iter().flat_map(|table| paths(table).filter_map(|path| self.path_statistics(path)));
        Statistics {
            used: used.collect(),
            tables: tables.len(),
            streams: tables.iter().filter(|table| matches!(table.logging, Logging::On { .. })).count(),
            tasks: self.tasks.statistics(),
        }
    }

    fn path_statistics(&self, path: DataPath<'_>) -> Option<PathStatistics> {
        let meter = self.used_meter(path)?;
        Some(PathStatistics {
            table: path.table().name.clone(),
            index: path.index().map(|index| index.name.clone()),
            consumed: meter.consumption().all(),
            throttled: [Flow::Read, Flow::Write].map(|flow| meter.consumption().throttled(flow)),
            partitions: path.partitions().iter().count(),
        })
    }

    /// How large so many tables are, and their indexes.
    ///
    /// # Errors
    /// The store's.
    pub async fn sizes(&self, tables_max: usize) -> Result<Vec<PathSize>, ApiError> {
        let mut tables = self.catalog.tables();
        tables.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        tables.truncate(tables_max);
        let sizes = self.read(|| async {
            let snapshot = self.store.snapshot(Freshness::Latest).await?;
            let mut sizes = Vec::new();
            for table in &tables {
                sizes.extend(table_sizes(&snapshot, table).await?);
            }
            Ok(sizes)
        });
        sizes.await
    }
}

async fn table_sizes(read: &impl Read, table: &Arc<Table>) -> Result<Vec<PathSize>, StoreError> {
    let indexes = table.indexes.iter().map(|index| (Some(index), index.id));
    let mut sizes = Vec::new();
    for (index, id) in [(None, table.id)].into_iter().chain(indexes) {
        let mut counts = [0; 2];
        for (count, kind) in counts.iter_mut().zip([Counter::Items, Counter::Bytes]) {
            *count = counter(read.get(&keyspace::counter(id, kind)).await?.as_deref());
        }
        let [items, bytes] = counts;
        sizes.push(PathSize {
            table: table.name.clone(),
            index: index.map(|index| index.name.clone()),
            items,
            bytes,
        });
    }
    Ok(sizes)
}
