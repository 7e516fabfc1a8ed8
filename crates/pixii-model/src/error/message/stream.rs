//! Streams, shards and positions in them that cannot be.

use crate::error::StreamFault;
use std::fmt;

/// How most of AWS's refusals begin.
const INVALID: &str = "One or more parameter values were invalid: ";

impl fmt::Display for StreamFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidArn => f.write_str("Invalid StreamArn"),
            Self::InvalidShardIterator => f.write_str("Invalid ShardIterator"),
            Self::InvalidSequenceNumber => f.write_str("Invalid SequenceNumber for the shard"),
            Self::Missing { member } => write!(f, "{INVALID}{member} cannot be null"),
            Self::Unwanted { member } => {
                write!(f, "{INVALID}{member} should not be passed for this iterator type")
            }
            // AWS's sentence has not been seen; that it refuses is documented.
            Self::TimestampInFuture => write!(f, "{INVALID}Timestamp cannot be in the future"),
        }
    }
}
