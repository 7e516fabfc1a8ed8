//! Whole ranges that are known to be small: records of tables and streams, beginnings and ends of shards, notes.

use bytes::Bytes;
use pixii_store::{Direction, KeyRange, Read, ScanLimit, StoreError};

/// How many rows are read at a time.
const PAGE: ScanLimit = ScanLimit { entries: 1000, bytes: 1 << 20 };

/// All keys and values of a range.
pub(crate) async fn rows(read: &impl Read, mut range: KeyRange) -> Result<Vec<(Bytes, Bytes)>, StoreError> {
    let mut all = Vec::new();
    loop {
        let chunk = read.scan(&range, Direction::Forward, PAGE).await?;
        all.extend(chunk.entries);
        match all.last() {
            Some((last, _)) if chunk.more => range = range.after(last),
            _ => return Ok(all),
        }
    }
}
