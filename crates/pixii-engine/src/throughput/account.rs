//! What a request takes its units from: the meter of a table or global index, looked up once.

use super::meter::Meter;
use crate::engine::Engine;
use crate::keyspace::{self, DataPath};
use crate::table::IndexKind;
use pixii_model::error::{Flow, Throttle, ThrottledKind};
use pixii_model::operation::OperationName;
use pixii_model::table::ContributorInsightsMode;
use pixii_model::tally;
use pixii_store::Store;
use std::sync::Arc;

/// Takes units for one operation from one table or index.
pub(crate) struct Account<'a, S: Store> {
    engine: &'a Engine<S>,
    path: DataPath<'a>,
    flow: Flow,
    /// On whose behalf; `None` is background work.
    operation: Option<OperationName>,
    meter: Arc<Meter>,
}

impl<S: Store> Engine<S> {
    /// Where an operation takes its units from.
    pub(crate) fn account<'a>(
        &'a self,
        path: DataPath<'a>,
        flow: Flow,
        operation: Option<OperationName>,
    ) -> Account<'a, S> {
        Account { engine: self, path, flow, operation, meter: self.meter(path) }
    }
}

impl<S: Store> Account<'_, S> {
    /// Whether there is throughput for a request to that stored key, of an item or entry.
    ///
    /// # Errors
    /// Why not, if that is enforced.
    pub fn admit(&self, key: &[u8]) -> Result<(), Throttle> {
        self.has_beyond(key, 0.0).inspect_err(|_| self.throttled(key, true))
    }

    /// Whether there is throughput to begin to read at that stored key.
    ///
    /// # Errors
    /// Why not, if that is enforced.
    pub fn admit_from(&self, key: &[u8]) -> Result<(), Throttle> {
        self.has_beyond(key, 0.0).inspect_err(|_| self.throttled(key, false))
    }

    /// Whether there is throughput to read on at that stored key, for a request that owes so many units already. If not, nobody
    /// is refused anything.
    pub fn may_go_on(&self, key: &[u8], owed: f64) -> bool {
        self.has_beyond(key, owed).is_ok()
    }

    fn has_beyond(&self, key: &[u8], owed: f64) -> Result<(), Throttle> {
        let table = self.path.table();
        if !self.engine.settings.enforce && !table.enforced {
            return Ok(());
        }
        self.meter.admit(self.flow, keyspace::place(key), owed, self.engine.env.now()).map_err(|limit| {
            if self.meter.is_hot() {
                self.engine.wake_partition_tasks();
            }
            let index = self.path.index().filter(|index| index.kind == IndexKind::Global);
            Throttle {
                kind: if index.is_some() { ThrottledKind::Index } else { ThrottledKind::Table },
                flow: self.flow,
                limit,
                resource: match index {
                    Some(index) => format!("{}/index/{}", table.arn, index.name),
                    None => table.arn.clone(),
                },
                on_demand: index.map_or(table.allowance, |index| index.allowance).on_demand,
            }
        })
    }

    /// Takes units that a request to that item or entry needed.
    pub fn consume(&self, key: &[u8], units: f64) {
        self.take(key, units);
        self.consumed(key, true, units);
    }

    /// Takes units for reading from that stored key on, where nothing was found.
    pub fn consume_from(&self, key: &[u8], units: f64) {
        self.take(key, units);
        self.consumed(key, false, units);
    }

    /// Takes units for a request to that stored key that may yet come to nothing; fewer than none gives them back.
    pub fn take(&self, key: &[u8], units: f64) {
        if self.meter.take(self.flow, keyspace::place(key), units, self.engine.env.now()) {
            self.engine.wake_partition_tasks();
        }
        if let Some(operation) = self.operation {
            self.meter.consumption().add(operation, self.flow, units);
            tally::note(self.flow, units);
        }
    }

    /// Tells the insights of units that were taken for that stored key, of one item or entry if `whole`.
    pub fn consumed(&self, key: &[u8], whole: bool, units: f64) {
        if self.path.insights() == Some(ContributorInsightsMode::AccessedAndThrottledKeys)
            && let Some(contributor) = keyspace::contributor(self.path, keyspace::place(key), whole)
        {
            let now = self.engine.env.now();
            self.meter.contribute(|contributors| contributors.consumed(contributor, units, now));
        }
    }

    /// Counts a request that was throttled, and tells the insights of it.
    fn throttled(&self, key: &[u8], whole: bool) {
        self.meter.consumption().throttle(self.flow);
        if self.path.insights().is_some()
            && let Some(contributor) = keyspace::contributor(self.path, keyspace::place(key), whole)
        {
            let now = self.engine.env.now();
            self.meter.contribute(|contributors| contributors.throttled(contributor, now));
        }
    }
}
