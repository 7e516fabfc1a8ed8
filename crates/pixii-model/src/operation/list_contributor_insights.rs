//! ListContributorInsights: lists the tables and indexes whose insights are not off.

use super::Operation;
use super::parameters::TABLE_ARN;
use crate::error::SerializationFault;
use crate::table::insights::ContributorInsightsSummary;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// The most in one answer (API model: ListContributorInsightsLimit).
pub const LIMIT_MAX: i32 = 100;

/// Lists the tables and indexes whose insights are not off.
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
            max_results: input
                .optional("MaxResults", &Rule { value_max: Some(LIMIT_MAX as i64), ..Rule::NONE })?,
        })
    }
}

impl Input for ListContributorInsightsInput {}

/// API model: ListContributorInsightsOutput.
#[derive(Clone, Debug, Default)]
pub struct ListContributorInsightsOutput {
    /// The tables and indexes.
    pub summaries: Vec<ContributorInsightsSummary>,
    /// Where to go on, if there are more.
    pub next_token: Option<String>,
}

impl Encode for ListContributorInsightsOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("ContributorInsightsSummaries", &self.summaries);
            object.optional("NextToken", &self.next_token);
        });
    }
}
