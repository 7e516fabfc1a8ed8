//! DescribeKinesisStreamingDestination: names the Kinesis streams that a table's changes go to.

use super::Operation;
use crate::error::SerializationFault;
use crate::table::name::table_name;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Names the Kinesis streams that a table's changes go to.
pub struct DescribeKinesisStreamingDestination;

impl Operation for DescribeKinesisStreamingDestination {
    const NAME: &'static str = "DescribeKinesisStreamingDestination";
    type Input = DescribeKinesisStreamingDestinationInput;
    type Output = DescribeKinesisStreamingDestinationOutput;
}

/// API model: DescribeKinesisStreamingDestinationInput.
#[derive(Clone, Debug, Default)]
pub struct DescribeKinesisStreamingDestinationInput {
    /// The table's name or ARN.
    pub table_name: String,
}

impl Decode for DescribeKinesisStreamingDestinationInput {
    const KIND: JsonKind = JsonKind::Structure("DescribeKinesisStreamingDestinationInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self { table_name: table_name(&mut input)? })
    }
}

impl Input for DescribeKinesisStreamingDestinationInput {}

/// API model: DescribeKinesisStreamingDestinationOutput.
#[derive(Clone, Debug, Default)]
pub struct DescribeKinesisStreamingDestinationOutput {
    /// The table's name.
    pub table_name: String,
}

impl Encode for DescribeKinesisStreamingDestinationOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("TableName", &self.table_name);
            object.write("KinesisDataStreamDestinations", |writer| writer.array([(); 0], |_, ()| {}));
        });
    }
}
