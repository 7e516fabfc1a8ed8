//! What operators ask of a server, beside the API that applications use: on a port of its own, never through AWS's operations.
//!
//! Members are named as the API would name them; points in time are seconds since 1970.

use crate::error::ApiError;
use crate::table::insights::ContributorInsightsStatus;
use crate::table::{BillingMode, ContributorInsightsMode, TableClass};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Something that can be asked by operators.
pub trait Administration: Send + Sync + 'static {
    /// Which keys of a table or global index are used and throttled most.
    fn top_keys(
        &self,
        request: TopKeysRequest,
    ) -> impl Future<Output = Result<TopKeysReport, ApiError>> + Send;

    /// What was consumed of a table and its global indexes.
    fn usage(&self, request: UsageRequest) -> impl Future<Output = Result<UsageReport, ApiError>> + Send;
}

/// Asks for the keys that are used most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopKeysRequest {
    /// The table's name or ARN.
    pub table_name: String,
    /// The global index, if it is about one.
    pub index_name: Option<String>,
    /// Of how many minutes, the running one included.
    pub minutes: u64,
    /// How many keys of each list.
    pub keys_max: usize,
}

/// The keys that are used most.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TopKeysReport {
    /// The table's name.
    pub table_name: String,
    /// The global index, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index_name: Option<String>,
    /// Where its insights stand: without them there is nothing to tell.
    pub contributor_insights_status: ContributorInsightsStatus,
    /// What they tell of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contributor_insights_mode: Option<ContributorInsightsMode>,
    /// Where the time begins that is told of.
    pub from: u64,
    /// Where it ends.
    pub to: u64,
    /// The lists, one for each rule of the insights.
    pub rules: Vec<RuleReport>,
}

/// What one rule found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuleReport {
    /// `PKC`, `SKC`, `PKT` or `SKT`: keys alone or with sort keys, by what they consume or by how often they are throttled.
    pub rule: String,
    /// The rule's name, as DescribeContributorInsights tells it.
    pub name: String,
    /// All capacity units, or all throttled requests.
    pub total: f64,
    /// By how much a value may fall short, and what a key that is missing has at most.
    pub error: f64,
    /// The keys with most.
    pub contributors: Vec<ContributorReport>,
}

/// One key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContributorReport {
    /// Its attributes.
    pub key: BTreeMap<String, KeyValue>,
    /// Its capacity units, or how often it was throttled.
    pub value: f64,
    /// The most of it in one minute.
    pub busiest_minute: f64,
}

/// The value of a key attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyValue {
    /// A string.
    S(String),
    /// A number.
    N(String),
    /// Binary, in base64.
    B(String),
}

/// Asks for what was consumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageRequest {
    /// The table's name or ARN.
    pub table_name: String,
    /// Since when.
    pub since: Since,
}

/// Since when something is told. The minute in which that falls counts whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// Since it is known.
    Ever,
    /// A point in time.
    At(u64),
    /// So many seconds ago.
    Ago(u64),
}

/// What was consumed of a table and its global indexes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UsageReport {
    /// The table's name.
    pub table_name: String,
    /// Its class.
    pub table_class: TableClass,
    /// How it is billed.
    pub billing_mode: BillingMode,
    /// Where the time begins that is told of: what was asked for, or the first minute of which anything is known.
    pub from: u64,
    /// Where it ends.
    pub to: u64,
    /// The table, then its global indexes. What local indexes consume is their table's.
    pub resources: Vec<ResourceUsage>,
}

/// What was consumed of a table or a global index.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceUsage {
    /// The index; without it, it is the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index_name: Option<String>,
    /// How many items or entries there are now, and for a table those of its local indexes.
    pub item_count: i64,
    /// Their bytes.
    pub size_bytes: i64,
    /// What each operation consumed.
    pub operations: BTreeMap<String, UnitsUsed>,
    /// The hours in which anything was consumed.
    pub hours: Vec<HourUsage>,
}

/// Read and write units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UnitsUsed {
    /// Read units.
    pub read_units: f64,
    /// Write units.
    pub write_units: f64,
}

/// What was consumed in one hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HourUsage {
    /// When it began.
    pub start: u64,
    /// All of it.
    pub total: UnitsUsed,
    /// The most of either in one minute.
    pub busiest_minute: UnitsUsed,
}

/// What is told, as it goes over the wire.
pub fn to_json(report: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(report).expect("a report is plain data")
}
