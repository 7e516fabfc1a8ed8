//! Sizes on the command line: `64MiB`, `1GiB`, `4096`.

use std::str::FromStr;

/// So many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(u64);

impl Size {
    /// How many.
    pub fn bytes(self) -> u64 {
        self.0
    }
}

impl FromStr for Size {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let units = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];
        let (number, unit) = units
            .iter()
            .find_map(|(name, bytes)| Some((text.strip_suffix(name)?, *bytes)))
            .unwrap_or((text, 1));
        let bytes = number.trim_end().parse::<u64>().ok().and_then(|count| count.checked_mul(unit));
        bytes.map(Self).ok_or("not a number of bytes, such as 4096, 512KiB, 64MiB or 1GiB")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in
            [("4096", Some(4096)), ("1KiB", Some(1024)), ("64 MiB", Some(64 << 20)), ("2GiB", Some(2 << 30))]
        {
            assert_eq!(text.parse().ok(), bytes.map(Size), "{text}");
        }
        for text in ["", "MiB", "-1", "1.5GiB", "64MB", "99999999999GiB"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }
}
