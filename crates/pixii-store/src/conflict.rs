//! Optimistic validation: what a transaction read, what was lately written, and whether the two meet.
//!
//! Every commit has a sequence number. A transaction reads the state as of one sequence, and may commit if nothing that
//! it read was written under a later one. A [`History`] remembers the writes that a live transaction may still have
//! to be held against, and no others.

use crate::{Chunk, Direction, KeyRange, StoreError};
use bytes::Bytes;
use parking_lot::Mutex;
use std::collections::{BTreeMap, VecDeque};

/// The keys and ranges one transaction read or depends on.
#[derive(Debug, Default)]
pub struct Reads {
    recorded: Mutex<Recorded>,
}

#[derive(Debug, Default)]
struct Recorded {
    keys: Vec<Bytes>,
    ranges: Vec<KeyRange>,
    bytes: usize,
}

impl Reads {
    /// Records one key.
    pub fn key(&self, key: &[u8]) {
        let mut recorded = self.recorded.lock();
        // As a conflict range this is the key and its successor, which is how its size is counted.
        recorded.bytes += 2 * key.len() + 1;
        recorded.keys.push(Bytes::copy_from_slice(key));
    }

    /// Records a range.
    pub fn range(&self, range: KeyRange) {
        let mut recorded = self.recorded.lock();
        recorded.bytes += range.start.len() + range.end.as_ref().map_or(0, Bytes::len);
        recorded.ranges.push(range);
    }

    /// Records the part of `range` that a scan walked to return `chunk`.
    pub fn scan(&self, range: &KeyRange, direction: Direction, chunk: &Chunk) {
        let mut walked = range.clone();
        if let (true, Some((last, _))) = (chunk.more, chunk.entries.last()) {
            match direction {
                Direction::Forward => walked.end = KeyRange::single(last).end,
                Direction::Backward => walked.start = last.clone(),
            }
        }
        self.range(walked);
    }

    /// How much of the transaction's size this takes.
    pub fn bytes(&self) -> usize {
        self.recorded.lock().bytes
    }
}

/// The remembered writes of one key, each with its sequence, oldest first.
pub type Versions<W> = VecDeque<(u64, W)>;

/// Recent writes by key, each with its sequence number and a `W` that the Store may want back.
#[derive(Debug)]
pub struct History<W = ()> {
    /// For each key its writes; never none.
    keys: BTreeMap<Bytes, Versions<W>>,
    /// Cleared ranges, oldest first.
    clears: Vec<(u64, KeyRange)>,
    /// Which keys each commit wrote, oldest first.
    log: VecDeque<(u64, Vec<Bytes>)>,
    /// Commits up to this one may be missing.
    forgotten: u64,
    writes: usize,
}

impl<W> Default for History<W> {
    fn default() -> Self {
        Self { keys: BTreeMap::new(), clears: Vec::new(), log: VecDeque::new(), forgotten: 0, writes: 0 }
    }
}

impl<W> History<W> {
    /// Remembers a commit. Sequences only grow, and a commit writes a key once; its clears come before its writes.
    pub fn record(&mut self, sequence: u64, clears: &[KeyRange], writes: impl Iterator<Item = (Bytes, W)>) {
        let mut keys = Vec::with_capacity(writes.size_hint().0);
        for (key, write) in writes {
            keys.push(key.clone());
            self.keys.entry(key).or_default().push_back((sequence, write));
        }
        self.clears.extend(clears.iter().map(|range| (sequence, range.clone())));
        self.writes += keys.len();
        self.log.push_back((sequence, keys));
    }

    /// Whether a transaction that read these as of `since` may commit now.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if any of it was written since, [`StoreError::TooOld`] if that cannot be told any more.
    pub fn check(&self, since: u64, reads: &Reads) -> Result<(), StoreError> {
        let reads = reads.recorded.lock();
        if reads.keys.is_empty() && reads.ranges.is_empty() {
            return Ok(());
        }
        if since < self.forgotten {
            return Err(StoreError::TooOld);
        }
        let cleared = || self.clears.iter().filter(|(sequence, _)| *sequence > since).map(|(_, range)| range);
        let written = |versions: &Versions<W>| versions.back().is_some_and(|(sequence, _)| *sequence > since);
        for key in &reads.keys {
            if self.versions(key).is_some_and(written) || cleared().any(|range| range.contains(key)) {
                return Err(StoreError::Conflict);
            }
        }
        for range in reads.ranges.iter().filter(|range| !range.is_empty()) {
            if self.range(range).any(|(_, versions)| written(versions))
                || cleared().any(|c| c.overlaps(range))
            {
                return Err(StoreError::Conflict);
            }
        }
        Ok(())
    }

    /// Drops what was written up to and including `through`.
    pub fn forget(&mut self, through: u64) {
        while self.log.front().is_some_and(|(sequence, _)| *sequence <= through) {
            let (sequence, keys) = self.log.pop_front().expect("just seen");
            self.forgotten = sequence;
            self.writes -= keys.len();
            for key in keys {
                let versions = self.keys.get_mut(&key).expect("a logged write is remembered");
                versions.pop_front();
                if versions.is_empty() {
                    self.keys.remove(&key);
                }
            }
        }
        self.clears.retain(|(sequence, _)| *sequence > through);
    }

    /// How many writes are remembered.
    pub fn len(&self) -> usize {
        self.writes
    }

    /// Whether no commit is remembered.
    pub fn is_empty(&self) -> bool {
        self.log.is_empty()
    }

    /// Commits up to this one may be missing.
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// The remembered writes of one key.
    pub fn versions(&self, key: &[u8]) -> Option<&Versions<W>> {
        self.keys.get(key)
    }

    /// The keys of a range that have remembered writes.
    pub fn range(&self, range: &KeyRange) -> impl DoubleEndedIterator<Item = (&Bytes, &Versions<W>)> {
        (!range.is_empty()).then(|| self.keys.range::<[u8], _>(range.bounds())).into_iter().flatten()
    }

    /// The remembered clears, oldest first.
    pub fn clears(&self) -> &[(u64, KeyRange)] {
        &self.clears
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(commits: &[(u64, &[&'static str])]) -> History {
        let mut history = History::default();
        for (sequence, keys) in commits {
            history.record(*sequence, &[], keys.iter().map(|key| (Bytes::from_static(key.as_bytes()), ())));
        }
        history
    }

    fn reading_key(key: &str) -> Reads {
        let reads = Reads::default();
        reads.key(key.as_bytes());
        reads
    }

    fn reading_range(start: &'static str, end: &'static str) -> Reads {
        let reads = Reads::default();
        reads.range(KeyRange::new(start, end));
        reads
    }

    #[test]
    fn only_later_writes_of_what_was_read_conflict() {
        let history = history(&[(1, &["a"]), (2, &["b", "d"]), (3, &["a"])]);
        for (since, reads, expect) in [
            (2, reading_key("a"), Err(StoreError::Conflict)),
            (3, reading_key("a"), Ok(())),
            (2, reading_key("b"), Ok(())),
            (0, reading_key("c"), Ok(())),
            (1, reading_range("b", "c"), Err(StoreError::Conflict)),
            (2, reading_range("b", "z"), Ok(())),
            (0, reading_range("bb", "d"), Ok(())),
            (0, reading_range("d", "a"), Ok(())),
        ] {
            assert_eq!(history.check(since, &reads), expect, "{since} {reads:?}");
        }
    }

    #[test]
    fn a_cleared_range_conflicts_with_all_that_lies_in_it() {
        let mut history = history(&[]);
        history.record(5, &[KeyRange::new("b", "d")], std::iter::empty());
        assert_eq!(history.check(4, &reading_key("b")), Err(StoreError::Conflict));
        assert_eq!(history.check(4, &reading_range("a", "bb")), Err(StoreError::Conflict));
        assert_eq!(history.check(4, &reading_range("a", "b")), Ok(()));
        assert_eq!(history.check(5, &reading_key("b")), Ok(()));
        history.forget(5);
        assert!(history.clears().is_empty());
    }

    #[test]
    fn what_is_forgotten_is_too_old_to_judge() {
        let mut history = history(&[(1, &["a", "b"]), (2, &["a"]), (3, &["c"])]);
        history.forget(2);
        assert_eq!(history.len(), 1);
        assert!(history.versions(b"a").is_none());
        assert_eq!(history.check(1, &reading_key("z")), Err(StoreError::TooOld));
        assert_eq!(history.check(1, &Reads::default()), Ok(()), "who read nothing is never too old");
        assert_eq!(history.check(2, &reading_key("c")), Err(StoreError::Conflict));
        assert_eq!(history.check(3, &reading_key("c")), Ok(()));
    }

    #[test]
    fn a_scan_that_stopped_early_read_only_as_far_as_it_came() {
        let chunk = Chunk { entries: vec![(Bytes::from_static(b"c"), Bytes::new())], more: true };
        let history = history(&[(1, &["b"]), (2, &["c"]), (3, &["d"])]);
        let forward = Reads::default();
        forward.scan(&KeyRange::new("a", "z"), Direction::Forward, &chunk);
        assert_eq!(history.check(2, &forward), Ok(()));
        assert_eq!(history.check(1, &forward), Err(StoreError::Conflict));
        let backward = Reads::default();
        backward.scan(&KeyRange::new("a", "z"), Direction::Backward, &chunk);
        assert_eq!(history.check(2, &backward), Err(StoreError::Conflict));
    }
}
