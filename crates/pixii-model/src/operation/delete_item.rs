//! DeleteItem: removes one item by its key.

use super::Operation;
use super::item_write::{ItemWriteOutput, ItemWriteParameters};
use crate::error::{SerializationFault, ValidationError};
use crate::item::Item;
use crate::wire::{Decode, Decoder, Input, Json, JsonKind, Rule};

/// Removes the item with the given key. Removing an item that is not there succeeds.
pub struct DeleteItem;

impl Operation for DeleteItem {
    const NAME: &'static str = "DeleteItem";
    type Input = DeleteItemInput;
    type Output = ItemWriteOutput;
}

/// API model: DeleteItemInput.
#[derive(Clone, Debug, Default)]
pub struct DeleteItemInput {
    /// Table, condition, and what to answer.
    pub parameters: ItemWriteParameters,
    /// The item's whole primary key.
    pub key: Item,
}

impl Decode for DeleteItemInput {
    const KIND: JsonKind = JsonKind::Structure("DeleteItemInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        let parameters = ItemWriteParameters::decode(&mut input)?;
        Ok(Self { parameters, key: input.required("Key", &Rule::NONE)? })
    }
}

impl Input for DeleteItemInput {
    fn check(&self) -> Result<(), ValidationError> {
        Ok(self.parameters.check_use(None, None)?)
    }

    fn check_after_values(&self) -> Result<(), ValidationError> {
        Ok(self.parameters.check_returns_old_or_none()?)
    }
}
