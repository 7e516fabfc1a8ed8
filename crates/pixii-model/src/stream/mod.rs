//! Streams as the API describes them: their ARNs, shards, positions in them, and the records they hold.

pub mod arn;
pub mod description;
pub mod position;
pub mod record;

pub use arn::StreamArn;
pub use description::{SequenceNumberRange, Shard, Stream, StreamDescription};
pub use position::{SequenceNumber, ShardPosition};
pub use record::{Identity, Record, StreamRecord};

use crate::error::{SerializationFault, StreamFault};
use crate::wire::{Decode, Decoder, Json, JsonKind, Rule};
use crate::wire_enum;

/// Rule of a shard's id (API model: ShardId).
pub const SHARD_ID: Rule = Rule::length(28, 65);
/// Rule of a shard iterator (API model: ShardIterator).
pub const SHARD_ITERATOR: Rule = Rule::length(1, 2048);

wire_enum! {
    /// Where a stream stands in its life.
    StreamStatus {
        /// Being turned on.
        Enabling = "ENABLING",
        /// On.
        Enabled = "ENABLED",
        /// Being turned off.
        Disabling = "DISABLING",
        /// Off: its records stay readable until they are a day old.
        Disabled = "DISABLED",
    }
    printed ["ENABLING", "ENABLED", "DISABLING", "DISABLED"]
}

wire_enum! {
    /// What a change did to its item.
    OperationType {
        /// There was none of that key.
        Insert = "INSERT",
        /// It was there, and still is.
        Modify = "MODIFY",
        /// It was there.
        Remove = "REMOVE",
    }
    printed ["INSERT", "MODIFY", "REMOVE"]
}

wire_enum! {
    /// Where a reader wants to begin in a shard.
    ShardIteratorType {
        /// At the oldest record that is still there.
        TrimHorizon = "TRIM_HORIZON",
        /// Behind the newest record.
        Latest = "LATEST",
        /// At a record.
        AtSequenceNumber = "AT_SEQUENCE_NUMBER",
        /// Behind a record.
        AfterSequenceNumber = "AFTER_SEQUENCE_NUMBER",
        /// At the first record that is not older than a point in time.
        AtTimestamp = "AT_TIMESTAMP",
    }
    // The order of a Java hash set, as Kinesis prints the same five.
    printed ["AFTER_SEQUENCE_NUMBER", "LATEST", "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON"]
}

wire_enum! {
    /// Which shards of a stream are wanted.
    ShardFilterType {
        /// The children of a shard.
        ChildShards = "CHILD_SHARDS",
    }
    printed ["CHILD_SHARDS"]
}

/// Which shards of a stream are wanted: the children of one of them (API model: ShardFilter).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShardFilter {
    /// In which relation. There is but one.
    pub filter_type: ShardFilterType,
    /// To which shard.
    pub shard_id: String,
}

impl Decode for ShardFilter {
    const KIND: JsonKind = JsonKind::Structure("ShardFilter");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        let filter_type = input.optional("Type", &Rule::NONE)?;
        let shard_id = input.optional("ShardId", &SHARD_ID)?;
        // The API model requires neither; AWS requires both.
        if filter_type.is_none() {
            input.decoder().refuse(StreamFault::Missing { member: "ShardFilter.Type" });
        }
        if shard_id.is_none() {
            input.decoder().refuse(StreamFault::Missing { member: "ShardFilter.ShardId" });
        }
        Ok(Self { filter_type: filter_type.unwrap_or_default(), shard_id: shard_id.unwrap_or_default() })
    }
}
