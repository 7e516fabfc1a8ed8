//! Sums and differences, exact or refused.

use super::{Number, NumberError};
use crate::limits::NUMBER_DIGITS_MAX;
use std::cmp::Ordering;

impl Number {
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
            return Err(NumberError::Inexact);
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
        let digits = first - last + 1;
        // Right for as many digits as a Number may have; no more are looked at.
        let coefficient = sum[last..=first]
            .iter()
            .rev()
            .take(NUMBER_DIGITS_MAX)
            .fold(0u128, |value, &digit| value * 10 + u128::from(digit));
        Self::checked(negative, coefficient, digits, i64::from(low) + last as i64).map_err(
            |error| match error {
                NumberError::TooManyDigits => NumberError::Inexact,
                error => error,
            },
        )
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
