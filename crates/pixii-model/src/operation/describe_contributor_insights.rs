//! DescribeContributorInsights: says how the insights of a table or a global index stand.

use super::Operation;
use super::parameters::NAME;
use crate::error::SerializationFault;
use crate::table::insights::{ContributorInsightsMode, ContributorInsightsStatus, InsightsFailure};
use crate::table::name::table_name;
use crate::wire::encode::Timestamp;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Says how the insights of a table or a global index stand.
pub struct DescribeContributorInsights;

impl Operation for DescribeContributorInsights {
    const NAME: &'static str = "DescribeContributorInsights";
    type Input = DescribeContributorInsightsInput;
    type Output = DescribeContributorInsightsOutput;
}

/// API model: DescribeContributorInsightsInput.
#[derive(Clone, Debug, Default)]
pub struct DescribeContributorInsightsInput {
    /// The table's name or ARN.
    pub table_name: String,
    /// The index, if it is about one.
    pub index_name: Option<String>,
}

impl Decode for DescribeContributorInsightsInput {
    const KIND: JsonKind = JsonKind::Structure("DescribeContributorInsightsInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self { table_name: table_name(&mut input)?, index_name: input.optional("IndexName", &NAME)? })
    }
}

impl Input for DescribeContributorInsightsInput {}

/// API model: DescribeContributorInsightsOutput.
#[derive(Clone, Debug, Default)]
pub struct DescribeContributorInsightsOutput {
    /// The table's name.
    pub table_name: String,
    /// The index, if it is about one.
    pub index_name: Option<String>,
    /// Where its insights stand.
    pub status: ContributorInsightsStatus,
    /// What they tell of, or told of last; nothing if they were never on.
    pub mode: Option<ContributorInsightsMode>,
    /// The names of their rules, while they are on.
    pub rules: Option<Vec<String>>,
    /// When their status last changed.
    pub last_update_date_time: Option<Timestamp>,
    /// Why they could not be turned on.
    pub failure: Option<InsightsFailure>,
}

impl Encode for DescribeContributorInsightsOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("ContributorInsightsMode", &self.mode);
            object.optional("ContributorInsightsRuleList", &self.rules);
            object.field("ContributorInsightsStatus", &self.status);
            object.optional("FailureException", &self.failure);
            object.optional("IndexName", &self.index_name);
            object.optional("LastUpdateDateTime", &self.last_update_date_time);
            object.field("TableName", &self.table_name);
        });
    }
}
