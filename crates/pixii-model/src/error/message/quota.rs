//! Quotas that were passed.

use crate::date::InWords;
use crate::error::quota::{Quota, UnitsSetting};
use crate::error::throttling::Flow;
use crate::limits::{
    ACCOUNT_CAPACITY_UNITS_MAX, DECREASE_PAUSE_SECONDS, DECREASES_AT_ONCE_MAX, SWITCHES_TO_ON_DEMAND_MAX,
    TABLE_CAPACITY_UNITS_MAX,
};
use std::fmt;

/// How AWS begins most of these.
const EXCEEDED: &str = "Subscriber limit exceeded: ";
/// How AWS ends what is about units.
const REFER: &str =
    "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.";

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IndexChangesPerUpdate | Self::IndexChangesAtOnce => {
                write!(f, "{EXCEEDED}Only 1 online index can be created or deleted simultaneously per table")
            }
            Self::Decreases { today, last, next } => write!(
                f,
                "{EXCEEDED}Provisioned throughput decreases are limited within a given UTC day. \
                 After the first {DECREASES_AT_ONCE_MAX} decreases, each subsequent decrease in the same UTC day can be \
                 performed at most once every {DECREASE_PAUSE_SECONDS} seconds. Number of decreases today: {today}. \
                 Last decrease at {}. Next decrease can be made at {}",
                InWords(*last),
                InWords(*next)
            ),
            // Recorded when the limit was one; since it is four, nobody is known to have seen it.
            Self::SwitchesToOnDemand { last, next } => write!(
                f,
                "{EXCEEDED}Update to PayPerRequest mode are limited to {SWITCHES_TO_ON_DEMAND_MAX} times in 1 day(s). \
                 Last update at {}. Next update can be made at {}",
                InWords(*last),
                InWords(*next)
            ),
            Self::TableUnits { flow, requested, index: None, region } => write!(
                f,
                "The requested {}, {requested}, is above the per table maximum for the account in {region}. \
                 Per table maximum: {TABLE_CAPACITY_UNITS_MAX}. {REFER}",
                capacity_units(*flow)
            ),
            Self::TableUnits { flow, requested, index: Some(index), region } => write!(
                f,
                "The requested {} for index {index}, {requested}, is above the per index maximum for the account in \
                 {region}. Per table maximum: {TABLE_CAPACITY_UNITS_MAX}. {REFER}",
                capacity_units(*flow)
            ),
            Self::AccountUnits { flow, reserved, requested, region } => {
                let units = capacity_units(*flow);
                write!(
                    f,
                    "This request would have caused the {units} limit to be exceeded for the account in {region}. \
                     Current {units} reserved by the account: {reserved}. Limit: {ACCOUNT_CAPACITY_UNITS_MAX}. \
                     Requested: {requested}. {REFER}"
                )
            }
            Self::Units { setting, flow, index, region } => {
                let (member, structure, colon) = match (setting, flow) {
                    (UnitsSetting::Ceiling, Flow::Read) => {
                        ("MaxReadRequestUnits", "OnDemandThroughput", " :")
                    }
                    (UnitsSetting::Ceiling, Flow::Write) => {
                        ("MaxWriteRequestUnits", "OnDemandThroughput", " :")
                    }
                    (UnitsSetting::Warm, Flow::Read) => ("ReadUnitsPerSecond", "WarmThroughput", ""),
                    (UnitsSetting::Warm, Flow::Write) => ("WriteUnitsPerSecond", "WarmThroughput", ""),
                };
                write!(f, "{EXCEEDED}Requested {member} for {structure} for ")?;
                match index {
                    Some(index) => write!(f, "index{colon} {index}")?,
                    None => f.write_str("table")?,
                }
                write!(f, " exceeds TableMax{} of the account in region {region}", capacity_units(*flow))
            }
        }
    }
}

fn capacity_units(flow: Flow) -> &'static str {
    match flow {
        Flow::Read => "ReadCapacityUnits",
        Flow::Write => "WriteCapacityUnits",
    }
}
