//! What one request has consumed so far, for whoever looks at the server from outside.
//!
//! The engine notes units where it takes them, deep below an operation and for background work as well. So the front door
//! does not hand a tally down: it says, while it polls a request, whose tally counts on this thread.

use crate::error::Flow;
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

/// Millionths of a unit in a unit.
const MICRO: f64 = 1e6;

thread_local! {
    static COUNTING: RefCell<Option<Arc<Tally>>> = const { RefCell::new(None) };
}

/// The units that one request consumed.
#[derive(Debug, Default)]
pub struct Tally {
    /// In millionths of a unit, so that shares of a page add up.
    units: [AtomicI64; 2],
}

impl Tally {
    /// Begins anew.
    pub fn clear(&self) {
        self.units.iter().for_each(|units| units.store(0, Relaxed));
    }

    /// How many units of that flow it is.
    pub fn units(&self, flow: Flow) -> f64 {
        self.units[flow as usize].load(Relaxed) as f64 / MICRO
    }
}

/// Runs something of which a tally counts what it consumes, on this thread.
pub fn counting<T>(tally: &Arc<Tally>, run: impl FnOnce() -> T) -> T {
    /// Puts back whose tally counted before, even where `run` panics.
    struct Before(Option<Arc<Tally>>);
    impl Drop for Before {
        fn drop(&mut self) {
            COUNTING.set(self.0.take());
        }
    }
    let _before = Before(COUNTING.replace(Some(Arc::clone(tally))));
    run()
}

/// Notes units that were consumed; fewer than none give some back. Without a tally they are nobody's.
pub fn note(flow: Flow, units: f64) {
    COUNTING.with_borrow(|tally| {
        if let Some(tally) = tally {
            tally.units[flow as usize].fetch_add((units * MICRO).round() as i64, Relaxed);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_count_for_whoever_is_being_run_and_for_nobody_else() {
        let (outer, inner) = (Arc::new(Tally::default()), Arc::new(Tally::default()));
        note(Flow::Read, 7.0);
        counting(&outer, || {
            note(Flow::Read, 1.0);
            let panicked = std::panic::catch_unwind(|| {
                counting(&inner, || {
                    note(Flow::Write, 0.5);
                    panic!("as the test wants");
                })
            });
            assert!(panicked.is_err());
            note(Flow::Read, -0.5);
        });
        note(Flow::Write, 7.0);
        assert_eq!((outer.units(Flow::Read), outer.units(Flow::Write)), (0.5, 0.0));
        assert_eq!((inner.units(Flow::Read), inner.units(Flow::Write)), (0.0, 0.5));
        outer.clear();
        assert_eq!(outer.units(Flow::Read), 0.0);
    }
}
