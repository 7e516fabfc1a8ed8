//! The units that the writes of one attempt take, given back if it comes to nothing.

use super::decide::WriteRefused;
use super::intent::WriteIntent;
use super::transact::Terms;
use super::write_set::WriteSet;
use crate::engine::Engine;
use crate::keyspace::DataPath;
use crate::table::{IndexKind, Table};
use crate::throughput::Account;
use bytes::Bytes;
use pixii_model::error::{Flow, Throttle};
use pixii_store::Store;
use std::sync::Arc;

/// What an attempt has taken so far.
pub(super) struct Reserved<'a, S: Store> {
    engine: &'a Engine<S>,
    terms: Terms<'a>,
    taken: Vec<Taken>,
}

/// Units taken from a table, or from one of its indexes by its place in the table's list.
struct Taken {
    table: Arc<Table>,
    index: Option<usize>,
    key: Bytes,
    units: f64,
}

impl<'a, S: Store> Reserved<'a, S> {
    pub fn new(engine: &'a Engine<S>, terms: Terms<'a>) -> Self {
        Self { engine, terms, taken: Vec::new() }
    }

    /// Takes what a write costs from its table and from each global index that it changes.
    ///
    /// # Errors
    /// Which of them has nothing left; then nothing is taken from it or from those behind it.
    pub fn reserve(
        &mut self,
        table: &Arc<Table>,
        intent: &WriteIntent,
        write_set: &WriteSet,
    ) -> Result<(), Throttle> {
        let local = |position: usize| table.indexes[position].kind == IndexKind::Local;
        let in_local = write_set.index_costs.iter().filter(|cost| local(cost.position));
        let factor = if self.terms.transactional { 2.0 } else { 1.0 };
        let units = write_set.units * factor + in_local.map(|cost| cost.units).sum::<f64>();
        self.take(table, None, intent.stored_key.clone(), units)?;
        for cost in write_set.index_costs.iter().filter(|cost| !local(cost.position)) {
            self.take(table, Some(cost.position), cost.key.clone(), cost.units)?;
        }
        Ok(())
    }

    /// Takes what a write costs that is refused: its condition was looked at all the same.
    ///
    /// # Errors
    /// Why there is no throughput for that.
    pub fn refused(
        &self,
        table: &Table,
        intent: &WriteIntent,
        refused: &WriteRefused,
    ) -> Result<(), Throttle> {
        if let WriteRefused::ConditionFailed { found } = refused {
            let units = intent.units_if_refused(found.as_ref());
            let account = self.account(DataPath::Table(table));
            account.admit(&intent.stored_key)?;
            account.consume(&intent.stored_key, units);
        }
        Ok(())
    }

    /// The writes happened, or may have.
    pub fn keep(mut self) {
        for Taken { table, index, key, units } in std::mem::take(&mut self.taken) {
            let path = path(&table, index);
            if path.insights().is_some() {
                self.account(path).consumed(&key, true, units);
            }
        }
    }

    fn account<'p>(&'p self, path: DataPath<'p>) -> Account<'p, S> {
        self.engine.account(path, Flow::Write, self.terms.operation)
    }

    fn take(
        &mut self,
        table: &Arc<Table>,
        index: Option<usize>,
        key: Bytes,
        units: f64,
    ) -> Result<(), Throttle> {
        // What costs nothing, as what expires does, needs nothing to be left.
        if units == 0.0 {
            return Ok(());
        }
        let account = self.account(path(table, index));
        account.admit(&key)?;
        account.take(&key, units);
        self.taken.push(Taken { table: Arc::clone(table), index, key, units });
        Ok(())
    }
}

impl<S: Store> Drop for Reserved<'_, S> {
    fn drop(&mut self) {
        for Taken { table, index, key, units } in std::mem::take(&mut self.taken) {
            self.account(path(&table, index)).take(&key, -units);
        }
    }
}

fn path(table: &Table, index: Option<usize>) -> DataPath<'_> {
    match index {
        None => DataPath::Table(table),
        Some(at) => DataPath::Index(table, &table.indexes[at]),
    }
}
