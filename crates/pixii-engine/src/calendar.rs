//! Days of the week and of months, in UTC: what schedules are reckoned by.

use pixii_model::date::{Date, day_number};

/// Seconds of a day.
pub const DAY_SECONDS: u64 = 86_400;

/// The date of a day, counted from 1970-01-01: year, month from 1, day from 1.
pub fn date(days: u64) -> (u64, u64, u64) {
    let Date { year, month, day, .. } = Date::of_day(days);
    (year, month, day)
}

/// The day of the week, from 0 for Sunday.
pub fn weekday(days: u64) -> u64 {
    // 1970-01-01 was a Thursday.
    (days + 4) % 7
}

/// How many days a month has.
pub fn month_length(year: u64, month: u64) -> u64 {
    (28..=31).rev().find(|last| day_number(year, month, *last).is_some()).unwrap_or(28)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_weeks_and_months() {
        assert_eq!((month_length(2024, 2), month_length(2023, 2), month_length(2023, 12)), (29, 28, 31));
        // 14 November 2023 was a Tuesday.
        assert_eq!(weekday(day_number(2023, 11, 14).unwrap()), 2);
    }
}
