//! How background work goes: how often each part of it ran, failed and panicked, and when it last succeeded.

use crate::env::Micros;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

/// The parts of background work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Tables,
    Streams,
    Partitions,
    Scaling,
    Usage,
    TimeToLive,
    Tokens,
    Clearing,
}

/// Their names, in their order.
const NAMES: [&str; 8] =
    ["tables", "streams", "partitions", "scaling", "usage", "time-to-live", "tokens", "clearing"];

/// How all of it goes.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// The part that is running, counted from one.
    running: AtomicUsize,
    parts: [PartProgress; NAMES.len()],
}

#[derive(Debug, Default)]
struct PartProgress {
    runs: AtomicU64,
    failures: AtomicU64,
    panics: AtomicU64,
    succeeded: AtomicU64,
}

/// How one part of background work goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskStatistics {
    /// Its name.
    pub name: &'static str,
    /// How often it ran.
    pub runs: u64,
    /// How often it failed.
    pub failures: u64,
    /// How often it panicked.
    pub panics: u64,
    /// When it last succeeded, in seconds since 1970; never if that is 0.
    pub succeeded: u64,
}

impl Progress {
    /// A part begins.
    pub(super) fn begin(&self, part: Part) {
        self.running.store(part as usize + 1, Relaxed);
    }

    /// A part has ended.
    pub(super) fn end(&self, part: Part, succeeded: bool, now: Micros) {
        self.running.store(0, Relaxed);
        let progress = &self.parts[part as usize];
        progress.runs.fetch_add(1, Relaxed);
        match succeeded {
            true => progress.succeeded.store(now.seconds(), Relaxed),
            false => _ = progress.failures.fetch_add(1, Relaxed),
        }
    }

    /// Whatever was running has panicked. Answers its name.
    pub(super) fn panicked(&self) -> Option<&'static str> {
        let part = self.running.swap(0, Relaxed).checked_sub(1)?;
        let progress = &self.parts[part];
        progress.runs.fetch_add(1, Relaxed);
        progress.panics.fetch_add(1, Relaxed);
        Some(NAMES[part])
    }

    pub(super) fn statistics(&self) -> Vec<TaskStatistics> {
        let of = |(name, part): (&&'static str, &PartProgress)| TaskStatistics {
            name,
            runs: part.runs.load(Relaxed),
            failures: part.failures.load(Relaxed),
            panics: part.panics.load(Relaxed),
            succeeded: part.succeeded.load(Relaxed),
        };
        NAMES.iter().zip(&self.parts).map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_told_by_its_name() {
        let progress = Progress::default();
        progress.begin(Part::Clearing);
        progress.end(Part::Clearing, true, Micros(5_000_000));
        progress.begin(Part::Clearing);
        progress.end(Part::Clearing, false, Micros(6_000_000));
        progress.begin(Part::Usage);
        assert_eq!((progress.panicked(), progress.panicked()), (Some("usage"), None));
        let told = progress.statistics();
        let clearing = TaskStatistics { name: "clearing", runs: 2, failures: 1, panics: 0, succeeded: 5 };
        assert_eq!(told[Part::Clearing as usize], clearing);
        assert_eq!((told[Part::Usage as usize].name, told[Part::Usage as usize].panics), ("usage", 1));
    }
}
