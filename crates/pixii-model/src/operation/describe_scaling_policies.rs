//! DescribeScalingPolicies: says by which policies is scaled.

use super::{APPLICATION_AUTO_SCALING_TARGET, Operation};
use crate::error::SerializationFault;
use crate::scaling::target::TargetFilter;
use crate::scaling::{RESOURCE_IDS, ScalingPolicy};
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Says by which policies is scaled, a page at a time.
pub struct DescribeScalingPolicies;

impl Operation for DescribeScalingPolicies {
    const NAME: &'static str = "DescribeScalingPolicies";
    const TARGET: &'static str = APPLICATION_AUTO_SCALING_TARGET;
    type Input = DescribeScalingPoliciesInput;
    type Output = DescribeScalingPoliciesOutput;
}

/// API model: DescribeScalingPoliciesRequest.
#[derive(Clone, Debug, Default)]
pub struct DescribeScalingPoliciesInput {
    /// Only these, if any are named.
    pub policy_names: Vec<String>,
    /// Of which targets.
    pub filter: TargetFilter,
    /// The most that is wanted in one answer.
    pub max_results: Option<i32>,
    /// Where an earlier answer ended.
    pub next_token: Option<String>,
}

impl Decode for DescribeScalingPoliciesInput {
    const KIND: JsonKind = JsonKind::Structure("DescribeScalingPoliciesRequest");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            policy_names: input.optional("PolicyNames", &RESOURCE_IDS)?.unwrap_or_default(),
            filter: TargetFilter::take_one(&mut input)?,
            max_results: input.optional("MaxResults", &Rule::NONE)?,
            next_token: input.optional("NextToken", &Rule::NONE)?,
        })
    }
}

impl Input for DescribeScalingPoliciesInput {}

/// API model: DescribeScalingPoliciesResponse.
#[derive(Clone, Debug, Default)]
pub struct DescribeScalingPoliciesOutput {
    /// The policies.
    pub scaling_policies: Vec<ScalingPolicy>,
    /// Where the next one begins, if there are more.
    pub next_token: Option<String>,
}

impl Encode for DescribeScalingPoliciesOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("ScalingPolicies", &self.scaling_policies);
            object.optional("NextToken", &self.next_token);
        });
    }
}
