//! DescribeScalableTargets: says what is scaled.

use super::{APPLICATION_AUTO_SCALING_TARGET, Operation};
use crate::error::SerializationFault;
use crate::scaling::target::TargetFilter;
use crate::scaling::{RESOURCE_IDS, ScalableTarget};
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Says what is scaled, a page at a time.
pub struct DescribeScalableTargets;

impl Operation for DescribeScalableTargets {
    const NAME: &'static str = "DescribeScalableTargets";
    const TARGET: &'static str = APPLICATION_AUTO_SCALING_TARGET;
    type Input = DescribeScalableTargetsInput;
    type Output = DescribeScalableTargetsOutput;
}

/// API model: DescribeScalableTargetsRequest.
#[derive(Clone, Debug, Default)]
pub struct DescribeScalableTargetsInput {
    /// Of which targets.
    pub filter: TargetFilter,
    /// The most that is wanted in one answer.
    pub max_results: Option<i32>,
    /// Where an earlier answer ended.
    pub next_token: Option<String>,
}

impl Decode for DescribeScalableTargetsInput {
    const KIND: JsonKind = JsonKind::Structure("DescribeScalableTargetsRequest");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        let filter = TargetFilter {
            service_namespace: input.required("ServiceNamespace", &Rule::NONE)?,
            resource_ids: input.optional("ResourceIds", &RESOURCE_IDS)?.unwrap_or_default(),
            scalable_dimension: input.optional("ScalableDimension", &Rule::NONE)?,
        };
        Ok(Self {
            filter,
            max_results: input.optional("MaxResults", &Rule::NONE)?,
            next_token: input.optional("NextToken", &Rule::NONE)?,
        })
    }
}

impl Input for DescribeScalableTargetsInput {}

/// API model: DescribeScalableTargetsResponse.
#[derive(Clone, Debug, Default)]
pub struct DescribeScalableTargetsOutput {
    /// The targets.
    pub scalable_targets: Vec<ScalableTarget>,
    /// Where the next one begins, if there are more.
    pub next_token: Option<String>,
}

impl Encode for DescribeScalableTargetsOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("ScalableTargets", &self.scalable_targets);
            object.optional("NextToken", &self.next_token);
        });
    }
}
