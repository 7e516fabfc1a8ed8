//! Which keys of a table or global index are used and throttled most, within the last hour: a sketch for each minute.
//!
//! A sketch keeps the heavy hitters of a stream in bounded memory (Apache DataSketches, frequent items): of each key that it
//! knows a lower bound, which falls short of the truth by no more than the sketch's error, and it knows every key whose truth
//! is above that. The error is 0 as long as there are fewer keys than it has room for, and at most
//! 3.5 / [`SKETCH_KEYS`] of all that was counted.
//!
//! ```text
//! threads -> shards: a sketch of each list for the minute that is running, under a lock of its own
//!                |
//!                v  when the minute is over
//!             past: one sketch of each list for each minute of the last hour
//! ```

use crate::catalog::InsightRule;
use crate::env::Micros;
use crate::keyspace::Contributor;
use datasketches::frequencies::{ErrorType, FrequentItemsSketch};
use parking_lot::Mutex;
use std::array;
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};

/// How large a sketch grows; it has room for three quarters as many keys.
pub const SKETCH_KEYS: usize = 256;
/// How many minutes are kept.
pub const MINUTES_KEPT: u64 = 60;
/// How many threads count without waiting for each other.
const SHARDS: usize = 8;
/// What units are counted in.
const MICRO: f64 = 1e6;

type Sketch = FrequentItemsSketch<Vec<u8>>;

/// The keys that contribute most to what a table or index is asked for.
#[derive(Debug)]
pub struct Contributors {
    shards: [Mutex<Minute>; SHARDS],
    past: Mutex<BTreeMap<u64, Lists>>,
}

/// A minute that is running.
#[derive(Debug)]
struct Minute {
    /// Since 1970.
    number: u64,
    lists: Lists,
}

/// A sketch for each of [`InsightRule::ALL`].
#[derive(Debug)]
struct Lists([Sketch; InsightRule::ALL.len()]);

/// What one list came to within some minutes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopKeys {
    /// All that was counted.
    pub total: u64,
    /// By how much the count of a key may fall short, and what a key that is missing has at most.
    pub error: u64,
    /// The keys, those with most first.
    pub keys: Vec<TopKey>,
}

/// One key of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct TopKey {
    /// A part of a place: see [`crate::keyspace::contributor_key`].
    pub part: Vec<u8>,
    /// What was counted of it, at least.
    pub count: u64,
    /// The most of it in one minute.
    pub busiest_minute: u64,
}

impl Default for Contributors {
    fn default() -> Self {
        let minute = || Mutex::new(Minute { number: 0, lists: Lists::default() });
        Self { shards: array::from_fn(|_| minute()), past: Mutex::default() }
    }
}

impl Default for Lists {
    fn default() -> Self {
        Self(array::from_fn(|_| empty_sketch()))
    }
}

fn empty_sketch() -> Sketch {
    Sketch::new(SKETCH_KEYS).expect("the size is a power of two")
}

impl Contributors {
    /// Counts units that a key consumed.
    pub fn consumed(&self, contributor: Contributor<'_>, units: f64, now: Micros) {
        let lists = [InsightRule::PartitionKeyConsumption, InsightRule::SortKeyConsumption];
        self.count(lists, contributor, (units.max(0.0) * MICRO).round() as u64, now);
    }

    /// Counts a request that was throttled.
    pub fn throttled(&self, contributor: Contributor<'_>, now: Micros) {
        let lists = [InsightRule::PartitionKeyThrottles, InsightRule::SortKeyThrottles];
        self.count(lists, contributor, 1, now);
    }

    fn count(
        &self,
        [by_partition, by_item]: [InsightRule; 2],
        contributor: Contributor<'_>,
        weight: u64,
        now: Micros,
    ) {
        let number = now.seconds() / 60;
        let mut minute = self.shards[shard_of_thread()].lock();
        if minute.number != number {
            let over = std::mem::replace(&mut *minute, Minute { number, lists: Lists::default() });
            self.keep(over, number);
        }
        minute.lists.0[by_partition as usize].update_with_count_ref(contributor.partition, weight);
        if let Some(item) = contributor.item {
            minute.lists.0[by_item as usize].update_with_count_ref(item, weight);
        }
    }

    /// Takes in a minute that is over, and forgets those that are too long ago.
    fn keep(&self, over: Minute, now: u64) {
        let mut past = self.past.lock();
        let oldest = now.saturating_sub(MINUTES_KEPT);
        if over.number >= oldest && over.lists.0.iter().any(|sketch| !sketch.is_empty()) {
            past.entry(over.number).or_default().merge(&over.lists);
        }
        *past = past.split_off(&oldest);
    }

    /// What a list came to since a minute, the running one included: its keys with most, at most so many.
    pub fn top(&self, rule: InsightRule, since: Micros, now: Micros, keys_max: usize) -> TopKeys {
        let since = (since.seconds() / 60).max((now.seconds() / 60).saturating_sub(MINUTES_KEPT));
        let mut minutes: BTreeMap<u64, Sketch> = BTreeMap::new();
        {
            let mut merge = |number: u64, lists: &Lists| {
                minutes.entry(number).or_insert_with(empty_sketch).merge(&lists.0[rule as usize]);
            };
            // All at once: a minute that ended between looking at its shard and at the past would be counted twice.
            let shards = self.shards.each_ref().map(Mutex::lock);
            let running = shards.iter().filter(|minute| minute.number >= since);
            running.for_each(|minute| merge(minute.number, &minute.lists));
            self.past.lock().range(since..).for_each(|(number, lists)| merge(*number, lists));
        }

        let mut top = TopKeys::default();
        let mut counts: HashMap<Vec<u8>, (u64, u64)> = HashMap::new();
        for sketch in minutes.values() {
            top.total += sketch.total_weight();
            top.error += sketch.maximum_error();
            for row in sketch.frequent_items(ErrorType::NoFalseNegatives) {
                let (count, busiest) = counts.entry(row.item().clone()).or_default();
                *count += row.lower_bound();
                *busiest = row.lower_bound().max(*busiest);
            }
        }
        let key = |(part, (count, busiest_minute))| TopKey { part, count, busiest_minute };
        top.keys = counts.into_iter().map(key).collect();
        top.keys.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.part.cmp(&other.part)));
        top.keys.truncate(keys_max);
        top
    }
}

impl Lists {
    fn merge(&mut self, other: &Self) {
        for (sketch, other) in self.0.iter_mut().zip(&other.0) {
            sketch.merge(other);
        }
    }
}

/// Each thread has a shard; there are no more threads at work than shards on most machines.
fn shard_of_thread() -> usize {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static SHARD: Cell<usize> = Cell::new(THREADS.fetch_add(1, Ordering::Relaxed) % SHARDS);
    }
    SHARD.with(Cell::get)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PARTITIONS: InsightRule = InsightRule::PartitionKeyThrottles;

    fn minute(number: u64) -> Micros {
        Micros(number * 60_000_000)
    }

    fn throttle(contributors: &Contributors, key: &[u8], now: Micros) {
        contributors.throttled(Contributor { partition: key, item: None }, now);
    }

    #[test]
    fn what_was_hot_an_hour_ago_is_forgotten() {
        let contributors = Contributors::default();
        for _ in 0..5 {
            throttle(&contributors, b"old", minute(1_000));
        }
        throttle(&contributors, b"new", minute(1_000 + MINUTES_KEPT));
        let keys = |now| -> Vec<(Vec<u8>, u64)> {
            let top = contributors.top(PARTITIONS, Micros(0), now, 10);
            top.keys.into_iter().map(|key| (key.part, key.count)).collect()
        };
        assert_eq!(keys(minute(1_000 + MINUTES_KEPT)), [(b"old".to_vec(), 5), (b"new".to_vec(), 1)]);
        assert_eq!(keys(minute(1_001 + MINUTES_KEPT)), [(b"new".to_vec(), 1)]);
        throttle(&contributors, b"newer", minute(1_001 + MINUTES_KEPT));
        assert_eq!(contributors.past.lock().len(), 1, "no more is kept than is told");
        let recent =
            contributors.top(PARTITIONS, minute(1_001 + MINUTES_KEPT), minute(1_001 + MINUTES_KEPT), 10);
        assert_eq!((recent.total, recent.keys.len()), (1, 1));
    }

    #[test]
    fn threads_count_together() {
        let contributors = Contributors::default();
        std::thread::scope(|scope| {
            for _ in 0..2 * SHARDS {
                scope.spawn(|| {
                    for at in 0..1_000u64 {
                        throttle(
                            &contributors,
                            if at % 10 == 0 { b"warm" } else { b"hot" },
                            minute(at / 500),
                        );
                    }
                });
            }
        });
        let top = contributors.top(PARTITIONS, Micros(0), minute(1), 1);
        assert_eq!((top.total, top.error), (16_000, 0));
        assert_eq!(top.keys, [TopKey { part: b"hot".to_vec(), count: 14_400, busiest_minute: 7_200 }]);
    }

    proptest! {
        /// However many keys there are, no count is too high, none is further too low than is told, no key with more than
        /// that is missing, and memory is bounded.
        #[test]
        fn counts_are_as_good_as_is_told(
            skew in 1u32..6,
            steps in prop::collection::vec((0u32..20_000, 0u64..3), 1..4_000),
        ) {
            let contributors = Contributors::default();
            let mut truth: HashMap<Vec<u8>, u64> = HashMap::new();
            let mut number = 0;
            for (key, pause) in &steps {
                // Small numbers are the likelier, the more often a number is scaled by itself.
                let key = (0..skew).fold(f64::from(*key), |key, _| key * key / 20_000.0);
                let key = (key as u64).to_be_bytes();
                number += u64::from(*pause == 0 && number < MINUTES_KEPT - 1 && key[7].is_multiple_of(16));
                throttle(&contributors, &key, minute(number));
                *truth.entry(key.to_vec()).or_default() += 1;
            }
            let top = contributors.top(PARTITIONS, Micros(0), minute(number), usize::MAX);
            prop_assert_eq!(top.total, steps.len() as u64);
            prop_assert!(top.error as f64 <= 3.5 / SKETCH_KEYS as f64 * top.total as f64);
            let told: HashMap<&[u8], u64> = top.keys.iter().map(|key| (&key.part[..], key.count)).collect();
            for (key, count) in &truth {
                match told.get(&key[..]) {
                    Some(told) => prop_assert!(told <= count && *count <= told + top.error),
                    None => prop_assert!(*count <= top.error),
                }
            }
            let kept = contributors.past.lock();
            for sketch in kept.values().flat_map(|lists| &lists.0) {
                prop_assert!(sketch.num_active_items() <= SKETCH_KEYS * 3 / 4);
            }
            prop_assert!(kept.len() as u64 <= MINUTES_KEPT);
        }
    }
}
