//! TagResource: labels a table.

use super::Operation;
use crate::error::SerializationFault;
use crate::table::Tag;
use crate::table::name::{RESOURCE_ARN, checked_later};
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Labels a table.
pub struct TagResource;

impl Operation for TagResource {
    const NAME: &'static str = "TagResource";
    type Input = TagResourceInput;
    type Output = TagResourceOutput;
}

/// API model: TagResourceInput. AWS looks at the ARN between the checks for the presence of its members: whoever runs the
/// operation checks both.
#[derive(Clone, Debug, Default)]
pub struct TagResourceInput {
    /// The table's ARN.
    pub resource_arn: Option<String>,
    /// The labels, replacing those of the same keys.
    pub tags: Option<Vec<Tag>>,
}

impl Decode for TagResourceInput {
    const KIND: JsonKind = JsonKind::Structure("TagResourceInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            resource_arn: checked_later(&mut input, "ResourceArn", &RESOURCE_ARN)?,
            tags: checked_later(&mut input, "Tags", &Rule::NONE)?,
        })
    }
}

impl Input for TagResourceInput {}

/// The API model has no output.
#[derive(Clone, Debug, Default)]
pub struct TagResourceOutput;

impl Encode for TagResourceOutput {
    fn encode(&self, _: &mut JsonWriter) {}
}
