//! ListContributorInsights: lists the tables and indexes whose most used keys are watched.

use super::Operation;
use super::parameters::TABLE_ARN;
use crate::error::SerializationFault;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Lists the tables and indexes whose most used keys are watched.
pub struct ListContributorInsights;

impl Operation for ListContributorInsights {
    const NAME: &'static str = "ListContributorInsights";
    type Input = ListContributorInsightsInput;
    type Output = ListContributorInsightsOutput;
}

/// API model: ListContributorInsightsInput.
#[derive(Clone, Debug, Default)]
pub struct ListContributorInsightsInput {
    /// Only this table and its indexes.
    pub table_name: Option<String>,
    /// Where an earlier answer ended.
    pub next_token: Option<String>,
    /// The most wanted.
    pub max_results: Option<i32>,
}

impl Decode for ListContributorInsightsInput {
    const KIND: JsonKind = JsonKind::Structure("ListContributorInsightsInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            table_name: input.optional("TableName", &TABLE_ARN)?,
            next_token: input.optional("NextToken", &Rule::NONE)?,
            max_results: input.optional("MaxResults", &Rule { value_max: Some(100), ..Rule::NONE })?,
        })
    }
}

impl Input for ListContributorInsightsInput {}

/// API model: ListContributorInsightsOutput.
#[derive(Clone, Debug, Default)]
pub struct ListContributorInsightsOutput;

impl Encode for ListContributorInsightsOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.write("ContributorInsightsSummaries", |writer| writer.array([(); 0], |_, ()| {}));
        });
    }
}
