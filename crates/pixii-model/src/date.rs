//! The Gregorian calendar, in UTC.

use std::fmt;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// 1970-01-01 was the first of these.
const WEEKDAYS: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    /// The year.
    pub year: u64,
    /// The month, from 1.
    pub month: u64,
    /// The day of the month, from 1.
    pub day: u64,
    /// The day of the week, in English.
    pub weekday: &'static str,
}

impl Date {
    /// The date of a day, counted from 1970-01-01.
    pub fn of_day(days: u64) -> Self {
        let weekday = WEEKDAYS[(days % 7) as usize];
        // Years that begin in March put the leap day last; an era is 400 of them.
        let days = days + 719_468;
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        Self { year: era * 400 + year_of_era + u64::from(month <= 2), month, day, weekday }
    }
}

/// The day of a date, counted from 1970-01-01; `None` if there is no such date, or if it was before.
pub fn day_number(year: u64, month: u64, day: u64) -> Option<u64> {
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // As in `Date::of_day`, backwards.
    let year_from_march = year - u64::from(month <= 2);
    let (era, year_of_era) = (year_from_march / 400, year_from_march % 400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    let date = Date::of_day(days);
    ((date.year, date.month, date.day) == (year, month, day)).then_some(days)
}

/// A second since 1970, as AWS writes it in sentences: `Friday, October 9, 2026 at 1:21:34 AM Coordinated Universal Time`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InWords(pub u64);

impl fmt::Display for InWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, second) = (self.0 / 86_400, self.0 % 86_400);
        let Date { year, month, day, weekday } = Date::of_day(days);
        let month = MONTHS[month as usize - 1];
        let (hour, half) = (second / 3600, if second < 43_200 { "AM" } else { "PM" });
        let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
        let (minute, second) = (second / 60 % 60, second % 60);
        write!(
            f,
            "{weekday}, {month} {day}, {year} at {hour}:{minute:02}:{second:02} {half} Coordinated Universal Time"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_each_others_inverse() {
        for days in (0..200_000).step_by(37) {
            let Date { year, month, day, .. } = Date::of_day(days);
            assert_eq!(day_number(year, month, day), Some(days));
        }
        for (year, month, day) in [(2023, 2, 29), (2024, 4, 31), (1969, 12, 31), (10_000, 1, 1), (2024, 0, 1)]
        {
            assert_eq!(day_number(year, month, day), None, "{year}-{month}-{day}");
        }
    }

    #[test]
    fn seconds_are_written_as_aws_writes_them() {
        for (second, words) in [
            (0, "Thursday, January 1, 1970 at 12:00:00 AM Coordinated Universal Time"),
            (1_676_283_939, "Monday, February 13, 2023 at 10:25:39 AM Coordinated Universal Time"),
            (1_791_501_648, "Thursday, October 8, 2026 at 11:20:48 PM Coordinated Universal Time"),
            (1_791_504_000, "Friday, October 9, 2026 at 12:00:00 AM Coordinated Universal Time"),
            (951_825_600, "Tuesday, February 29, 2000 at 12:00:00 PM Coordinated Universal Time"),
        ] {
            assert_eq!(InWords(second).to_string(), words);
        }
    }
}
