//! TransactGetItems: reads up to 100 items by their keys, all at one point in time.

use super::Operation;
use super::parameters::{ExpressionAttributeNames, ParameterUse, TABLE_ARN};
use crate::capacity::{ConsumedCapacity, ReturnConsumedCapacity};
use crate::encoded::OutputItem;
use crate::error::{SerializationFault, ValidationError};
use crate::item::Item;
use crate::limits::TRANSACTION_ACTIONS_MAX;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Reads items by their keys, from any tables, all at one point in time.
pub struct TransactGetItems;

impl Operation for TransactGetItems {
    const NAME: &'static str = "TransactGetItems";
    type Input = TransactGetItemsInput;
    type Output = TransactGetItemsOutput;
}

/// API model: TransactGetItemsInput.
#[derive(Clone, Debug, Default)]
pub struct TransactGetItemsInput {
    /// The items to read.
    pub transact_items: Vec<TransactGetItem>,
    /// How much to say of consumed capacity.
    pub return_consumed_capacity: ReturnConsumedCapacity,
}

/// One read of a transaction (API model: TransactGetItem).
#[derive(Clone, Debug, Default)]
pub struct TransactGetItem {
    /// Its only member.
    pub get: Get,
}

/// API model: Get.
#[derive(Clone, Debug, Default)]
pub struct Get {
    /// The item's whole primary key.
    pub key: Item,
    /// The table's name or ARN.
    pub table_name: String,
    /// The attributes wanted.
    pub projection_expression: Option<String>,
    /// Attribute names by placeholder.
    pub expression_attribute_names: Option<ExpressionAttributeNames>,
}

impl Decode for Get {
    const KIND: JsonKind = JsonKind::Structure("Get");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut get = decoder.structure(json)?;
        Ok(Self {
            key: get.required("Key", &Rule::NONE)?,
            table_name: get.required("TableName", &TABLE_ARN)?,
            projection_expression: get.optional("ProjectionExpression", &Rule::NONE)?,
            expression_attribute_names: get.optional("ExpressionAttributeNames", &Rule::NONE)?,
        })
    }
}

impl Decode for TransactGetItem {
    const KIND: JsonKind = JsonKind::Structure("TransactGetItem");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        Ok(Self { get: decoder.structure(json)?.required("Get", &Rule::NONE)? })
    }
}

impl Decode for TransactGetItemsInput {
    const KIND: JsonKind = JsonKind::Structure("TransactGetItemsInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            return_consumed_capacity: input
                .optional("ReturnConsumedCapacity", &Rule::NONE)?
                .unwrap_or_default(),
            transact_items: input.required("TransactItems", &Rule::length(1, TRANSACTION_ACTIONS_MAX))?,
        })
    }
}

impl Input for TransactGetItemsInput {
    fn check(&self) -> Result<(), ValidationError> {
        for TransactGetItem { get } in &self.transact_items {
            ParameterUse {
                expressions: &[("ProjectionExpression", get.projection_expression.is_some())],
                legacy: &[],
                with_values: &[],
            }
            .check(get.expression_attribute_names.as_ref(), None)?;
        }
        Ok(())
    }
}

/// API model: TransactGetItemsOutput.
#[derive(Clone, Debug, Default)]
pub struct TransactGetItemsOutput {
    /// What the reads consumed, for each table.
    pub consumed_capacity: Option<Vec<ConsumedCapacity>>,
    /// The items, in the order asked for.
    pub responses: Vec<ItemResponse>,
}

/// One item read, or that there is none (API model: ItemResponse).
#[derive(Clone, Debug, Default)]
pub struct ItemResponse {
    /// The item, or what was wanted of it; absent if there is none.
    pub item: Option<OutputItem>,
}

impl Encode for ItemResponse {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| object.optional("Item", &self.item));
    }
}

impl Encode for TransactGetItemsOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("ConsumedCapacity", &self.consumed_capacity);
            object.field("Responses", &self.responses);
        });
    }
}
