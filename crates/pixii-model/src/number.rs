//! DynamoDB's Number: decimal, exact, up to 38 significant digits, magnitude 1E-130 to 9.99...E+125.
//!
//! Held as an integer below 10^38 without trailing zeros and a power of ten, so that equal numbers are equal values and
//! each has one text. Source: Developer Guide, "Supported data types", Number.

use crate::limits::NUMBER_DIGITS_MAX;
use std::cmp::Ordering;
use std::fmt;

/// Exponent of the first digit of the largest number.
const MAGNITUDE_MAX: i32 = 125;
/// Exponent of the first digit of the smallest number above zero.
const MAGNITUDE_MIN: i32 = -130;

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
}

impl Number {
    /// Zero.
    pub const ZERO: Self = Self { coefficient: [0, 0], exponent: 0, negative: false };

    /// Reads DynamoDB's notation: sign, digits, point, exponent; blanks around it are not allowed.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let bytes = text.as_bytes();
        let (negative, mut at) = match bytes.first() {
            Some(b'-') => (true, 1),
            Some(b'+') => (false, 1),
            _ => (false, 0),
        };
        let mut coefficient: u128 = 0;
        let mut digits = 0usize; // significant ones taken into the coefficient
        let mut pending_zeros = 0usize; // zeros that count only if another digit follows
        let mut scale: i64 = 0; // power of ten of the coefficient's last digit
        let mut any_digit = false;
        let mut after_point = false;
        let mut too_many = false;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'0'..=b'9' => {
                    any_digit = true;
                    if byte == b'0' && digits == 0 {
                        scale -= i64::from(after_point);
                    } else if byte == b'0' {
                        pending_zeros += 1;
                        scale -= i64::from(after_point);
                    } else {
                        digits += pending_zeros + 1;
                        if digits > NUMBER_DIGITS_MAX {
                            too_many = true;
                            digits = NUMBER_DIGITS_MAX + 1;
                        } else {
                            coefficient =
                                coefficient * 10u128.pow(pending_zeros as u32 + 1) + u128::from(byte - b'0');
                        }
                        pending_zeros = 0;
                        scale -= i64::from(after_point);
                    }
                }
                b'.' if !after_point => after_point = true,
                _ => break,
            }
            at += 1;
        }
        if !any_digit {
            return Err(NumberError::NotANumber);
        }
        if let Some(b'e' | b'E') = bytes.get(at) {
            let exponent = exponent(&bytes[at + 1..]).ok_or(NumberError::NotANumber)?;
            scale = scale.saturating_add(exponent);
        } else if at != bytes.len() {
            return Err(NumberError::NotANumber);
        }
        if too_many {
            return Err(NumberError::TooManyDigits);
        }
        Self::normalised(negative, coefficient, scale.saturating_add(pending_zeros as i64))
    }

    /// The number `coefficient * 10^exponent` with a sign, if DynamoDB has it.
    fn normalised(negative: bool, mut coefficient: u128, exponent: i64) -> Result<Self, NumberError> {
        if coefficient == 0 {
            return Ok(Self::ZERO);
        }
        let mut exponent = exponent.clamp(-100_000, 100_000) as i32;
        while coefficient.is_multiple_of(10) {
            coefficient /= 10;
            exponent += 1;
        }
        let digits = coefficient.ilog10() as i32 + 1;
        if digits > NUMBER_DIGITS_MAX as i32 {
            return Err(NumberError::TooManyDigits);
        }
        let magnitude = exponent + digits - 1;
        if magnitude > MAGNITUDE_MAX {
            return Err(NumberError::Overflow);
        }
        if magnitude < MAGNITUDE_MIN {
            return Err(NumberError::Underflow);
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

    /// The exact sum, if it has at most 38 digits and lies in range.
    pub fn checked_add(self, other: Self) -> Result<Self, NumberError> {
        if self.is_zero() {
            return Ok(other);
        }
        if other.is_zero() {
            return Ok(self);
        }
        let low = self.exponent().min(other.exponent());
        // Both exact values as decimal digits over 10^low. Farther apart than this, the sum cannot fit 38 digits.
        let widest = self.magnitude().max(other.magnitude()) - low + 1;
        if widest as usize > Self::SUM_DIGITS {
            return Err(NumberError::TooManyDigits);
        }
        let (left, right) = (self.digits_over(low), other.digits_over(low));
        let (negative, sum) = if self.negative == other.negative {
            (self.negative, add_digits(&left, &right))
        } else {
            match left.iter().rev().cmp(right.iter().rev()) {
                Ordering::Equal => return Ok(Self::ZERO),
                Ordering::Greater => (self.negative, subtract_digits(&left, &right)),
                Ordering::Less => (other.negative, subtract_digits(&right, &left)),
            }
        };
        let first = sum.iter().rposition(|&digit| digit != 0).unwrap_or(0);
        let last = sum.iter().position(|&digit| digit != 0).unwrap_or(0);
        if first - last >= NUMBER_DIGITS_MAX {
            return Err(NumberError::TooManyDigits);
        }
        let coefficient =
            sum[last..=first].iter().rev().fold(0u128, |value, &digit| value * 10 + u128::from(digit));
        Self::normalised(negative, coefficient, i64::from(low) + last as i64)
    }

    /// The exact difference, under the same terms as [`Number::checked_add`].
    pub fn checked_sub(self, other: Self) -> Result<Self, NumberError> {
        self.checked_add(other.negated())
    }

    const SUM_DIGITS: usize = 2 * NUMBER_DIGITS_MAX + 2;

    /// Decimal digits, least significant first, of this number's magnitude divided by `10^low`.
    fn digits_over(self, low: i32) -> [u8; Self::SUM_DIGITS + 1] {
        let mut digits = [0u8; Self::SUM_DIGITS + 1];
        let mut rest = self.coefficient();
        let mut at = (self.exponent() - low) as usize;
        while rest > 0 {
            digits[at] = (rest % 10) as u8;
            rest /= 10;
            at += 1;
        }
        digits
    }

    /// Bytes the number counts in an item's size: one, one per two digits on each side of the point, one for a minus.
    /// Zeros that carry no information (before the first and behind the last other digit) do not count.
    pub fn size(&self) -> usize {
        let digits = self.digits() as i32;
        let exponent = self.exponent();
        let (integer, fraction) = if exponent >= 0 {
            (digits, 0)
        } else if digits + exponent > 0 {
            (digits + exponent, -exponent)
        } else {
            (0, digits)
        };
        1 + integer.unsigned_abs().div_ceil(2) as usize
            + fraction.unsigned_abs().div_ceil(2) as usize
            + usize::from(self.negative)
    }

    /// The value as an unsigned integer, if it is one that fits.
    pub fn to_u64(&self) -> Option<u64> {
        if self.negative || self.exponent < 0 {
            return None;
        }
        let scale = 10u128.checked_pow(u32::try_from(self.exponent).ok()?)?;
        self.coefficient().checked_mul(scale)?.try_into().ok()
    }
}

fn exponent(bytes: &[u8]) -> Option<i64> {
    let (negative, digits) = match bytes.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, bytes),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits
        .iter()
        .fold(0i64, |value, digit| value.saturating_mul(10).saturating_add(i64::from(digit - b'0')));
    Some(if negative { -value } else { value })
}

fn add_digits<const N: usize>(left: &[u8; N], right: &[u8; N]) -> [u8; N] {
    let mut sum = [0u8; N];
    let mut carry = 0;
    for at in 0..N {
        let digit = left[at] + right[at] + carry;
        sum[at] = digit % 10;
        carry = digit / 10;
    }
    sum
}

/// `left - right`, where `left` is the larger.
fn subtract_digits<const N: usize>(left: &[u8; N], right: &[u8; N]) -> [u8; N] {
    let mut difference = [0u8; N];
    let mut borrow = 0;
    for at in 0..N {
        let taken = right[at] + borrow;
        borrow = u8::from(left[at] < taken);
        difference[at] = left[at] + 10 * borrow - taken;
    }
    difference
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self::normalised(false, u128::from(value), 0).expect("20 digits fit a Number")
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

/// The canonical text: plain digits, never an exponent, no needless zeros.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // 126 digits, or "0." and 130 + 38 digits, and a sign.
        let mut text = [0u8; 180];
        let mut at = text.len();
        let mut put = |byte: u8| {
            at -= 1;
            text[at] = byte;
        };
        let mut rest = self.coefficient();
        let exponent = self.exponent();
        for _ in 0..exponent.max(0) {
            put(b'0');
        }
        let mut fraction_left = (-exponent).max(0);
        let had_fraction = fraction_left > 0;
        while rest > 0 || fraction_left > 0 {
            put(b'0' + (rest % 10) as u8);
            rest /= 10;
            if fraction_left > 0 {
                fraction_left -= 1;
                if fraction_left == 0 {
                    put(b'.');
                    if rest == 0 {
                        put(b'0');
                    }
                }
            }
        }
        if self.is_zero() && !had_fraction {
            put(b'0');
        }
        if self.negative {
            put(b'-');
        }
        f.write_str(std::str::from_utf8(&text[at..]).expect("digits are ASCII"))
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
            ("1e38", "1", Err(NumberError::TooManyDigits)),
            ("1e125", "1e-130", Err(NumberError::TooManyDigits)),
            ("9e125", "9e125", Err(NumberError::Overflow)),
        ] {
            let (left, right) = (Number::parse(left).unwrap(), Number::parse(right).unwrap());
            let got = left.checked_add(right).map(|number| number.to_string());
            assert_eq!(got.as_deref().map_err(|error| *error), sum, "{left} + {right}");
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
        ] {
            assert_eq!(Number::parse(text).unwrap().size(), size, "{text}");
        }
    }
}
