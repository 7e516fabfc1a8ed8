//! Query: reads the items of one partition key, of a table or of an index.

use super::Operation;
use super::page_read::PageReadOutput;
use super::parameters::{
    ExpressionAttributeNames, NAME, ParameterUse, Select, SelectUse, TABLE_ARN, attributes_to_get, start_key,
};
use crate::capacity::ReturnConsumedCapacity;
use crate::error::{SerializationFault, ValidationError};
use crate::item::Item;
use crate::legacy::{ConditionalOperator, LegacyCondition};
use crate::wire::attribute_value::ExpressionAttributeValues;
use crate::wire::rule::Wording;
use crate::wire::{Decode, Decoder, Deferred, Input, Json, JsonKind, Rule};
use std::collections::BTreeMap;

/// Reads the items of one partition key, of a table or of an index.
pub struct Query;

impl Operation for Query {
    const NAME: &'static str = "Query";
    type Input = QueryInput;
    type Output = PageReadOutput;
}

/// API model: QueryInput.
#[derive(Clone, Debug, Default)]
pub struct QueryInput {
    /// The table's name or ARN.
    pub table_name: String,
    /// The index to read instead of the table.
    pub index_name: Option<String>,
    /// What to return.
    pub select: Option<Select>,
    /// Legacy: names of the attributes wanted.
    pub attributes_to_get: Option<Vec<String>>,
    /// Most items to examine; at least 1.
    pub limit: Option<u32>,
    /// Whether the read must see every acknowledged write.
    pub consistent_read: bool,
    /// Legacy: which keys, by attribute. The faults of their values come after those of expressions.
    pub key_conditions: Option<Deferred<BTreeMap<String, LegacyCondition>>>,
    /// Legacy: what must hold of an item to be returned.
    pub query_filter: Option<BTreeMap<String, LegacyCondition>>,
    /// Legacy: how the entries of `query_filter` combine.
    pub conditional_operator: Option<ConditionalOperator>,
    /// Whether sort keys ascend, as they do unless asked otherwise.
    pub scan_index_forward: bool,
    /// The key behind which to go on. Its faults come after those of the filter.
    pub exclusive_start_key: Option<Deferred<Item>>,
    /// How much to say of consumed capacity.
    pub return_consumed_capacity: ReturnConsumedCapacity,
    /// The attributes wanted.
    pub projection_expression: Option<String>,
    /// What must hold of an item to be returned.
    pub filter_expression: Option<String>,
    /// Which keys.
    pub key_condition_expression: Option<String>,
    /// Attribute names by placeholder.
    pub expression_attribute_names: Option<ExpressionAttributeNames>,
    /// Values by placeholder.
    pub expression_attribute_values: Option<ExpressionAttributeValues>,
}

impl Decode for QueryInput {
    const KIND: JsonKind = JsonKind::Structure("QueryInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            select: input.optional("Select", &Rule::NONE)?,
            index_name: input.optional("IndexName", &NAME)?,
            return_consumed_capacity: input
                .optional("ReturnConsumedCapacity", &Rule::NONE)?
                .unwrap_or_default(),
            query_filter: input.optional("QueryFilter", &Rule::NONE)?,
            table_name: input.required("TableName", &TABLE_ARN)?,
            conditional_operator: input.optional("ConditionalOperator", &Rule::NONE)?,
            attributes_to_get: attributes_to_get(&mut input)?,
            limit: input
                .optional::<i32>("Limit", &Rule::value_min(1).wording(Wording::New))?
                .map(i32::unsigned_abs),
            key_conditions: input.optional("KeyConditions", &Rule::NONE)?,
            exclusive_start_key: start_key(&mut input)?,
            consistent_read: input.optional("ConsistentRead", &Rule::NONE)?.unwrap_or_default(),
            scan_index_forward: input.optional("ScanIndexForward", &Rule::NONE)?.unwrap_or(true),
            key_condition_expression: input.optional("KeyConditionExpression", &Rule::NONE)?,
            filter_expression: input.optional("FilterExpression", &Rule::NONE)?,
            projection_expression: input.optional("ProjectionExpression", &Rule::NONE)?,
            expression_attribute_names: input.optional("ExpressionAttributeNames", &Rule::NONE)?,
            expression_attribute_values: input.optional("ExpressionAttributeValues", &Rule::NONE)?,
        })
    }
}

impl Input for QueryInput {
    fn check(&self) -> Result<(), ValidationError> {
        let with_values = [
            ("FilterExpression", self.filter_expression.is_some()),
            ("KeyConditionExpression", self.key_condition_expression.is_some()),
        ];
        // KeyConditions may stand beside other expressions, as long as KeyConditionExpression is absent.
        let both_key_conditions = self.key_conditions.is_some() && self.key_condition_expression.is_some();
        ParameterUse {
            expressions: &[
                ("ProjectionExpression", self.projection_expression.is_some()),
                with_values[0],
                with_values[1],
            ],
            legacy: &[
                ("AttributesToGet", self.attributes_to_get.is_some()),
                ("QueryFilter", self.query_filter.is_some()),
                ("ConditionalOperator", self.conditional_operator.is_some()),
                ("KeyConditions", both_key_conditions),
            ],
            with_values: &with_values,
        }
        .check(self.expression_attribute_names.as_ref(), self.expression_attribute_values.as_ref())?;
        Ok(())
    }

    fn check_after_values(&self) -> Result<(), ValidationError> {
        let checked = SelectUse {
            select: self.select,
            projection_expression: self.projection_expression.is_some(),
            attributes_to_get: self.attributes_to_get.is_some(),
            index: self.index_name.is_some(),
        }
        .check();
        // A Query has these in AWS's newer wording, a Scan in the long-standing one.
        checked.map_err(|fault| ValidationError::InEnvelope(Box::new(fault.into())))
    }
}
