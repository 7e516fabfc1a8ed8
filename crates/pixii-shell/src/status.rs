//! What stands below a result: how long it took, and what it consumed. Pure.

use crate::text::printable;
use serde_json::Value as Json;
use std::time::Duration;

/// `0.4 ms`, `12 ms`, `1.25 s`.
pub fn elapsed(elapsed: Duration) -> String {
    let milliseconds = elapsed.as_secs_f64() * 1_000.0;
    match milliseconds {
        ..9.95 => format!("{milliseconds:.1} ms"),
        ..999.5 => format!("{milliseconds:.0} ms"),
        _ => format!("{:.2} s", milliseconds / 1_000.0),
    }
}

/// A ConsumedCapacity as the wire has it: `0.5 read units`, `3 write units (table 1, ByYear 2)`.
pub fn units(capacity: &Json, reads: bool) -> String {
    let units = |of: &Json| of["CapacityUnits"].as_f64().unwrap_or_default();
    let total = units(capacity);
    let kind = if reads { "read" } else { "write" };
    let mut parts = vec![("table".to_owned(), units(&capacity["Table"]))];
    for arms in ["LocalSecondaryIndexes", "GlobalSecondaryIndexes"] {
        let arms = capacity[arms].as_object().into_iter().flatten();
        parts.extend(arms.map(|(name, arm)| (printable(name), units(arm))));
    }
    parts.retain(|(_, units)| *units > 0.0);
    let plural = if total == 1.0 { "" } else { "s" };
    let mut text = format!("{total} {kind} unit{plural}");
    // Where all of it is at one place, the statement names that.
    if parts.len() > 1 {
        let parts = parts.iter().map(|(name, units)| format!("{name} {units}")).collect::<Vec<_>>();
        text.push_str(&format!(" ({})", parts.join(", ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_have_a_fitting_unit() {
        for (microseconds, expect) in [
            (430, "0.4 ms"),
            (9_949, "9.9 ms"),
            (9_960, "10 ms"),
            (12_400, "12 ms"),
            (999_400, "999 ms"),
            (1_254_000, "1.25 s"),
        ] {
            assert_eq!(elapsed(Duration::from_micros(microseconds)), expect);
        }
    }

    #[test]
    fn units_are_told_for_each_index() {
        assert_eq!(
            units(&json!({"CapacityUnits": 0.5, "Table": {"CapacityUnits": 0.5}}), true),
            "0.5 read units"
        );
        assert_eq!(units(&json!({"CapacityUnits": 1.0}), false), "1 write unit");
        let index = json!({"CapacityUnits": 0.5, "Table": {"CapacityUnits": 0.0}, "GlobalSecondaryIndexes": {"i": {"CapacityUnits": 0.5}}});
        assert_eq!(units(&index, true), "0.5 read units");
        let capacity = json!({
            "CapacityUnits": 3.0, "Table": {"CapacityUnits": 1.0},
            "GlobalSecondaryIndexes": {"ByYear": {"CapacityUnits": 2.0}}
        });
        assert_eq!(units(&capacity, false), "3 write units (table 1, ByYear 2)");
    }
}
