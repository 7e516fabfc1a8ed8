//! GetShardIterator: begins to read a shard somewhere.

use super::{DYNAMODB_STREAMS_TARGET, Operation};
use crate::error::{SerializationFault, StreamFault, ValidationError};
use crate::stream::arn::STREAM_ARN;
use crate::stream::position::SEQUENCE_NUMBER;
use crate::stream::{SHARD_ID, SequenceNumber, ShardIteratorType, ShardPosition, StreamArn};
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule, Timestamp};

/// Begins to read a shard somewhere: answers with an iterator, which is good for 15 minutes.
pub struct GetShardIterator;

impl Operation for GetShardIterator {
    const NAME: &'static str = "GetShardIterator";
    const TARGET: &'static str = DYNAMODB_STREAMS_TARGET;
    type Input = GetShardIteratorInput;
    type Output = GetShardIteratorOutput;
}

/// API model: GetShardIteratorInput.
#[derive(Clone, Debug, Default)]
pub struct GetShardIteratorInput {
    /// The stream.
    pub stream_arn: StreamArn,
    /// Its shard.
    pub shard_id: String,
    /// In what way the position is told.
    pub shard_iterator_type: ShardIteratorType,
    /// The record, where a record is told.
    pub sequence_number: Option<SequenceNumber>,
    /// The point in time, where a point in time is told.
    pub timestamp: Option<Timestamp>,
}

impl Decode for GetShardIteratorInput {
    const KIND: JsonKind = JsonKind::Structure("GetShardIteratorInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            stream_arn: input.required("StreamArn", &STREAM_ARN)?,
            shard_id: input.required("ShardId", &SHARD_ID)?,
            shard_iterator_type: input.required("ShardIteratorType", &Rule::NONE)?,
            sequence_number: input.optional("SequenceNumber", &SEQUENCE_NUMBER)?,
            timestamp: input.optional("Timestamp", &Rule::NONE)?,
        })
    }
}

impl Input for GetShardIteratorInput {
    fn check(&self) -> Result<(), ValidationError> {
        self.position()?;
        Ok(())
    }
}

impl GetShardIteratorInput {
    /// Where to begin. An input that was decoded has one.
    pub fn position(&self) -> Result<ShardPosition, StreamFault> {
        use ShardIteratorType::{AfterSequenceNumber, AtSequenceNumber, AtTimestamp, Latest, TrimHorizon};
        let tells_record = matches!(self.shard_iterator_type, AtSequenceNumber | AfterSequenceNumber);
        if self.sequence_number.is_some() && !tells_record {
            return Err(StreamFault::Unwanted { member: "SequenceNumber" });
        }
        if self.timestamp.is_some() && self.shard_iterator_type != AtTimestamp {
            return Err(StreamFault::Unwanted { member: "Timestamp" });
        }
        let record = || self.sequence_number.ok_or(StreamFault::Missing { member: "SequenceNumber" });
        Ok(match self.shard_iterator_type {
            TrimHorizon => ShardPosition::TrimHorizon,
            Latest => ShardPosition::Latest,
            AtSequenceNumber => ShardPosition::At(record()?),
            AfterSequenceNumber => ShardPosition::After(record()?),
            AtTimestamp => ShardPosition::AtTimestamp(
                self.timestamp.ok_or(StreamFault::Missing { member: "Timestamp" })?,
            ),
        })
    }
}

/// API model: GetShardIteratorOutput.
#[derive(Clone, Debug)]
pub struct GetShardIteratorOutput {
    /// The iterator.
    pub shard_iterator: String,
}

impl Encode for GetShardIteratorOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| object.field("ShardIterator", &self.shard_iterator));
    }
}
