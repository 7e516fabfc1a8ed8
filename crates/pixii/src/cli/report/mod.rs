//! `pixii report`: what was consumed, and what that would cost on AWS.

mod cost;
mod rates;

use super::Failure;
use super::admin::{self, DEFAULT_URL};
use super::columns::{Columns, number};
use super::moment::{Moment, Utc};
use clap::{Args, Subcommand};
use cost::{Cost, Price, total};
use pixii_model::admin::{ResourceUsage, UnitsUsed, UsageReport};
use rates::Rates;
use serde_json::json;
use std::io::{self, Write};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  pixii report cost --table Music
  pixii report cost --table Music --since 2h
  pixii report cost --table Music --since 2026-11-23T08:00:00Z --utilization 50
  pixii report rates > mine.json; pixii report cost --table Music --rates mine.json";

const COST_EXAMPLES: &str = "\
Examples:
  pixii report cost --table Music
  start=$(date -u +%FT%TZ); ./run-tests; pixii report cost --table Music --since $start
  pixii report cost --table Music --since 7d --utilization 50
  pixii report cost --table Music --json

The server saves what was consumed once a minute, with the table's data, and keeps it for 35 days; the minute in which
--since falls counts whole. A price is for requests and storage alone: no streams, backups or transfer, no free tier.";

/// Options of `pixii report`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Report {
    #[command(subcommand)]
    kind: Kind,
}

/// What to report.
#[derive(Debug, Subcommand)]
enum Kind {
    /// What a table and its indexes consumed, and what that would cost on AWS on demand and provisioned
    Cost(CostReport),
    /// The rates that prices are reckoned with, to be changed and given to --rates
    Rates,
}

/// Options of `pixii report cost`.
#[derive(Args, Debug)]
#[command(after_help = COST_EXAMPLES)]
struct CostReport {
    /// The table, by name or ARN
    #[arg(long, value_name = "TABLE")]
    table: String,

    /// Since when: a time like 2026-11-23T08:00:00Z, or how long ago like 30m, 2h or 7d [default: since it is known]
    #[arg(long, value_name = "WHEN")]
    since: Option<Moment>,

    /// Reckon with the rates in this file
    #[arg(long, value_name = "FILE")]
    rates: Option<PathBuf>,

    /// How much of what is provisioned would be used in the busiest minute, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 70, value_parser = clap::value_parser!(u8).range(1..=100))]
    utilization: u8,

    /// The server's admin endpoint
    #[arg(long, value_name = "URL", default_value = DEFAULT_URL)]
    url: String,

    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

/// Reports.
pub fn run(report: &Report) -> Result<(), Failure> {
    let text = match &report.kind {
        Kind::Rates => Rates::embedded().to_owned(),
        Kind::Cost(report) => report.text()?,
    };
    // Who closes stdout has seen enough.
    _ = io::stdout().lock().write_all(text.as_bytes());
    Ok(())
}

impl CostReport {
    fn text(&self) -> Result<String, Failure> {
        let rates = Rates::read(self.rates.as_deref()).map_err(Failure::Rates)?;
        let mut parameters = vec![("table", self.table.clone())];
        parameters.extend(self.since.map(|since| match since {
            Moment::At(time) => ("since", time.to_string()),
            Moment::Ago(seconds) => ("last", seconds.to_string()),
        }));
        let (_, usage) = admin::ask::<UsageReport>(&self.url, "/usage", &parameters)?;
        let cost = Cost::of(&usage, &rates, f64::from(self.utilization) / 100.0);
        Ok(match self.json {
            true => {
                let json =
                    json!({"usage": usage, "cost": cost, "rates": rates, "utilization": self.utilization});
                format!("{json:#}\n")
            }
            false => told(&usage, &cost, &rates, self.utilization),
        })
    }
}

fn told(usage: &UsageReport, cost: &Cost, rates: &Rates, utilization: u8) -> String {
    let mut out = format!("{}, {} to {}\n\n", usage.table_name, Utc(usage.from), Utc(usage.to));
    out += &consumed(&usage.resources).lines("");
    let class = &rates.table_class;
    out += &format!("\nOn AWS ({}, {class}, rates of {}, {})\n", rates.region, rates.date, rates.currency);
    let mut prices = Columns::default();
    let mut price = |name: &str, price: Price| {
        prices.row([name.to_owned(), money(price.so_far), price.month.map(money).unwrap_or_default()]);
    };
    price("on demand", cost.on_demand);
    price(&format!("provisioned by the hour, at {utilization} %"), cost.provisioned_by_the_hour);
    price(&format!("provisioned for the busiest minute, at {utilization} %"), cost.provisioned_throughout);
    let mut headed = Columns::default();
    let month = if cost.on_demand.month.is_some() { "a month of it" } else { "" };
    headed.row([String::new(), "so far".to_owned(), month.to_owned()]);
    headed.append(prices);
    out += &headed.lines("  ");
    out += &format!("  storage of what is there now: {} a month\n", money(cost.storage_month));
    if usage.table_class.as_str() != class {
        out += &format!("  The table's class is {}: these are not its rates.\n", usage.table_class.as_str());
    }
    out
}

fn consumed(resources: &[ResourceUsage]) -> Columns {
    let mut columns = Columns::default();
    let mut row = |name: String, units: UnitsUsed| {
        let shown = |units: f64| if units == 0.0 { String::new() } else { number(units, 1) };
        columns.row([name, shown(units.read_units), shown(units.write_units)]);
    };
    let mut all = UnitsUsed::default();
    for resource in resources {
        let name = match &resource.index_name {
            None => "table".to_owned(),
            Some(index) => format!("index {index}"),
        };
        let of_resource = total(resource);
        row(name, of_resource);
        all.read_units += of_resource.read_units;
        all.write_units += of_resource.write_units;
        for (operation, units) in &resource.operations {
            row(format!("  {operation}"), *units);
        }
    }
    row("all".to_owned(), all);
    let mut headed = Columns::default();
    headed.row([String::new(), "read units".to_owned(), "write units".to_owned()]);
    headed.append(columns);
    headed
}

/// Cents where there are many, and three digits that count where there are few.
fn money(amount: f64) -> String {
    if amount == 0.0 || amount >= 1.0 {
        return number(amount, 2);
    }
    let decimals = (2 - amount.log10().floor() as i32).clamp(2, 9) as usize;
    number(amount, decimals)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pixii_model::admin::HourUsage;
    use pixii_model::table::{BillingMode, TableClass};
    use std::collections::BTreeMap;

    #[test]
    fn money_has_three_digits_that_count() {
        for (amount, expected) in [
            (0.0, "0.00"),
            (1234.567, "1,234.57"),
            (0.25, "0.250"),
            (0.000123456, "0.000123"),
            (1e-12, "0.000000000"),
        ] {
            assert_eq!(money(amount), expected);
        }
    }

    #[test]
    fn a_report_is_read_in_columns() {
        let units = |read_units, write_units| UnitsUsed { read_units, write_units };
        let resource = |index: Option<&str>, operations: &[(&str, UnitsUsed)]| ResourceUsage {
            index_name: index.map(str::to_owned),
            item_count: 10,
            size_bytes: 1 << 20,
            operations: operations
                .iter()
                .map(|(name, units)| ((*name).to_owned(), *units))
                .collect::<BTreeMap<_, _>>(),
            hours: vec![HourUsage {
                start: 1_795_420_800,
                total: units(0.0, 0.0),
                busiest_minute: units(60.0, 6.0),
            }],
        };
        let usage = UsageReport {
            table_name: "Music".into(),
            table_class: TableClass::StandardInfrequentAccess,
            billing_mode: BillingMode::PayPerRequest,
            from: 1_795_420_800,
            to: 1_795_428_000,
            resources: vec![
                resource(None, &[("GetItem", units(1_200_000.5, 0.0)), ("PutItem", units(0.0, 300.0))]),
                resource(Some("by-genre"), &[("PutItem", units(0.0, 300.0))]),
            ],
        };
        let rates = Rates::read(None).unwrap();
        let text = told(&usage, &Cost::of(&usage, &rates, 0.7), &rates, 70);
        let expected = "\
Music, 2026-11-23 08:00:00 UTC to 2026-11-23 10:00:00 UTC

                  read units  write units
table            1,200,000.5        300.0
  GetItem        1,200,000.5
  PutItem                           300.0
index by-genre                      300.0
  PutItem                           300.0
all              1,200,000.5        600.0

On AWS (us-east-1, STANDARD, rates of 2026-10-04, USD)
                                              so far  a month of it
  on demand                                    0.150          54.89
  provisioned by the hour, at 70 %           0.00338           1.23
  provisioned for the busiest minute, at 70 %  0.00364         1.33
  storage of what is there now: 0.000489 a month
  The table's class is STANDARD_INFREQUENT_ACCESS: these are not its rates.
";
        let squeezed = |text: &str| -> Vec<String> {
            text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
        };
        assert_eq!(squeezed(&text), squeezed(expected), "{text}");
    }
}
