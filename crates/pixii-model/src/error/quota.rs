//! Quotas that were passed: `LimitExceededException`.

use super::throttling::Flow;

/// Which quota was passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quota {
    /// One index creation or deletion for each UpdateTable.
    IndexChangesPerUpdate,
    /// Indexes of one table being created or deleted at a time.
    IndexChangesAtOnce,
    /// Decreases of the throughput of one table or index in a day.
    Decreases {
        /// How many there were today.
        today: i64,
        /// When the last was, in seconds since 1970.
        last: u64,
        /// When the next may be.
        next: u64,
    },
    /// Switches of one table to on demand in a day.
    SwitchesToOnDemand {
        /// When the last was, in seconds since 1970.
        last: u64,
        /// When the next may be.
        next: u64,
    },
    /// Provisioned units of one table, or of one index.
    TableUnits {
        /// Which units.
        flow: Flow,
        /// How many were asked for.
        requested: i64,
        /// The index, if it is one.
        index: Option<String>,
        /// The region.
        region: String,
    },
    /// Provisioned units of all tables and indexes of an account.
    AccountUnits {
        /// Which units.
        flow: Flow,
        /// How many there are.
        reserved: i64,
        /// How many were asked for beyond that.
        requested: i64,
        /// The region.
        region: String,
    },
    /// A ceiling, or warmth, above what one table may have.
    Units {
        /// Which of the two.
        setting: UnitsSetting,
        /// Which units.
        flow: Flow,
        /// The index, if it is one.
        index: Option<String>,
        /// The region.
        region: String,
    },
}

/// A setting in units, beside provisioned throughput.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitsSetting {
    /// `OnDemandThroughput`.
    Ceiling,
    /// `WarmThroughput`.
    Warm,
}
