//! DescribeTableReplicaAutoScaling: says how a table and its replicas scale.

use super::Operation;
use crate::error::SerializationFault;
use crate::scaling::replica::TableAutoScalingDescription;
use crate::table::name::table_name;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Says how a table and its replicas scale.
pub struct DescribeTableReplicaAutoScaling;

impl Operation for DescribeTableReplicaAutoScaling {
    const NAME: &'static str = "DescribeTableReplicaAutoScaling";
    type Input = DescribeTableReplicaAutoScalingInput;
    type Output = DescribeTableReplicaAutoScalingOutput;
}

/// API model: DescribeTableReplicaAutoScalingInput.
#[derive(Clone, Debug, Default)]
pub struct DescribeTableReplicaAutoScalingInput {
    /// The table's name or ARN.
    pub table_name: String,
}

impl Decode for DescribeTableReplicaAutoScalingInput {
    const KIND: JsonKind = JsonKind::Structure("DescribeTableReplicaAutoScalingInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self { table_name: table_name(&mut input)? })
    }
}

impl Input for DescribeTableReplicaAutoScalingInput {}

/// API model: DescribeTableReplicaAutoScalingOutput.
#[derive(Clone, Debug, Default)]
pub struct DescribeTableReplicaAutoScalingOutput {
    /// How the table scales.
    pub description: TableAutoScalingDescription,
}

impl Encode for DescribeTableReplicaAutoScalingOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| object.field("TableAutoScalingDescription", &self.description));
    }
}
