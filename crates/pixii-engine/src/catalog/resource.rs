//! The names that DynamoDB makes up for what belongs to a table: stream labels, ARNs of managed keys.

use crate::engine::Engine;
use crate::env::Micros;
use pixii_model::date::Date;
use pixii_model::table::SseSpecification;
use pixii_store::Store;

/// The label of a stream that begins at that time: `2026-11-23T03:04:26.123`.
pub fn stream_label(time: Micros) -> String {
    let (days, second) = (time.seconds() / 86_400, time.seconds() % 86_400);
    let Date { year, month, day, .. } = Date::of_day(days);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}",
        second / 3600,
        second / 60 % 60,
        second % 60,
        time.millis() % 1000
    )
}

impl<S: Store> Engine<S> {
    /// The ARN of the key that a specification asks for; `None` if it asks for none. `current` is the one in use: turning
    /// encryption on again does not change an AWS managed key.
    pub(crate) fn kms_key_arn(&self, wanted: &SseSpecification, current: Option<&str>) -> Option<String> {
        if wanted.enabled != Some(true) {
            return None;
        }
        let arn = |resource: &str| {
            format!("arn:aws:kms:{}:{}:{resource}", self.settings.region, self.settings.account)
        };
        Some(match &wanted.kms_master_key_id {
            Some(id) if id.starts_with("arn:") => id.clone(),
            Some(alias) if alias.starts_with("alias/") => arn(alias),
            Some(id) => arn(&format!("key/{id}")),
            None => current.map_or_else(|| arn(&format!("key/{}", self.env.uuid())), str::to_owned),
        })
    }
}

/// Tells the log that a table is not encrypted, though somebody wanted it to be.
pub(crate) fn warn_of_plain_text(table: &str) {
    tracing::warn!(
        table,
        "encryption was asked for, and there is none yet: items lie in plain text (docs/compatibility.md)"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_dates_and_times() {
        for (seconds, label) in [
            (0, "1970-01-01T00:00:00.007"),
            (951_782_399, "2000-02-28T23:59:59.007"),
            (951_782_400, "2000-02-29T00:00:00.007"),
            (951_868_800, "2000-03-01T00:00:00.007"),
            (1_735_689_599, "2024-12-31T23:59:59.007"),
            (4_107_542_400, "2100-03-01T00:00:00.007"),
        ] {
            assert_eq!(stream_label(Micros(seconds * 1_000_000 + 7_000)), label);
        }
    }
}
