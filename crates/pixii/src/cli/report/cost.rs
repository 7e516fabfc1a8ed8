//! What units would cost on AWS: pure arithmetic.
//!
//! On demand each unit has its price. Provisioned, an hour's price is that of what was reserved for it: enough for its busiest
//! minute at the utilisation that auto scaling would aim at, in whole units, one at least; or the same for all hours, enough
//! for the busiest minute of all.

use super::rates::Rates;
use pixii_model::admin::{ResourceUsage, UnitsUsed, UsageReport};
use serde::Serialize;

const HOUR_SECONDS: u64 = 3600;
/// Hours in a month, as AWS reckons.
const MONTH_HOURS: f64 = 730.0;
/// What AWS adds to each item's bytes for storage (Developer Guide: "Amazon DynamoDB table size").
const ITEM_OVERHEAD_BYTES: i64 = 100;

/// What a table and its indexes would cost.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Cost {
    /// How many hours began in the time that is told of: what is provisioned is paid for whole hours.
    pub hours: u64,
    /// On demand.
    pub on_demand: Price,
    /// Provisioned, for each hour what its busiest minute needs.
    pub provisioned_by_the_hour: Price,
    /// Provisioned, always what the busiest minute of all needs.
    pub provisioned_throughout: Price,
    /// To keep for a month what is kept now.
    pub storage_month: f64,
}

/// A price.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Price {
    /// Of what was consumed.
    pub so_far: f64,
    /// Of a month of it; told if an hour is known at least.
    pub month: Option<f64>,
}

impl Cost {
    /// Of what was used, at rates, and at a utilisation between 0 and 1.
    pub fn of(usage: &UsageReport, rates: &Rates, utilization: f64) -> Self {
        let first_hour = usage.from / HOUR_SECONDS;
        let hours = usage.to.div_ceil(HOUR_SECONDS).saturating_sub(first_hour).max(1);
        let mut on_demand = 0.0;
        let (mut by_the_hour, mut throughout) = (0.0, 0.0);
        for resource in &usage.resources {
            let total = total(resource);
            on_demand += total.read_units / 1e6 * rates.on_demand.million_read_request_units
                + total.write_units / 1e6 * rates.on_demand.million_write_request_units;
            let quiet = hours.saturating_sub(resource.hours.len() as u64) as f64;
            by_the_hour += quiet * hour_price(UnitsUsed::default(), rates, utilization);
            let mut busiest = UnitsUsed::default();
            for hour in &resource.hours {
                by_the_hour += hour_price(hour.busiest_minute, rates, utilization);
                busiest.read_units = busiest.read_units.max(hour.busiest_minute.read_units);
                busiest.write_units = busiest.write_units.max(hour.busiest_minute.write_units);
            }
            throughout += hours as f64 * hour_price(busiest, rates, utilization);
        }
        let seconds = usage.to.saturating_sub(usage.from);
        let known = seconds >= HOUR_SECONDS;
        let by_time = MONTH_HOURS * HOUR_SECONDS as f64 / seconds.max(1) as f64;
        let by_hours = MONTH_HOURS / hours as f64;
        let price = |so_far, months: f64| Price { so_far, month: known.then_some(so_far * months) };
        let bytes: i64 = usage
            .resources
            .iter()
            .map(|resource| resource.size_bytes + ITEM_OVERHEAD_BYTES * resource.item_count)
            .sum();
        Self {
            hours,
            on_demand: price(on_demand, by_time),
            provisioned_by_the_hour: price(by_the_hour, by_hours),
            provisioned_throughout: price(throughout, by_hours),
            storage_month: bytes.max(0) as f64 / f64::from(1 << 30) * rates.storage_gb_month,
        }
    }
}

/// What a table or index consumed.
pub fn total(resource: &ResourceUsage) -> UnitsUsed {
    let operations = resource.operations.values();
    operations.fold(UnitsUsed::default(), |sum, units| UnitsUsed {
        read_units: sum.read_units + units.read_units,
        write_units: sum.write_units + units.write_units,
    })
}

/// The price of an hour for which enough is reserved for such a minute.
fn hour_price(busiest_minute: UnitsUsed, rates: &Rates, utilization: f64) -> f64 {
    let reserved = |units: f64| (units / 60.0 / utilization).ceil().max(1.0);
    reserved(busiest_minute.read_units) * rates.provisioned.read_capacity_unit_hour
        + reserved(busiest_minute.write_units) * rates.provisioned.write_capacity_unit_hour
}

#[cfg(test)]
mod tests {
    use super::*;
    use pixii_model::admin::HourUsage;
    use pixii_model::table::{BillingMode, TableClass};
    use std::collections::BTreeMap;

    fn units(read_units: f64, write_units: f64) -> UnitsUsed {
        UnitsUsed { read_units, write_units }
    }

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    #[test]
    fn units_have_a_price_and_hours_have_one() {
        let rates = Rates::read(None).unwrap();
        let hour =
            |number: u64, total, busiest_minute| HourUsage { start: number * 3600, total, busiest_minute };
        let table = ResourceUsage {
            index_name: None,
            item_count: 1 << 20,
            size_bytes: (1 << 30) - 100 * (1 << 20),
            operations: BTreeMap::from([
                ("GetItem".to_owned(), units(8_000_000.0, 0.0)),
                ("PutItem".to_owned(), units(0.0, 1_000_000.0)),
            ]),
            hours: vec![
                hour(10, units(8_000_000.0, 0.0), units(6_000.0, 0.0)),
                hour(11, units(0.0, 1_000_000.0), units(0.0, 4_200.0)),
            ],
        };
        let mut usage = UsageReport {
            table_name: "Music".into(),
            table_class: TableClass::Standard,
            billing_mode: BillingMode::PayPerRequest,
            from: 10 * 3600 + 1800,
            to: 13 * 3600,
            resources: vec![table],
        };
        let cost = Cost::of(&usage, &rates, 0.5);
        assert_eq!(cost.hours, 3);
        close(cost.on_demand.so_far, 1.0 + 0.625);
        close(cost.on_demand.month.unwrap(), 1.625 * 730.0 / 2.5);
        // 200 units a second for reads in the first hour, 140 for writes in the second, one of each else.
        let (read, write) = (0.00013, 0.00065);
        close(cost.provisioned_by_the_hour.so_far, (200.0 + 1.0 + 1.0) * read + (1.0 + 140.0 + 1.0) * write);
        close(cost.provisioned_throughout.so_far, 3.0 * (200.0 * read + 140.0 * write));
        close(cost.provisioned_throughout.month.unwrap(), 730.0 * (200.0 * read + 140.0 * write));
        close(cost.storage_month, 0.25);

        // A few minutes say nothing of a month.
        usage.to = usage.from + 600;
        assert_eq!(Cost::of(&usage, &rates, 0.7).on_demand.month, None);
        assert_eq!(Cost::of(&usage, &rates, 0.7).hours, 1);
    }
}
