//! ExecuteTransaction: up to 100 PartiQL statements, all or nothing.

use super::Operation;
use super::execute_statement::{PARAMETERS, STATEMENT};
use super::parameters::ReturnValuesOnConditionCheckFailure;
use super::transact_get_items::ItemResponse;
use crate::attribute_value::AttributeValue;
use crate::capacity::{ConsumedCapacity, ReturnConsumedCapacity};
use crate::error::SerializationFault;
use crate::limits::TRANSACTION_ACTIONS_MAX;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Runs PartiQL statements on one item each, all at one point in time: all read, or all write.
pub struct ExecuteTransaction;

impl Operation for ExecuteTransaction {
    const NAME: &'static str = "ExecuteTransaction";
    type Input = ExecuteTransactionInput;
    type Output = ExecuteTransactionOutput;
}

/// API model: ExecuteTransactionInput.
#[derive(Clone, Debug, Default)]
pub struct ExecuteTransactionInput {
    /// The statements.
    pub transact_statements: Vec<ParameterizedStatement>,
    /// Makes the request idempotent for ten minutes.
    pub client_request_token: Option<String>,
    /// How much to say of consumed capacity.
    pub return_consumed_capacity: ReturnConsumedCapacity,
}

/// One statement of a transaction (API model: ParameterizedStatement).
#[derive(Clone, Debug, Default)]
pub struct ParameterizedStatement {
    /// The statement.
    pub statement: String,
    /// The values of its question marks, in order.
    pub parameters: Option<Vec<AttributeValue>>,
    /// Whether a failed condition returns the item.
    pub return_values_on_condition_check_failure: ReturnValuesOnConditionCheckFailure,
}

impl Decode for ParameterizedStatement {
    const KIND: JsonKind = JsonKind::Structure("ParameterizedStatement");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut statement = decoder.structure(json)?;
        Ok(Self {
            return_values_on_condition_check_failure: statement
                .optional("ReturnValuesOnConditionCheckFailure", &Rule::NONE)?
                .unwrap_or_default(),
            statement: statement.required("Statement", &STATEMENT)?,
            parameters: statement.optional("Parameters", &PARAMETERS)?,
        })
    }
}

impl Decode for ExecuteTransactionInput {
    const KIND: JsonKind = JsonKind::Structure("ExecuteTransactionInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            client_request_token: input.optional("ClientRequestToken", &Rule::length(1, 36))?,
            transact_statements: input
                .required("TransactStatements", &Rule::length(1, TRANSACTION_ACTIONS_MAX))?,
            return_consumed_capacity: input
                .optional("ReturnConsumedCapacity", &Rule::NONE)?
                .unwrap_or_default(),
        })
    }
}

impl Input for ExecuteTransactionInput {}

/// API model: ExecuteTransactionOutput.
#[derive(Clone, Debug, Default)]
pub struct ExecuteTransactionOutput {
    /// The items read, one for each statement; empty if the statements write.
    pub responses: Vec<ItemResponse>,
    /// What the statements consumed, for each table.
    pub consumed_capacity: Option<Vec<ConsumedCapacity>>,
}

impl Encode for ExecuteTransactionOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("ConsumedCapacity", &self.consumed_capacity);
            object.field("Responses", &self.responses);
        });
    }
}
