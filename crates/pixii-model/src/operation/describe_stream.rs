//! DescribeStream: says what a stream is, and which shards it has.

use super::{DYNAMODB_STREAMS_TARGET, Operation};
use crate::error::SerializationFault;
use crate::stream::arn::STREAM_ARN;
use crate::stream::{SHARD_ID, ShardFilter, StreamArn, StreamDescription};
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Says what a stream is, and which shards it has, a page at a time.
pub struct DescribeStream;

impl Operation for DescribeStream {
    const NAME: &'static str = "DescribeStream";
    const TARGET: &'static str = DYNAMODB_STREAMS_TARGET;
    type Input = DescribeStreamInput;
    type Output = DescribeStreamOutput;
}

/// Most shards in one answer.
pub const LIMIT_MAX: i32 = 100;

/// API model: DescribeStreamInput.
#[derive(Clone, Debug, Default)]
pub struct DescribeStreamInput {
    /// The stream.
    pub stream_arn: StreamArn,
    /// The most shards wanted.
    pub limit: Option<i32>,
    /// The shard behind which to begin.
    pub exclusive_start_shard_id: Option<String>,
    /// Which shards are wanted. Without it, all of them.
    pub shard_filter: Option<ShardFilter>,
}

impl Decode for DescribeStreamInput {
    const KIND: JsonKind = JsonKind::Structure("DescribeStreamInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            stream_arn: input.required("StreamArn", &STREAM_ARN)?,
            limit: input.optional("Limit", &Rule::value(1, LIMIT_MAX.into()))?,
            exclusive_start_shard_id: input.optional("ExclusiveStartShardId", &SHARD_ID)?,
            shard_filter: input.optional("ShardFilter", &Rule::NONE)?,
        })
    }
}

impl Input for DescribeStreamInput {}

/// API model: DescribeStreamOutput.
#[derive(Clone, Debug)]
pub struct DescribeStreamOutput {
    /// The stream.
    pub stream_description: StreamDescription,
}

impl Encode for DescribeStreamOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| object.field("StreamDescription", &self.stream_description));
    }
}
