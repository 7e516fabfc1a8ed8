//! ListImports: lists the imports into tables.

use super::Operation;
use super::parameters::TABLE_ARN;
use crate::error::SerializationFault;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Lists the imports into tables.
pub struct ListImports;

impl Operation for ListImports {
    const NAME: &'static str = "ListImports";
    type Input = ListImportsInput;
    type Output = ListImportsOutput;
}

/// API model: ListImportsInput.
#[derive(Clone, Debug, Default)]
pub struct ListImportsInput {
    /// Only those of this table.
    pub table_arn: Option<String>,
    /// The most imports wanted.
    pub page_size: Option<i32>,
    /// Where an earlier answer ended.
    pub next_token: Option<String>,
}

impl Decode for ListImportsInput {
    const KIND: JsonKind = JsonKind::Structure("ListImportsInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            table_arn: input.optional("TableArn", &TABLE_ARN)?,
            page_size: input.optional("PageSize", &Rule::value(1, 25))?,
            next_token: input.optional("NextToken", &Rule::length(112, 1024))?,
        })
    }
}

impl Input for ListImportsInput {}

/// API model: ListImportsOutput.
#[derive(Clone, Debug, Default)]
pub struct ListImportsOutput;

impl Encode for ListImportsOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.write("ImportSummaryList", |writer| writer.array([(); 0], |_, ()| {}));
        });
    }
}
