//! UpdateTableReplicaAutoScaling: changes how a table's replicas scale.

use super::Operation;
use crate::error::SerializationFault;
use crate::scaling::replica::{
    AutoScalingSettingsUpdate, IndexAutoScalingUpdate, ReplicaAutoScalingUpdate, TableAutoScalingDescription,
};
use crate::table::name::table_name;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Changes how a table's replicas scale.
pub struct UpdateTableReplicaAutoScaling;

impl Operation for UpdateTableReplicaAutoScaling {
    const NAME: &'static str = "UpdateTableReplicaAutoScaling";
    type Input = UpdateTableReplicaAutoScalingInput;
    type Output = UpdateTableReplicaAutoScalingOutput;
}

/// API model: UpdateTableReplicaAutoScalingInput.
#[derive(Clone, Debug, Default)]
pub struct UpdateTableReplicaAutoScalingInput {
    /// How writes of its indexes are to scale.
    pub indexes: Option<Vec<IndexAutoScalingUpdate>>,
    /// The table's name or ARN.
    pub table_name: String,
    /// How its writes are to scale.
    pub write: Option<AutoScalingSettingsUpdate>,
    /// How the reads of its replicas are to scale.
    pub replicas: Option<Vec<ReplicaAutoScalingUpdate>>,
}

impl Decode for UpdateTableReplicaAutoScalingInput {
    const KIND: JsonKind = JsonKind::Structure("UpdateTableReplicaAutoScalingInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            table_name: table_name(&mut input)?,
            indexes: input.optional("GlobalSecondaryIndexUpdates", &Rule::length_min(1))?,
            write: input.optional("ProvisionedWriteCapacityAutoScalingUpdate", &Rule::NONE)?,
            replicas: input.optional("ReplicaUpdates", &Rule::length_min(1))?,
        })
    }
}

impl Input for UpdateTableReplicaAutoScalingInput {}

/// API model: UpdateTableReplicaAutoScalingOutput.
#[derive(Clone, Debug, Default)]
pub struct UpdateTableReplicaAutoScalingOutput {
    /// How the table scales from now on.
    pub description: TableAutoScalingDescription,
}

impl Encode for UpdateTableReplicaAutoScalingOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| object.field("TableAutoScalingDescription", &self.description));
    }
}
