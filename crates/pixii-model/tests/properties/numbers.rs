//! Numbers against arithmetic on whole digit rows and on i128.

use crate::any::{Parts, number, parts};
use pixii_model::Number;
use pixii_model::number::NumberError;
use proptest::prelude::*;
use std::cmp::Ordering;

/// A decimal as a row of digits from 10^299 down to 10^-300: slow, and with nothing to get wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    negative: bool,
    digits: Vec<u8>,
}

const TOP: i32 = 299;
const PLACES: usize = 600;

impl Row {
    fn new(parts: &Parts) -> Self {
        let mut digits = vec![0; PLACES];
        for (at, digit) in parts.digits.bytes().rev().enumerate() {
            digits[(TOP - parts.exponent - at as i32) as usize] = digit - b'0';
        }
        Self { negative: parts.negative, digits }.without_negative_zero()
    }

    fn of(number: Number) -> Self {
        let text = number.to_string();
        let (negative, text) = text.strip_prefix('-').map_or((false, &*text), |text| (true, text));
        let fraction = text.split_once('.').map_or(0, |(_, fraction)| fraction.len() as i32);
        Self::new(&Parts { negative, digits: text.replace('.', ""), exponent: -fraction })
    }

    fn without_negative_zero(self) -> Self {
        let zero = self.digits.iter().all(|&digit| digit == 0);
        Self { negative: self.negative && !zero, ..self }
    }

    fn add(&self, other: &Self) -> Self {
        let (larger, smaller) = if self.digits >= other.digits { (self, other) } else { (other, self) };
        let sign: i8 = if self.negative == other.negative { 1 } else { -1 };
        let mut carry = 0i8;
        let mut digits = vec![0; PLACES];
        for at in (0..PLACES).rev() {
            let digit = larger.digits[at] as i8 + sign * smaller.digits[at] as i8 + carry;
            digits[at] = digit.rem_euclid(10) as u8;
            carry = digit.div_euclid(10);
        }
        Self { negative: larger.negative, digits }.without_negative_zero()
    }

    /// What DynamoDB says of it.
    fn verdict(&self) -> Result<(), NumberError> {
        let Some(first) = self.digits.iter().position(|&digit| digit != 0) else { return Ok(()) };
        let last = self.digits.iter().rposition(|&digit| digit != 0).expect("a digit that is not zero");
        let magnitude = TOP - first as i32;
        if magnitude > 125 {
            Err(NumberError::Overflow)
        } else if magnitude < -130 {
            Err(NumberError::Underflow)
        } else if last - first >= 38 {
            Err(NumberError::TooManyDigits)
        } else {
            Ok(())
        }
    }

    fn order(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.digits.cmp(&other.digits),
            (true, true) => other.digits.cmp(&self.digits),
            (negative, _) => {
                if negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
        }
    }

    /// Pairs of digits, aligned to the point, from the first to the last that is not `00`.
    fn pairs(&self) -> usize {
        let pairs: Vec<_> = self.digits.chunks(2).map(|pair| pair != [0, 0]).collect();
        let Some(first) = pairs.iter().position(|&pair| pair) else { return 0 };
        pairs.iter().rposition(|&pair| pair).expect("a pair that is not 00") - first + 1
    }
}

proptest! {
    #[test]
    fn a_text_is_read_exactly_or_refused(parts in parts()) {
        let row = Row::new(&parts);
        let read = Number::parse(&parts.text());
        prop_assert_eq!(read.map(drop), row.verdict());
        if let Ok(number) = read {
            prop_assert_eq!(Row::of(number), row);
        }
    }

    #[test]
    fn notations_of_one_value_are_one_number(number in number(), zeros in 0..50usize, shift in -200..200i64) {
        let canonical = number.to_string();
        prop_assert_eq!(Number::parse(&canonical), Ok(number));
        let (sign, digits) = canonical.strip_prefix('-').map_or(("", &*canonical), |digits| ("-", digits));
        let padding = "0".repeat(zeros);
        let point = if digits.contains('.') { "" } else { "." };
        prop_assert_eq!(Number::parse(&format!("{sign}{padding}{digits}{point}{padding}")), Ok(number));
        let coefficient = number.coefficient();
        let exponent = i64::from(number.exponent()) - shift;
        let shifted = if shift >= 0 {
            format!("{sign}{coefficient}{}E{}", "0".repeat(shift as usize), exponent)
        } else {
            format!("{sign}0.{}{coefficient}e{}", "0".repeat(-shift as usize), exponent + number.digits() as i64)
        };
        // The digits moved by `shift` places, and the exponent by as many the other way.
        prop_assert_eq!(Number::parse(&shifted), Ok(number), "{}", shifted);
    }

    #[test]
    fn sums_are_exact_or_refused(left in number(), right in number()) {
        let row = Row::of(left).add(&Row::of(right));
        let sum = left.checked_add(right);
        prop_assert_eq!(sum, right.checked_add(left));
        match (sum, row.verdict()) {
            (Ok(sum), Ok(())) => prop_assert_eq!(Row::of(sum), row),
            // A sum whose digits span further than any number of 38 is refused without working it out.
            (Err(NumberError::Inexact), Err(_)) => {}
            (sum, verdict) => prop_assert_eq!(sum.map(drop), verdict),
        }
    }

    #[test]
    fn differences_of_close_numbers_are_exact(left in any::<i64>(), right in any::<i64>(), exponent in -40..40i32) {
        let number = |value: i64| Number::parse(&format!("{value}e{exponent}")).unwrap();
        let difference = number(left).checked_sub(number(right)).unwrap();
        let exact = i128::from(left) - i128::from(right);
        prop_assert_eq!(difference, Number::parse(&format!("{exact}e{exponent}")).unwrap());
    }

    #[test]
    fn order_is_by_value(left in number(), right in number()) {
        prop_assert_eq!(left.cmp(&right), Row::of(left).order(&Row::of(right)));
        prop_assert_eq!(left == right, left.to_string() == right.to_string());
    }

    #[test]
    fn size_is_one_for_each_pair_and_the_sign(number in number()) {
        prop_assert_eq!(number.size(), 1 + Row::of(number).pairs() + usize::from(number.is_negative()));
    }

    #[test]
    fn texts_that_are_no_numbers_are_refused(text in "[-+.eE0-9 x_]{0,12}") {
        // The grammar once more, told differently.
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(&text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (unsigned, None),
        };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent_fits = exponent.is_none_or(|exponent| {
            let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            !exponent.is_empty() && digits(exponent)
        });
        let is_number = digits(integer) && digits(fraction) && !(integer.is_empty() && fraction.is_empty()) && exponent_fits;
        prop_assert_eq!(Number::parse(&text) != Err(NumberError::NotANumber), is_number);
    }
}
