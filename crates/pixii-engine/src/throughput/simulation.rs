//! Meters and maps of partitions against a simulation that is simple enough to be believed: a number for each limit, counted up
//! and down, over hours of random load.
//!
//! - A request is let in exactly when the simple simulation lets it in, and for the limit that it names.
//! - Over any time, no more gets through a limit than its rate, what it may save up, and one last request.
//! - Who stays below every limit is never throttled.
//! - The map always covers all places once; a partition that is split is gone for good, and its two children take its place.

use super::bucket::Rate;
use super::meter::{Limit, Limits, Meter, PartitionRates};
use crate::env::Micros;
use crate::partition::{PartitionId, Partitions};
use pixii_model::error::{Flow, ThroughputLimit};
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};

const SECOND: u64 = 1_000_000;
/// For how many seconds a partition keeps what nobody used.
const PARTITION_BURST: f64 = 5.0;
const FLOWS: [Flow; 2] = [Flow::Read, Flow::Write];

/// A stretch of load.
#[derive(Clone, Debug)]
struct Phase {
    seconds: u64,
    /// Requests in a second.
    requests: u64,
    /// Among how many keys, the first of which get most.
    keys: u64,
    units: u32,
}

fn phases() -> impl Strategy<Value = Vec<Phase>> {
    let phase = (1u64..900, 0u64..25, 1u64..40, 1u32..6).prop_map(|(seconds, requests, keys, units)| Phase {
        seconds,
        requests,
        keys,
        units,
    });
    prop::collection::vec(phase, 4..20)
}

/// A limit as anybody would write it down.
#[derive(Clone, Copy, Debug)]
struct Simple {
    left: f64,
    rate: f64,
    depth: f64,
    at: Micros,
}

impl Simple {
    fn new(left: f64, rate: f64, burst: f64, at: Micros) -> Self {
        Self { left, rate, depth: rate * burst, at }
    }

    fn left(&mut self, now: Micros) -> f64 {
        let passed = (now.0 - self.at.0) as f64 / 1e6;
        (self.left, self.at) = ((self.left + passed * self.rate).min(self.depth), now);
        self.left
    }
}

/// Places are hashes; a few keys share a hash, so that splits fall within one, too.
fn place(key: u64) -> Vec<u8> {
    let hash = (key / 3).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    [&hash.to_be_bytes()[..], format!("\0{key}").as_bytes()].concat()
}

/// What must hold of a map, whatever was done to it.
fn check_map(partitions: &Partitions, gone: &HashSet<PartitionId>) {
    let starts: Vec<_> = partitions.iter().map(|partition| &partition.start).collect();
    assert!(starts[0].is_empty() && starts.windows(2).all(|pair| pair[0] < pair[1]), "{starts:?}");
    let ids: HashSet<_> = partitions.iter().map(|partition| partition.id).collect();
    assert_eq!(ids.len(), starts.len());
    assert!(ids.is_disjoint(gone), "a number was used again");
    let hashes: u128 = (0..starts.len()).map(|at| partitions.hashes(at)).sum();
    assert_eq!(hashes, 1 << 64, "hashes are missing, or there twice");
    for (at, partition) in partitions.iter().enumerate() {
        assert_eq!(partitions.at(&partition.start), partition.id);
        assert_eq!(partitions.position_of(&[&partition.start[..], &[0]].concat()), at);
    }
}

/// The meter and what it is compared with.
struct World {
    meter: Meter,
    limits: Limits,
    rates: PartitionRates,
    partitions: Partitions,
    version: i64,
    gone: HashSet<PartitionId>,
    table: HashMap<Flow, Simple>,
    parts: HashMap<(PartitionId, Flow), Simple>,
    now: Micros,
}

impl World {
    fn new(read: u32, write: u32, rates: PartitionRates, count: u32) -> Self {
        let now = Micros(1_000 * SECOND);
        let limit = |units: u32| {
            let rate = Rate { per_second: units.into(), burst_seconds: 300.0 };
            Some(Limit { rate, kind: ThroughputLimit::ProvisionedThroughput })
        };
        let limits = Limits { read: limit(read), write: limit(write) };
        let partitions = Partitions::even(count);
        let simple = |units: u32| Simple::new(units.into(), units.into(), 300.0, now);
        let mut world = Self {
            meter: Meter::new(1, limits, rates, partitions.clone(), (now, now)),
            limits,
            rates,
            partitions,
            version: 1,
            gone: HashSet::new(),
            table: [(Flow::Read, simple(read)), (Flow::Write, simple(write))].into(),
            parts: HashMap::new(),
            now,
        };
        world.add_parts();
        world
    }

    fn partition_rate(&self, flow: Flow) -> f64 {
        match flow {
            Flow::Read => self.rates.read,
            Flow::Write => self.rates.write,
        }
    }

    /// A new partition has what it may save up.
    fn add_parts(&mut self) {
        for partition in self.partitions.iter() {
            for flow in FLOWS {
                let rate = self.partition_rate(flow);
                let full = Simple::new(rate * PARTITION_BURST, rate, PARTITION_BURST, self.now);
                self.parts.entry((partition.id, flow)).or_insert(full);
            }
        }
    }

    /// Asks for units at a key; both must say the same.
    fn ask(&mut self, flow: Flow, key: u64, units: f64) -> bool {
        let (now, place) = (self.now, place(key));
        let id = self.partitions.at(&place);
        let (part, table) = (self.parts.get_mut(&(id, flow)).unwrap(), self.table.get_mut(&flow).unwrap());
        let (in_part, in_table) = (part.left(now), table.left(now));
        let expect = match () {
            () if in_part <= 0.0 => Err(ThroughputLimit::KeyRangeThroughput),
            () if in_table <= 0.0 => Err(ThroughputLimit::ProvisionedThroughput),
            () => Ok(()),
        };
        let told = self.meter.admit(flow, &place, 0.0, now);
        // Where hardly anything is left, rounding may decide.
        if in_part.abs() > 1e-2 && in_table.abs() > 1e-2 {
            assert_eq!(told, expect, "{flow:?} {key}: {in_part} {in_table}");
        }
        if told.is_ok() {
            self.meter.take(flow, &place, units, now);
            part.left -= units;
            table.left -= units;
        }
        told.is_ok()
    }

    /// Does what the background does about partitions that are hot.
    fn split(&mut self) {
        for hot in self.meter.take_hot(self.now) {
            let Some(at) = hot.sample.split_place(&hot.start, |place| place.len()) else { continue };
            let before = self.partitions.clone();
            if self.partitions.split(hot.id, at).is_err() {
                continue;
            }
            self.gone.insert(hot.id);
            assert_eq!(self.partitions.iter().len(), before.iter().len() + 1);
            let kept = before.iter().filter(|partition| self.partitions.contains(partition.id)).count();
            assert_eq!(kept, before.iter().len() - 1, "more than the one that was split has changed");
            self.version += 1;
            self.meter.renew(self.version, self.limits, &self.partitions, self.now);
            self.add_parts();
        }
        check_map(&self.partitions, &self.gone);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn what_is_let_in_is_what_a_simple_simulation_lets_in(
        phases in phases(),
        (read, write) in (1u32..200, 1u32..200),
        (partition_read, partition_write) in (1u32..60, 1u32..60),
        heat in 1u32..60,
        count in 1u32..5,
    ) {
        let rates = PartitionRates {
            read: partition_read.into(),
            write: partition_write.into(),
            heat_seconds: heat.into(),
        };
        let mut world = World::new(read, write, rates, count);
        let began = world.now;
        let mut through = HashMap::from([(Flow::Read, 0.0), (Flow::Write, 0.0)]);
        let mut asked = 0u64;
        for phase in phases {
            for _ in 0..phase.seconds {
                for _ in 0..phase.requests {
                    world.now = Micros(world.now.0 + SECOND / (phase.requests + 1));
                    asked += 1;
                    // Squared, so that the first keys get most.
                    let dice = asked.wrapping_mul(0x5851_F42D_4C95_7F2D) >> 33;
                    let key = (dice % phase.keys) * (dice / 977 % phase.keys) / phase.keys;
                    let flow = FLOWS[(dice / 7 % 2) as usize];
                    if world.ask(flow, key, phase.units.into()) {
                        *through.get_mut(&flow).unwrap() += f64::from(phase.units);
                    }
                }
                world.now = Micros(world.now.0 + SECOND / (phase.requests + 1));
                world.split();
            }
        }
        let seconds = (world.now.0 - began.0) as f64 / 1e6;
        for (flow, units) in [(Flow::Read, read), (Flow::Write, write)] {
            // A second's worth was there at the beginning; the last request may take more than there is.
            let most = f64::from(units) * (seconds + 1.0) + 5.0;
            prop_assert!(through[&flow] <= most, "{flow:?}: {} of {most}", through[&flow]);
        }
    }

    #[test]
    fn who_stays_below_every_limit_is_never_throttled(
        write in 2u32..30,
        burst in 0u64..290,
        hours in 1u64..3,
    ) {
        let rates = PartitionRates { read: 1.0, write: f64::from(write), heat_seconds: 10.0 };
        let mut world = World::new(1, write, rates, 1);
        // What is saved up is there at once where the partition allows for it.
        world.now = Micros(world.now.0 + burst * SECOND);
        for _ in 0..hours * 3_600 {
            world.now = Micros(world.now.0 + SECOND);
            for key in 0..u64::from(write) {
                prop_assert!(world.ask(Flow::Write, key, 1.0));
            }
        }
        world.split();
        prop_assert_eq!(world.partitions.iter().len(), 1, "nobody asked for too much");
    }
}

#[test]
fn several_hot_keys_part_and_a_lone_one_stays_limited() {
    let rates = PartitionRates { read: 30.0, write: 10.0, heat_seconds: 5.0 };
    let mut world = World::new(10_000, 10_000, rates, 1);
    let minute = |world: &mut World, keys: std::ops::Range<u64>, each: u64| {
        let mut through = 0;
        for _ in 0..60 {
            for _ in 0..each {
                world.now = Micros(world.now.0 + SECOND / each);
                through += keys.clone().filter(|key| world.ask(Flow::Write, *key, 1.0)).count();
            }
            world.split();
        }
        through as f64 / 60.0
    };
    // Eight keys of six units each: eight partitions' worth, of ten, once each has its own.
    assert!(minute(&mut world, 0..8, 6) < 47.9);
    assert_eq!(minute(&mut world, 0..8, 6), 48.0);
    // One key of 25 units gets a partition, and no more than that can do.
    minute(&mut world, 20..21, 25);
    let alone = minute(&mut world, 20..21, 25);
    assert!((9.9..10.1).contains(&alone), "{alone}");
}
