//! The meter of one table or global index: what its partitions and it as a whole have left, and which keys are hot.

use super::bucket::{Bucket, Rate};
use super::consumption::Consumption;
use super::contributors::Contributors;
use super::heat::Sample;
use crate::env::Micros;
use crate::partition::{PartitionId, Partitions};
use arc_swap::{ArcSwap, ArcSwapOption};
use bytes::Bytes;
use parking_lot::Mutex;
use pixii_model::error::{Flow, ThroughputLimit};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

/// So many requests to a partition that gets hot leave their keys as a sample, and one in so many after them.
const SAMPLE_ALL: u32 = 64;
const SAMPLE_EVERY: u32 = 8;

/// What one partition can do, and when it has been asked for too much for too long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartitionRates {
    /// Read units.
    pub read: f64,
    /// Write units.
    pub write: f64,
    /// For how many seconds twice that must be asked for until a partition is hot.
    pub heat_seconds: f64,
}

/// For how long a table or index seems to have saved up at the least: a request must find something.
const SAVED_MIN: Duration = Duration::from_secs(1);
/// For how many seconds a partition keeps what nobody used.
const PARTITION_BURST_SECONDS: f64 = 5.0;

/// A limit on a table or index as a whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// Its rate.
    pub rate: Rate,
    /// Which limit it is.
    pub kind: ThroughputLimit,
}

/// What a table or index is limited to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// On reads.
    pub read: Option<Limit>,
    /// On writes.
    pub write: Option<Limit>,
}

impl Limits {
    fn of(&self, flow: Flow) -> Option<Limit> {
        match flow {
            Flow::Read => self.read,
            Flow::Write => self.write,
        }
    }
}

/// The meter of one table or global index.
#[derive(Debug)]
pub struct Meter {
    read: Bucket,
    write: Bucket,
    shape: ArcSwap<Shape>,
    /// Whether a partition has become hot since somebody looked.
    hot: AtomicBool,
    consumption: Consumption,
    /// When somebody last looked at that, and what read and write units it was then.
    looked: Mutex<(Micros, [f64; 2])>,
    /// Which keys are used most, while somebody wants to know.
    contributors: ArcSwapOption<Contributors>,
}

/// What a meter measures at one version of its table.
#[derive(Debug)]
struct Shape {
    version: i64,
    limits: Limits,
    rates: PartitionRates,
    partitions: Partitions,
    /// In the order of `partitions`.
    meters: Vec<Arc<PartitionMeter>>,
}

/// The meter of one partition.
#[derive(Debug)]
struct PartitionMeter {
    id: PartitionId,
    read: Gauge,
    write: Gauge,
    requests: AtomicU32,
    sample: Mutex<Sample>,
}

/// What a partition has left, and how much it was asked for.
#[derive(Debug)]
struct Gauge {
    left: Bucket,
    /// Drained by what is asked for beyond the partition's rate: empty means that it has been too much for too long.
    heat: Bucket,
}

/// A partition that was asked for too much for too long.
#[derive(Clone, Debug)]
pub struct Hot {
    /// Which.
    pub id: PartitionId,
    /// Where it begins.
    pub start: Vec<u8>,
    /// Keys that were asked for of late.
    pub sample: Sample,
}

impl Meter {
    /// A meter of something that nobody has used since it was made, or since this process began.
    pub fn new(
        version: i64,
        limits: Limits,
        rates: PartitionRates,
        partitions: Partitions,
        (since, now): (Micros, Micros),
    ) -> Self {
        let saved = Duration::from_micros(now.0.saturating_sub(since.0)).max(SAVED_MIN);
        let meters =
            partitions.iter().map(|partition| Arc::new(PartitionMeter::new(partition.id, rates, now)));
        let meters = meters.collect();
        Self {
            read: Bucket::filled_for(saved, now),
            write: Bucket::filled_for(saved, now),
            shape: ArcSwap::from_pointee(Shape { version, limits, rates, partitions, meters }),
            hot: AtomicBool::new(false),
            consumption: Consumption::default(),
            looked: Mutex::new((now, [0.0; 2])),
            contributors: ArcSwapOption::empty(),
        }
    }

    /// What was consumed by which operation.
    pub fn consumption(&self) -> &Consumption {
        &self.consumption
    }

    /// Where the keys that are used most are counted, if anything was.
    pub fn contributors(&self) -> Option<Arc<Contributors>> {
        self.contributors.load_full()
    }

    /// Counts something of a key.
    pub fn contribute(&self, count: impl FnOnce(&Contributors)) {
        if self.contributors.load().is_none() {
            let first = Arc::new(Contributors::default());
            self.contributors.compare_and_swap(&None::<Arc<Contributors>>, Some(first));
        }
        // Insights that are turned off at this moment need not know.
        if let Some(contributors) = &*self.contributors.load() {
            count(contributors);
        }
    }

    /// Forgets which keys are used most.
    pub fn forget_contributors(&self) {
        self.contributors.store(None);
    }

    /// The version of the table that it measures.
    pub fn version(&self) -> i64 {
        self.shape.load().version
    }

    /// Takes in a newer version of its table. What is left stays left; partitions that are new begin anew.
    pub fn renew(&self, version: i64, limits: Limits, partitions: &Partitions, now: Micros) {
        let old = self.shape.load();
        if old.version >= version {
            return;
        }
        for flow in [Flow::Read, Flow::Write] {
            if let (Some(from), Some(to)) = (old.limits.of(flow), limits.of(flow))
                && from.rate != to.rate
            {
                self.bucket(flow).change_rate(now, from.rate, to.rate);
            }
        }
        let known = |id| old.meters.iter().find(|meter| meter.id == id).cloned();
        let meter = |id| known(id).unwrap_or_else(|| Arc::new(PartitionMeter::new(id, old.rates, now)));
        let meters = partitions.iter().map(|partition| meter(partition.id)).collect();
        let partitions = partitions.clone();
        self.shape.store(Arc::new(Shape { version, limits, rates: old.rates, partitions, meters }));
    }

    /// Whether there is throughput for a request to that place which owes so many units already; which limit is reached if not.
    pub fn admit(&self, flow: Flow, place: &[u8], owed: f64, now: Micros) -> Result<(), ThroughputLimit> {
        let shape = self.shape.load();
        let partition = shape.at(place);
        if !partition.gauge(flow).left.has_any(now) {
            // What a partition is asked for in vain makes it hot, too.
            self.warm(&shape, partition, flow, place, 1.0, now);
            return Err(ThroughputLimit::KeyRangeThroughput);
        }
        // Where it is the table that has nothing left, splitting a partition would not help.
        match shape.limits.of(flow) {
            Some(limit) if self.bucket(flow).units(now, limit.rate) <= owed => Err(limit.kind),
            _ => Ok(()),
        }
    }

    /// Takes units that a request to that place needed, or gives back what it did not need after all. Answers whether that has
    /// made a partition hot.
    pub fn take(&self, flow: Flow, place: &[u8], units: f64, now: Micros) -> bool {
        let shape = self.shape.load();
        let partition = shape.at(place);
        partition.gauge(flow).left.take(units, now, shape.partition_rate(flow));
        if let Some(limit) = shape.limits.of(flow) {
            self.bucket(flow).take(units, now, limit.rate);
        }
        units > 0.0 && self.warm(&shape, partition, flow, place, units, now)
    }

    /// Read and write units consumed in each second since the last call.
    pub fn take_rates(&self, now: Micros) -> (f64, f64) {
        let consumed = [Flow::Read, Flow::Write].map(|flow| self.consumption.units(flow));
        let (since, before) = std::mem::replace(&mut *self.looked.lock(), (now, consumed));
        let seconds = (now.0.saturating_sub(since.0) as f64 / 1e6).max(1e-3);
        ((consumed[0] - before[0]) / seconds, (consumed[1] - before[1]) / seconds)
    }

    /// Takes the partitions that have become hot since the last call.
    pub fn take_hot(&self, now: Micros) -> Vec<Hot> {
        if !self.hot.swap(false, Ordering::Relaxed) {
            return Vec::new();
        }
        let shape = self.shape.load();
        let mut hot = Vec::new();
        for (partition, meter) in shape.partitions.iter().zip(&shape.meters) {
            let is_hot =
                [Flow::Read, Flow::Write].into_iter().any(|flow| shape.heat_left(meter, flow, now) <= 0.0);
            if is_hot {
                let sample = meter.sample.lock().clone();
                meter.cool(shape.rates, now);
                hot.push(Hot { id: partition.id, start: partition.start.clone(), sample });
            }
        }
        hot
    }

    /// Whether a partition has become hot since somebody looked.
    pub fn is_hot(&self) -> bool {
        self.hot.load(Ordering::Relaxed)
    }

    fn bucket(&self, flow: Flow) -> &Bucket {
        match flow {
            Flow::Read => &self.read,
            Flow::Write => &self.write,
        }
    }

    /// Counts what is asked of a partition, and keeps a sample of the keys while that is much. Answers whether it has become hot.
    fn warm(
        &self,
        shape: &Shape,
        partition: &PartitionMeter,
        flow: Flow,
        place: &[u8],
        units: f64,
        now: Micros,
    ) -> bool {
        let rate = shape.heat_rate(flow);
        let left = partition.gauge(flow).heat.take(units, now, rate);
        if left >= rate.per_second * rate.burst_seconds * 0.9 {
            return false;
        }
        let requests = partition.requests.fetch_add(1, Ordering::Relaxed);
        if (requests < SAMPLE_ALL || requests.is_multiple_of(SAMPLE_EVERY))
            && let Some(mut sample) = partition.sample.try_lock()
        {
            sample.add(Bytes::copy_from_slice(place));
        }
        left <= 0.0 && !self.hot.swap(true, Ordering::Relaxed)
    }
}

impl Shape {
    fn at(&self, place: &[u8]) -> &PartitionMeter {
        &self.meters[self.partitions.position_of(place)]
    }

    fn partition_rate(&self, flow: Flow) -> Rate {
        let per_second = match flow {
            Flow::Read => self.rates.read,
            Flow::Write => self.rates.write,
        };
        Rate { per_second, burst_seconds: PARTITION_BURST_SECONDS }
    }

    fn heat_rate(&self, flow: Flow) -> Rate {
        Rate { burst_seconds: self.rates.heat_seconds, ..self.partition_rate(flow) }
    }

    fn heat_left(&self, meter: &PartitionMeter, flow: Flow, now: Micros) -> f64 {
        meter.gauge(flow).heat.units(now, self.heat_rate(flow))
    }
}

impl PartitionMeter {
    fn new(id: PartitionId, rates: PartitionRates, now: Micros) -> Self {
        let gauge = |per_second| Gauge {
            left: Bucket::full(now, Rate { per_second, burst_seconds: PARTITION_BURST_SECONDS }),
            heat: Bucket::full(now, Rate { per_second, burst_seconds: rates.heat_seconds }),
        };
        Self {
            id,
            read: gauge(rates.read),
            write: gauge(rates.write),
            requests: AtomicU32::new(0),
            sample: Mutex::default(),
        }
    }

    fn gauge(&self, flow: Flow) -> &Gauge {
        match flow {
            Flow::Read => &self.read,
            Flow::Write => &self.write,
        }
    }

    /// Begins to count heat anew.
    fn cool(&self, rates: PartitionRates, now: Micros) {
        for (flow, per_second) in [(Flow::Read, rates.read), (Flow::Write, rates.write)] {
            self.gauge(flow).heat.fill(now, Rate { per_second, burst_seconds: rates.heat_seconds });
        }
    }
}
