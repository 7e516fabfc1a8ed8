//! How often streams may be read, where AWS's limits are enforced.
//!
//! AWS: DescribeStream ten times a second; a shard by two readers, for whom five reads a second each are what its own
//! consumers keep to.

use super::ShardId;
use crate::engine::Engine;
use crate::env::Micros;
use crate::table::DataId;
use parking_lot::Mutex;
use pixii_model::ApiError;
use pixii_store::Store;
use std::collections::HashMap;

const DESCRIBES_PER_SECOND: u32 = 10;
const READS_PER_SECOND: u32 = 2 * 5;

/// What was read in the current second. Only where limits are enforced.
#[derive(Debug, Default)]
pub struct Rates(Mutex<Second>);

#[derive(Debug, Default)]
struct Second {
    second: u64,
    describes: u32,
    reads: HashMap<(DataId, ShardId), u32>,
}

impl Rates {
    /// Counts a call; answers whether there were not too many.
    fn count(&self, now: Micros, calls: impl FnOnce(&mut Second) -> &mut u32, max: u32) -> bool {
        let mut current = self.0.lock();
        if current.second != now.seconds() {
            *current = Second { second: now.seconds(), ..Second::default() };
        }
        let calls = calls(&mut current);
        *calls += 1;
        *calls <= max
    }
}

impl<S: Store> Engine<S> {
    /// Refuses a DescribeStream too many.
    pub(crate) fn admit_describe_stream(&self) -> Result<(), ApiError> {
        self.admit_call(|second| &mut second.describes, DESCRIBES_PER_SECOND)
    }

    /// Refuses a GetRecords too many.
    pub(crate) fn admit_get_records(&self, stream: DataId, shard: ShardId) -> Result<(), ApiError> {
        self.admit_call(|second| second.reads.entry((stream, shard)).or_default(), READS_PER_SECOND)
    }

    fn admit_call(&self, calls: impl FnOnce(&mut Second) -> &mut u32, max: u32) -> Result<(), ApiError> {
        match !self.settings.enforce || self.stream_rates.count(self.env.now(), calls, max) {
            true => Ok(()),
            false => Err(ApiError::StreamThrottled),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_has_room_for_so_many_calls() {
        let rates = Rates::default();
        let calls =
            |time| (0..12).filter(|_| rates.count(Micros(time), |second| &mut second.describes, 10)).count();
        assert_eq!(calls(5_000_000), 10);
        assert_eq!(calls(5_999_999), 0);
        assert_eq!(calls(6_000_000), 10);
    }
}
