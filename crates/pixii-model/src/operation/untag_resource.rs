//! UntagResource: takes labels off a table.

use super::Operation;
use crate::error::SerializationFault;
use crate::table::TAG_KEY;
use crate::table::name::{RESOURCE_ARN, checked_later};
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Takes labels off a table.
pub struct UntagResource;

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    type Input = UntagResourceInput;
    type Output = UntagResourceOutput;
}

/// API model: UntagResourceInput. AWS looks at the ARN between the checks for the presence of its members: whoever runs the
/// operation checks both.
#[derive(Clone, Debug, Default)]
pub struct UntagResourceInput {
    /// The table's ARN.
    pub resource_arn: Option<String>,
    /// The keys of the labels.
    pub tag_keys: Option<Vec<String>>,
}

impl Decode for UntagResourceInput {
    const KIND: JsonKind = JsonKind::Structure("UntagResourceInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            resource_arn: checked_later(&mut input, "ResourceArn", &RESOURCE_ARN)?,
            tag_keys: checked_later(&mut input, "TagKeys", &Rule::NONE.members(&TAG_KEY))?,
        })
    }
}

impl Input for UntagResourceInput {}

/// The API model has no output.
#[derive(Clone, Debug, Default)]
pub struct UntagResourceOutput;

impl Encode for UntagResourceOutput {
    fn encode(&self, _: &mut JsonWriter) {}
}
