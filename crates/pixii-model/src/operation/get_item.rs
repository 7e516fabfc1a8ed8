//! GetItem: reads one item by its key.

use super::Operation;
use super::parameters::{ExpressionAttributeNames, ParameterUse, TABLE_ARN, attributes_to_get};
use crate::capacity::{ConsumedCapacity, ReturnConsumedCapacity};
use crate::encoded::OutputItem;
use crate::error::{SerializationFault, ValidationError};
use crate::item::Item;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Reads the attributes of the item with the given key.
pub struct GetItem;

impl Operation for GetItem {
    const NAME: &'static str = "GetItem";
    type Input = GetItemInput;
    type Output = GetItemOutput;
}

/// API model: GetItemInput.
#[derive(Clone, Debug, Default)]
pub struct GetItemInput {
    /// The table's name or ARN.
    pub table_name: String,
    /// The item's whole primary key.
    pub key: Item,
    /// Legacy: names of the attributes wanted.
    pub attributes_to_get: Option<Vec<String>>,
    /// Whether the read must see every acknowledged write.
    pub consistent_read: bool,
    /// How much to say of consumed capacity.
    pub return_consumed_capacity: ReturnConsumedCapacity,
    /// The attributes wanted.
    pub projection_expression: Option<String>,
    /// Attribute names by placeholder.
    pub expression_attribute_names: Option<ExpressionAttributeNames>,
}

impl Decode for GetItemInput {
    const KIND: JsonKind = JsonKind::Structure("GetItemInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            return_consumed_capacity: input
                .optional("ReturnConsumedCapacity", &Rule::NONE)?
                .unwrap_or_default(),
            attributes_to_get: attributes_to_get(&mut input)?,
            table_name: input.required("TableName", &TABLE_ARN)?,
            key: input.required("Key", &Rule::NONE)?,
            consistent_read: input.optional("ConsistentRead", &Rule::NONE)?.unwrap_or_default(),
            expression_attribute_names: input.optional("ExpressionAttributeNames", &Rule::NONE)?,
            projection_expression: input.optional("ProjectionExpression", &Rule::NONE)?,
        })
    }
}

impl Input for GetItemInput {
    fn check(&self) -> Result<(), ValidationError> {
        let expressions = [("ProjectionExpression", self.projection_expression.is_some())];
        ParameterUse {
            expressions: &expressions,
            legacy: &[("AttributesToGet", self.attributes_to_get.is_some())],
            with_values: &[],
        }
        .check(self.expression_attribute_names.as_ref(), None)?;
        Ok(())
    }
}

/// API model: GetItemOutput.
#[derive(Clone, Debug, Default)]
pub struct GetItemOutput {
    /// The item, or what was wanted of it; absent if there is none.
    pub item: Option<OutputItem>,
    /// What the read consumed.
    pub consumed_capacity: Option<ConsumedCapacity>,
}

impl Encode for GetItemOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("Item", &self.item);
            object.optional("ConsumedCapacity", &self.consumed_capacity);
        });
    }

    fn about_bytes(&self) -> usize {
        self.item.as_ref().map_or(0, Encode::about_bytes)
    }
}
