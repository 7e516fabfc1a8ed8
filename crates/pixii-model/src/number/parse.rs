//! Reads a Number's text.

use super::{Number, NumberError};
use crate::limits::NUMBER_DIGITS_MAX;

impl Number {
    /// Reads DynamoDB's notation: sign, digits, point, exponent; blanks around it are not allowed.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let bytes = text.as_bytes();
        let (negative, mut at) = match bytes.first() {
            Some(b'-') => (true, 1),
            Some(b'+') => (false, 1),
            _ => (false, 0),
        };
        let mut coefficient: u128 = 0;
        let mut digits = 0usize; // significant ones, from the first to the last that is not zero
        let mut pending_zeros = 0usize; // zeros that count only if another digit follows
        let mut scale: i64 = 0; // power of ten of the last digit read
        let mut any_digit = false;
        let mut after_point = false;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'0'..=b'9' => {
                    any_digit = true;
                    scale -= i64::from(after_point);
                    if byte == b'0' {
                        pending_zeros += usize::from(digits > 0);
                    } else {
                        digits += pending_zeros + 1;
                        if digits <= NUMBER_DIGITS_MAX {
                            coefficient =
                                coefficient * 10u128.pow(pending_zeros as u32 + 1) + u128::from(byte - b'0');
                        }
                        pending_zeros = 0;
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
        Self::checked(negative, coefficient, digits, scale.saturating_add(pending_zeros as i64))
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
