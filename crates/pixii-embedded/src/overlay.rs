//! Writes that are submitted and not durable yet, as transactions read them: on top of a durable base.
//!
//! A transaction reads as of one sequence over a base of an earlier one, so it looks at the overlay's writes after the
//! base and up to its own sequence. A counter's adds have no value of their own until the commit thread gives them one;
//! a reader folds them into what lies below.

use crate::readers;
use crate::shared::Published;
use bytes::Bytes;
use pixii_store::conflict::{History, Reads, Versions};
use pixii_store::write_set::{Write, counter, counter_value};
use pixii_store::{Chunk, Direction, KeyRange, ScanLimit, StoreError};
use std::sync::Arc;

/// The writes since the oldest base in use; also what commits are validated against.
#[derive(Debug)]
pub(crate) struct Overlay {
    writes: History<Write>,
}

/// The part of the overlay that one transaction sees.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    /// What the base holds already.
    pub(crate) after: u64,
    /// The newest that the transaction sees.
    pub(crate) through: u64,
}

/// What the overlay makes of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Whatever the base holds.
    Base,
    /// This, whatever the base holds.
    Value(Option<Bytes>),
    /// The base's counter and this much.
    BasePlus(i64),
}

/// What the overlay makes of a range.
#[derive(Debug, Default)]
pub(crate) struct SeenRange {
    /// Keys that differ from the base, in the order of the scan.
    entries: Vec<(Bytes, Seen)>,
    /// Ranges of the base that are gone.
    cleared: Vec<KeyRange>,
    /// Whether entries stop where the scan will have reached its limit.
    cut: bool,
    /// The newest write it rests on, 0 if none.
    pub(crate) newest: u64,
}

impl Overlay {
    pub(crate) fn new() -> Self {
        Self { writes: History::default() }
    }

    /// See [`History::check`].
    pub(crate) fn check(&self, since: u64, reads: &Reads) -> Result<(), StoreError> {
        self.writes.check(since, reads)
    }

    /// See [`History::record`].
    pub(crate) fn record(
        &mut self,
        sequence: u64,
        clears: &[KeyRange],
        writes: impl Iterator<Item = (Bytes, Write)>,
    ) {
        self.writes.record(sequence, clears, writes);
    }

    /// See [`History::forget`].
    pub(crate) fn forget(&mut self, through: u64) {
        self.writes.forget(through);
    }

    /// How many writes it holds.
    pub(crate) fn len(&self) -> usize {
        self.writes.len()
    }

    /// What becomes of one key, and the newest write which that rests on.
    ///
    /// # Errors
    /// [`StoreError::TooOld`] if the window reaches back further than the overlay does.
    pub(crate) fn get(&self, key: &[u8], window: Window) -> Result<(Seen, u64), StoreError> {
        self.reaches(window)?;
        Ok(self.fold(key, self.writes.versions(key), window))
    }

    /// What becomes of a range, as far as a scan up to this limit can come.
    ///
    /// # Errors
    /// As [`Overlay::get`].
    pub(crate) fn scan(
        &self,
        range: &KeyRange,
        direction: Direction,
        limit: ScanLimit,
        window: Window,
    ) -> Result<SeenRange, StoreError> {
        self.reaches(window)?;
        let keys = self.writes.range(range);
        let mut seen = match direction {
            Direction::Forward => self.fold_range(keys, limit, window),
            Direction::Backward => self.fold_range(keys.rev(), limit, window),
        };
        for (sequence, clear) in self.clears(window).filter(|(_, clear)| clear.overlaps(range)) {
            seen.newest = seen.newest.max(sequence);
            seen.cleared.push(clear.clone());
        }
        Ok(seen)
    }

    fn reaches(&self, window: Window) -> Result<(), StoreError> {
        if window.after < self.writes.forgotten() { Err(StoreError::TooOld) } else { Ok(()) }
    }

    fn clears(&self, window: Window) -> impl DoubleEndedIterator<Item = (u64, &KeyRange)> {
        let clears = self.writes.clears().iter().map(|(sequence, range)| (*sequence, range));
        clears.filter(move |(sequence, _)| window.contains(*sequence))
    }

    fn fold_range<'a>(
        &self,
        keys: impl Iterator<Item = (&'a Bytes, &'a Versions<Write>)>,
        limit: ScanLimit,
        window: Window,
    ) -> SeenRange {
        let mut range = SeenRange::default();
        let (mut entries, mut bytes) = (0, 0);
        for (key, versions) in keys {
            if entries >= limit.entries || bytes >= limit.bytes {
                range.cut = true;
                break;
            }
            let (seen, newest) = self.fold(key, Some(versions), window);
            if seen == Seen::Base {
                continue;
            }
            if let Seen::Value(Some(value)) = &seen {
                entries += 1;
                bytes += key.len() + value.len();
            }
            range.newest = range.newest.max(newest);
            range.entries.push((key.clone(), seen));
        }
        range
    }

    /// Walks the writes of a key from the newest to the one that decides.
    fn fold(&self, key: &[u8], versions: Option<&Versions<Write>>, window: Window) -> (Seen, u64) {
        let cleared =
            self.clears(window).rev().find(|(_, range)| range.contains(key)).map(|(sequence, _)| sequence);
        let mut newest = cleared.unwrap_or(0);
        let mut added: Option<i64> = None;
        let plus = |value: Option<&Bytes>, added: Option<i64>| match added {
            None => value.cloned(),
            Some(delta) => Some(counter_value(value.map_or(0, |value| counter(value)).wrapping_add(delta))),
        };
        for (sequence, write) in
            versions.into_iter().flatten().rev().filter(|(sequence, _)| window.contains(*sequence))
        {
            // A transaction's own clears come before its writes.
            if cleared.is_some_and(|cleared| cleared > *sequence) {
                break;
            }
            newest = newest.max(*sequence);
            match write {
                Write::Set(value) => return (Seen::Value(plus(Some(value), added)), newest),
                Write::Clear => return (Seen::Value(plus(None, added)), newest),
                Write::Add(delta) => added = Some(added.unwrap_or(0).wrapping_add(*delta)),
            }
        }
        match (cleared, added) {
            (Some(_), _) => (Seen::Value(plus(None, added)), newest),
            (None, Some(delta)) => (Seen::BasePlus(delta), newest),
            (None, None) => (Seen::Base, newest),
        }
    }
}

impl Window {
    /// Whether the overlay can hold anything that lies in the window.
    pub(crate) fn is_empty(self) -> bool {
        self.after >= self.through
    }

    fn contains(self, sequence: u64) -> bool {
        self.after < sequence && sequence <= self.through
    }
}

impl Seen {
    /// The value, given how to read the base's.
    pub(crate) fn over(
        self,
        base: impl FnOnce() -> Result<Option<Bytes>, StoreError>,
    ) -> Result<Option<Bytes>, StoreError> {
        match self {
            Self::Base => base(),
            Self::Value(value) => Ok(value),
            Self::BasePlus(delta) => {
                let count = base()?.map_or(0, |value| counter(&value));
                Ok(Some(counter_value(count.wrapping_add(delta))))
            }
        }
    }
}

impl SeenRange {
    /// Merges the overlay's view of a range with the base's.
    pub(crate) async fn over(
        self,
        base: &Arc<Published>,
        range: &KeyRange,
        direction: Direction,
        limit: ScanLimit,
    ) -> Result<Chunk, StoreError> {
        if range.is_empty() {
            return Ok(Chunk::default());
        }
        let entries = base.range(range);
        let is_bare = self.entries.is_empty() && self.cleared.is_empty() && !self.cut;
        match direction {
            Direction::Forward if is_bare => take(base, entries, limit).await,
            Direction::Backward if is_bare => take(base, entries.rev(), limit).await,
            Direction::Forward => self.merge(entries, |a, b| a < b, limit),
            Direction::Backward => self.merge(entries.rev(), |a, b| a > b, limit),
        }
    }

    fn merge(
        self,
        base: impl Iterator<Item = Result<(Bytes, Bytes), StoreError>>,
        comes_before: impl Fn(&Bytes, &Bytes) -> bool,
        limit: ScanLimit,
    ) -> Result<Chunk, StoreError> {
        let Self { entries, cleared, cut, .. } = self;
        let standing = |entry: &Result<(Bytes, Bytes), _>| match entry {
            Ok((key, _)) => !cleared.iter().any(|range| range.contains(key)),
            Err(_) => true,
        };
        let mut below = base.filter(standing).peekable();
        let mut above = entries.into_iter().peekable();
        let mut next = move || -> Result<Option<(Bytes, Bytes)>, StoreError> {
            loop {
                let base_key = match below.peek() {
                    Some(Ok((key, _))) => Some(key),
                    Some(Err(error)) => return Err(error.clone()),
                    None => None,
                };
                let takes_base = match (base_key, above.peek()) {
                    (Some(base_key), Some((key, _))) => comes_before(base_key, key),
                    (Some(_), None) => true,
                    (None, _) => false,
                };
                if takes_base {
                    return below.next().transpose();
                }
                let Some((key, seen)) = above.next() else { return Ok(None) };
                let same = below.next_if(|entry| matches!(entry, Ok((base_key, _)) if *base_key == key));
                let base_value = same.transpose()?.map(|(_, value)| value);
                if let Some(value) = seen.over(|| Ok(base_value))? {
                    return Ok(Some((key, value)));
                }
            }
        };
        let mut chunk = Chunk::default();
        let mut bytes = 0;
        while let Some((key, value)) = next()? {
            if chunk.push(key, value, &mut bytes, limit) {
                // What was cut from the overlay is further on, so only a complete walk can promise that nothing is.
                chunk.more = cut || next()?.is_some();
                break;
            }
        }
        Ok(chunk)
    }
}

/// How many bytes are read where the reader is, before the rest is left to another thread.
const INLINE_BYTES_MAX: usize = 32 * 1024;

/// The first entries, up to a limit.
async fn take(
    base: &Arc<Published>,
    entries: impl Iterator<Item = Result<(Bytes, Bytes), StoreError>> + Send + 'static,
    limit: ScanLimit,
) -> Result<Chunk, StoreError> {
    let mut taking = Taking { _base: Arc::clone(base), entries, chunk: Chunk::default(), bytes: 0 };
    let inline = ScanLimit { bytes: limit.bytes.min(INLINE_BYTES_MAX), ..limit };
    if !taking.up_to(inline)? {
        return Ok(taking.chunk);
    }
    if taking.chunk.entries.len() < limit.entries && taking.bytes < limit.bytes {
        return readers::run(move || taking.up_to(limit).and_then(|full| taking.end(full))).await;
    }
    taking.end(true)
}

/// A chunk on its way.
struct Taking<I> {
    entries: I,
    /// Behind the entries, so that it is in use as long as they are: wherever they are read, and even if nobody waits for
    /// them any more.
    _base: Arc<Published>,
    chunk: Chunk,
    bytes: usize,
}

impl<I: Iterator<Item = Result<(Bytes, Bytes), StoreError>>> Taking<I> {
    /// Takes entries, and answers whether the limit was reached before they ended.
    fn up_to(&mut self, limit: ScanLimit) -> Result<bool, StoreError> {
        while let Some((key, value)) = self.entries.next().transpose()? {
            if self.chunk.push(key, value, &mut self.bytes, limit) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The chunk, once all is taken or the limit reached.
    fn end(mut self, full: bool) -> Result<Chunk, StoreError> {
        self.chunk.more = full && self.entries.next().transpose()?.is_some();
        Ok(self.chunk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &'static str) -> Bytes {
        Bytes::from_static(text.as_bytes())
    }

    type Commit<'a> = (u64, &'a [KeyRange], &'a [(&'static str, Write)]);

    fn overlay(commits: &[Commit]) -> Overlay {
        let mut overlay = Overlay::new();
        for (sequence, clears, writes) in commits {
            overlay.record(*sequence, clears, writes.iter().map(|(name, write)| (key(name), write.clone())));
        }
        overlay
    }

    #[test]
    fn a_key_is_folded_from_the_writes_in_the_window() {
        let set = |text| Write::Set(key(text));
        let overlay = overlay(&[
            (1, &[], &[("n", Write::Add(1)), ("k", set("one"))]),
            (2, &[], &[("n", Write::Add(2)), ("k", Write::Clear)]),
            (3, &[KeyRange::new("a", "z")], &[("m", set("with the clear"))]),
            (4, &[], &[("n", Write::Add(4)), ("c", Write::Add(1))]),
            (5, &[], &[("c", set("reset"))]),
            (6, &[], &[("c", Write::Add(3))]),
        ]);
        let count = |count: i64| Seen::Value(Some(counter_value(count)));
        for (name, after, through, expect) in [
            ("n", 0, 2, (Seen::BasePlus(3), 2)),
            ("n", 1, 2, (Seen::BasePlus(2), 2)),
            ("n", 0, 3, (Seen::Value(None), 3)),
            ("n", 0, 4, (count(4), 4)),
            ("n", 3, 6, (Seen::BasePlus(4), 4)),
            ("k", 0, 1, (Seen::Value(Some(key("one"))), 1)),
            ("k", 0, 2, (Seen::Value(None), 2)),
            ("k", 3, 6, (Seen::Base, 0)),
            ("m", 0, 6, (Seen::Value(Some(key("with the clear"))), 3)),
            ("c", 0, 4, (count(1), 4)),
            ("c", 4, 5, (Seen::Value(Some(key("reset"))), 5)),
            ("zz", 0, 6, (Seen::Base, 0)),
        ] {
            assert_eq!(
                overlay.get(name.as_bytes(), Window { after, through }),
                Ok(expect),
                "{name} {after}..={through}"
            );
        }
    }

    #[test]
    fn a_window_that_reaches_too_far_back_is_too_old() {
        let mut overlay = overlay(&[(1, &[], &[("k", Write::Clear)]), (2, &[], &[("k", Write::Clear)])]);
        overlay.forget(1);
        assert_eq!(overlay.get(b"k", Window { after: 0, through: 2 }), Err(StoreError::TooOld));
        assert_eq!(overlay.get(b"k", Window { after: 1, through: 2 }), Ok((Seen::Value(None), 2)));
    }
}
