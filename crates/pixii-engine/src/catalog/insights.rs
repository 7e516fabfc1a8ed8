//! The insights of tables and indexes, as they were asked for: pure, by the clock. What they tell is kept by `throughput`.
//!
//! ```text
//! ENABLE    ENABLING -> ENABLED, or FAILED where there are too many rules
//! DISABLE   DISABLING -> DISABLED
//! ```
//!
//! As captures of 2026-10-08 show AWS: what is asked for that is so already changes nothing, another mode goes through ENABLING
//! and keeps its rules' names, and a mode that is not given is the default one, whatever it was.

use super::{TableRecord, all_records};
use crate::env::Micros;
use crate::table::{IndexKind, KeySchema};
use pixii_model::table::ContributorInsightsMode;
use pixii_model::table::insights::{
    ContributorInsightsAction, ContributorInsightsStatus, ContributorInsightsSummary, InsightsFailure,
};
use pixii_store::{Read, StoreError};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How many rules an account may have (CloudWatch's quota).
pub const RULES_MAX: usize = 100;
/// How long a rule's name may be (API model: ContributorInsightsRule).
const RULE_NAME_LENGTH_MAX: usize = 128;

/// The insights of a table or index that had any.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Insights {
    /// What they tell of, or told of last.
    pub mode: ContributorInsightsMode,
    /// Whether they are on, or being turned on.
    pub enabled: bool,
    /// When that, or their mode, was last changed.
    pub changed: Micros,
    /// When their rules were made.
    pub rules_made: Micros,
    /// Whether they could not be turned on, for there are too many rules.
    #[serde(default)]
    pub failed: bool,
}

/// One of the lists of keys that insights are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InsightRule {
    /// Partition keys, by what they consume.
    PartitionKeyConsumption,
    /// Partition and sort keys, by what they consume.
    SortKeyConsumption,
    /// Partition keys, by how often they are throttled.
    PartitionKeyThrottles,
    /// Partition and sort keys, by how often they are throttled.
    SortKeyThrottles,
}

impl InsightRule {
    /// All of them, in the order in which AWS lists them.
    pub const ALL: [Self; 4] = [
        Self::PartitionKeyConsumption,
        Self::SortKeyConsumption,
        Self::PartitionKeyThrottles,
        Self::SortKeyThrottles,
    ];

    /// What AWS calls it in the names of rules.
    pub fn code(self) -> &'static str {
        match self {
            Self::PartitionKeyConsumption => "PKC",
            Self::SortKeyConsumption => "SKC",
            Self::PartitionKeyThrottles => "PKT",
            Self::SortKeyThrottles => "SKT",
        }
    }

    /// What one of what is counted is: a millionth of a capacity unit, or a request.
    pub fn unit(self) -> f64 {
        match self {
            Self::PartitionKeyConsumption | Self::SortKeyConsumption => 1e-6,
            Self::PartitionKeyThrottles | Self::SortKeyThrottles => 1.0,
        }
    }

    /// The rules that insights of a mode have on something with that key.
    pub fn of(mode: ContributorInsightsMode, schema: &KeySchema) -> impl Iterator<Item = Self> {
        let accessed = mode == ContributorInsightsMode::AccessedAndThrottledKeys;
        let sorted = !schema.sort.is_empty();
        Self::ALL.into_iter().filter(move |rule| match rule {
            Self::PartitionKeyConsumption => accessed,
            Self::SortKeyConsumption => accessed && sorted,
            Self::PartitionKeyThrottles => true,
            Self::SortKeyThrottles => sorted,
        })
    }
}

impl Insights {
    /// What an action makes of them.
    pub fn after(
        current: Option<Self>,
        action: ContributorInsightsAction,
        mode: Option<ContributorInsightsMode>,
        now: Micros,
    ) -> Option<Self> {
        let live = current.filter(|insights| insights.is_live());
        match action {
            ContributorInsightsAction::Enable => {
                let mode = mode.unwrap_or_default();
                let rules_made = live.map_or(now, |live| live.rules_made);
                let wanted = Self { mode, enabled: true, changed: now, rules_made, failed: false };
                live.filter(|live| live.mode == mode).or(Some(wanted))
            }
            ContributorInsightsAction::Disable => current.map(|insights| match insights.enabled {
                true => Self { enabled: false, changed: now, ..insights },
                false => insights,
            }),
        }
    }

    /// Whether they are on or being turned on, and will be.
    pub fn is_live(&self) -> bool {
        self.enabled && !self.failed
    }

    /// Where they stand; a change takes `delay`.
    pub fn status(&self, now: Micros, delay: Duration) -> ContributorInsightsStatus {
        match (self.enabled, self.changed.after(delay) > now) {
            (true, true) => ContributorInsightsStatus::Enabling,
            (true, false) if self.failed => ContributorInsightsStatus::Failed,
            (true, false) => ContributorInsightsStatus::Enabled,
            (false, true) => ContributorInsightsStatus::Disabling,
            (false, false) => ContributorInsightsStatus::Disabled,
        }
    }

    /// When their status last changed.
    pub fn last_updated(&self, now: Micros, delay: Duration) -> Micros {
        let settled = self.changed.after(delay);
        if settled > now { self.changed } else { settled }
    }

    /// Why they could not be turned on; told until they are off.
    pub fn failure(&self, now: Micros, delay: Duration) -> Option<InsightsFailure> {
        let status = self.status(now, delay);
        let told = matches!(status, ContributorInsightsStatus::Failed | ContributorInsightsStatus::Disabling);
        (self.failed && told).then_some(InsightsFailure::TooManyRules)
    }

    /// The name of one of their rules on a table or index.
    pub fn rule_name(&self, rule: InsightRule, table: &str, index: Option<&str>) -> String {
        let made = self.rules_made.millis();
        let mut name = format!("DynamoDBContributorInsights-{}-{table}", rule.code());
        if let Some(index) = index {
            name = format!("{name}-{index}");
        }
        // How AWS shortens what would be longer than a rule's name may be is not known.
        name.truncate(RULE_NAME_LENGTH_MAX - format!("-{made}").len());
        format!("{name}-{made}")
    }
}

/// How many rules the insights of all tables have.
pub async fn rules_in_use(read: &impl Read) -> Result<usize, StoreError> {
    let rules = |insights: Option<Insights>, schema: &KeySchema| match insights {
        Some(insights) if insights.is_live() => InsightRule::of(insights.mode, schema).count(),
        _ => 0,
    };
    let records = all_records(read).await?;
    let of_record = |record: &TableRecord| {
        let of_indexes = record.indexes.iter().map(|index| rules(index.insights, &index.key_schema));
        rules(record.insights, &record.key_schema) + of_indexes.sum::<usize>()
    };
    Ok(records.iter().map(of_record).sum())
}

/// The insights that are not off, of one table or of all: the table's first, then those of its indexes, by name.
pub async fn summaries(
    read: &impl Read,
    table: Option<&str>,
    now: Micros,
    delay: Duration,
) -> Result<Vec<ContributorInsightsSummary>, StoreError> {
    let records = match table {
        Some(name) => super::read_record(read, name).await?.into_iter().collect(),
        None => all_records(read).await?,
    };
    let mut summaries = Vec::new();
    for record in records {
        let mut indexes: Vec<_> =
            record.indexes.iter().filter(|index| index.kind == IndexKind::Global).collect();
        indexes.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        let of_indexes = indexes.into_iter().map(|index| (Some(index.name.clone()), index.insights));
        for (index_name, insights) in [(None, record.insights)].into_iter().chain(of_indexes) {
            let Some(insights) = insights else { continue };
            let status = insights.status(now, delay);
            if status != ContributorInsightsStatus::Disabled {
                let (table_name, mode) = (record.name.clone(), insights.mode);
                summaries.push(ContributorInsightsSummary { table_name, index_name, status, mode });
            }
        }
    }
    Ok(summaries)
}
