//! ListBulkOperations: lists the bulk operations on tables.

use super::Operation;
use crate::error::SerializationFault;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Lists the bulk operations on tables.
pub struct ListBulkOperations;

impl Operation for ListBulkOperations {
    const NAME: &'static str = "ListBulkOperations";
    type Input = ListBulkOperationsInput;
    type Output = ListBulkOperationsOutput;
}

/// API model: ListBulkOperationsInput.
#[derive(Clone, Debug, Default)]
pub struct ListBulkOperationsInput {
    /// The most operations wanted.
    pub max_results: Option<i32>,
    /// Where an earlier answer ended.
    pub next_token: Option<String>,
}

impl Decode for ListBulkOperationsInput {
    const KIND: JsonKind = JsonKind::Structure("ListBulkOperationsInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            max_results: input.optional("MaxResults", &Rule::value(1, 25))?,
            next_token: input.optional("NextToken", &Rule::length(1, 1024))?,
        })
    }
}

impl Input for ListBulkOperationsInput {}

/// API model: ListBulkOperationsOutput.
#[derive(Clone, Debug, Default)]
pub struct ListBulkOperationsOutput;

impl Encode for ListBulkOperationsOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.write("BulkOperationsSummaryList", |writer| writer.array([(); 0], |_, ()| {}));
        });
    }
}
