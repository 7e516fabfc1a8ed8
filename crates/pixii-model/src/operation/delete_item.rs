//! DeleteItem: removes one item by its key.

use super::Operation;
use super::parameters::{
    ExpressionAttributeNames, ParameterUse, ReturnValues, ReturnValuesOnConditionCheckFailure, TABLE_ARN,
};
use crate::capacity::{
    ConsumedCapacity, ItemCollectionMetrics, ReturnConsumedCapacity, ReturnItemCollectionMetrics,
};
use crate::encoded::OutputItem;
use crate::error::{DataFault, SerializationFault, ValidationError};
use crate::item::Item;
use crate::legacy::{ConditionalOperator, ExpectedAttributeValue};
use crate::wire::attribute_value::ExpressionAttributeValues;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};
use std::collections::BTreeMap;

/// Removes the item with the given key. Removing an item that is not there succeeds.
pub struct DeleteItem;

impl Operation for DeleteItem {
    const NAME: &'static str = "DeleteItem";
    type Input = DeleteItemInput;
    type Output = DeleteItemOutput;
}

/// API model: DeleteItemInput.
#[derive(Clone, Debug, Default)]
pub struct DeleteItemInput {
    /// The table's name or ARN.
    pub table_name: String,
    /// The item's whole primary key.
    pub key: Item,
    /// Legacy: what must hold of the item that is there.
    pub expected: Option<BTreeMap<String, ExpectedAttributeValue>>,
    /// Legacy: how the entries of `expected` combine.
    pub conditional_operator: Option<ConditionalOperator>,
    /// What must hold of the item that is there.
    pub condition_expression: Option<String>,
    /// Attribute names by placeholder.
    pub expression_attribute_names: Option<ExpressionAttributeNames>,
    /// Values by placeholder.
    pub expression_attribute_values: Option<ExpressionAttributeValues>,
    /// NONE or ALL_OLD.
    pub return_values: ReturnValues,
    /// Whether a failed condition returns the item.
    pub return_values_on_condition_check_failure: ReturnValuesOnConditionCheckFailure,
    /// How much to say of consumed capacity.
    pub return_consumed_capacity: ReturnConsumedCapacity,
    /// Whether to say how large the item collection is.
    pub return_item_collection_metrics: ReturnItemCollectionMetrics,
}

impl Decode for DeleteItemInput {
    const KIND: JsonKind = JsonKind::Structure("DeleteItemInput");

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
            expected: input.optional("Expected", &Rule::NONE)?,
            conditional_operator: input.optional("ConditionalOperator", &Rule::NONE)?,
            condition_expression: input.optional("ConditionExpression", &Rule::NONE)?,
            expression_attribute_names: input.optional("ExpressionAttributeNames", &Rule::NONE)?,
            expression_attribute_values: input.optional("ExpressionAttributeValues", &Rule::NONE)?,
        })
    }
}

impl Input for DeleteItemInput {
    fn check(&self) -> Result<(), ValidationError> {
        let expressions = [("ConditionExpression", self.condition_expression.is_some())];
        ParameterUse {
            expressions: &expressions,
            legacy: &[
                ("Expected", self.expected.is_some()),
                ("ConditionalOperator", self.conditional_operator.is_some()),
            ],
            with_values: &expressions,
        }
        .check(self.expression_attribute_names.as_ref(), self.expression_attribute_values.as_ref())?;
        Ok(())
    }

    fn check_after_values(&self) -> Result<(), ValidationError> {
        match self.return_values {
            ReturnValues::None | ReturnValues::AllOld => Ok(()),
            _ => Err(DataFault::ReturnValuesAllOldOrNone.into()),
        }
    }
}

/// API model: DeleteItemOutput.
#[derive(Clone, Debug, Default)]
pub struct DeleteItemOutput {
    /// The item as it was, if asked for and there was one.
    pub attributes: Option<OutputItem>,
    /// What the write consumed.
    pub consumed_capacity: Option<ConsumedCapacity>,
    /// How large the item collection is.
    pub item_collection_metrics: Option<ItemCollectionMetrics>,
}

impl Encode for DeleteItemOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("Attributes", &self.attributes);
            object.optional("ConsumedCapacity", &self.consumed_capacity);
            object.optional("ItemCollectionMetrics", &self.item_collection_metrics);
        });
    }
}
