//! Streams, shards and positions in them that cannot be.

/// What is wrong with a request about streams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamFault {
    /// No stream's ARN where one must be.
    InvalidArn,
    /// A shard iterator that is not one of ours.
    InvalidShardIterator,
    /// A sequence number that is none, or none of the shard's.
    InvalidSequenceNumber,
    /// A member that is missing beside the others.
    Missing {
        /// Its name.
        member: &'static str,
    },
    /// A member that means nothing with the type of iterator.
    Unwanted {
        /// Its name.
        member: &'static str,
    },
    /// A position in the future.
    TimestampInFuture,
}
