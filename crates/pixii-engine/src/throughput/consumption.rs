//! What a table or global index has consumed since the process started, by operation.
//!
//! Counters that only grow, of whole micro-units, so that shares of a page add up. Whoever wants to know what was consumed
//! within some time looks twice.

use pixii_model::error::Flow;
use pixii_model::operation::OperationName;
use std::sync::atomic::{AtomicI64, Ordering};

/// Micro-units in a unit.
const MICRO: f64 = 1e6;

/// What was consumed, by operation and flow.
#[derive(Debug)]
pub struct Consumption([[AtomicI64; 2]; OperationName::ALL.len()]);

/// What one operation consumed of one flow, in millionths of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consumed {
    /// Which operation.
    pub operation: OperationName,
    /// Read or write.
    pub flow: Flow,
    /// How much.
    pub micro_units: i64,
}

impl Default for Consumption {
    fn default() -> Self {
        Self(std::array::from_fn(|_| [AtomicI64::new(0), AtomicI64::new(0)]))
    }
}

impl Consumption {
    /// Adds units, or takes back what was not needed after all.
    pub fn add(&self, operation: OperationName, flow: Flow, units: f64) {
        let counter = &self.0[operation as usize][flow as usize];
        counter.fetch_add((units * MICRO).round() as i64, Ordering::Relaxed);
    }

    /// All units of a flow.
    pub fn units(&self, flow: Flow) -> f64 {
        let micro_units: i64 =
            self.0.iter().map(|of_operation| of_operation[flow as usize].load(Ordering::Relaxed)).sum();
        micro_units as f64 / MICRO
    }

    /// What each operation consumed that consumed anything.
    pub fn by_operation(&self) -> impl Iterator<Item = Consumed> {
        let operations = OperationName::ALL.iter().zip(&self.0);
        let each = operations.flat_map(|(operation, counters)| {
            [Flow::Read, Flow::Write].map(|flow| Consumed {
                operation: *operation,
                flow,
                micro_units: counters[flow as usize].load(Ordering::Relaxed),
            })
        });
        each.filter(|consumed| consumed.micro_units != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_and_what_was_not_needed_is_taken_back() {
        let consumption = Consumption::default();
        for share in [0.1, 0.2, 0.3, 0.4] {
            consumption.add(OperationName::Query, Flow::Read, 0.5 * share);
        }
        consumption.add(OperationName::PutItem, Flow::Write, 3.0);
        consumption.add(OperationName::PutItem, Flow::Write, -2.0);
        consumption.add(OperationName::DeleteItem, Flow::Write, 1.0);
        consumption.add(OperationName::DeleteItem, Flow::Write, -1.0);
        assert_eq!(consumption.units(Flow::Read), 0.5);
        assert_eq!(consumption.units(Flow::Write), 1.0);
        let (put, query) = (OperationName::PutItem, OperationName::Query);
        let expected = [
            Consumed { operation: put, flow: Flow::Write, micro_units: 1_000_000 },
            Consumed { operation: query, flow: Flow::Read, micro_units: 500_000 },
        ];
        assert_eq!(consumption.by_operation().collect::<Vec<_>>(), expected);
    }
}
