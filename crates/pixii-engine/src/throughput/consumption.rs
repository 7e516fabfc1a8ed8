//! What a table or global index has consumed since the process started, by operation.
//!
//! Counters that only grow, of whole micro-units, so that shares of a page add up. Whoever wants to know what was consumed
//! within some time looks twice; what has been saved in the store ([`super::usage`]) is counted beside them.

use pixii_model::error::Flow;
use pixii_model::operation::OperationName;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// Micro-units in a unit.
const MICRO: f64 = 1e6;

/// What was consumed, by operation and flow.
#[derive(Debug, Default)]
pub struct Consumption {
    all: Counters,
    saved: Counters,
    /// How many reads and writes were throttled.
    throttled: [AtomicU64; 2],
}

#[derive(Debug)]
struct Counters([[AtomicI64; 2]; OperationName::ALL.len()]);

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

impl Default for Counters {
    fn default() -> Self {
        Self(std::array::from_fn(|_| [AtomicI64::new(0), AtomicI64::new(0)]))
    }
}

impl Consumption {
    /// Adds units, or takes back what was not needed after all.
    pub fn add(&self, operation: OperationName, flow: Flow, units: f64) {
        self.all.add(operation, flow, (units * MICRO).round() as i64);
    }

    /// All units of a flow.
    pub fn units(&self, flow: Flow) -> f64 {
        let counters = self.all.0.iter().map(|of_operation| &of_operation[flow as usize]);
        counters.map(|counter| counter.load(Ordering::Relaxed)).sum::<i64>() as f64 / MICRO
    }

    /// Counts a request that was throttled.
    pub fn throttle(&self, flow: Flow) {
        self.throttled[flow as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// How many requests were.
    pub fn throttled(&self, flow: Flow) -> u64 {
        self.throttled[flow as usize].load(Ordering::Relaxed)
    }

    /// What each operation consumed.
    pub fn all(&self) -> Vec<Consumed> {
        nonzero(|operation, flow| self.all.get(operation, flow))
    }

    /// What each operation consumed that is not saved yet.
    pub fn unsaved(&self) -> Vec<Consumed> {
        nonzero(|operation, flow| self.all.get(operation, flow) - self.saved.get(operation, flow))
    }

    /// Notes what has been saved.
    pub fn save(&self, saved: &[Consumed]) {
        for Consumed { operation, flow, micro_units } in saved {
            self.saved.add(*operation, *flow, *micro_units);
        }
    }
}

/// Each operation and flow of which there is anything.
fn nonzero(micro_units: impl Fn(OperationName, Flow) -> i64) -> Vec<Consumed> {
    let all = OperationName::ALL.iter().flat_map(|operation| {
        [Flow::Read, Flow::Write].map(|flow| Consumed {
            operation: *operation,
            flow,
            micro_units: micro_units(*operation, flow),
        })
    });
    all.filter(|consumed| consumed.micro_units != 0).collect()
}

impl Counters {
    fn get(&self, operation: OperationName, flow: Flow) -> i64 {
        self.0[operation as usize][flow as usize].load(Ordering::Relaxed)
    }

    fn add(&self, operation: OperationName, flow: Flow, micro_units: i64) {
        self.0[operation as usize][flow as usize].fetch_add(micro_units, Ordering::Relaxed);
    }
}

impl Consumed {
    /// How many units it is.
    pub fn units(&self) -> f64 {
        self.micro_units as f64 / MICRO
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
        assert_eq!(consumption.unsaved(), expected);
        consumption.add(put, Flow::Write, 0.5);
        consumption.save(&expected);
        let left = [Consumed { operation: put, flow: Flow::Write, micro_units: 500_000 }];
        assert_eq!(consumption.unsaved(), left);
        assert_eq!(consumption.units(Flow::Write), 1.5);
    }
}
