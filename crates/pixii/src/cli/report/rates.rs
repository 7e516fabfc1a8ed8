//! What AWS charges: a table with a date, which a user can replace.

use serde::{Deserialize, Serialize};
use std::path::Path;

/// The rates that come with the program.
const EMBEDDED: &str = include_str!("rates.json");

/// Rates of one region and table class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rates {
    /// The region.
    pub region: String,
    /// The class of tables.
    pub table_class: String,
    /// When they were looked up.
    pub date: String,
    /// Where.
    pub source: String,
    /// In which currency they are.
    pub currency: String,
    /// On demand.
    pub on_demand: OnDemand,
    /// Provisioned.
    pub provisioned: Provisioned,
    /// A gigabyte kept for a month.
    pub storage_gb_month: f64,
}

/// Rates on demand.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnDemand {
    /// A million read request units.
    pub million_read_request_units: f64,
    /// A million write request units.
    pub million_write_request_units: f64,
}

/// Rates of provisioned capacity.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provisioned {
    /// A read capacity unit for an hour.
    pub read_capacity_unit_hour: f64,
    /// A write capacity unit for an hour.
    pub write_capacity_unit_hour: f64,
}

impl Rates {
    /// The rates in a file, or those that come with the program.
    pub fn read(file: Option<&Path>) -> Result<Self, String> {
        match file {
            None => Ok(serde_json::from_str(EMBEDDED).expect("the embedded rates are read by a test")),
            Some(file) => {
                let text = std::fs::read_to_string(file)
                    .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
                serde_json::from_str(&text).map_err(|error| {
                    format!("{} has no rates like `pixii report rates` prints: {error}", file.display())
                })
            }
        }
    }

    /// The rates that come with the program, as they are in their file.
    pub fn embedded() -> &'static str {
        EMBEDDED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_from_the_program_or_a_file() {
        let embedded = Rates::read(None).unwrap();
        assert_eq!((embedded.region.as_str(), embedded.currency.as_str()), ("us-east-1", "USD"));
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("rates.json");
        std::fs::write(&file, EMBEDDED.replace("0.125", "0.25")).unwrap();
        assert_eq!(Rates::read(Some(&file)).unwrap().on_demand.million_read_request_units, 0.25);
        std::fs::write(&file, EMBEDDED.replace("0.125", "\"much\"")).unwrap();
        assert!(Rates::read(Some(&file)).unwrap_err().contains("has no rates"));
        assert!(Rates::read(Some(&dir.path().join("none"))).unwrap_err().contains("cannot read"));
    }
}
