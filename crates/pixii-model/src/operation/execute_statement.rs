//! ExecuteStatement: one PartiQL statement.

use super::Operation;
use super::parameters::ReturnValuesOnConditionCheckFailure;
use crate::attribute_value::AttributeValue;
use crate::capacity::{ConsumedCapacity, ReturnConsumedCapacity};
use crate::encoded::OutputItem;
use crate::error::SerializationFault;
use crate::item::Item;
use crate::limits::STATEMENT_LENGTH_MAX;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Runs one PartiQL statement: reads items, or writes one.
pub struct ExecuteStatement;

impl Operation for ExecuteStatement {
    const NAME: &'static str = "ExecuteStatement";
    type Input = ExecuteStatementInput;
    type Output = ExecuteStatementOutput;
}

/// Rule of a statement (API model: PartiQLStatement).
pub(super) const STATEMENT: Rule = Rule::length(1, STATEMENT_LENGTH_MAX);
/// Rule of a statement's parameters (API model: PreparedStatementParameters).
pub(super) const PARAMETERS: Rule = Rule::length_min(1);
/// Rule of a token for the next page (API model: PartiQLNextToken).
const NEXT_TOKEN: Rule = Rule::length(1, 32_768);

/// API model: ExecuteStatementInput.
#[derive(Clone, Debug, Default)]
pub struct ExecuteStatementInput {
    /// The statement.
    pub statement: String,
    /// The values of its question marks, in order.
    pub parameters: Option<Vec<AttributeValue>>,
    /// Whether a read must see every acknowledged write.
    pub consistent_read: bool,
    /// Where to go on, as an earlier answer to the same statement said.
    pub next_token: Option<String>,
    /// How much to say of consumed capacity.
    pub return_consumed_capacity: ReturnConsumedCapacity,
    /// Most items to examine; at least 1.
    pub limit: Option<u32>,
    /// Whether a failed condition returns the item.
    pub return_values_on_condition_check_failure: ReturnValuesOnConditionCheckFailure,
}

impl Decode for ExecuteStatementInput {
    const KIND: JsonKind = JsonKind::Structure("ExecuteStatementInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            return_values_on_condition_check_failure: input
                .optional("ReturnValuesOnConditionCheckFailure", &Rule::NONE)?
                .unwrap_or_default(),
            limit: input.optional::<i32>("Limit", &Rule::value_min(1))?.map(i32::unsigned_abs),
            statement: input.required("Statement", &STATEMENT)?,
            return_consumed_capacity: input
                .optional("ReturnConsumedCapacity", &Rule::NONE)?
                .unwrap_or_default(),
            next_token: input.optional("NextToken", &NEXT_TOKEN)?,
            parameters: input.optional("Parameters", &PARAMETERS)?,
            consistent_read: input.optional("ConsistentRead", &Rule::NONE)?.unwrap_or_default(),
        })
    }
}

impl Input for ExecuteStatementInput {}

/// API model: ExecuteStatementOutput.
#[derive(Clone, Debug, Default)]
pub struct ExecuteStatementOutput {
    /// The items read, or what a RETURNING clause asked for.
    pub items: Vec<OutputItem>,
    /// Where to go on, if there may be more.
    pub next_token: Option<String>,
    /// What the statement consumed.
    pub consumed_capacity: Option<ConsumedCapacity>,
    /// The key of the last item examined, if there may be more.
    pub last_evaluated_key: Option<Item>,
}

impl Encode for ExecuteStatementOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("ConsumedCapacity", &self.consumed_capacity);
            object.field("Items", &self.items);
            object.optional("LastEvaluatedKey", &self.last_evaluated_key);
            object.optional("NextToken", &self.next_token);
        });
    }

    fn about_bytes(&self) -> usize {
        self.items.about_bytes()
    }
}
