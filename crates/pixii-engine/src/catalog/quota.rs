//! What one table, and all of an account's, may have of throughput: pure. Nothing of it holds where quotas are not enforced.

use super::record::{TableRecord, Throughput};
use crate::env::Micros;
use crate::table::IndexKind;
use pixii_model::error::{Flow, Quota, UnitsSetting};
use pixii_model::limits::{ACCOUNT_CAPACITY_UNITS_MAX, SWITCHES_TO_ON_DEMAND_MAX, TABLE_CAPACITY_UNITS_MAX};
use pixii_model::table::ProvisionedThroughput;
use std::iter;

const DAY_MICROS: u64 = 24 * 60 * 60 * 1_000_000;

/// The quotas that a change of a table is held to.
#[derive(Clone, Debug)]
pub struct Quotas {
    /// The region, which messages name.
    pub region: String,
    /// What all other tables and their indexes have provisioned.
    pub others: ProvisionedThroughput,
}

impl Quotas {
    /// Whether a table may become what `after` says; `before` is what it is, if it is there.
    pub fn check(&self, before: Option<&TableRecord>, after: &TableRecord) -> Result<(), Quota> {
        for (index, throughput) in parts(after) {
            let known = before.and_then(|before| parts(before).find(|(name, _)| *name == index));
            for flow in [Flow::Read, Flow::Write] {
                // What was there before stays as it is, be it too much.
                let over = |units: fn(&Throughput, Flow) -> Option<i64>| {
                    let had = known.and_then(|(_, known)| units(known, flow));
                    units(throughput, flow)
                        .filter(|units| *units > TABLE_CAPACITY_UNITS_MAX && had != Some(*units))
                };
                let (index, region) = (index.map(str::to_owned), self.region.clone());
                if let Some(requested) = over(provisioned_units) {
                    return Err(Quota::TableUnits { flow, requested, index, region });
                }
                if over(ceiling_units).is_some() {
                    return Err(Quota::Units { setting: UnitsSetting::Ceiling, flow, index, region });
                }
                if over(warm_units).is_some() {
                    return Err(Quota::Units { setting: UnitsSetting::Warm, flow, index, region });
                }
            }
        }
        for flow in [Flow::Read, Flow::Write] {
            let had = before.map_or(0, |before| units(provisioned(before), flow));
            let reserved = units(self.others, flow) + had;
            let requested = units(provisioned(after), flow) - had;
            if requested > 0 && reserved + requested > ACCOUNT_CAPACITY_UNITS_MAX {
                return Err(Quota::AccountUnits { flow, reserved, requested, region: self.region.clone() });
            }
        }
        Ok(())
    }
}

/// Whether a table that was switched to on demand at these times may be now.
pub fn check_switches(switches: &[Micros], now: Micros) -> Result<(), Quota> {
    let of_late: Vec<_> = switches.iter().filter(|switch| switch.0 + DAY_MICROS > now.0).collect();
    match (of_late.first(), of_late.last()) {
        (Some(first), Some(last)) if of_late.len() >= SWITCHES_TO_ON_DEMAND_MAX => {
            Err(Quota::SwitchesToOnDemand {
                last: last.seconds(),
                next: Micros(first.0 + DAY_MICROS).seconds(),
            })
        }
        _ => Ok(()),
    }
}

/// What a table and its global indexes have provisioned together, or are about to have.
pub fn provisioned(record: &TableRecord) -> ProvisionedThroughput {
    let sum = |flow| parts(record).map(|(_, throughput)| units(throughput.wanted(), flow)).sum();
    ProvisionedThroughput { read_capacity_units: sum(Flow::Read), write_capacity_units: sum(Flow::Write) }
}

/// The throughput of a table, and that of each of its global indexes by name.
fn parts(record: &TableRecord) -> impl Iterator<Item = (Option<&str>, &Throughput)> {
    let global = record.indexes.iter().filter(|index| index.kind == IndexKind::Global);
    iter::once((None, &record.throughput))
        .chain(global.map(|index| (Some(index.name.as_str()), &index.throughput)))
}

fn units(throughput: ProvisionedThroughput, flow: Flow) -> i64 {
    match flow {
        Flow::Read => throughput.read_capacity_units,
        Flow::Write => throughput.write_capacity_units,
    }
}

fn provisioned_units(throughput: &Throughput, flow: Flow) -> Option<i64> {
    Some(units(throughput.wanted(), flow))
}

fn ceiling_units(throughput: &Throughput, flow: Flow) -> Option<i64> {
    let ceiling = throughput.ceiling?;
    match flow {
        Flow::Read => ceiling.max_read_request_units,
        Flow::Write => ceiling.max_write_request_units,
    }
}

fn warm_units(throughput: &Throughput, flow: Flow) -> Option<i64> {
    let warm = throughput.next_warm.or(throughput.warm)?;
    match flow {
        Flow::Read => warm.read_units_per_second,
        Flow::Write => warm.write_units_per_second,
    }
}
