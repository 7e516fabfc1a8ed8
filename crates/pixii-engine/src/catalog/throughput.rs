//! The throughput of tables and indexes as records keep it: how it is changed, how warm it is, what it allows. Pure.
//!
//! Warm throughput is what a table or index can take at once. It begins at what is provisioned, or at what AWS gives to all that
//! is on demand; it follows whatever raises that, and what was asked for; and on demand it grows to twice the load. It never
//! falls, as AWS's does not.

use super::record::{Growth, Throughput};
use crate::env::Micros;
use crate::partition::Partitions;
use crate::throughput::{self, Allowance};
use pixii_model::ApiError;
use pixii_model::error::{Quota, TableFault};
use pixii_model::limits::{DECREASE_PAUSE_SECONDS, DECREASES_AT_ONCE_MAX};
use pixii_model::table::throughput::{ON_DEMAND_READ_UNITS, ON_DEMAND_WRITE_UNITS};
use pixii_model::table::{OnDemandThroughput, ProvisionedThroughput, WarmThroughput};
use std::time::Duration;

const DAY_SECONDS: u64 = 24 * 60 * 60;

impl Throughput {
    /// Of something new.
    pub fn new(
        provisioned: Option<ProvisionedThroughput>,
        ceiling: Option<OnDemandThroughput>,
        warm: Option<WarmThroughput>,
    ) -> Self {
        Self { provisioned: provisioned.unwrap_or_default(), ceiling, warm, ..Self::default() }
    }

    /// What it allows.
    pub(super) fn allowance(&self, on_demand: bool) -> Allowance {
        let limits = match on_demand {
            true => {
                let ceiling = self.ceiling.unwrap_or_default();
                throughput::ceiling(ceiling.max_read_request_units, ceiling.max_write_request_units)
            }
            false => throughput::provisioned(
                self.provisioned.read_capacity_units,
                self.provisioned.write_capacity_units,
            ),
        };
        Allowance { on_demand, limits, warm: self.warmth(on_demand) }
    }

    /// The partitions that something new with it begins with: as many as its throughput needs, and as being warm needs.
    pub fn partitions(&self, on_demand: bool) -> Partitions {
        let (read, write) = self.warmth(on_demand);
        let warm = Partitions::on_demand(read, write);
        let provisioned = Partitions::provisioned(self.provisioned);
        if provisioned.iter().len() > warm.iter().len() { provisioned } else { warm }
    }

    /// Read and write units that it can take at once.
    pub fn warmth(&self, on_demand: bool) -> (i64, i64) {
        let least = match on_demand {
            true => (ON_DEMAND_READ_UNITS, ON_DEMAND_WRITE_UNITS),
            false => (self.provisioned.read_capacity_units, self.provisioned.write_capacity_units),
        };
        let warm = self.warm.unwrap_or_default();
        (
            warm.read_units_per_second.unwrap_or(0).max(least.0),
            warm.write_units_per_second.unwrap_or(0).max(least.1),
        )
    }

    /// Has it become warmer when that is done.
    pub(super) fn warm_to(
        &mut self,
        wanted: WarmThroughput,
        on_demand: bool,
        index: Option<&str>,
    ) -> Result<(), TableFault> {
        wanted.check_raise(self.warmth(on_demand), index)?;
        self.next_warm = Some(wanted);
        Ok(())
    }

    /// Grows by itself to so many read and write units, but to no more than twice what it had within each `pause`. Answers whether
    /// it did.
    pub(super) fn grow(&mut self, (read, write): (i64, i64), pause: Duration, now: Micros) -> bool {
        let had = self.warmth(true);
        let growth = self.growth.filter(|growth| growth.since.after(pause) > now);
        let growth = growth.unwrap_or(Growth { since: now, from: had });
        let (read_max, write_max) = (growth.from.0.saturating_mul(2), growth.from.1.saturating_mul(2));
        let grown = (read.min(read_max).max(had.0), write.min(write_max).max(had.1));
        if grown == had {
            return false;
        }
        self.warm = Some(warm(grown.0, grown.1));
        self.growth = Some(growth);
        true
    }

    /// Whether nothing is provisioned.
    pub(super) fn is_zero(&self) -> bool {
        self.provisioned == ProvisionedThroughput::default()
    }

    /// What it is about to be.
    pub(super) fn wanted(&self) -> ProvisionedThroughput {
        self.next.unwrap_or(self.provisioned)
    }

    /// Takes another throughput in view. AWS dates the change from now, and again when it is done. `index` is whose it is,
    /// if not the table's; `limited` is whether a day has only so many decreases.
    pub(super) fn change(
        &mut self,
        wanted: ProvisionedThroughput,
        now: Micros,
        index: Option<&str>,
        limited: bool,
    ) -> Result<(), ApiError> {
        if wanted == self.provisioned {
            return Err(TableFault::ThroughputUnchanged {
                index: index.map(str::to_owned),
                read: wanted.read_capacity_units,
                write: wanted.write_capacity_units,
            }
            .into());
        }
        if limited && self.is_lowered_by(wanted) {
            self.check_decrease(now)?;
        }
        self.next = Some(wanted);
        self.date_change(wanted, now);
        Ok(())
    }

    /// Whether it may be lowered: four times a day (UTC), and after that once an hour.
    fn check_decrease(&self, now: Micros) -> Result<(), ApiError> {
        let (today, Some(last)) = (self.times_lowered_today(now), self.lowered) else { return Ok(()) };
        let midnight = (now.seconds() / DAY_SECONDS + 1) * DAY_SECONDS;
        let next = (last.seconds() + DECREASE_PAUSE_SECONDS).min(midnight);
        if today < DECREASES_AT_ONCE_MAX || now.seconds() >= next {
            return Ok(());
        }
        Err(ApiError::LimitExceeded(Quota::Decreases { today, last: last.seconds(), next }))
    }

    /// Makes it what it is about to be.
    pub(super) fn settle(&mut self, on_demand: bool, now: Micros) {
        if let Some(next) = self.next.take() {
            if self.date_change(next, now) {
                self.times_lowered += 1;
            }
            self.provisioned = next;
        }
        let asked = self.next_warm.take().unwrap_or_default();
        let (read, write) = self.warmth(on_demand);
        self.warm = Some(warm(
            asked.read_units_per_second.unwrap_or(0).max(read),
            asked.write_units_per_second.unwrap_or(0).max(write),
        ));
    }

    fn is_lowered_by(&self, next: ProvisionedThroughput) -> bool {
        next.read_capacity_units < self.provisioned.read_capacity_units
            || next.write_capacity_units < self.provisioned.write_capacity_units
    }

    /// Notes that the change to `next` is under way or done. Answers whether it lowers anything.
    fn date_change(&mut self, next: ProvisionedThroughput, now: Micros) -> bool {
        let before = self.provisioned;
        if next.read_capacity_units > before.read_capacity_units
            || next.write_capacity_units > before.write_capacity_units
        {
            self.raised = Some(now);
        }
        let lowers = self.is_lowered_by(next);
        if lowers {
            self.times_lowered = self.times_lowered_today(now);
            self.lowered = Some(now);
        }
        lowers
    }

    /// How often it was lowered since midnight, UTC.
    pub fn times_lowered_today(&self, now: Micros) -> i64 {
        match self.lowered {
            Some(lowered) if lowered.seconds() / DAY_SECONDS == now.seconds() / DAY_SECONDS => {
                self.times_lowered
            }
            _ => 0,
        }
    }

    /// Changes the ceilings that are named; -1 takes one away.
    pub(super) fn change_ceiling(&mut self, wanted: OnDemandThroughput) {
        let merged = |wanted: Option<i64>, current: Option<i64>| match wanted {
            Some(-1) => None,
            Some(wanted) => Some(wanted),
            None => current,
        };
        let current = self.ceiling.unwrap_or_default();
        self.ceiling = Some(OnDemandThroughput {
            max_read_request_units: merged(wanted.max_read_request_units, current.max_read_request_units),
            max_write_request_units: merged(wanted.max_write_request_units, current.max_write_request_units),
        });
    }
}

fn warm(read: i64, write: i64) -> WarmThroughput {
    WarmThroughput { read_units_per_second: Some(read), write_units_per_second: Some(write) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_as_warm_as_can_be_told_grows_no_more() {
        let most = WarmThroughput { read_units_per_second: Some(i64::MAX), write_units_per_second: None };
        let mut throughput = Throughput::new(None, None, Some(most));
        assert!(throughput.grow((i64::MAX, 9_000), Duration::ZERO, Micros(1)));
        assert_eq!(throughput.warmth(true), (i64::MAX, 2 * ON_DEMAND_WRITE_UNITS));
    }
}
