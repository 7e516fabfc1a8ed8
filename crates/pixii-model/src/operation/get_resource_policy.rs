//! GetResourcePolicy: returns the policy attached to a table or stream.

use super::Operation;
use crate::error::SerializationFault;
use crate::table::name::RESOURCE_ARN;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Returns the policy attached to a table or stream.
pub struct GetResourcePolicy;

impl Operation for GetResourcePolicy {
    const NAME: &'static str = "GetResourcePolicy";
    type Input = GetResourcePolicyInput;
    type Output = GetResourcePolicyOutput;
}

/// API model: GetResourcePolicyInput.
#[derive(Clone, Debug, Default)]
pub struct GetResourcePolicyInput {
    /// The table's or stream's ARN.
    pub resource_arn: String,
}

impl Decode for GetResourcePolicyInput {
    const KIND: JsonKind = JsonKind::Structure("GetResourcePolicyInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self { resource_arn: input.required("ResourceArn", &RESOURCE_ARN)? })
    }
}

impl Input for GetResourcePolicyInput {}

/// API model: GetResourcePolicyOutput.
#[derive(Clone, Debug, Default)]
pub struct GetResourcePolicyOutput {
    /// The policy.
    pub policy: String,
    /// Changes with the policy.
    pub revision_id: String,
}

impl Encode for GetResourcePolicyOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("Policy", &self.policy);
            object.field("RevisionId", &self.revision_id);
        });
    }
}
