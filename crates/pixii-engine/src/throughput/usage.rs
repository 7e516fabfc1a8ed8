//! What was consumed, as it is kept in the store: for each hour a row, with what each operation consumed in each minute of it.

use super::consumption::Consumed;
use crate::env::Micros;
use bytes::Bytes;
use pixii_model::error::Flow;
use pixii_store::StoreError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// For how many hours rows are kept: 35 days, so that a month can be told of.
pub const HOURS_KEPT: u32 = 35 * 24;

/// A minute, counted from 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct MinuteNumber(pub u64);

/// What was consumed in one hour.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HourRow {
    /// By the minute of the hour.
    pub minutes: BTreeMap<u8, MinuteUsage>,
}

/// What was consumed in one minute: units by the operation's name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MinuteUsage {
    /// Read units.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub read: BTreeMap<String, f64>,
    /// Write units.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub write: BTreeMap<String, f64>,
}

impl MinuteNumber {
    /// The minute that is running at a time.
    pub fn at(time: Micros) -> Self {
        Self(time.seconds() / 60)
    }

    /// When it begins.
    pub fn start(self) -> Micros {
        Micros(self.0 * 60_000_000)
    }

    /// The hour that it is in.
    pub fn hour(self) -> u32 {
        (self.0 / 60) as u32
    }

    /// The minute of an hour.
    pub fn of_hour(hour: u32, minute: u8) -> Self {
        Self(u64::from(hour) * 60 + u64::from(minute))
    }
}

impl HourRow {
    /// Reads a row.
    pub fn from_stored(value: &[u8]) -> Result<Self, StoreError> {
        let damaged = |error| StoreError::Fatal {
            detail: format!("what was consumed in an hour cannot be read: {error}"),
        };
        serde_json::from_slice(value).map_err(damaged)
    }

    /// The row as it is stored.
    pub fn to_stored(&self) -> Bytes {
        serde_json::to_vec(self).expect("a row is plain data").into()
    }

    /// Adds what was consumed in a minute of it.
    pub fn add(&mut self, minute: MinuteNumber, consumed: &[Consumed]) {
        let usage = self.minutes.entry((minute.0 % 60) as u8).or_default();
        for consumed in consumed {
            let units = match consumed.flow {
                Flow::Read => &mut usage.read,
                Flow::Write => &mut usage.write,
            };
            *units.entry(consumed.operation.as_str().to_owned()).or_default() += consumed.units();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pixii_model::operation::OperationName;

    #[test]
    fn rows_add_up_and_come_back() {
        let consumed = |operation, flow, micro_units| Consumed { operation, flow, micro_units };
        let minute = MinuteNumber::of_hour(497_000, 7);
        assert_eq!((minute.hour(), MinuteNumber::at(minute.start())), (497_000, minute));
        let mut row = HourRow::default();
        row.add(minute, &[consumed(OperationName::GetItem, Flow::Read, 500_000)]);
        row.add(
            minute,
            &[
                consumed(OperationName::GetItem, Flow::Read, 1_000_000),
                consumed(OperationName::PutItem, Flow::Write, 3_000_000),
            ],
        );
        let stored = row.to_stored();
        assert_eq!(stored, r#"{"minutes":{"7":{"read":{"GetItem":1.5},"write":{"PutItem":3.0}}}}"#);
        assert_eq!(HourRow::from_stored(&stored).unwrap(), row);
        assert!(HourRow::from_stored(b"{").is_err());
    }
}
