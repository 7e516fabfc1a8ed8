//! What PutItem, UpdateItem and DeleteItem share: the condition, what to answer, and the answer.

use super::parameters::{
    ExpressionAttributeNames, ParameterUse, ReturnValues, ReturnValuesOnConditionCheckFailure, TABLE_ARN,
    by_attribute,
};
use crate::capacity::{
    ConsumedCapacity, ItemCollectionMetrics, ReturnConsumedCapacity, ReturnItemCollectionMetrics,
};
use crate::encoded::OutputItem;
use crate::error::{DataFault, SerializationFault};
use crate::legacy::{ConditionalOperator, ExpectedAttributeValue};
use crate::wire::attribute_value::ExpressionAttributeValues;
use crate::wire::{Encode, JsonWriter, Rule, Structure};
use std::collections::BTreeMap;

/// The parameters of a write of one item, beside the item or key and the change.
#[derive(Clone, Debug, Default)]
pub struct ItemWriteParameters {
    /// The table's name or ARN.
    pub table_name: String,
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
    /// Which attributes to return; of a put or delete NONE or ALL_OLD.
    pub return_values: ReturnValues,
    /// Whether a failed condition returns the item.
    pub return_values_on_condition_check_failure: ReturnValuesOnConditionCheckFailure,
    /// How much to say of consumed capacity.
    pub return_consumed_capacity: ReturnConsumedCapacity,
    /// Whether to say how large the item collection is.
    pub return_item_collection_metrics: ReturnItemCollectionMetrics,
}

/// Whether a parameter is there, by its name.
type Presence = (&'static str, bool);

impl ItemWriteParameters {
    /// Reads them, in the order in which AWS lists what violates constraints.
    pub(super) fn decode(input: &mut Structure<'_, '_>) -> Result<Self, SerializationFault> {
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
            expected: by_attribute(input, "Expected")?,
            conditional_operator: input.optional("ConditionalOperator", &Rule::NONE)?,
            condition_expression: input.optional("ConditionExpression", &Rule::NONE)?,
            expression_attribute_names: input.optional("ExpressionAttributeNames", &Rule::NONE)?,
            expression_attribute_values: input.optional("ExpressionAttributeValues", &Rule::NONE)?,
        })
    }

    /// Refuses legacy parameters beside expressions and placeholders without one; `update` and `legacy_update` are the
    /// change's own, for an update.
    pub(super) fn check_use(
        &self,
        update: Option<Presence>,
        legacy_update: Option<Presence>,
    ) -> Result<(), DataFault> {
        let expressions: Vec<Presence> = update
            .into_iter()
            .chain([("ConditionExpression", self.condition_expression.is_some())])
            .collect();
        let legacy: Vec<Presence> = legacy_update
            .into_iter()
            .chain([
                ("Expected", self.expected.is_some()),
                ("ConditionalOperator", self.conditional_operator.is_some()),
            ])
            .collect();
        ParameterUse { expressions: &expressions, legacy: &legacy, with_values: &expressions }
            .check(self.expression_attribute_names.as_ref(), self.expression_attribute_values.as_ref())
    }

    /// Refuses `ReturnValues` that only an update can return.
    pub(super) fn check_returns_old_or_none(&self) -> Result<(), DataFault> {
        match self.return_values {
            ReturnValues::None | ReturnValues::AllOld => Ok(()),
            _ => Err(DataFault::ReturnValuesAllOldOrNone),
        }
    }
}

/// API model: PutItemOutput, UpdateItemOutput and DeleteItemOutput, which are the same.
#[derive(Clone, Debug, Default)]
pub struct ItemWriteOutput {
    /// The attributes asked for, if there are any.
    pub attributes: Option<OutputItem>,
    /// What the write consumed.
    pub consumed_capacity: Option<ConsumedCapacity>,
    /// How large the item collection is.
    pub item_collection_metrics: Option<ItemCollectionMetrics>,
}

impl Encode for ItemWriteOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("Attributes", &self.attributes);
            object.optional("ConsumedCapacity", &self.consumed_capacity);
            object.optional("ItemCollectionMetrics", &self.item_collection_metrics);
        });
    }
}
