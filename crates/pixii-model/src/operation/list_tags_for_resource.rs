//! ListTagsForResource: says how a scalable target is labelled.

use super::{APPLICATION_AUTO_SCALING_TARGET, Operation};
use crate::error::SerializationFault;
use crate::operation::tag_scalable_target::SCALABLE_TARGET_ARN;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};
use std::collections::BTreeMap;

/// Says how a scalable target is labelled.
pub struct ListTagsForResource;

impl Operation for ListTagsForResource {
    const NAME: &'static str = "ListTagsForResource";
    const TARGET: &'static str = APPLICATION_AUTO_SCALING_TARGET;
    type Input = ListTagsForResourceInput;
    type Output = ListTagsForResourceOutput;
}

/// API model: ListTagsForResourceRequest.
#[derive(Clone, Debug, Default)]
pub struct ListTagsForResourceInput {
    /// The target's ARN.
    pub resource_arn: String,
}

impl Decode for ListTagsForResourceInput {
    const KIND: JsonKind = JsonKind::Structure("ListTagsForResourceRequest");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self { resource_arn: input.required("ResourceARN", &SCALABLE_TARGET_ARN)? })
    }
}

impl Input for ListTagsForResourceInput {}

/// API model: ListTagsForResourceResponse.
#[derive(Clone, Debug, Default)]
pub struct ListTagsForResourceOutput {
    /// The labels.
    pub tags: BTreeMap<String, String>,
}

impl Encode for ListTagsForResourceOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("Tags", &self.tags);
        });
    }
}
