//! GetRecords: reads a shard on from where an iterator stands.

use super::{DYNAMODB_STREAMS_TARGET, Operation};
use crate::error::SerializationFault;
use crate::stream::{Record, SHARD_ITERATOR};
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Reads a shard on from where an iterator stands.
pub struct GetRecords;

impl Operation for GetRecords {
    const NAME: &'static str = "GetRecords";
    const TARGET: &'static str = DYNAMODB_STREAMS_TARGET;
    type Input = GetRecordsInput;
    type Output = GetRecordsOutput;
}

/// Most records in one answer.
pub const LIMIT_MAX: i32 = 1000;
/// What the records of one answer count at the most, by their `SizeBytes`.
pub const PAGE_BYTES_MAX: u64 = 1024 * 1024;

/// API model: GetRecordsInput.
#[derive(Clone, Debug, Default)]
pub struct GetRecordsInput {
    /// The iterator.
    pub shard_iterator: String,
    /// The most records wanted.
    pub limit: Option<i32>,
}

impl Decode for GetRecordsInput {
    const KIND: JsonKind = JsonKind::Structure("GetRecordsInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            shard_iterator: input.required("ShardIterator", &SHARD_ITERATOR)?,
            limit: input.optional("Limit", &Rule::value(1, LIMIT_MAX.into()))?,
        })
    }
}

impl Input for GetRecordsInput {}

/// API model: GetRecordsOutput.
#[derive(Clone, Debug, Default)]
pub struct GetRecordsOutput {
    /// The records, in the order of their sequence numbers. Often there are none.
    pub records: Vec<Record>,
    /// An iterator that stands behind them. A shard that is closed and read to its end gives none.
    pub next_shard_iterator: Option<String>,
}

impl Encode for GetRecordsOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("NextShardIterator", &self.next_shard_iterator);
            object.field("Records", &self.records);
        });
    }
}
