//! Token buckets without a lock: one number says it all.
//!
//! A bucket fills at a rate up to a depth, and whoever finds anything in it may take as much as turns out to be needed, so
//! that it can go below nothing. Kept as the moment when the bucket was empty, from which its content at any time follows:
//! `(now - empty_at) * rate`, at most `depth`.

use crate::env::Micros;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// How fast a bucket fills, and how much it holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Units a second.
    pub per_second: f64,
    /// For how many seconds unused units are kept.
    pub burst_seconds: f64,
}

/// A token bucket. Its rate is told with each call, so that it can change.
#[derive(Debug)]
pub struct Bucket {
    /// When it was empty, in nanoseconds since 1970: in the future if more was taken than there was.
    empty_at: AtomicI64,
}

impl Bucket {
    /// A bucket that holds what it takes in within that time.
    pub fn filled_for(time: Duration, now: Micros) -> Self {
        Self { empty_at: AtomicI64::new(nanos(now) - time.as_nanos() as i64) }
    }

    /// A full one.
    pub fn full(now: Micros, rate: Rate) -> Self {
        Self { empty_at: AtomicI64::new(nanos(now) - rate.depth_nanos()) }
    }

    /// What is in it.
    pub fn units(&self, now: Micros, rate: Rate) -> f64 {
        let empty_at = self.empty_at.load(Ordering::Relaxed);
        let content = (nanos(now) - empty_at).min(rate.depth_nanos());
        content as f64 * rate.per_second / 1e9
    }

    /// Whether there is anything in it.
    pub fn has_any(&self, now: Micros) -> bool {
        self.empty_at.load(Ordering::Relaxed) < nanos(now)
    }

    /// Takes units out, or gives them back if there are fewer than none. Answers what is left.
    pub fn take(&self, units: f64, now: Micros, rate: Rate) -> f64 {
        let taken = if rate.per_second > 0.0 { (units / rate.per_second * 1e9) as i64 } else { i64::MAX / 4 };
        let oldest = nanos(now) - rate.depth_nanos();
        let update = |empty_at: i64| Some(empty_at.max(oldest).saturating_add(taken));
        let before = self.empty_at.fetch_update(Ordering::Relaxed, Ordering::Relaxed, update);
        let after = before.unwrap_or_else(|at| at).max(oldest).saturating_add(taken);
        (nanos(now) - after) as f64 * rate.per_second / 1e9
    }

    /// Fills it.
    pub fn fill(&self, now: Micros, rate: Rate) {
        self.empty_at.store(nanos(now) - rate.depth_nanos(), Ordering::Relaxed);
    }

    /// Keeps what is in it when its rate changes.
    pub fn change_rate(&self, now: Micros, from: Rate, to: Rate) {
        let units = self.units(now, from).min(to.per_second * to.burst_seconds);
        let nanos_in = if to.per_second > 0.0 { (units / to.per_second * 1e9) as i64 } else { 0 };
        self.empty_at.store(nanos(now) - nanos_in, Ordering::Relaxed);
    }
}

fn nanos(time: Micros) -> i64 {
    time.0 as i64 * 1000
}

impl Rate {
    fn depth_nanos(self) -> i64 {
        (self.burst_seconds * 1e9) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECOND: u64 = 1_000_000;

    fn at(seconds: f64) -> Micros {
        Micros((1_000.0 * 1e6 + seconds * 1e6) as u64)
    }

    #[test]
    fn a_bucket_fills_drains_and_goes_below_nothing() {
        let rate = Rate { per_second: 10.0, burst_seconds: 300.0 };
        let bucket = Bucket::filled_for(Duration::ZERO, at(0.0));
        assert!(!bucket.has_any(at(0.0)));
        assert_eq!(bucket.units(at(2.0), rate), 20.0);
        assert_eq!(bucket.units(at(1_000.0), rate), 3_000.0);
        assert_eq!(bucket.take(3_050.0, at(1_000.0), rate), -50.0);
        assert!(!bucket.has_any(at(1_005.0)) && bucket.has_any(at(1_005.1)));
        bucket.take(-20.0, at(1_005.0), rate);
        assert_eq!(bucket.units(at(1_005.0), rate), 20.0);
        let doubled = Rate { per_second: 20.0, ..rate };
        bucket.change_rate(at(1_005.0), rate, doubled);
        assert_eq!(bucket.units(at(1_005.0), doubled), 20.0);
        assert_eq!(bucket.units(at(1_006.0), doubled), 40.0);
        assert_eq!(Bucket::full(at(0.0), rate).units(at(0.0), rate), 3_000.0);
    }

    proptest! {
        /// Over hours, no more gets through than the rate and one burst allow, and a client that keeps below the rate is never
        /// held up.
        #[test]
        fn what_gets_through_is_what_the_rate_allows(
            per_second in 1u32..2_000,
            burst in 1u32..300,
            steps in prop::collection::vec((1u64..5 * SECOND, 1u32..40), 1..400),
        ) {
            let rate = Rate { per_second: per_second.into(), burst_seconds: burst.into() };
            let bucket = Bucket::filled_for(Duration::ZERO, at(0.0));
            let (mut simple, mut now) = (0.0f64, at(0.0));
            for (pause, units) in steps {
                now = Micros(now.0 + pause);
                simple = (simple + pause as f64 / 1e6 * rate.per_second).min(rate.per_second * rate.burst_seconds);
                prop_assert!((bucket.units(now, rate) - simple).abs() < 0.1 + simple.abs() * 1e-3);
                if bucket.has_any(now) {
                    bucket.take(units.into(), now, rate);
                    simple -= f64::from(units);
                }
            }
        }
    }
}
