//! ListGlobalTables: lists the global tables of version 2017.11.29.

use super::Operation;
use super::parameters::NAME;
use crate::error::SerializationFault;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Lists the global tables of version 2017.11.29.
pub struct ListGlobalTables;

impl Operation for ListGlobalTables {
    const NAME: &'static str = "ListGlobalTables";
    type Input = ListGlobalTablesInput;
    type Output = ListGlobalTablesOutput;
}

/// API model: ListGlobalTablesInput.
#[derive(Clone, Debug, Default)]
pub struct ListGlobalTablesInput {
    /// The name behind which to begin.
    pub exclusive_start_global_table_name: Option<String>,
    /// The most tables wanted.
    pub limit: Option<i32>,
    /// Only those with a replica in this region.
    pub region_name: Option<String>,
}

impl Decode for ListGlobalTablesInput {
    const KIND: JsonKind = JsonKind::Structure("ListGlobalTablesInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            exclusive_start_global_table_name: input.optional("ExclusiveStartGlobalTableName", &NAME)?,
            limit: input.optional("Limit", &Rule::value_min(1))?,
            region_name: input.optional("RegionName", &Rule::NONE)?,
        })
    }
}

impl Input for ListGlobalTablesInput {}

/// API model: ListGlobalTablesOutput.
#[derive(Clone, Debug, Default)]
pub struct ListGlobalTablesOutput;

impl Encode for ListGlobalTablesOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.write("GlobalTables", |writer| writer.array([(); 0], |_, ()| {}));
        });
    }
}
