//! DescribeContributorInsights: says whether a table's or an index's most used keys are watched.

use super::Operation;
use super::parameters::NAME;
use crate::error::SerializationFault;
use crate::table::name::table_name;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Says whether a table's or an index's most used keys are watched.
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
}

impl Encode for DescribeContributorInsightsOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("TableName", &self.table_name);
            object.optional("IndexName", &self.index_name);
            object.field("ContributorInsightsStatus", "DISABLED");
        });
    }
}
