//! TransactWriteItems: up to 100 writes and condition checks, all or none.

use super::Operation;
use super::parameters::{
    ExpressionAttributeNames, ParameterUse, ReturnValuesOnConditionCheckFailure, TABLE_ARN,
};
use crate::capacity::{
    ConsumedCapacity, ItemCollectionMetrics, ReturnConsumedCapacity, ReturnItemCollectionMetrics,
};
use crate::error::{DataFault, SerializationFault, ValidationError};
use crate::item::Item;
use crate::limits::TRANSACTION_ACTIONS_MAX;
use crate::wire::attribute_value::ExpressionAttributeValues;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule, Structure};
use std::collections::BTreeMap;

/// Writes and checks items of any tables, all or none.
pub struct TransactWriteItems;

impl Operation for TransactWriteItems {
    const NAME: &'static str = "TransactWriteItems";
    type Input = TransactWriteItemsInput;
    type Output = TransactWriteItemsOutput;
}

/// API model: TransactWriteItemsInput.
#[derive(Clone, Debug, Default)]
pub struct TransactWriteItemsInput {
    /// The actions.
    pub transact_items: Vec<TransactWriteItem>,
    /// How much to say of consumed capacity.
    pub return_consumed_capacity: ReturnConsumedCapacity,
    /// Whether to say how large the item collections are.
    pub return_item_collection_metrics: ReturnItemCollectionMetrics,
    /// Makes the request idempotent for ten minutes.
    pub client_request_token: Option<String>,
}

/// One action of a transaction (API model: TransactWriteItem and the four structures in it, which share most members).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TransactWriteItem {
    /// What to do.
    pub action: TransactAction,
    /// The table's name or ARN.
    pub table_name: String,
    /// What must hold of the item that is there; a condition check always has one.
    pub condition_expression: Option<String>,
    /// Attribute names by placeholder.
    pub expression_attribute_names: Option<ExpressionAttributeNames>,
    /// Values by placeholder.
    pub expression_attribute_values: Option<ExpressionAttributeValues>,
    /// Whether a failed condition returns the item, in the cancellation reason.
    pub return_values_on_condition_check_failure: ReturnValuesOnConditionCheckFailure,
}

/// What an action of a transaction does, and to which item.
#[derive(Clone, Debug, PartialEq)]
pub enum TransactAction {
    /// Checks a condition on the item with this key, and changes nothing.
    ConditionCheck {
        /// The item's whole primary key.
        key: Item,
    },
    /// Creates an item, or replaces the one that has the same key.
    Put {
        /// The whole item.
        item: Item,
    },
    /// Removes the item with this key.
    Delete {
        /// The item's whole primary key.
        key: Item,
    },
    /// Changes attributes of the item with this key, or creates it.
    Update {
        /// The item's whole primary key.
        key: Item,
        /// What to change.
        update_expression: String,
    },
}

impl Default for TransactAction {
    fn default() -> Self {
        Self::Put { item: Item::default() }
    }
}

#[derive(Default)]
struct ConditionCheck(TransactWriteItem);

#[derive(Default)]
struct Put(TransactWriteItem);

#[derive(Default)]
struct Delete(TransactWriteItem);

#[derive(Default)]
struct Update(TransactWriteItem);

impl Decode for ConditionCheck {
    const KIND: JsonKind = JsonKind::Structure("ConditionCheck");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut check = decoder.structure(json)?;
        let action = TransactAction::ConditionCheck { key: check.required("Key", &Rule::NONE)? };
        let condition: String = check.required("ConditionExpression", &Rule::NONE)?;
        Ok(Self(TransactWriteItem { condition_expression: Some(condition), ..shared(check, action)? }))
    }
}

impl Decode for Put {
    const KIND: JsonKind = JsonKind::Structure("Put");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut put = decoder.structure(json)?;
        let action = TransactAction::Put { item: put.required("Item", &Rule::NONE)? };
        let condition = put.optional("ConditionExpression", &Rule::NONE)?;
        Ok(Self(TransactWriteItem { condition_expression: condition, ..shared(put, action)? }))
    }
}

impl Decode for Delete {
    const KIND: JsonKind = JsonKind::Structure("Delete");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut delete = decoder.structure(json)?;
        let action = TransactAction::Delete { key: delete.required("Key", &Rule::NONE)? };
        let condition = delete.optional("ConditionExpression", &Rule::NONE)?;
        Ok(Self(TransactWriteItem { condition_expression: condition, ..shared(delete, action)? }))
    }
}

impl Decode for Update {
    const KIND: JsonKind = JsonKind::Structure("Update");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut update = decoder.structure(json)?;
        let action = TransactAction::Update {
            key: update.required("Key", &Rule::NONE)?,
            update_expression: update.required("UpdateExpression", &Rule::NONE)?,
        };
        let condition = update.optional("ConditionExpression", &Rule::NONE)?;
        Ok(Self(TransactWriteItem { condition_expression: condition, ..shared(update, action)? }))
    }
}

/// Reads the members that all four actions have, but for their condition.
fn shared(
    mut members: Structure<'_, '_>,
    action: TransactAction,
) -> Result<TransactWriteItem, SerializationFault> {
    Ok(TransactWriteItem {
        action,
        table_name: members.required("TableName", &TABLE_ARN)?,
        condition_expression: None,
        expression_attribute_names: members.optional("ExpressionAttributeNames", &Rule::NONE)?,
        expression_attribute_values: members.optional("ExpressionAttributeValues", &Rule::NONE)?,
        return_values_on_condition_check_failure: members
            .optional("ReturnValuesOnConditionCheckFailure", &Rule::NONE)?
            .unwrap_or_default(),
    })
}

impl Decode for TransactWriteItem {
    const KIND: JsonKind = JsonKind::Structure("TransactWriteItem");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut members = decoder.structure(json)?;
        let actions = [
            members.optional("ConditionCheck", &Rule::NONE)?.map(|ConditionCheck(action)| action),
            members.optional("Put", &Rule::NONE)?.map(|Put(action)| action),
            members.optional("Delete", &Rule::NONE)?.map(|Delete(action)| action),
            members.optional("Update", &Rule::NONE)?.map(|Update(action)| action),
        ];
        let mut given = actions.into_iter().flatten();
        let action = given.next();
        if action.is_none() {
            members.decoder().refuse(DataFault::NoTransactAction);
        } else if given.next().is_some() {
            members.decoder().refuse(DataFault::SeveralTransactActions);
        }
        Ok(action.unwrap_or_default())
    }
}

impl Decode for TransactWriteItemsInput {
    const KIND: JsonKind = JsonKind::Structure("TransactWriteItemsInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            return_consumed_capacity: input
                .optional("ReturnConsumedCapacity", &Rule::NONE)?
                .unwrap_or_default(),
            return_item_collection_metrics: input
                .optional("ReturnItemCollectionMetrics", &Rule::NONE)?
                .unwrap_or_default(),
            client_request_token: input.optional("ClientRequestToken", &Rule::length(1, 36))?,
            transact_items: input.required("TransactItems", &Rule::length(1, TRANSACTION_ACTIONS_MAX))?,
        })
    }
}

impl Input for TransactWriteItemsInput {
    fn check(&self) -> Result<(), ValidationError> {
        for item in &self.transact_items {
            let condition = ("ConditionExpression", item.condition_expression.is_some());
            let update = ("UpdateExpression", true);
            let expressions: &[_] = match item.action {
                TransactAction::Update { .. } => &[update, condition],
                _ => &[condition],
            };
            ParameterUse { expressions, legacy: &[], with_values: expressions }
                .check(item.expression_attribute_names.as_ref(), item.expression_attribute_values.as_ref())?;
        }
        Ok(())
    }
}

/// API model: TransactWriteItemsOutput.
#[derive(Clone, Debug, Default)]
pub struct TransactWriteItemsOutput {
    /// What the writes consumed, for each table.
    pub consumed_capacity: Option<Vec<ConsumedCapacity>>,
    /// How large the item collections are, by table.
    pub item_collection_metrics: Option<BTreeMap<String, Vec<ItemCollectionMetrics>>>,
}

impl Encode for TransactWriteItemsOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("ConsumedCapacity", &self.consumed_capacity);
            object.optional("ItemCollectionMetrics", &self.item_collection_metrics);
        });
    }
}
