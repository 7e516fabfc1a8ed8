//! Schedules of actions: `at(2026-11-23T10:00:00)`, `rate(5 minutes)`, `cron(0 8 ? * MON-FRI *)`, all in UTC.
//!
//! A cron expression has six fields: minutes, hours, day of month, month, day of week (1 is Sunday) and year. Each takes `*`,
//! numbers, ranges, lists and steps; months and days of the week their names, too; days `?`. `L` is the last day of a month,
//! `15W` the weekday nearest to the 15th, `6L` the last Friday, `6#3` the third.

use crate::calendar::{DAY_SECONDS, date, month_length, weekday};
use crate::env::Micros;
use pixii_model::date::day_number;

/// The last year that a schedule may name.
const YEAR_MAX: u64 = 2199;
const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// When something is done.
#[derive(Clone, Debug, PartialEq)]
pub enum Schedule {
    /// Once, at that second.
    At(u64),
    /// Every so many seconds.
    Rate(u64),
    /// Whenever the clock shows it.
    Cron(Box<Cron>),
}

/// What a clock must show.
#[derive(Clone, Debug, PartialEq)]
pub struct Cron {
    minutes: Set,
    hours: Set,
    days: Vec<MonthDay>,
    months: Set,
    weekdays: Vec<WeekDay>,
    years: Vec<(u64, u64, u64)>,
}

/// Numbers below 64, as bits.
type Set = u64;

/// Days of a month.
#[derive(Clone, Copy, Debug, PartialEq)]
enum MonthDay {
    In(Set),
    /// So many days before the last.
    BeforeLast(u64),
    /// The weekday nearest to that day.
    WeekdayNear(u64),
    /// The last weekday.
    LastWeekday,
}

/// Days of a week, from 0 for Sunday.
#[derive(Clone, Copy, Debug, PartialEq)]
enum WeekDay {
    In(Set),
    /// The last such day of the month.
    Last(u64),
    /// So many-th such day of the month.
    Nth(u64, u64),
}

impl Schedule {
    /// Reads a schedule; `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once('(')?;
        let inside = rest.strip_suffix(')')?;
        match kind {
            "at" => parse_at(inside).map(Self::At),
            "rate" => parse_rate(inside).map(Self::Rate),
            "cron" => Cron::parse(inside).map(|cron| Self::Cron(Box::new(cron))),
            _ => None,
        }
    }

    /// When it is done next, after `after`, not before `start` and not after `end`. A rate counts from its start, or else from
    /// when it was made.
    pub fn next(
        &self,
        after: Micros,
        made: Micros,
        start: Option<Micros>,
        end: Option<Micros>,
    ) -> Option<Micros> {
        // In whole seconds; the first that is both after `after` and not before `start`.
        let first = (after.seconds() + 1).max(start.map_or(0, |start| start.0.div_ceil(1_000_000)));
        let second = match self {
            Self::At(second) => Some(*second).filter(|second| *second >= first),
            Self::Rate(every) => {
                // Without a start, the first time is one interval after it was made.
                let base = start.map_or(made.seconds() + every, Micros::seconds);
                Some(base + first.saturating_sub(base).div_ceil(*every) * every)
            }
            Self::Cron(cron) => cron.next(first),
        };
        // What would come later than time can be told never comes.
        let time = Micros(second?.checked_mul(1_000_000)?);
        end.is_none_or(|end| time <= end).then_some(time)
    }
}

fn parse_at(text: &str) -> Option<u64> {
    let (date, time) = text.split_once('T')?;
    let numbers = |text: &str, separator: char, widths: [usize; 3]| -> Option<[u64; 3]> {
        let parts: Vec<&str> = text.split(separator).collect();
        let [first, second, third] = parts[..] else { return None };
        let mut numbers = [0; 3];
        for ((number, part), width) in numbers.iter_mut().zip([first, second, third]).zip(widths) {
            *number = (part.len() == width).then(|| number_of(part)).flatten()?;
        }
        Some(numbers)
    };
    let [year, month, of_month] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let days = day_number(year, month, of_month)?;
    (hour < 24 && minute < 60 && second < 60)
        .then_some(days * DAY_SECONDS + hour * 3600 + minute * 60 + second)
}

fn parse_rate(text: &str) -> Option<u64> {
    let (count, unit) = text.split_once(' ')?;
    let count = number_of(count).filter(|count| *count > 0)?;
    let unit = match unit {
        "minute" | "minutes" => 60,
        "hour" | "hours" => 3600,
        "day" | "days" => DAY_SECONDS,
        _ => return None,
    };
    count.checked_mul(unit)
}

fn number_of(text: &str) -> Option<u64> {
    if text.is_empty() || text.len() > 9 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

impl Cron {
    fn parse(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        let [minutes, hours, of_month, months, of_week, years] = fields[..] else { return None };
        let set = |text, least, most, names| Some(bits(&ranges(text, least, most, names)?));
        // One of the days must not matter.
        if of_month != "?" && of_week != "?" && of_month != "*" && of_week != "*" {
            return None;
        }
        Some(Self {
            minutes: set(minutes, 0, 59, &[])?,
            hours: set(hours, 0, 23, &[])?,
            days: of_month.split(',').map(MonthDay::parse).collect::<Option<_>>()?,
            months: set(months, 1, 12, &MONTHS)?,
            weekdays: of_week.split(',').map(WeekDay::parse).collect::<Option<_>>()?,
            years: ranges(years, 1970, YEAR_MAX, &[])?,
        })
    }

    /// The first second from `first` on at which a minute begins that it admits.
    fn next(&self, first: u64) -> Option<u64> {
        let first_minute = first.div_ceil(60);
        let last_day = day_number(YEAR_MAX, 12, 31)?;
        let mut days = first_minute / (24 * 60);
        // The minute of the day to begin with; later days begin with their first.
        let mut from = first_minute % (24 * 60);
        while days <= last_day {
            if self.admits_day(days)
                && let Some(minute) = (from..24 * 60).find(|minute| self.admits_minute(*minute))
            {
                return Some(days * DAY_SECONDS + minute * 60);
            }
            (days, from) = (days + 1, 0);
        }
        None
    }

    fn admits_minute(&self, minute: u64) -> bool {
        has(self.hours, minute / 60) && has(self.minutes, minute % 60)
    }

    fn admits_day(&self, days: u64) -> bool {
        let (year, month, of_month) = date(days);
        let of_week = weekday(days);
        has(self.months, month)
            && self
                .years
                .iter()
                .any(|(from, to, step)| (*from..=*to).contains(&year) && (year - from).is_multiple_of(*step))
            && self.days.iter().any(|day| day.admits(days, month_length(year, month), of_month))
            && self.weekdays.iter().any(|day| day.admits(of_week, of_month, month_length(year, month)))
    }
}

impl MonthDay {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "?" => Self::In(Set::MAX),
            "L" => Self::BeforeLast(0),
            "LW" => Self::LastWeekday,
            _ => {
                if let Some(before) = text.strip_prefix("L-") {
                    Self::BeforeLast(number_of(before).filter(|before| *before <= 30)?)
                } else if let Some(near) = text.strip_suffix('W') {
                    Self::WeekdayNear(number_of(near).filter(|day| (1..=31).contains(day))?)
                } else {
                    Self::In(bits(&[range(text, 1, 31, &[])?]))
                }
            }
        })
    }

    /// Whether it is the day `days` since 1970, the `of_month`-th of a month of that length.
    fn admits(self, days: u64, length: u64, of_month: u64) -> bool {
        let first = days - (of_month - 1);
        let nearest = |wanted: u64| {
            let wanted = wanted.min(length);
            match weekday(first + wanted - 1) {
                6 if wanted > 1 => wanted - 1,
                6 => wanted + 2,
                0 if wanted < length => wanted + 1,
                0 => wanted - 2,
                _ => wanted,
            }
        };
        match self {
            Self::In(set) => has(set, of_month),
            Self::BeforeLast(before) => of_month + before == length,
            // A month without that day has no weekday near it.
            Self::WeekdayNear(wanted) => wanted <= length && of_month == nearest(wanted),
            Self::LastWeekday => of_month == nearest(length),
        }
    }
}

impl WeekDay {
    fn parse(text: &str) -> Option<Self> {
        let one =
            |text| range(text, 1, 7, &WEEKDAYS).filter(|(from, to, _)| from == to).map(|(day, ..)| day - 1);
        if text == "?" {
            return Some(Self::In(Set::MAX));
        }
        if text == "L" {
            return Some(Self::In(bits(&[(6, 6, 1)])));
        }
        if let Some((day, count)) = text.split_once('#') {
            let count = number_of(count).filter(|count| (1..=5).contains(count))?;
            return Some(Self::Nth(one(day)?, count));
        }
        if let Some(day) = text.strip_suffix('L') {
            return Some(Self::Last(one(day)?));
        }
        // Days of the week are counted from 1 on.
        Some(Self::In(bits(&[range(text, 1, 7, &WEEKDAYS)?]) >> 1))
    }

    fn admits(self, of_week: u64, of_month: u64, length: u64) -> bool {
        match self {
            Self::In(set) => has(set, of_week),
            Self::Last(day) => of_week == day && of_month + 7 > length,
            Self::Nth(day, count) => of_week == day && of_month.div_ceil(7) == count,
        }
    }
}

/// A field's list of ranges: first, last, step.
fn ranges(text: &str, least: u64, most: u64, names: &[&str]) -> Option<Vec<(u64, u64, u64)>> {
    text.split(',').map(|part| range(part, least, most, names)).collect()
}

fn range(text: &str, least: u64, most: u64, names: &[&str]) -> Option<(u64, u64, u64)> {
    let value = |text: &str| {
        let named = names.iter().position(|name| name.eq_ignore_ascii_case(text));
        let number = named.map(|at| at as u64 + least).or_else(|| number_of(text));
        number.filter(|number| (least..=most).contains(number))
    };
    let (span, step) = match text.split_once('/') {
        Some((span, step)) => (span, Some(number_of(step).filter(|step| *step > 0)?)),
        None => (text, None),
    };
    let (from, to) = match (span, span.split_once('-')) {
        ("*", _) => (least, most),
        (_, Some((from, to))) => (value(from)?, value(to)?),
        // `5/15` goes on to the end.
        (_, None) => (value(span)?, if step.is_some() { most } else { value(span)? }),
    };
    (from <= to).then_some((from, to, step.unwrap_or(1)))
}

fn bits(ranges: &[(u64, u64, u64)]) -> Set {
    let numbers = ranges.iter().flat_map(|(from, to, step)| (*from..=*to).step_by(*step as usize));
    numbers.fold(0, |set, number| set | 1 << number)
}

fn has(set: Set, number: u64) -> bool {
    set >> number & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::stream_label;

    /// The next times after 2023-11-14T22:13:20, a Tuesday, as `month-dayThour:minute:second`.
    fn next_times(schedule: &str, count: usize) -> Vec<String> {
        let made = Micros(1_700_000_000_000_000);
        let schedule = Schedule::parse(schedule).expect(schedule);
        let times = std::iter::successors(Some(made), |after| schedule.next(*after, made, None, None));
        times.skip(1).take(count).map(|time| stream_label(time)[..19].to_owned()).collect()
    }

    #[test]
    fn when_schedules_come_next() {
        for (schedule, expect) in [
            ("at(2023-11-14T22:13:21)", &["2023-11-14T22:13:21"][..]),
            ("at(2023-11-14T22:13:20)", &[]),
            ("rate(1 minute)", &["2023-11-14T22:14:20", "2023-11-14T22:15:20"]),
            ("rate(2 days)", &["2023-11-16T22:13:20", "2023-11-18T22:13:20"]),
            (
                "cron(0 8 ? * MON-FRI *)",
                &["2023-11-15T08:00:00", "2023-11-16T08:00:00", "2023-11-17T08:00:00", "2023-11-20T08:00:00"],
            ),
            ("cron(0 8 * * ? *)", &["2023-11-15T08:00:00", "2023-11-16T08:00:00"]),
            (
                "cron(14/15 22 * * ? *)",
                &[
                    "2023-11-14T22:14:00",
                    "2023-11-14T22:29:00",
                    "2023-11-14T22:44:00",
                    "2023-11-14T22:59:00",
                    "2023-11-15T22:14:00",
                ],
            ),
            (
                "cron(0,30 */6 1 jan,JUL ? 2024)",
                &["2024-01-01T00:00:00", "2024-01-01T00:30:00", "2024-01-01T06:00:00"],
            ),
            (
                "cron(0 0 L * ? *)",
                &["2023-11-30T00:00:00", "2023-12-31T00:00:00", "2024-01-31T00:00:00", "2024-02-29T00:00:00"],
            ),
            ("cron(0 0 LW * ? *)", &["2023-11-30T00:00:00", "2023-12-29T00:00:00"]),
            ("cron(0 0 18W * ? *)", &["2023-11-17T00:00:00", "2023-12-18T00:00:00"]),
            ("cron(0 0 ? * 6L *)", &["2023-11-24T00:00:00", "2023-12-29T00:00:00"]),
            ("cron(0 0 ? * FRI#3 *)", &["2023-11-17T00:00:00", "2023-12-15T00:00:00"]),
            ("cron(0 0 ? * 1 2023-2024/1)", &["2023-11-19T00:00:00"]),
            ("cron(0 0 29 2 ? 2023)", &[]),
        ] {
            assert_eq!(next_times(schedule, expect.len().max(1)), expect, "{schedule}");
        }
    }

    #[test]
    fn starts_and_ends_bound_them() {
        let made = Micros(1_700_000_000_000_000);
        let later = |seconds: u64| Micros(made.0 + seconds * 1_000_000);
        let rate = Schedule::parse("rate(1 hour)").unwrap();
        assert_eq!(rate.next(made, made, Some(later(10)), None), Some(later(10)));
        assert_eq!(rate.next(later(10), made, Some(later(10)), None), Some(later(3610)));
        assert_eq!(rate.next(later(10), made, Some(later(10)), Some(later(3609))), None);
        let rare = Schedule::parse("rate(999999999 days)").unwrap();
        assert_eq!(rare.next(made, made, None, None), None);
        assert_eq!(rate.next(made, made, Some(Micros(u64::MAX)), None), None);
        let at = Schedule::parse("at(2023-11-14T22:20:00)").unwrap();
        assert_eq!(at.next(made, made, Some(later(4000)), None), None);
    }

    #[test]
    fn what_is_no_schedule() {
        for text in [
            "",
            "at()",
            "at(2023-02-29T00:00:00)",
            "at(2023-1-01T00:00:00)",
            "at(2023-11-14T24:00:00)",
            "at(2023-11-14)",
            "rate(0 minutes)",
            "rate(5)",
            "rate(5 seconds)",
            "rate(-1 hour)",
            "cron()",
            "cron(0 8 * * ?)",
            "cron(60 8 * * ? *)",
            "cron(0 24 * * ? *)",
            "cron(0 8 0 * ? *)",
            "cron(0 8 ? * MUN *)",
            "cron(0 8 1 * MON *)",
            "cron(0 8 ? * 6#6 *)",
            "cron(5-1 8 * * ? *)",
            "cron(*/0 8 * * ? *)",
            "0 8 * * *",
            "cron(0 8 * * ? *",
            "every(5 minutes)",
        ] {
            assert_eq!(Schedule::parse(text), None, "{text}");
        }
    }
}
