//! What DynamoDB says of a stream and of its shards.

use super::{SequenceNumber, StreamArn, StreamStatus};
use crate::table::{KeySchemaElement, StreamViewType};
use crate::wire::{Encode, JsonWriter, Timestamp};

/// A stream as lists show it (API model: Stream).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Its name, with its table's name and its label.
    pub stream_arn: StreamArn,
}

impl Encode for Stream {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("StreamArn", &self.stream_arn);
            object.field("TableName", &self.stream_arn.table);
            object.field("StreamLabel", &self.stream_arn.label);
        });
    }
}

/// A stream and some of its shards (API model: StreamDescription).
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the API's own names")]
pub struct StreamDescription {
    /// Its name, with its table's name and its label.
    pub stream_arn: StreamArn,
    pub stream_status: StreamStatus,
    pub stream_view_type: StreamViewType,
    pub creation_request_date_time: Timestamp,
    pub key_schema: Vec<KeySchemaElement>,
    /// Parents before children.
    pub shards: Vec<Shard>,
    /// The last of them, if there are more.
    pub last_evaluated_shard_id: Option<String>,
}

impl Encode for StreamDescription {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("CreationRequestDateTime", &self.creation_request_date_time);
            object.field("KeySchema", &self.key_schema);
            object.optional("LastEvaluatedShardId", &self.last_evaluated_shard_id);
            object.field("Shards", &self.shards);
            object.field("StreamArn", &self.stream_arn);
            object.field("StreamLabel", &self.stream_arn.label);
            object.field("StreamStatus", &self.stream_status);
            object.field("StreamViewType", &self.stream_view_type);
            object.field("TableName", &self.stream_arn.table);
        });
    }
}

/// A part of a stream that is read for itself (API model: Shard).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Its id: of 28 to 65 characters, or SDKs refuse to ask for it.
    pub shard_id: String,
    /// From where to where its records go.
    pub sequence_number_range: SequenceNumberRange,
    /// The shard that it continues. It is named even when it is gone from the stream.
    pub parent_shard_id: Option<String>,
}

impl Encode for Shard {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("ParentShardId", &self.parent_shard_id);
            object.field("SequenceNumberRange", &self.sequence_number_range);
            object.field("ShardId", &self.shard_id);
        });
    }
}

/// From where to where a shard's records go (API model: SequenceNumberRange).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SequenceNumberRange {
    /// None of its records comes before this.
    pub starting_sequence_number: SequenceNumber,
    /// None of its records comes behind this, and none will. An open shard has none.
    pub ending_sequence_number: Option<SequenceNumber>,
}

impl Encode for SequenceNumberRange {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("EndingSequenceNumber", &self.ending_sequence_number);
            object.field("StartingSequenceNumber", &self.starting_sequence_number);
        });
    }
}
