//! DescribeTable: says what a table is.

use super::Operation;
use crate::error::SerializationFault;
use crate::table::TableDescription;
use crate::table::name::table_name;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Says what a table is.
pub struct DescribeTable;

impl Operation for DescribeTable {
    const NAME: &'static str = "DescribeTable";
    type Input = DescribeTableInput;
    type Output = DescribeTableOutput;
}

/// API model: DescribeTableInput.
#[derive(Clone, Debug, Default)]
pub struct DescribeTableInput {
    /// The table's name or ARN.
    pub table_name: String,
}

impl Decode for DescribeTableInput {
    const KIND: JsonKind = JsonKind::Structure("DescribeTableInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        Ok(Self { table_name: table_name(&mut decoder.structure(json)?)? })
    }
}

impl Input for DescribeTableInput {}

/// API model: DescribeTableOutput.
#[derive(Clone, Debug, Default)]
pub struct DescribeTableOutput {
    /// The table.
    pub table: TableDescription,
}

impl Encode for DescribeTableOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| object.field("Table", &self.table));
    }
}
