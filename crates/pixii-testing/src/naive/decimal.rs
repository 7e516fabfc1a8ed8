//! DynamoDB's numbers the slow way: decimal digits in a row, added as at school.

use std::cmp::Ordering;
use std::fmt;

/// `digits` as an integer, times ten to the power of `exponent`. No zeros at either end; zero has no digits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    exponent: i32,
}

/// Why a result is no number that DynamoDB stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutOfRange {
    /// More than 38 significant digits.
    Digits,
    /// 1E+126 or more, either sign.
    Overflow,
    /// Nearer to zero than 1E-130.
    Underflow,
}

impl OutOfRange {
    /// What DynamoDB says of it.
    pub fn message(self) -> &'static str {
        match self {
            // AWS tells of a result that it would have to round as of one that is too large.
            Self::Digits | Self::Overflow => {
                "Number overflow. Attempting to store a number with magnitude larger than supported range"
            }
            Self::Underflow => {
                "Number underflow. Attempting to store a number with magnitude smaller than supported range"
            }
        }
    }
}

impl Decimal {
    /// Reads digits with an optional sign, point and exponent. For text that is known to be a number.
    pub fn parse(text: &str) -> Self {
        let (negative, rest) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match rest.find(['e', 'E']) {
            Some(at) => (&rest[..at], rest[at + 1..].parse().expect("an exponent is an integer")),
            None => (rest, 0),
        };
        let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = integer.bytes().chain(fraction.bytes()).map(|byte| byte - b'0').collect();
        Self { negative, digits, exponent: exponent - fraction.len() as i32 }.trimmed()
    }

    fn trimmed(mut self) -> Self {
        let leading = self.digits.iter().take_while(|digit| **digit == 0).count();
        self.digits.drain(..leading);
        while self.digits.last() == Some(&0) {
            self.digits.pop();
            self.exponent += 1;
        }
        if self.digits.is_empty() { Self::default() } else { self }
    }

    /// The power of ten of the first digit.
    fn magnitude(&self) -> i32 {
        self.exponent + self.digits.len() as i32 - 1
    }

    fn checked(self) -> Result<Self, OutOfRange> {
        if self.digits.is_empty() {
            Ok(self)
        } else if self.magnitude() > 125 {
            Err(OutOfRange::Overflow)
        } else if self.magnitude() < -130 {
            Err(OutOfRange::Underflow)
        } else if self.digits.len() > 38 {
            Err(OutOfRange::Digits)
        } else {
            Ok(self)
        }
    }

    /// The sum, if DynamoDB can hold it.
    pub fn add(&self, other: &Self) -> Result<Self, OutOfRange> {
        let exponent = match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, _) => return Ok(other.clone()),
            (_, true) => return Ok(self.clone()),
            _ => self.exponent.min(other.exponent),
        };
        let aligned = |number: &Self| -> Vec<u8> {
            let mut digits = number.digits.clone();
            digits.resize(digits.len() + (number.exponent - exponent) as usize, 0);
            digits
        };
        let (left, right) = (aligned(self), aligned(other));
        let width = left.len().max(right.len()) + 1;
        let padded = |digits: Vec<u8>| [vec![0; width - digits.len()], digits].concat();
        let (left, right) = (padded(left), padded(right));
        let (negative, digits) = if self.negative == other.negative {
            (self.negative, column_sum(&left, &right))
        } else if left >= right {
            (self.negative, column_difference(&left, &right))
        } else {
            (other.negative, column_difference(&right, &left))
        };
        Self { negative, digits, exponent }.trimmed().checked()
    }

    /// The same with the other sign.
    pub fn negated(&self) -> Self {
        Self { negative: !self.negative && !self.digits.is_empty(), ..self.clone() }
    }

    /// Bytes it counts: one, one for each pair of digits (aligned to the decimal point), one for a minus sign.
    pub fn size(&self) -> usize {
        if self.digits.is_empty() {
            return 1;
        }
        let text = self.to_string();
        let text = text.trim_start_matches('-');
        let (integer, fraction) = text.split_once('.').unwrap_or((text, ""));
        let integer = "0".repeat(integer.len() % 2) + integer;
        let fraction = fraction.to_owned() + &"0".repeat(fraction.len() % 2);
        let digits = [integer.as_bytes(), fraction.as_bytes()].concat();
        let mut pairs: &[[u8; 2]] = digits.as_chunks().0;
        while let [[b'0', b'0'], rest @ ..] = pairs {
            pairs = rest;
        }
        while let [rest @ .., [b'0', b'0']] = pairs {
            pairs = rest;
        }
        1 + pairs.len() + usize::from(self.negative)
    }
}

fn column_sum(left: &[u8], right: &[u8]) -> Vec<u8> {
    let mut carry = 0;
    let mut sum: Vec<u8> = left
        .iter()
        .zip(right)
        .rev()
        .map(|(left, right)| {
            let column = left + right + carry;
            carry = column / 10;
            column % 10
        })
        .collect();
    sum.reverse();
    sum
}

fn column_difference(larger: &[u8], smaller: &[u8]) -> Vec<u8> {
    let mut borrow = 0;
    let mut difference: Vec<u8> = larger
        .iter()
        .zip(smaller)
        .rev()
        .map(|(larger, smaller)| {
            let column = 10 + larger - smaller - borrow;
            borrow = u8::from(column < 10);
            column % 10
        })
        .collect();
    difference.reverse();
    difference
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |number: &Self| match (number.digits.is_empty(), number.negative) {
            (true, _) => 0,
            (false, false) => 1,
            (false, true) => -1,
        };
        let by_size = |left: &Self, right: &Self| {
            left.magnitude().cmp(&right.magnitude()).then_with(|| left.digits.cmp(&right.digits))
        };
        sign(self).cmp(&sign(other)).then_with(|| match sign(self) {
            1 => by_size(self, other),
            -1 => by_size(other, self),
            _ => Ordering::Equal,
        })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Written out, without exponent, as DynamoDB returns it.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.digits.is_empty() {
            return f.write_str("0");
        }
        if self.negative {
            f.write_str("-")?;
        }
        let digits: String = self.digits.iter().map(|digit| char::from(b'0' + digit)).collect();
        if self.exponent >= 0 {
            return write!(f, "{digits}{}", "0".repeat(self.exponent as usize));
        }
        let places = self.exponent.unsigned_abs() as usize;
        match digits.len().checked_sub(places) {
            Some(0) => write!(f, "0.{digits}"),
            Some(point) => write!(f, "{}.{}", &digits[..point], &digits[point..]),
            None => write!(f, "0.{}{digits}", "0".repeat(places - digits.len())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_out() {
        for (text, expect) in [
            ("-0", "0"),
            ("+01.50", "1.5"),
            ("1e3", "1000"),
            ("12.34e-4", "0.001234"),
            ("-.5", "-0.5"),
            ("100", "100"),
        ] {
            assert_eq!(Decimal::parse(text).to_string(), expect);
        }
    }

    #[test]
    fn sums_carry_borrow_and_know_their_range() {
        for (left, right, expect) in [
            ("999", "1", Ok("1000")),
            ("1", "-1000", Ok("-999")),
            ("0.1", "0.2", Ok("0.3")),
            ("5", "-5", Ok("0")),
            ("1e37", "1e-1", Err(OutOfRange::Digits)),
            ("9e125", "1e125", Err(OutOfRange::Overflow)),
            ("1.1e-130", "-1e-130", Err(OutOfRange::Underflow)),
        ] {
            let sum = Decimal::parse(left).add(&Decimal::parse(right));
            assert_eq!(sum, expect.map(Decimal::parse), "{left} + {right}");
        }
    }

    #[test]
    fn order_is_by_value() {
        let sorted = ["-1e125", "-10", "-9", "-0.1", "0", "1e-130", "0.09", "0.1", "9", "10", "11", "1e2"];
        let numbers: Vec<Decimal> = sorted.iter().map(|text| Decimal::parse(text)).collect();
        assert!(numbers.is_sorted());
    }

    #[test]
    fn size_counts_pairs_of_digits() {
        for (text, size) in
            [("0", 1), ("1", 2), ("-1", 3), ("120", 3), ("1200", 2), ("0.012", 3), ("-12.345", 5)]
        {
            assert_eq!(Decimal::parse(text).size(), size, "{text}");
        }
    }
}
