//! PutItem: creates an item, or replaces the one that has the same key.

use super::Operation;
use super::item_write::{ItemWriteOutput, ItemWriteParameters};
use crate::error::{SerializationFault, ValidationError};
use crate::item::Item;
use crate::wire::{Decode, Decoder, Input, Json, JsonKind, Rule};

/// Creates an item, or replaces the one that has the same key.
pub struct PutItem;

impl Operation for PutItem {
    const NAME: &'static str = "PutItem";
    type Input = PutItemInput;
    type Output = ItemWriteOutput;
}

/// API model: PutItemInput.
#[derive(Clone, Debug, Default)]
pub struct PutItemInput {
    /// Table, condition, and what to answer.
    pub parameters: ItemWriteParameters,
    /// The whole item.
    pub item: Item,
}

impl Decode for PutItemInput {
    const KIND: JsonKind = JsonKind::Structure("PutItemInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        let parameters = ItemWriteParameters::decode(&mut input)?;
        Ok(Self { parameters, item: input.required("Item", &Rule::NONE)? })
    }
}

impl Input for PutItemInput {
    fn check(&self) -> Result<(), ValidationError> {
        Ok(self.parameters.check_use(None, None)?)
    }

    fn check_after_values(&self) -> Result<(), ValidationError> {
        Ok(self.parameters.check_returns_old_or_none()?)
    }
}
