//! Points in time, as people write and read them: UTC, to the second.

use pixii_model::date::{Date, day_number};
use std::fmt;
use std::str::FromStr;

const DAY_SECONDS: u64 = 24 * 60 * 60;

/// Since when a report tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A point in time, in seconds since 1970.
    At(u64),
    /// So many seconds ago.
    Ago(u64),
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ago = text.char_indices().next_back().and_then(|(at, unit)| {
            let seconds = match unit {
                's' => 1,
                'm' => 60,
                'h' => 60 * 60,
                'd' => DAY_SECONDS,
                _ => return None,
            };
            text[..at].parse::<u64>().ok()?.checked_mul(seconds)
        });
        let at = || parse(text).map(Self::At);
        ago.map(Self::Ago).or_else(at).ok_or_else(|| {
            "a time like 2026-11-23T08:00:00Z or 2026-11-23, or how long ago like 90s, 30m, 2h or 7d".into()
        })
    }
}

/// `YYYY-MM-DD`, or `YYYY-MM-DDTHH:MM[:SS][Z]`; seconds since 1970.
fn parse(text: &str) -> Option<u64> {
    let (date, time) = text.split_once(['T', ' ']).unwrap_or((text, ""));
    let numbers = |text: &str, separator: char, widths: &[usize]| -> Option<Vec<u64>> {
        let parts: Vec<&str> = text.split(separator).collect();
        let fits = parts.len() <= widths.len()
            && parts
                .iter()
                .zip(widths)
                .all(|(part, width)| part.len() == *width && part.bytes().all(|byte| byte.is_ascii_digit()));
        if fits { parts.iter().map(|part| part.parse().ok()).collect() } else { None }
    };
    let [year, month, day] = numbers(date, '-', &[4, 2, 2])?[..] else { return None };
    let time = time.strip_suffix('Z').unwrap_or(time);
    let time = if time.is_empty() { Vec::new() } else { numbers(time, ':', &[2, 2, 2])? };
    let [hour, minute, second] = match time[..] {
        [] => [0; 3],
        [hour, minute] => [hour, minute, 0],
        [hour, minute, second] => [hour, minute, second],
        _ => return None,
    };
    let days = day_number(year, month, day)?;
    (hour < 24 && minute < 60 && second < 60)
        .then_some(days * DAY_SECONDS + hour * 3600 + minute * 60 + second)
}

/// A point in time, in seconds since 1970: `2026-11-23 08:00:00 UTC`.
pub struct Utc(pub u64);

impl fmt::Display for Utc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, second) = (self.0 / DAY_SECONDS, self.0 % DAY_SECONDS);
        let Date { year, month, day, .. } = Date::of_day(days);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(f, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_and_written() {
        for (text, expected) in [
            ("2026-11-23T08:00:00Z", Ok(Moment::At(1_795_420_800))),
            ("2026-11-23 08:00", Ok(Moment::At(1_795_420_800))),
            ("1970-01-01", Ok(Moment::At(0))),
            ("2000-02-29", Ok(Moment::At(951_782_400))),
            ("90s", Ok(Moment::Ago(90))),
            ("7d", Ok(Moment::Ago(604_800))),
            ("2001-02-29", Err(())),
            ("2026-13-01", Err(())),
            ("2026-1-1", Err(())),
            ("2026-11-23T25:00", Err(())),
            ("yesterday", Err(())),
            ("h", Err(())),
            ("é", Err(())),
            ("", Err(())),
        ] {
            assert_eq!(text.parse::<Moment>().map_err(drop), expected, "{text}");
        }
        for (seconds, expected) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (951_868_799, "2000-02-29 23:59:59 UTC"),
            (1_735_689_599, "2024-12-31 23:59:59 UTC"),
            (1_795_420_800, "2026-11-23 08:00:00 UTC"),
            (4_107_542_400, "2100-03-01 00:00:00 UTC"),
        ] {
            assert_eq!(Utc(seconds).to_string(), expected);
        }
    }
}
