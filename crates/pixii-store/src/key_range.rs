//! Ranges of keys: from a first key, included, to an end, excluded.

use bytes::Bytes;
use std::ops::Bound;

/// The keys `start <= key < end`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyRange {
    /// The first key that may be in the range.
    pub start: Bytes,
    /// The first key that is not; `None` reaches to the end of the key space.
    pub end: Option<Bytes>,
}

impl KeyRange {
    /// From `start`, included, to `end`, excluded.
    pub fn new(start: impl Into<Bytes>, end: impl Into<Bytes>) -> Self {
        Self { start: start.into(), end: Some(end.into()) }
    }

    /// Just one key.
    pub fn single(key: &[u8]) -> Self {
        Self { start: Bytes::copy_from_slice(key), end: Some(after(key)) }
    }

    /// Every key that begins with `prefix`.
    pub fn prefix(prefix: &[u8]) -> Self {
        Self { start: Bytes::copy_from_slice(prefix), end: prefix_end(prefix) }
    }

    /// Every key there is.
    pub fn all() -> Self {
        Self { start: Bytes::new(), end: None }
    }

    /// Whether the key lies in the range.
    pub fn contains(&self, key: &[u8]) -> bool {
        key >= self.start.as_ref() && self.end.as_ref().is_none_or(|end| key < end.as_ref())
    }

    /// Whether no key can lie in the range.
    pub fn is_empty(&self) -> bool {
        self.end.as_ref().is_some_and(|end| end <= &self.start)
    }

    /// The only key that can lie in the range, if there can be only one.
    pub fn single_key(&self) -> Option<&Bytes> {
        let (last, rest) = self.end.as_ref()?.split_last()?;
        (*last == 0 && *rest == self.start).then_some(&self.start)
    }

    /// Whether some key lies in both ranges.
    pub fn overlaps(&self, other: &Self) -> bool {
        let starts_before_end = |a: &Self, b: &Self| b.end.as_ref().is_none_or(|end| a.start < end);
        !self.is_empty()
            && !other.is_empty()
            && starts_before_end(self, other)
            && starts_before_end(other, self)
    }

    /// The keys that lie in both ranges.
    pub fn intersection(&self, other: &Self) -> Self {
        let end = match (&self.end, &other.end) {
            (Some(one), Some(other)) => Some(one.min(other).clone()),
            (one, other) => one.clone().or_else(|| other.clone()),
        };
        Self { start: Bytes::clone((&self.start).max(&other.start)), end }
    }

    /// The range as an ordered map of the standard library takes it. Such maps panic on some empty ranges: ask
    /// [`KeyRange::is_empty`] first.
    pub fn bounds(&self) -> (Bound<&[u8]>, Bound<&[u8]>) {
        let end = self.end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        (Bound::Included(&self.start), end)
    }

    /// What is left of the range behind `key` when walking forward.
    pub fn after(mut self, key: &[u8]) -> Self {
        self.start = self.start.max(after(key));
        self
    }

    /// What is left of the range before `key` when walking backward.
    pub fn before(mut self, key: &[u8]) -> Self {
        let key = Bytes::copy_from_slice(key);
        self.end = Some(match self.end.take() {
            Some(end) => end.min(key),
            None => key,
        });
        self
    }
}

/// The smallest key greater than `key`.
fn after(key: &[u8]) -> Bytes {
    let mut next = Vec::with_capacity(key.len() + 1);
    next.extend_from_slice(key);
    next.push(0);
    next.into()
}

/// The smallest key greater than every key with this prefix; `None` if there is none.
fn prefix_end(prefix: &[u8]) -> Option<Bytes> {
    let last = prefix.iter().rposition(|&byte| byte != u8::MAX)?;
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Some(end.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_where_its_successor_begins() {
        for (prefix, end) in
            [(&b"a"[..], Some(&b"b"[..])), (b"a\xff", Some(b"b")), (b"\xff\xff", None), (b"", None)]
        {
            assert_eq!(KeyRange::prefix(prefix).end.as_deref(), end, "{prefix:?}");
        }
    }

    #[test]
    fn a_single_key_holds_itself_alone() {
        let range = KeyRange::single(b"k");
        assert!(range.contains(b"k") && !range.contains(b"k\0") && !range.contains(b"j"));
        assert_eq!(range.single_key().map(Bytes::as_ref), Some(&b"k"[..]));
        assert_eq!(KeyRange::prefix(b"k").single_key(), None);
        assert_eq!(KeyRange::all().single_key(), None);
    }

    #[test]
    fn ranges_overlap_where_they_share_a_key() {
        let range = |start, end| KeyRange::new(start, end);
        for (a, b, expect) in [
            (range("a", "c"), range("b", "d"), true),
            (range("a", "b"), range("b", "c"), false),
            (range("a", "z"), range("m", "m"), false),
            (KeyRange::all(), KeyRange::single(b"k"), true),
            (KeyRange { start: Bytes::from_static(b"c"), end: None }, range("a", "c"), false),
        ] {
            assert_eq!(a.overlaps(&b), expect, "{a:?} {b:?}");
            assert_eq!(b.overlaps(&a), expect, "{b:?} {a:?}");
        }
    }

    #[test]
    fn narrowing_leaves_out_the_key_itself() {
        let range = KeyRange::new(&b"a"[..], &b"z"[..]);
        assert!(!range.clone().after(b"c").contains(b"c") && range.clone().after(b"c").contains(b"c\0"));
        assert!(!range.clone().before(b"c").contains(b"c") && range.before(b"c").contains(b"b"));
    }
}
