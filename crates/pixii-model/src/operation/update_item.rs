//! UpdateItem: changes attributes of an item, or creates it.

use super::Operation;
use super::item_write::{ItemWriteOutput, ItemWriteParameters};
use super::parameters::by_attribute;
use crate::error::{SerializationFault, ValidationError};
use crate::item::Item;
use crate::legacy::AttributeValueUpdate;
use crate::wire::{Decode, Decoder, Input, Json, JsonKind, Rule};
use std::collections::BTreeMap;

/// Changes attributes of the item with the given key, or creates it.
pub struct UpdateItem;

impl Operation for UpdateItem {
    const NAME: &'static str = "UpdateItem";
    type Input = UpdateItemInput;
    type Output = ItemWriteOutput;
}

/// API model: UpdateItemInput.
#[derive(Clone, Debug, Default)]
pub struct UpdateItemInput {
    /// Table, condition, and what to answer.
    pub parameters: ItemWriteParameters,
    /// The item's whole primary key.
    pub key: Item,
    /// Legacy: what to change, by attribute.
    pub attribute_updates: Option<BTreeMap<String, AttributeValueUpdate>>,
    /// What to change.
    pub update_expression: Option<String>,
}

impl Decode for UpdateItemInput {
    const KIND: JsonKind = JsonKind::Structure("UpdateItemInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        let parameters = ItemWriteParameters::decode(&mut input)?;
        Ok(Self {
            parameters,
            key: input.required("Key", &Rule::NONE)?,
            attribute_updates: by_attribute(&mut input, "AttributeUpdates")?,
            update_expression: input.optional("UpdateExpression", &Rule::NONE)?,
        })
    }
}

impl Input for UpdateItemInput {
    fn check(&self) -> Result<(), ValidationError> {
        let update = ("UpdateExpression", self.update_expression.is_some());
        let legacy_update = ("AttributeUpdates", self.attribute_updates.is_some());
        Ok(self.parameters.check_use(Some(update), Some(legacy_update))?)
    }
}
