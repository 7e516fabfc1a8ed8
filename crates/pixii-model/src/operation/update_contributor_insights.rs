//! UpdateContributorInsights: turns the insights of a table or a global index on or off.

use super::Operation;
use super::parameters::NAME;
use crate::error::SerializationFault;
use crate::table::insights::{ContributorInsightsAction, ContributorInsightsMode, ContributorInsightsStatus};
use crate::table::name::table_name;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Turns the insights of a table or a global index on or off.
pub struct UpdateContributorInsights;

impl Operation for UpdateContributorInsights {
    const NAME: &'static str = "UpdateContributorInsights";
    type Input = UpdateContributorInsightsInput;
    type Output = UpdateContributorInsightsOutput;
}

/// API model: UpdateContributorInsightsInput.
#[derive(Clone, Debug, Default)]
pub struct UpdateContributorInsightsInput {
    /// The table's name or ARN.
    pub table_name: String,
    /// The index, if it is about one.
    pub index_name: Option<String>,
    /// What to do.
    pub action: ContributorInsightsAction,
    /// What insights are to tell of; without it, of everything.
    pub mode: Option<ContributorInsightsMode>,
}

impl Decode for UpdateContributorInsightsInput {
    const KIND: JsonKind = JsonKind::Structure("UpdateContributorInsightsInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            table_name: table_name(&mut input)?,
            index_name: input.optional("IndexName", &NAME)?,
            action: input.required("ContributorInsightsAction", &Rule::NONE)?,
            mode: input.optional("ContributorInsightsMode", &Rule::NONE)?,
        })
    }
}

impl Input for UpdateContributorInsightsInput {}

/// API model: UpdateContributorInsightsOutput.
#[derive(Clone, Debug, Default)]
pub struct UpdateContributorInsightsOutput {
    /// The table's name.
    pub table_name: String,
    /// The index, if it is about one.
    pub index_name: Option<String>,
    /// Where its insights stand now.
    pub status: ContributorInsightsStatus,
    /// What they tell of, or told of last; nothing if they were never on.
    pub mode: Option<ContributorInsightsMode>,
}

impl Encode for UpdateContributorInsightsOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("ContributorInsightsMode", &self.mode);
            object.field("ContributorInsightsStatus", &self.status);
            object.optional("IndexName", &self.index_name);
            object.field("TableName", &self.table_name);
        });
    }
}
