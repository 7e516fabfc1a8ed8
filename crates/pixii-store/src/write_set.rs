//! What one transaction will write: gathered in call order, held against the Store's limits, reduced to one write a key.

use crate::conflict::Reads;
use crate::{APPEND_SUFFIX_BYTES, KeyRange, Limits, Stamp, StoreError};
use bytes::{BufMut, Bytes, BytesMut};
use std::collections::BTreeMap;

/// What a commit does to one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Gives it this value.
    Set(Bytes),
    /// Removes it.
    Clear,
    /// Adds to the counter it holds.
    Add(i64),
}

/// The writes of one transaction. Clears of ranges come first, then writes of single keys, then appends.
#[derive(Clone, Debug, Default)]
pub struct WriteSet {
    clears: Vec<KeyRange>,
    keys: BTreeMap<Bytes, Write>,
    appends: Vec<(Bytes, Bytes)>,
    bytes: usize,
    longest_key: usize,
    longest_value: usize,
}

impl WriteSet {
    /// Whether the transaction wrote nothing.
    pub fn is_empty(&self) -> bool {
        self.clears.is_empty() && self.keys.is_empty() && self.appends.is_empty()
    }

    /// Keys and values together.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// See [`crate::Transaction::set`].
    pub fn set(&mut self, key: Bytes, value: Bytes) {
        self.measure(key.len(), value.len());
        self.keys.insert(key, Write::Set(value));
    }

    /// See [`crate::Transaction::clear`].
    pub fn clear(&mut self, key: Bytes) {
        self.measure(key.len(), 0);
        self.keys.insert(key, Write::Clear);
    }

    /// See [`crate::Transaction::clear_range`].
    pub fn clear_range(&mut self, range: KeyRange) {
        if range.is_empty() {
            return;
        }
        self.bytes += range.start.len() + range.end.as_ref().map_or(0, Bytes::len);
        self.keys.retain(|key, _| !range.contains(key));
        self.clears.push(range);
    }

    /// See [`crate::Transaction::add`].
    pub fn add(&mut self, key: Bytes, delta: i64) {
        self.measure(key.len(), size_of::<i64>());
        let write = match self.keys.get(&key) {
            Some(Write::Set(value)) => Write::Set(counter_value(counter(value).wrapping_add(delta))),
            Some(Write::Clear) => Write::Set(counter_value(delta)),
            Some(Write::Add(earlier)) => Write::Add(earlier.wrapping_add(delta)),
            None if self.clears.iter().any(|range| range.contains(&key)) => Write::Set(counter_value(delta)),
            None => Write::Add(delta),
        };
        self.keys.insert(key, write);
    }

    /// See [`crate::Transaction::append`].
    pub fn append(&mut self, prefix: Bytes, value: Bytes) {
        self.measure(prefix.len() + APPEND_SUFFIX_BYTES, value.len());
        self.appends.push((prefix, value));
    }

    /// Holds the transaction against the limits.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`], naming the first limit that was passed.
    pub fn check(&self, limits: &Limits, reads: &Reads) -> Result<(), StoreError> {
        for (limit, bytes, max) in [
            ("the length of a key", self.longest_key, limits.key_bytes_max),
            ("the length of a value", self.longest_value, limits.value_bytes_max),
            ("the size of a transaction", self.bytes + reads.bytes(), limits.transaction_bytes_max),
        ] {
            if bytes > max {
                return Err(StoreError::TooLarge { limit, bytes });
            }
        }
        // An append's order within its transaction has two bytes.
        if self.appends.len() > usize::from(u16::MAX) + 1 {
            return Err(StoreError::TooLarge {
                limit: "appends in a transaction",
                bytes: self.appends.len(),
            });
        }
        Ok(())
    }

    /// Completes the keys of appends, and gives up the clears and the writes.
    pub fn finish(mut self, incarnation: u32, stamp: Stamp) -> (Vec<KeyRange>, BTreeMap<Bytes, Write>) {
        for (order, (prefix, value)) in self.appends.into_iter().enumerate() {
            let order = u16::try_from(order).expect("checked against the limits");
            let mut key = BytesMut::with_capacity(prefix.len() + APPEND_SUFFIX_BYTES);
            key.put_slice(&prefix);
            key.put_u32(incarnation);
            key.put_slice(&stamp.0);
            key.put_u16(order);
            self.keys.insert(key.freeze(), Write::Set(value));
        }
        (self.clears, self.keys)
    }

    fn measure(&mut self, key_bytes: usize, value_bytes: usize) {
        assert!(key_bytes > 0, "a key has at least one byte");
        self.bytes += key_bytes + value_bytes;
        self.longest_key = self.longest_key.max(key_bytes);
        self.longest_value = self.longest_value.max(value_bytes);
    }
}

/// Reads a counter. A value of another length is cut or filled up with zeros, as FoundationDB does.
pub fn counter(value: &[u8]) -> i64 {
    let mut bytes = [0; size_of::<i64>()];
    let length = value.len().min(bytes.len());
    bytes[..length].copy_from_slice(&value[..length]);
    i64::from_le_bytes(bytes)
}

/// The value that holds a counter.
pub fn counter_value(count: i64) -> Bytes {
    Bytes::copy_from_slice(&count.to_le_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        key_bytes_max: 20,
        value_bytes_max: 10,
        transaction_bytes_max: 60,
        transaction_age_ms_max: None,
    };

    fn finished(build: impl FnOnce(&mut WriteSet)) -> Vec<(Bytes, Write)> {
        let mut writes = WriteSet::default();
        build(&mut writes);
        writes.finish(1, Stamp::from_sequence(2)).1.into_iter().collect()
    }

    fn key(text: &'static str) -> Bytes {
        Bytes::from_static(text.as_bytes())
    }

    #[test]
    fn the_last_write_of_a_key_wins_and_adds_gather() {
        let writes = finished(|w| {
            w.set(key("a"), key("1"));
            w.clear(key("a"));
            w.add(key("b"), 2);
            w.add(key("b"), -5);
            w.clear(key("c"));
            w.add(key("c"), 7);
            w.add(key("d"), 7);
            w.set(key("d"), key("x"));
            w.set(key("e"), counter_value(40));
            w.add(key("e"), 2);
        });
        let expect = [
            ("a", Write::Clear),
            ("b", Write::Add(-3)),
            ("c", Write::Set(counter_value(7))),
            ("d", Write::Set(key("x"))),
            ("e", Write::Set(counter_value(42))),
        ];
        assert_eq!(writes, expect.map(|(name, write)| (key(name), write)));
    }

    #[test]
    fn a_cleared_range_takes_earlier_writes_and_leaves_later_ones() {
        let writes = finished(|w| {
            w.set(key("a"), key("1"));
            w.set(key("b"), key("1"));
            w.clear_range(KeyRange::new("b", "d"));
            w.set(key("c"), key("2"));
            w.add(key("bb"), 1);
            w.clear_range(KeyRange::new("z", "a"));
        });
        let expect =
            [("a", Write::Set(key("1"))), ("bb", Write::Set(counter_value(1))), ("c", Write::Set(key("2")))];
        assert_eq!(writes, expect.map(|(name, write)| (key(name), write)));
    }

    #[test]
    fn an_append_is_completed_with_incarnation_stamp_and_order() {
        let writes = finished(|w| {
            w.append(key("p"), key("one"));
            w.append(key("p"), key("two"));
        });
        let keys: Vec<&[u8]> = writes.iter().map(|(key, _)| key.as_ref()).collect();
        assert_eq!(keys[0], b"p\0\0\0\x01\0\0\0\0\0\0\0\x02\0\0\0\0");
        assert_eq!(keys[1], b"p\0\0\0\x01\0\0\0\0\0\0\0\x02\0\0\0\x01");
        assert_eq!(keys[0].len(), 1 + APPEND_SUFFIX_BYTES);
    }

    #[test]
    fn each_limit_is_held() {
        let too_large = |build: fn(&mut WriteSet)| {
            let mut writes = WriteSet::default();
            build(&mut writes);
            match writes.check(&LIMITS, &Reads::default()) {
                Err(StoreError::TooLarge { bytes, .. }) => Some(bytes),
                _ => None,
            }
        };
        assert_eq!(too_large(|w| w.set(Bytes::from(vec![0; 20]), Bytes::from(vec![0; 10]))), None);
        assert_eq!(too_large(|w| w.set(Bytes::from(vec![0; 21]), Bytes::new())), Some(21));
        assert_eq!(too_large(|w| w.set(key("k"), Bytes::from(vec![0; 11]))), Some(11));
        assert_eq!(too_large(|w| w.append(Bytes::from(vec![0; 5]), Bytes::new())), Some(21));
        assert_eq!(too_large(|w| (0..4).for_each(|_| w.clear(Bytes::from(vec![0; 16])))), Some(64));
    }

    #[test]
    fn a_counter_reads_values_of_any_length() {
        for (value, count) in [
            (&b""[..], 0),
            (b"\x01", 1),
            (b"\xff\xff\xff\xff\xff\xff\xff\xff", -1),
            (b"\x02\0\0\0\0\0\0\0\x09", 2),
        ] {
            assert_eq!(counter(value), count);
        }
    }
}
