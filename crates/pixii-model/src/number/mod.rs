//! DynamoDB's Number: decimal, exact, up to 38 significant digits, magnitude 1E-130 to 9.99...E+125.
//!
//! Held as an integer below 10^38 without trailing zeros and a power of ten, so that equal numbers are equal values and
//! each has one text. Source: Developer Guide, "Supported data types", Number.

mod arithmetic;
mod parse;
mod text;

use crate::limits::NUMBER_DIGITS_MAX;
use std::cmp::Ordering;
use std::fmt;

/// Exponent of the first digit of the largest number.
const MAGNITUDE_MAX: i64 = 125;
/// Exponent of the first digit of the smallest number above zero.
const MAGNITUDE_MIN: i64 = -130;

/// A decimal number, normalised: no trailing zeros in the coefficient, zero has exponent 0 and no sign.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Number {
    // Two halves rather than a u128, which would align every AttributeValue to 16 bytes.
    coefficient: [u64; 2],
    exponent: i16,
    negative: bool,
}

/// Why a text or a result is no Number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberError {
    /// Not a decimal number at all.
    NotANumber,
    /// More than 38 significant digits.
    TooManyDigits,
    /// Magnitude above 9.99...E+125.
    Overflow,
    /// Magnitude below 1E-130, but not zero.
    Underflow,
    /// A sum or difference that 38 significant digits cannot hold exactly.
    Inexact,
}

impl Number {
    /// Zero.
    pub const ZERO: Self = Self { coefficient: [0, 0], exponent: 0, negative: false };

    /// The number `coefficient * 10^exponent` with a sign, if DynamoDB has it. The coefficient has so many digits, the last
    /// of which is not zero; with too many of them it need not be right.
    fn checked(negative: bool, coefficient: u128, digits: usize, exponent: i64) -> Result<Self, NumberError> {
        if digits == 0 {
            return Ok(Self::ZERO);
        }
        let magnitude = exponent.saturating_add(digits as i64 - 1);
        if magnitude > MAGNITUDE_MAX {
            return Err(NumberError::Overflow);
        }
        if magnitude < MAGNITUDE_MIN {
            return Err(NumberError::Underflow);
        }
        if digits > NUMBER_DIGITS_MAX {
            return Err(NumberError::TooManyDigits);
        }
        Ok(Self {
            coefficient: [(coefficient >> 64) as u64, coefficient as u64],
            exponent: exponent as i16,
            negative,
        })
    }

    /// The digits as an integer without trailing zeros; 0 for zero.
    pub fn coefficient(&self) -> u128 {
        (u128::from(self.coefficient[0]) << 64) | u128::from(self.coefficient[1])
    }

    /// The power of ten of the coefficient's last digit.
    pub fn exponent(&self) -> i32 {
        i32::from(self.exponent)
    }

    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.coefficient == [0, 0]
    }

    /// How many digits the coefficient has; 0 for zero.
    pub fn digits(&self) -> u32 {
        self.coefficient().checked_ilog10().map_or(0, |log| log + 1)
    }

    /// Exponent of the first digit: 0 for 1 to 9, -1 for 0.1; 0 for zero.
    pub fn magnitude(&self) -> i32 {
        if self.is_zero() { 0 } else { self.exponent() + self.digits() as i32 - 1 }
    }

    /// The same number with the other sign.
    pub fn negated(self) -> Self {
        Self { negative: !self.negative && !self.is_zero(), ..self }
    }

    /// Bytes the number counts in an item's size: one, one for each pair of digits, one for a minus.
    ///
    /// Pairs are aligned to the decimal point, and those that are `00` at either end do not count: 1200 and 12 have one,
    /// 120 has two (`01 20`).
    pub fn size(&self) -> usize {
        if self.is_zero() {
            return 1;
        }
        let pairs = self.magnitude().div_euclid(2) - self.exponent().div_euclid(2) + 1;
        1 + pairs.unsigned_abs() as usize + usize::from(self.negative)
    }

    /// The value as an unsigned integer, if it is one that fits.
    pub fn to_u64(&self) -> Option<u64> {
        if self.negative || self.exponent < 0 {
            return None;
        }
        let scale = 10u128.checked_pow(u32::try_from(self.exponent).ok()?)?;
        self.coefficient().checked_mul(scale)?.try_into().ok()
    }

    /// The value without its fraction as an unsigned integer, if it is not below zero and fits.
    pub fn whole_u64(&self) -> Option<u64> {
        if self.negative {
            return None;
        }
        match u32::try_from(-self.exponent()) {
            // A scale that no u128 holds is larger than any coefficient.
            Ok(places) => 10u128
                .checked_pow(places)
                .map_or(Some(0), |scale| (self.coefficient() / scale).try_into().ok()),
            Err(_) => self.to_u64(),
        }
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        let mut coefficient = value;
        let mut exponent = 0;
        while coefficient > 0 && coefficient.is_multiple_of(10) {
            coefficient /= 10;
            exponent += 1;
        }
        let digits = coefficient.checked_ilog10().map_or(0, |log| log as usize + 1);
        Self::checked(false, coefficient.into(), digits, exponent).expect("20 digits fit a Number")
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |number: &Self| {
            if number.is_zero() {
                0
            } else if number.negative {
                -1
            } else {
                1
            }
        };
        let by_sign = sign(self).cmp(&sign(other));
        if by_sign != Ordering::Equal || self.is_zero() {
            return by_sign;
        }
        let by_magnitude = self.magnitude().cmp(&other.magnitude()).then_with(|| {
            // Same magnitude, so the exponents differ by less than 38 and the longer coefficient sets the scale.
            let digits = self.digits().max(other.digits());
            let scaled = |number: &Self| number.coefficient() * 10u128.pow(digits - number.digits());
            scaled(self).cmp(&scaled(other))
        });
        if self.negative { by_magnitude.reverse() } else { by_magnitude }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Result<&str, NumberError>) {
        assert_eq!(
            Number::parse(text).map(|number| number.to_string()).as_deref().map_err(|e| *e),
            expect,
            "{text}"
        );
    }

    #[test]
    fn every_number_has_one_text() {
        for (text, canonical) in [
            ("0", "0"),
            ("-0", "0"),
            ("0.000", "0"),
            ("0e999999999999", "0"),
            ("+1", "1"),
            ("001.500", "1.5"),
            ("-1.50e1", "-15"),
            ("1E3", "1000"),
            ("1e-3", "0.001"),
            (".5", "0.5"),
            ("5.", "5"),
            ("10203", "10203"),
            ("123.456", "123.456"),
            ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
            ("0.1000000000000000000000000000000000000000000", "0.1"),
        ] {
            check(text, Ok(canonical));
        }
        let big = format!("1{}", "0".repeat(125));
        check("1e125", Ok(&big));
        let small = format!("0.{}1", "0".repeat(129));
        check("1e-130", Ok(&small));
    }

    #[test]
    fn what_is_no_number_says_why() {
        use NumberError::*;
        for text in ["", "-", ".", "e5", "1e", "1e+", "1.2.3", " 1", "1 ", "0x1", "NaN", "Infinity", "1_000"]
        {
            check(text, Err(NotANumber));
        }
        check("123456789012345678901234567890123456789", Err(TooManyDigits));
        check("1000000000000000000000000000000000000001", Err(TooManyDigits));
        check("1e126", Err(Overflow));
        check("-1e99999999999999999999", Err(Overflow));
        // AWS tells of the magnitude before it tells of the digits.
        check("123456789012345678901234567890123456789e100", Err(Overflow));
        check("123456789012345678901234567890123456789e-200", Err(Underflow));
        check("1e-131", Err(Underflow));
    }

    #[test]
    fn sums_are_exact_or_refused() {
        for (left, right, sum) in [
            ("1", "2", Ok("3")),
            ("0.1", "0.2", Ok("0.3")),
            ("-5", "5", Ok("0")),
            ("-5", "3", Ok("-2")),
            ("3", "-5", Ok("-2")),
            ("1e20", "-1", Ok("99999999999999999999")),
            ("99999999999999999999999999999999999999", "1", Ok("100000000000000000000000000000000000000")),
            ("1e38", "1", Err(NumberError::Inexact)),
            ("1e125", "1e-130", Err(NumberError::Inexact)),
            ("9e125", "9e125", Err(NumberError::Overflow)),
        ] {
            let (left, right) = (Number::parse(left).unwrap(), Number::parse(right).unwrap());
            let got = left.checked_add(right).map(|number| number.to_string());
            assert_eq!(got.as_deref().map_err(|error| *error), sum, "{left} + {right}");
        }
    }

    #[test]
    fn whole_parts_are_unsigned() {
        for (text, whole) in [
            ("0", Some(0)),
            ("0.999", Some(0)),
            ("1e-130", Some(0)),
            ("-0.5", None),
            ("-1", None),
            ("1700000000", Some(1_700_000_000)),
            ("17e8", Some(1_700_000_000)),
            ("1700000000.999", Some(1_700_000_000)),
            ("18446744073709551615.5", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("1e125", None),
        ] {
            assert_eq!(Number::parse(text).unwrap().whole_u64(), whole, "{text}");
        }
    }

    #[test]
    fn order_is_by_value() {
        let sorted =
            ["-1e125", "-100", "-10.5", "-10", "-1e-130", "0", "1e-130", "0.5", "9", "10", "10.5", "1e125"];
        let numbers: Vec<_> = sorted.iter().map(|text| Number::parse(text).unwrap()).collect();
        assert!(numbers.is_sorted());
    }

    #[test]
    fn size_counts_digit_pairs() {
        for (text, size) in [
            ("0", 1),
            ("1", 2),
            ("-1", 3),
            ("1000", 2),
            ("1234", 3),
            ("10.5", 3),
            ("0.001", 2),
            ("-12.345", 5),
            ("12", 2),
            ("120", 3),
            ("1200", 2),
            ("0.12", 2),
            ("0.012", 3),
            ("1e125", 2),
            ("99999999999999999999999999999999999999", 20),
            ("999999999999999999999999999999999999990", 21),
        ] {
            assert_eq!(Number::parse(text).unwrap().size(), size, "{text}");
        }
    }
}
