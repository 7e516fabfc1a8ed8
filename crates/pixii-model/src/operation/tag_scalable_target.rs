//! TagResource of Application Auto Scaling: labels a scalable target.

use super::{APPLICATION_AUTO_SCALING_TARGET, Operation};
use crate::error::SerializationFault;
use crate::wire::rule::Pattern;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};
use std::collections::BTreeMap;

/// Rule of a scalable target's ARN (API model: AmazonResourceName).
pub(super) const SCALABLE_TARGET_ARN: Rule = Rule::length(1, 1011).pattern(Pattern::ScalableTargetArn);
/// Rule of a tag's key.
pub(super) const TAG_KEY: Rule = Rule::length(1, 128);
/// Rule of tags (API model: TagMap).
pub(super) const TAGS: Rule = Rule::NONE.keys(&TAG_KEY).members(&Rule::length(0, 256));

/// Labels a scalable target.
pub struct TagScalableTarget;

impl Operation for TagScalableTarget {
    const NAME: &'static str = "TagResource";
    const TARGET: &'static str = APPLICATION_AUTO_SCALING_TARGET;
    type Input = TagScalableTargetInput;
    type Output = TagScalableTargetOutput;
}

/// API model: TagResourceRequest.
#[derive(Clone, Debug, Default)]
pub struct TagScalableTargetInput {
    /// The target's ARN.
    pub resource_arn: String,
    /// The labels, replacing those of the same keys.
    pub tags: BTreeMap<String, String>,
}

impl Decode for TagScalableTargetInput {
    const KIND: JsonKind = JsonKind::Structure("TagResourceRequest");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            resource_arn: input.required("ResourceARN", &SCALABLE_TARGET_ARN)?,
            tags: input.required("Tags", &TAGS)?,
        })
    }
}

impl Input for TagScalableTargetInput {}

/// The API model has an output without members.
#[derive(Clone, Debug, Default)]
pub struct TagScalableTargetOutput;

impl Encode for TagScalableTargetOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|_| {});
    }
}
