//! Days of dates and days of the week, in UTC: what schedules are reckoned by.

use pixii_model::date::Date;

/// Seconds of a day.
pub const DAY_SECONDS: u64 = 86_400;

/// The date of a day, counted from 1970-01-01: year, month from 1, day from 1.
pub fn date(days: u64) -> (u64, u64, u64) {
    let Date { year, month, day, .. } = Date::of_day(days);
    (year, month, day)
}

/// The day of a date, counted from 1970-01-01; `None` if there is no such date, or if it was before.
pub fn day(year: u64, month: u64, day: u64) -> Option<u64> {
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // As in `Date`, backwards.
    let year_from_march = year - u64::from(month <= 2);
    let (era, year_of_era) = (year_from_march / 400, year_from_march % 400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    (date(days) == (year, month, day)).then_some(days)
}

/// The day of the week, from 0 for Sunday.
pub fn weekday(days: u64) -> u64 {
    // 1970-01-01 was a Thursday.
    (days + 4) % 7
}

/// How many days a month has.
pub fn month_length(year: u64, month: u64) -> u64 {
    (28..=31).rev().find(|last| day(year, month, *last).is_some()).unwrap_or(28)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_each_others_inverse() {
        for days in (0..200_000).step_by(37) {
            let (year, month, of_month) = date(days);
            assert_eq!(day(year, month, of_month), Some(days));
        }
        assert_eq!(day(2023, 2, 29), None);
        assert_eq!((month_length(2024, 2), month_length(2023, 2), month_length(2023, 12)), (29, 28, 31));
        // 14 November 2023 was a Tuesday.
        assert_eq!(weekday(day(2023, 11, 14).unwrap()), 2);
    }
}
