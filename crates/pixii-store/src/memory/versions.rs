//! The keys of the memory Store, each with the versions that some snapshot may still read.
//!
//! A version is seen from its commit's sequence on, until the next one's. Old versions and removed keys are collected
//! once no live snapshot is old enough to see them.

use crate::{Chunk, Direction, KeyRange, ScanLimit};
use bytes::Bytes;
use std::collections::{BTreeMap, VecDeque};

/// How many old versions one commit collects at most, so that it never pays for a long-held snapshot all at once.
const COLLECTED_PER_COMMIT_MAX: usize = 1024;

/// An ordered map with versions.
#[derive(Debug, Default)]
pub(super) struct VersionedMap {
    entries: BTreeMap<Bytes, Versions>,
    /// Which keys have something to collect, by the sequence from which on it is out of sight.
    garbage: VecDeque<(u64, Bytes)>,
}

#[derive(Debug)]
struct Versions {
    newest: Version,
    /// Oldest first.
    older: Vec<Version>,
}

#[derive(Debug)]
struct Version {
    sequence: u64,
    /// `None` where the key was removed.
    value: Option<Bytes>,
}

impl Versions {
    fn at(&self, sequence: u64) -> Option<&Bytes> {
        let visible = |version: &&Version| version.sequence <= sequence;
        let version = Some(&self.newest).filter(visible).or_else(|| self.older.iter().rev().find(visible));
        version.and_then(|version| version.value.as_ref())
    }
}

impl VersionedMap {
    /// The value of a key as of a sequence.
    pub(super) fn get(&self, key: &[u8], at: u64) -> Option<&Bytes> {
        self.entries.get(key).and_then(|versions| versions.at(at))
    }

    /// The value of a key after all commits.
    pub(super) fn newest(&self, key: &[u8]) -> Option<&Bytes> {
        self.get(key, u64::MAX)
    }

    /// See [`crate::Read::scan`].
    pub(super) fn scan(&self, range: &KeyRange, direction: Direction, limit: ScanLimit, at: u64) -> Chunk {
        if range.is_empty() {
            return Chunk::default();
        }
        let entries = self.entries.range::<[u8], _>(range.bounds());
        match direction {
            Direction::Forward => gather(entries, limit, at),
            Direction::Backward => gather(entries.rev(), limit, at),
        }
    }

    /// Sets or removes a key under the sequence of a new commit.
    pub(super) fn put(&mut self, key: Bytes, value: Option<Bytes>, sequence: u64) {
        let version = Version { sequence, value };
        match self.entries.get_mut(&key) {
            Some(versions) => {
                let old = std::mem::replace(&mut versions.newest, version);
                versions.older.push(old);
                self.garbage.push_back((sequence, key));
            }
            None if version.value.is_some() => {
                self.entries.insert(key, Versions { newest: version, older: Vec::new() });
            }
            None => {}
        }
    }

    /// Removes every key of a range under the sequence of a new commit.
    pub(super) fn remove_range(&mut self, range: &KeyRange, sequence: u64) {
        let all = ScanLimit { entries: usize::MAX, bytes: usize::MAX };
        for (key, _) in self.scan(range, Direction::Forward, all, u64::MAX).entries {
            self.put(key, None, sequence);
        }
    }

    /// Collects what no snapshot from `oldest` on can see.
    pub(super) fn collect(&mut self, oldest: u64) {
        for _ in 0..COLLECTED_PER_COMMIT_MAX {
            let Some((_, key)) = self.garbage.pop_front_if(|(sequence, _)| *sequence <= oldest) else {
                return;
            };
            let Some(versions) = self.entries.get_mut(&key) else { continue };
            if versions.newest.sequence <= oldest {
                versions.older = Vec::new();
                if versions.newest.value.is_none() {
                    self.entries.remove(&key);
                }
            } else {
                let seen = versions.older.iter().rposition(|version| version.sequence <= oldest);
                versions.older.drain(..seen.unwrap_or(0));
            }
        }
    }

    /// How many versions are kept, removals included.
    #[cfg(test)]
    pub(super) fn versions(&self) -> usize {
        self.entries.values().map(|versions| 1 + versions.older.len()).sum()
    }
}

fn gather<'a>(entries: impl Iterator<Item = (&'a Bytes, &'a Versions)>, limit: ScanLimit, at: u64) -> Chunk {
    let mut chunk = Chunk::default();
    let mut bytes = 0;
    let mut visible = entries.filter_map(|(key, versions)| Some((key, versions.at(at)?)));
    while let Some((key, value)) = visible.next() {
        if chunk.push(key.clone(), value.clone(), &mut bytes, limit) {
            chunk.more = visible.next().is_some();
            break;
        }
    }
    chunk
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &'static str) -> Option<Bytes> {
        Some(Bytes::from_static(text.as_bytes()))
    }

    #[test]
    fn each_sequence_sees_its_own_version() {
        let mut map = VersionedMap::default();
        let key = Bytes::from_static(b"k");
        map.put(key.clone(), value("one"), 1);
        map.put(key.clone(), None, 3);
        map.put(key.clone(), value("two"), 5);
        for (at, expect) in
            [(0, None), (1, value("one")), (2, value("one")), (3, None), (4, None), (5, value("two"))]
        {
            assert_eq!(map.get(b"k", at).cloned(), expect, "at {at}");
        }
    }

    #[test]
    fn what_nobody_can_see_is_collected_and_nothing_else() {
        let mut map = VersionedMap::default();
        let key = Bytes::from_static(b"k");
        map.put(key.clone(), value("one"), 1);
        map.put(key.clone(), value("two"), 2);
        map.put(key.clone(), value("three"), 4);
        map.collect(1);
        assert_eq!(map.versions(), 3);
        map.collect(3);
        assert_eq!((map.versions(), map.get(b"k", 3).cloned()), (2, value("two")));
        map.put(key.clone(), None, 6);
        map.collect(6);
        assert_eq!(map.versions(), 0);
        map.put(key, None, 7);
        assert_eq!(map.versions(), 0, "removing what is not there leaves nothing");
    }
}
