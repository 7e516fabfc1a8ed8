//! DeleteScalingPolicy: takes a policy from a target.

use super::{APPLICATION_AUTO_SCALING_TARGET, Operation};
use crate::error::SerializationFault;
use crate::scaling::{RESOURCE_ID, TargetName};
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Takes a policy from a target.
pub struct DeleteScalingPolicy;

impl Operation for DeleteScalingPolicy {
    const NAME: &'static str = "DeleteScalingPolicy";
    const TARGET: &'static str = APPLICATION_AUTO_SCALING_TARGET;
    type Input = DeleteScalingPolicyInput;
    type Output = DeleteScalingPolicyOutput;
}

/// API model: DeleteScalingPolicyRequest.
#[derive(Clone, Debug, Default)]
pub struct DeleteScalingPolicyInput {
    /// Its name.
    pub policy_name: String,
    /// Which target.
    pub target: TargetName,
}

impl Decode for DeleteScalingPolicyInput {
    const KIND: JsonKind = JsonKind::Structure("DeleteScalingPolicyRequest");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            policy_name: input.required("PolicyName", &RESOURCE_ID)?,
            target: TargetName::take(&mut input)?,
        })
    }
}

impl Input for DeleteScalingPolicyInput {}

/// The API model has an output without members.
#[derive(Clone, Debug, Default)]
pub struct DeleteScalingPolicyOutput;

impl Encode for DeleteScalingPolicyOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|_| {});
    }
}
