//! ListExports: lists the exports of tables.

use super::Operation;
use super::parameters::TABLE_ARN;
use crate::error::SerializationFault;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Lists the exports of tables.
pub struct ListExports;

impl Operation for ListExports {
    const NAME: &'static str = "ListExports";
    type Input = ListExportsInput;
    type Output = ListExportsOutput;
}

/// API model: ListExportsInput.
#[derive(Clone, Debug, Default)]
pub struct ListExportsInput {
    /// Only those of this table.
    pub table_arn: Option<String>,
    /// The most exports wanted.
    pub max_results: Option<i32>,
    /// Where an earlier answer ended.
    pub next_token: Option<String>,
}

impl Decode for ListExportsInput {
    const KIND: JsonKind = JsonKind::Structure("ListExportsInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            table_arn: input.optional("TableArn", &TABLE_ARN)?,
            max_results: input.optional("MaxResults", &Rule::value(1, 25))?,
            next_token: input.optional("NextToken", &Rule::NONE)?,
        })
    }
}

impl Input for ListExportsInput {}

/// API model: ListExportsOutput.
#[derive(Clone, Debug, Default)]
pub struct ListExportsOutput;

impl Encode for ListExportsOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.write("ExportSummaries", |writer| writer.array([(); 0], |_, ()| {}));
        });
    }
}
