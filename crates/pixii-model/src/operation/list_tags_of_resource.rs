//! ListTagsOfResource: says how a table is labelled.

use super::Operation;
use crate::error::SerializationFault;
use crate::table::Tag;
use crate::table::name::{RESOURCE_ARN, checked_later};
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Says how a table is labelled.
pub struct ListTagsOfResource;

impl Operation for ListTagsOfResource {
    const NAME: &'static str = "ListTagsOfResource";
    type Input = ListTagsOfResourceInput;
    type Output = ListTagsOfResourceOutput;
}

/// API model: ListTagsOfResourceInput. AWS checks the ARN in words of its own: whoever runs the operation does so.
#[derive(Clone, Debug, Default)]
pub struct ListTagsOfResourceInput {
    /// The table's ARN.
    pub resource_arn: Option<String>,
    /// Where an earlier answer ended. All labels fit one answer, so there is none.
    pub next_token: Option<String>,
}

impl Decode for ListTagsOfResourceInput {
    const KIND: JsonKind = JsonKind::Structure("ListTagsOfResourceInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            resource_arn: checked_later(&mut input, "ResourceArn", &RESOURCE_ARN)?,
            next_token: input.optional("NextToken", &Rule::NONE)?,
        })
    }
}

impl Input for ListTagsOfResourceInput {}

/// API model: ListTagsOfResourceOutput.
#[derive(Clone, Debug, Default)]
pub struct ListTagsOfResourceOutput {
    /// The labels.
    pub tags: Vec<Tag>,
}

impl Encode for ListTagsOfResourceOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| object.field("Tags", &self.tags));
    }
}
