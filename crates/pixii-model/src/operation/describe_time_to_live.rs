//! DescribeTimeToLive: says whether a table's items expire.

use super::Operation;
use crate::error::SerializationFault;
use crate::table::TimeToLiveStatus;
use crate::table::name::table_name;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Says whether a table's items expire.
pub struct DescribeTimeToLive;

impl Operation for DescribeTimeToLive {
    const NAME: &'static str = "DescribeTimeToLive";
    type Input = DescribeTimeToLiveInput;
    type Output = DescribeTimeToLiveOutput;
}

/// API model: DescribeTimeToLiveInput.
#[derive(Clone, Debug, Default)]
pub struct DescribeTimeToLiveInput {
    /// The table's name or ARN.
    pub table_name: String,
}

impl Decode for DescribeTimeToLiveInput {
    const KIND: JsonKind = JsonKind::Structure("DescribeTimeToLiveInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self { table_name: table_name(&mut input)? })
    }
}

impl Input for DescribeTimeToLiveInput {}

/// API model: DescribeTimeToLiveOutput.
#[derive(Clone, Debug, Default)]
pub struct DescribeTimeToLiveOutput {
    /// Whether they do.
    pub time_to_live_status: TimeToLiveStatus,
    /// The attribute that tells when.
    pub attribute_name: Option<String>,
}

impl Encode for DescribeTimeToLiveOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.write("TimeToLiveDescription", |writer| {
                writer.object(|object| {
                    object.field("TimeToLiveStatus", &self.time_to_live_status);
                    object.optional("AttributeName", &self.attribute_name);
                });
            });
        });
    }
}
