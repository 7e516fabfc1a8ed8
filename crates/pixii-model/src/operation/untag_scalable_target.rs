//! UntagResource of Application Auto Scaling: takes labels from a scalable target.

use super::{APPLICATION_AUTO_SCALING_TARGET, Operation};
use crate::error::SerializationFault;
use crate::operation::tag_scalable_target::{SCALABLE_TARGET_ARN, TAG_KEY};
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Takes labels from a scalable target.
pub struct UntagScalableTarget;

impl Operation for UntagScalableTarget {
    const NAME: &'static str = "UntagResource";
    const TARGET: &'static str = APPLICATION_AUTO_SCALING_TARGET;
    type Input = UntagScalableTargetInput;
    type Output = UntagScalableTargetOutput;
}

/// API model: UntagResourceRequest.
#[derive(Clone, Debug, Default)]
pub struct UntagScalableTargetInput {
    /// The target's ARN.
    pub resource_arn: String,
    /// The keys of the labels.
    pub tag_keys: Vec<String>,
}

impl Decode for UntagScalableTargetInput {
    const KIND: JsonKind = JsonKind::Structure("UntagResourceRequest");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            resource_arn: input.required("ResourceARN", &SCALABLE_TARGET_ARN)?,
            tag_keys: input.required("TagKeys", &Rule::length(0, 200).members(&TAG_KEY))?,
        })
    }
}

impl Input for UntagScalableTargetInput {}

/// The API model has an output without members.
#[derive(Clone, Debug, Default)]
pub struct UntagScalableTargetOutput;

impl Encode for UntagScalableTargetOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|_| {});
    }
}
