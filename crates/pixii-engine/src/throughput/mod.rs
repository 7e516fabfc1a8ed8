//! Throughput: what tables, global indexes and their partitions have left, and which of them are hot.
//!
//! Every request takes the units it consumes from the partition that it goes to and from its table or index, enforced or not:
//! a partition that is asked for too much for too long is split (`task::partition`). Where limits are enforced, a request is
//! let in only while there is something left, and is throttled with the reason why not.
//!
//! - A provisioned table may consume its units each second, and up to five minutes of those it left unused; unused throughput
//!   of the table is there for whichever partition needs it, up to what a partition can do.
//! - On demand only the partitions are limited, and the ceiling that a table may be given. A table grows as its partitions
//!   split, and to twice its load.
//! - A write goes to its table and to every global index that it changes; one of them without throughput throttles it all.
//! - What a request costs is known only when it is done: so it needs something to be left, and may take more than that.
//!
//! Meters are kept in memory: what was saved up counts from when the table was made, or the process began. There is one for each
//! table and global index that was used.

mod account;
mod bucket;
mod consumption;
mod contributors;
mod heat;
mod meter;
#[cfg(test)]
mod simulation;
pub mod usage;

pub(crate) use account::Account;
pub use bucket::Rate;
pub use consumption::{Consumed, Consumption};
pub use contributors::{Contributors, MINUTES_KEPT, TopKey, TopKeys};
pub use heat::Sample;
pub use meter::{Hot, Limit, Limits, PartitionRates};

use crate::engine::Engine;
use crate::env::Micros;
use crate::keyspace::DataPath;
use crate::partition;
use crate::table::{DataId, IndexKind};
use arc_swap::ArcSwap;
pub(crate) use meter::Meter;
use pixii_model::error::Flow;
use pixii_store::Store;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// For how many seconds a table or index keeps the provisioned units that it does not use (AWS: burst capacity).
const BURST_SECONDS: f64 = 300.0;
/// For how many seconds a table on demand may save up what its ceiling allows.
const CEILING_BURST_SECONDS: f64 = 1.0;

/// What partitions can do before they split.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartitionSettings {
    /// Read units a second that one serves.
    pub read_units: u32,
    /// Write units a second that one takes.
    pub write_units: u32,
    /// For how long it must be asked for twice that before it splits.
    pub heat: Duration,
    /// How many bytes one holds before it splits.
    pub bytes: u64,
}

impl Default for PartitionSettings {
    /// AWS's (Developer Guide: "Best practices for designing and using partition keys effectively"); how long heat lasts before
    /// AWS splits is not documented.
    fn default() -> Self {
        Self { read_units: 3_000, write_units: 1_000, heat: Duration::from_secs(60), bytes: 10 << 30 }
    }
}

/// What a table or index is allowed, as its record says it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Allowance {
    /// Whether it is on demand.
    pub on_demand: bool,
    /// Its limits.
    pub limits: Limits,
    /// The read and write units that it is warm for.
    pub warm: (i64, i64),
}

/// The meters of all tables and indexes that were used.
#[derive(Debug)]
pub struct Meters {
    /// When this process began: what was saved up before is forgotten.
    began: Micros,
    by_id: ArcSwap<HashMap<DataId, Arc<Meter>>>,
}

impl Meters {
    /// None yet.
    pub fn new(now: Micros) -> Self {
        Self { began: now, by_id: ArcSwap::default() }
    }

    /// Since when anything is metered.
    pub(crate) fn began(&self) -> Micros {
        self.began
    }

    fn find(&self, id: DataId) -> Option<Arc<Meter>> {
        self.by_id.load().get(&id).cloned()
    }

    /// How many half units of a table or index were consumed through this process since it was first used.
    pub(crate) fn half_units_taken(&self, id: DataId, flow: Flow) -> i64 {
        // Units come in halves.
        self.find(id).map_or(0, |meter| (meter.consumption().units(flow) * 2.0).round() as i64)
    }

    /// Forgets the meters of what is gone.
    pub(crate) fn retain(&self, is_there: impl Fn(DataId) -> bool) {
        if self.by_id.load().keys().any(|id| !is_there(*id)) {
            self.by_id.rcu(|meters| {
                let mut meters = HashMap::clone(meters);
                meters.retain(|id, _| is_there(*id));
                meters
            });
        }
    }
}

/// Limits of what is provisioned.
pub fn provisioned(read_units: i64, write_units: i64) -> Limits {
    use pixii_model::error::ThroughputLimit::ProvisionedThroughput;
    let limit = |units: i64| {
        let rate = Rate { per_second: units as f64, burst_seconds: BURST_SECONDS };
        Some(Limit { rate, kind: ProvisionedThroughput })
    };
    Limits { read: limit(read_units), write: limit(write_units) }
}

/// Limits of what is on demand and has been given a ceiling.
pub fn ceiling(read_units: Option<i64>, write_units: Option<i64>) -> Limits {
    use pixii_model::error::ThroughputLimit::MaxOnDemandThroughput;
    let limit = |units: i64| {
        let rate = Rate { per_second: units as f64, burst_seconds: CEILING_BURST_SECONDS };
        Limit { rate, kind: MaxOnDemandThroughput }
    };
    // -1 takes a ceiling away.
    let set = |units: Option<i64>| units.filter(|units| *units >= 0).map(limit);
    Limits { read: set(read_units), write: set(write_units) }
}

impl<S: Store> Engine<S> {
    /// The partitions of a table's or global index's that have become hot.
    pub(crate) fn hot_partitions(&self, path: DataPath<'_>) -> Vec<Hot> {
        let meter = self.used_meter(path);
        meter.map(|meter| meter.take_hot(self.env.now())).unwrap_or_default()
    }

    /// The read and write units that a table or global index is to be warm for, if it is on demand and has come near to what it
    /// is warm for since the last call: twice its load, in units of AWS's partitions.
    pub(crate) fn outgrown(&self, path: DataPath<'_>) -> Option<(i64, i64)> {
        let (id, allowance) = metered(path);
        let (read, write) = self.meters.find(id)?.take_rates(self.env.now());
        let settings = &self.settings.partitions;
        let twice = |rate: f64, units: u32, of_aws: u64| {
            (2.0 * rate * of_aws as f64 / f64::from(units)).round() as i64
        };
        let read = twice(read, settings.read_units, partition::READ_UNITS);
        let write = twice(write, settings.write_units, partition::WRITE_UNITS);
        let outgrown = read > allowance.warm.0 || write > allowance.warm.1;
        (allowance.on_demand && outgrown).then_some((read, write))
    }

    /// The meter of a table or global index, if it was used.
    pub(crate) fn used_meter(&self, path: DataPath<'_>) -> Option<Arc<Meter>> {
        self.meters.find(metered(path).0)
    }

    fn meter(&self, path: DataPath<'_>) -> Arc<Meter> {
        let now = self.env.now();
        let (id, allowance) = metered(path);
        let (version, partitions) = (path.table().version, path.partitions());
        if let Some(meter) = self.meters.find(id) {
            if meter.version() < version {
                meter.renew(version, allowance.limits, partitions, now);
                if path.insights().is_none() {
                    meter.forget_contributors();
                }
            }
            return meter;
        }
        let settings = self.settings.partitions;
        let rates = PartitionRates {
            read: settings.read_units.into(),
            write: settings.write_units.into(),
            heat_seconds: settings.heat.as_secs_f64(),
        };
        let since = path.table().created.max(self.meters.began);
        let new = Arc::new(Meter::new(version, allowance.limits, rates, partitions.clone(), (since, now)));
        self.meters.by_id.rcu(|meters| {
            let mut meters = HashMap::clone(meters);
            meters.entry(id).or_insert_with(|| Arc::clone(&new));
            meters
        });
        self.meters.find(id).unwrap_or(new)
    }
}

/// What a path's units are taken from: a local index is a part of its table.
fn metered(path: DataPath<'_>) -> (DataId, Allowance) {
    match path {
        DataPath::Index(_, index) if index.kind == IndexKind::Global => (index.id, index.allowance),
        DataPath::Index(table, _) | DataPath::Table(table) => (table.id, table.allowance),
    }
}
