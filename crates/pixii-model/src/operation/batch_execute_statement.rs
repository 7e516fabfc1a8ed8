//! BatchExecuteStatement: up to 25 PartiQL statements, each of which succeeds or fails by itself.

use super::Operation;
use super::execute_statement::{PARAMETERS, STATEMENT};
use super::parameters::ReturnValuesOnConditionCheckFailure;
use crate::attribute_value::AttributeValue;
use crate::capacity::{ConsumedCapacity, ReturnConsumedCapacity};
use crate::encoded::OutputItem;
use crate::error::{ApiError, SerializationFault};
use crate::limits::BATCH_STATEMENTS_MAX;
use crate::wire::{Decode, Decoder, Deferred, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Runs several PartiQL statements on one item each: all read, or all write.
pub struct BatchExecuteStatement;

impl Operation for BatchExecuteStatement {
    const NAME: &'static str = "BatchExecuteStatement";
    type Input = BatchExecuteStatementInput;
    type Output = BatchExecuteStatementOutput;
}

/// API model: BatchExecuteStatementInput.
#[derive(Clone, Debug, Default)]
pub struct BatchExecuteStatementInput {
    /// The statements.
    pub statements: Vec<BatchStatementRequest>,
    /// How much to say of consumed capacity.
    pub return_consumed_capacity: ReturnConsumedCapacity,
}

/// One statement of a batch (API model: BatchStatementRequest).
#[derive(Clone, Debug, Default)]
pub struct BatchStatementRequest {
    /// The statement.
    pub statement: String,
    /// The values of its question marks, in order. What is wrong with them fails the statement, not the batch.
    pub parameters: Option<Deferred<Vec<AttributeValue>>>,
    /// Whether a read must see every acknowledged write.
    pub consistent_read: bool,
    /// Whether a failed condition returns the item.
    pub return_values_on_condition_check_failure: ReturnValuesOnConditionCheckFailure,
}

impl Decode for BatchStatementRequest {
    const KIND: JsonKind = JsonKind::Structure("BatchStatementRequest");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut request = decoder.structure(json)?;
        Ok(Self {
            return_values_on_condition_check_failure: request
                .optional("ReturnValuesOnConditionCheckFailure", &Rule::NONE)?
                .unwrap_or_default(),
            statement: request.required("Statement", &STATEMENT)?,
            parameters: request.optional("Parameters", &PARAMETERS)?,
            consistent_read: request.optional("ConsistentRead", &Rule::NONE)?.unwrap_or_default(),
        })
    }
}

impl Decode for BatchExecuteStatementInput {
    const KIND: JsonKind = JsonKind::Structure("BatchExecuteStatementInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            return_consumed_capacity: input
                .optional("ReturnConsumedCapacity", &Rule::NONE)?
                .unwrap_or_default(),
            statements: input.required("Statements", &Rule::length(1, BATCH_STATEMENTS_MAX))?,
        })
    }
}

impl Input for BatchExecuteStatementInput {}

/// API model: BatchExecuteStatementOutput.
#[derive(Clone, Debug, Default)]
pub struct BatchExecuteStatementOutput {
    /// What became of each statement, in request order.
    pub responses: Vec<BatchStatementResponse>,
    /// What the statements consumed, for each table.
    pub consumed_capacity: Option<Vec<ConsumedCapacity>>,
}

/// What became of one statement (API model: BatchStatementResponse).
#[derive(Clone, Debug, Default)]
pub struct BatchStatementResponse {
    /// Why it failed.
    pub error: Option<BatchStatementError>,
    /// Its table, as the statement named it.
    pub table_name: Option<String>,
    /// The item read, or what a RETURNING clause asked for.
    pub item: Option<OutputItem>,
}

/// Why one statement of a batch failed (API model: BatchStatementError).
#[derive(Clone, Debug)]
pub struct BatchStatementError(pub ApiError);

impl BatchStatementError {
    /// The error's code, which batches spell otherwise than other answers.
    pub fn code(&self) -> &'static str {
        match &self.0 {
            ApiError::ConditionalCheckFailed { .. } => "ConditionalCheckFailed",
            ApiError::ItemCollectionSizeLimitExceeded => "ItemCollectionSizeLimitExceeded",
            ApiError::Validation(_) => "ValidationError",
            ApiError::TransactionConflict => "TransactionConflict",
            ApiError::ThroughputExceeded(throttle) if !throttle.on_demand => "ProvisionedThroughputExceeded",
            ApiError::ThroughputExceeded(_) | ApiError::Throttled => "ThrottlingError",
            ApiError::ResourceNotFound(_) => "ResourceNotFound",
            ApiError::AccessDenied { .. } => "AccessDenied",
            ApiError::DuplicateItem => "DuplicateItem",
            _ => "InternalServerError",
        }
    }
}

impl Encode for BatchStatementError {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("Code", self.code());
            object.field("Message", &self.0.to_string());
            if let ApiError::ConditionalCheckFailed { item: Some(item) } = &self.0 {
                object.field("Item", item);
            }
        });
    }
}

impl Encode for BatchStatementResponse {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("Error", &self.error);
            object.optional("TableName", &self.table_name);
            object.optional("Item", &self.item);
        });
    }
}

impl Encode for BatchExecuteStatementOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("ConsumedCapacity", &self.consumed_capacity);
            object.field("Responses", &self.responses);
        });
    }
}
