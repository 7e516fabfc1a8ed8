//! Contributor Insights: which keys of a table or global index are used and throttled most.

use crate::wire::{Encode, JsonWriter};
use crate::wire_enum;

wire_enum! {
    /// What UpdateContributorInsights is to do.
    ContributorInsightsAction {
        /// Turn it on, or change its mode.
        Enable = "ENABLE",
        /// Turn it off.
        Disable = "DISABLE",
    }
    printed ["ENABLE", "DISABLE"]
}

wire_enum! {
    /// Which keys are told of.
    ContributorInsightsMode {
        /// Those that consume most, and those that are throttled most.
        AccessedAndThrottledKeys = "ACCESSED_AND_THROTTLED_KEYS",
        /// Those that are throttled most.
        ThrottledKeys = "THROTTLED_KEYS",
    }
    printed ["ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"]
}

wire_enum! {
    /// Where the insights of a table or index stand.
    ContributorInsightsStatus {
        /// Being turned on, or changing their mode.
        Enabling = "ENABLING",
        /// On.
        Enabled = "ENABLED",
        /// Being turned off.
        Disabling = "DISABLING",
        /// Off.
        Disabled = "DISABLED",
        /// They could not be turned on.
        Failed = "FAILED",
    }
    printed ["ENABLING", "ENABLED", "DISABLING", "DISABLED", "FAILED"]
}

/// Why insights could not be turned on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InsightsFailure {
    /// There are as many rules as an account may have.
    TooManyRules,
}

impl Encode for InsightsFailure {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("ExceptionDescription", self.to_string().as_str());
            object.field("ExceptionName", self.exception_name());
        });
    }
}

impl InsightsFailure {
    fn exception_name(self) -> &'static str {
        match self {
            Self::TooManyRules => "LimitExceededException",
        }
    }
}

/// A table or index whose insights are not off (API model: ContributorInsightsSummary).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContributorInsightsSummary {
    /// The table.
    pub table_name: String,
    /// The index, if it is about one.
    pub index_name: Option<String>,
    /// Where its insights stand.
    pub status: ContributorInsightsStatus,
    /// What they tell of.
    pub mode: ContributorInsightsMode,
}

impl Encode for ContributorInsightsSummary {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("ContributorInsightsMode", &self.mode);
            object.field("ContributorInsightsStatus", &self.status);
            object.optional("IndexName", &self.index_name);
            object.field("TableName", &self.table_name);
        });
    }
}
