//! UpdateItem: changes attributes of one item, or creates it.

use super::Operation;
use super::parameters::{
    ExpressionAttributeNames, ParameterUse, ReturnValues, ReturnValuesOnConditionCheckFailure, TABLE_ARN,
};
use crate::capacity::{
    ConsumedCapacity, ItemCollectionMetrics, ReturnConsumedCapacity, ReturnItemCollectionMetrics,
};
use crate::encoded::OutputItem;
use crate::error::{SerializationFault, ValidationError};
use crate::item::Item;
use crate::legacy::{AttributeValueUpdate, ConditionalOperator, ExpectedAttributeValue};
use crate::wire::attribute_value::ExpressionAttributeValues;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};
use std::collections::BTreeMap;

/// Changes attributes of the item with the given key, or creates it.
pub struct UpdateItem;

impl Operation for UpdateItem {
    const NAME: &'static str = "UpdateItem";
    type Input = UpdateItemInput;
    type Output = UpdateItemOutput;
}

/// API model: UpdateItemInput.
#[derive(Clone, Debug, Default)]
pub struct UpdateItemInput {
    /// The table's name or ARN.
    pub table_name: String,
    /// The item's whole primary key.
    pub key: Item,
    /// Legacy: what to change, by attribute.
    pub attribute_updates: Option<BTreeMap<String, AttributeValueUpdate>>,
    /// Legacy: what must hold of the item that is there.
    pub expected: Option<BTreeMap<String, ExpectedAttributeValue>>,
    /// Legacy: how the entries of `expected` combine.
    pub conditional_operator: Option<ConditionalOperator>,
    /// What to change.
    pub update_expression: Option<String>,
    /// What must hold of the item that is there.
    pub condition_expression: Option<String>,
    /// Attribute names by placeholder.
    pub expression_attribute_names: Option<ExpressionAttributeNames>,
    /// Values by placeholder.
    pub expression_attribute_values: Option<ExpressionAttributeValues>,
    /// Which attributes to return.
    pub return_values: ReturnValues,
    /// Whether a failed condition returns the item.
    pub return_values_on_condition_check_failure: ReturnValuesOnConditionCheckFailure,
    /// How much to say of consumed capacity.
    pub return_consumed_capacity: ReturnConsumedCapacity,
    /// Whether to say how large the item collection is.
    pub return_item_collection_metrics: ReturnItemCollectionMetrics,
}

impl Decode for UpdateItemInput {
    const KIND: JsonKind = JsonKind::Structure("UpdateItemInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            return_consumed_capacity: input
                .optional("ReturnConsumedCapacity", &Rule::NONE)?
                .unwrap_or_default(),
            return_values: input.optional("ReturnValues", &Rule::NONE)?.unwrap_or_default(),
            return_item_collection_metrics: input
                .optional("ReturnItemCollectionMetrics", &Rule::NONE)?
                .unwrap_or_default(),
            return_values_on_condition_check_failure: input
                .optional("ReturnValuesOnConditionCheckFailure", &Rule::NONE)?
                .unwrap_or_default(),
            table_name: input.required("TableName", &TABLE_ARN)?,
            key: input.required("Key", &Rule::NONE)?,
            attribute_updates: input.optional("AttributeUpdates", &Rule::NONE)?,
            expected: input.optional("Expected", &Rule::NONE)?,
            conditional_operator: input.optional("ConditionalOperator", &Rule::NONE)?,
            update_expression: input.optional("UpdateExpression", &Rule::NONE)?,
            condition_expression: input.optional("ConditionExpression", &Rule::NONE)?,
            expression_attribute_names: input.optional("ExpressionAttributeNames", &Rule::NONE)?,
            expression_attribute_values: input.optional("ExpressionAttributeValues", &Rule::NONE)?,
        })
    }
}

impl Input for UpdateItemInput {
    fn check(&self) -> Result<(), ValidationError> {
        let expressions = [
            ("UpdateExpression", self.update_expression.is_some()),
            ("ConditionExpression", self.condition_expression.is_some()),
        ];
        ParameterUse {
            expressions: &expressions,
            legacy: &[
                ("AttributeUpdates", self.attribute_updates.is_some()),
                ("Expected", self.expected.is_some()),
                ("ConditionalOperator", self.conditional_operator.is_some()),
            ],
            with_values: &expressions,
        }
        .check(self.expression_attribute_names.as_ref(), self.expression_attribute_values.as_ref())?;
        Ok(())
    }
}

/// API model: UpdateItemOutput.
#[derive(Clone, Debug, Default)]
pub struct UpdateItemOutput {
    /// The attributes that `ReturnValues` asks for.
    pub attributes: Option<OutputItem>,
    /// What the write consumed.
    pub consumed_capacity: Option<ConsumedCapacity>,
    /// How large the item collection is.
    pub item_collection_metrics: Option<ItemCollectionMetrics>,
}

impl Encode for UpdateItemOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("Attributes", &self.attributes);
            object.optional("ConsumedCapacity", &self.consumed_capacity);
            object.optional("ItemCollectionMetrics", &self.item_collection_metrics);
        });
    }
}
