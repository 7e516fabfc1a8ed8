//! DeleteTable: removes a table with its items and indexes.

use super::Operation;
use crate::error::SerializationFault;
use crate::table::TableDescription;
use crate::table::name::table_name;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Removes a table with its items and indexes.
pub struct DeleteTable;

impl Operation for DeleteTable {
    const NAME: &'static str = "DeleteTable";
    type Input = DeleteTableInput;
    type Output = DeleteTableOutput;
}

/// API model: DeleteTableInput.
#[derive(Clone, Debug, Default)]
pub struct DeleteTableInput {
    /// The table's name or ARN.
    pub table_name: String,
}

impl Decode for DeleteTableInput {
    const KIND: JsonKind = JsonKind::Structure("DeleteTableInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        Ok(Self { table_name: table_name(&mut decoder.structure(json)?)? })
    }
}

impl Input for DeleteTableInput {}

/// API model: DeleteTableOutput.
#[derive(Clone, Debug, Default)]
pub struct DeleteTableOutput {
    /// The table, DELETING.
    pub table_description: TableDescription,
}

impl Encode for DeleteTableOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| object.field("TableDescription", &self.table_description));
    }
}
