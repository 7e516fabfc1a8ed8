//! Items in the order in which they expire.
//!
//! ```text
//! 15 id bucket seconds item-key       item-key: hash, variant, partition [last], as in the key of the item
//! ```
//!
//! A table gets an id for this each time that its time to live is enabled. The bucket is the first half byte of the hash, so
//! that what expires at the same time lies in several places of a cluster; within a bucket all that is due is one range.

use super::{EXPIRY, ITEM, tagged};
use crate::table::DataId;
use bytes::Bytes;
use pixii_store::KeyRange;
use std::ops::Range;

/// How many buckets there are.
pub const EXPIRY_BUCKETS: u8 = 16;

/// Where the hash begins in an item's key: behind tag and id.
const HASH_IN_ITEM: usize = 1 + 8;
/// Where the hash begins in an entry's key: behind tag, id, bucket and seconds.
const HASH_IN_ENTRY: usize = 1 + 8 + 1 + 8;

/// Key of the entry of an item that expires at that second of the epoch, by the item's stored key.
pub fn expiry(id: DataId, seconds: u64, item: &[u8]) -> Bytes {
    let item = &item[HASH_IN_ITEM..];
    let mut key = prefix(id, item[0] >> 4, HASH_IN_ENTRY + item.len());
    key.extend_from_slice(&seconds.to_be_bytes());
    key.extend_from_slice(item);
    key.into()
}

/// The entries in one bucket of the items that expire within these seconds, the last excluded.
pub fn expiring(id: DataId, bucket: u8, seconds: Range<u64>) -> KeyRange {
    let bound = |seconds: u64| {
        let mut key = prefix(id, bucket, HASH_IN_ENTRY);
        key.extend_from_slice(&seconds.to_be_bytes());
        key
    };
    KeyRange::new(bound(seconds.start), bound(seconds.end))
}

/// The stored key of the item of that table which an entry is of.
pub fn item_of_expiry(table: DataId, entry: &[u8]) -> Option<Bytes> {
    let item = entry.get(HASH_IN_ENTRY..)?;
    Some(tagged(ITEM, &[&table.0.to_be_bytes()[..], item].concat()))
}

fn prefix(id: DataId, bucket: u8, capacity: usize) -> Vec<u8> {
    let mut key = Vec::with_capacity(capacity);
    key.push(EXPIRY);
    key.extend_from_slice(&id.0.to_be_bytes());
    key.push(bucket);
    key
}
