//! ListTables: names the tables there are.

use super::Operation;
use super::parameters::NAME;
use crate::error::SerializationFault;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Names the tables there are, a page at a time.
pub struct ListTables;

impl Operation for ListTables {
    const NAME: &'static str = "ListTables";
    type Input = ListTablesInput;
    type Output = ListTablesOutput;
}

/// Most names in one answer (API model: ListTablesInputLimit).
pub const LIMIT_MAX: i32 = 100;

/// API model: ListTablesInput.
#[derive(Clone, Debug, Default)]
pub struct ListTablesInput {
    /// The name behind which to begin, there or not.
    pub exclusive_start_table_name: Option<String>,
    /// The most names wanted.
    pub limit: Option<i32>,
}

impl Decode for ListTablesInput {
    const KIND: JsonKind = JsonKind::Structure("ListTablesInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            exclusive_start_table_name: input.optional("ExclusiveStartTableName", &NAME)?,
            limit: input.optional("Limit", &Rule::value(1, LIMIT_MAX.into()))?,
        })
    }
}

impl Input for ListTablesInput {}

/// API model: ListTablesOutput.
#[derive(Clone, Debug, Default)]
pub struct ListTablesOutput {
    /// The names, sorted.
    pub table_names: Vec<String>,
    /// The last of them, if there are more.
    pub last_evaluated_table_name: Option<String>,
}

impl Encode for ListTablesOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("TableNames", &self.table_names);
            object.optional("LastEvaluatedTableName", &self.last_evaluated_table_name);
        });
    }
}
