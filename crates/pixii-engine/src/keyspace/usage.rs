//! What was consumed of a table or global index, an hour at a time.
//!
//! ```text
//! 16 id hour:u32
//! ```
//!
//! `hour` is counted from 1970, big-endian.

use super::{Key, USAGE, all_under, tagged};
use crate::table::DataId;
use bytes::Bytes;
use pixii_store::KeyRange;

/// Key of what was consumed in an hour.
pub fn usage(id: DataId, hour: u32) -> Bytes {
    tagged(USAGE, &[&id.0.to_be_bytes()[..], &hour.to_be_bytes()].concat())
}

/// What was consumed from an hour on.
pub fn usage_since(id: DataId, hour: u32) -> KeyRange {
    KeyRange { start: usage(id, hour), ..all_under(USAGE, id) }
}

/// What was consumed before an hour.
pub fn usage_before(id: DataId, hour: u32) -> KeyRange {
    KeyRange { end: Some(usage(id, hour)), ..all_under(USAGE, id) }
}

/// Takes apart what follows tag and id.
pub(super) fn take_usage(id: DataId, rest: &[u8]) -> Option<Key> {
    Some(Key::Usage { id, hour: u32::from_be_bytes(rest.try_into().ok()?) })
}
