//! PutScalingPolicy: gives a target a policy.

use super::{APPLICATION_AUTO_SCALING_TARGET, Operation};
use crate::error::SerializationFault;
use crate::scaling::policy::POLICY_NAME;
use crate::scaling::{Alarm, PolicyType, TargetName, TargetTracking};
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Gives a target a policy, or changes the one of that name.
pub struct PutScalingPolicy;

impl Operation for PutScalingPolicy {
    const NAME: &'static str = "PutScalingPolicy";
    const TARGET: &'static str = APPLICATION_AUTO_SCALING_TARGET;
    type Input = PutScalingPolicyInput;
    type Output = PutScalingPolicyOutput;
}

/// API model: PutScalingPolicyRequest.
#[derive(Clone, Debug, Default)]
pub struct PutScalingPolicyInput {
    /// Its name.
    pub policy_name: String,
    /// Which target.
    pub target: TargetName,
    /// How it scales, if it is new.
    pub policy_type: Option<PolicyType>,
    /// Which utilization it keeps.
    pub target_tracking: Option<TargetTracking>,
}

impl Decode for PutScalingPolicyInput {
    const KIND: JsonKind = JsonKind::Structure("PutScalingPolicyRequest");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            policy_name: input.required("PolicyName", &POLICY_NAME)?,
            target: TargetName::take(&mut input)?,
            policy_type: input.optional("PolicyType", &Rule::NONE)?,
            target_tracking: input.optional("TargetTrackingScalingPolicyConfiguration", &Rule::NONE)?,
        })
    }
}

impl Input for PutScalingPolicyInput {}

/// API model: PutScalingPolicyResponse.
#[derive(Clone, Debug, Default)]
pub struct PutScalingPolicyOutput {
    /// The policy's ARN.
    pub policy_arn: String,
    /// What makes it act.
    pub alarms: Vec<Alarm>,
}

impl Encode for PutScalingPolicyOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("PolicyARN", &self.policy_arn);
            object.field("Alarms", &self.alarms);
        });
    }
}
