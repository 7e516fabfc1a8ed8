//! ListStreams: names the streams there are.

use super::{DYNAMODB_STREAMS_TARGET, Operation};
use crate::error::SerializationFault;
use crate::operation::parameters::NAME;
use crate::stream::arn::STREAM_ARN;
use crate::stream::{Stream, StreamArn};
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Names the streams there are, or those of one table, a page at a time.
pub struct ListStreams;

impl Operation for ListStreams {
    const NAME: &'static str = "ListStreams";
    const TARGET: &'static str = DYNAMODB_STREAMS_TARGET;
    type Input = ListStreamsInput;
    type Output = ListStreamsOutput;
}

/// Most streams in one answer.
pub const LIMIT_MAX: i32 = 100;

/// API model: ListStreamsInput.
#[derive(Clone, Debug, Default)]
pub struct ListStreamsInput {
    /// The table whose streams are wanted.
    pub table_name: Option<String>,
    /// The most streams wanted.
    pub limit: Option<i32>,
    /// The stream behind which to begin.
    pub exclusive_start_stream_arn: Option<StreamArn>,
}

impl Decode for ListStreamsInput {
    const KIND: JsonKind = JsonKind::Structure("ListStreamsInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            table_name: input.optional("TableName", &NAME)?,
            limit: input.optional("Limit", &Rule::value(1, LIMIT_MAX.into()))?,
            exclusive_start_stream_arn: input.optional("ExclusiveStartStreamArn", &STREAM_ARN)?,
        })
    }
}

impl Input for ListStreamsInput {}

/// API model: ListStreamsOutput.
#[derive(Clone, Debug, Default)]
pub struct ListStreamsOutput {
    /// The streams.
    pub streams: Vec<Stream>,
    /// The last of them, if there are more.
    pub last_evaluated_stream_arn: Option<StreamArn>,
}

impl Encode for ListStreamsOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("LastEvaluatedStreamArn", &self.last_evaluated_stream_arn);
            object.field("Streams", &self.streams);
        });
    }
}
