//! DescribeTableReplicaAutoScaling: says how the replicas of a global table scale.

use super::Operation;
use crate::error::SerializationFault;
use crate::table::TableStatus;
use crate::table::name::table_name;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Says how the replicas of a global table scale.
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
    /// The table's name.
    pub table_name: String,
    /// Where it stands.
    pub table_status: TableStatus,
}

impl Encode for DescribeTableReplicaAutoScalingOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.write("TableAutoScalingDescription", |writer| {
                writer.object(|object| {
                    object.field("TableName", &self.table_name);
                    object.field("TableStatus", &self.table_status);
                    object.write("Replicas", |writer| writer.array([(); 0], |_, ()| {}));
                });
            });
        });
    }
}
