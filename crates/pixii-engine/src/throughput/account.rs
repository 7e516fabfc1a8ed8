//! What a request takes its units from: the meter of a table or global index, looked up once.

use super::meter::Meter;
use crate::engine::Engine;
use crate::keyspace::{self, DataPath};
use crate::table::IndexKind;
use pixii_model::error::{Flow, Throttle, ThrottledKind};
use pixii_model::operation::OperationName;
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
    /// Whether there is throughput for a request to that stored key.
    ///
    /// # Errors
    /// Why not, if that is enforced.
    pub fn admit(&self, key: &[u8]) -> Result<(), Throttle> {
        let table = self.path.table();
        if !self.engine.settings.enforce && !table.enforced {
            return Ok(());
        }
        self.meter.admit(self.flow, keyspace::place(key), self.engine.env.now()).map_err(|limit| {
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

    /// Takes units for a request to that stored key; fewer than none gives them back.
    pub fn consume(&self, key: &[u8], units: f64) {
        if self.meter.take(self.flow, keyspace::place(key), units, self.engine.env.now()) {
            self.engine.wake_partition_tasks();
        }
        if let Some(operation) = self.operation {
            self.meter.consumption().add(operation, self.flow, units);
        }
    }
}
