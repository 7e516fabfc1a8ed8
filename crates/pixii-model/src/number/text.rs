//! Writes a Number's canonical text.

use super::Number;
use std::fmt;

/// The canonical text: plain digits, never an exponent, no needless zeros.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut buffer = [0; DIGITS_LENGTH_MAX];
        let digits = decimal_digits(self.coefficient(), &mut buffer);
        let mut text = Text::default();
        if self.negative {
            text.push(b"-");
        }
        let zeros = [b'0'; ZEROS_MAX];
        // How many of the digits stand before the point.
        let point = digits.len() as i32 + self.exponent();
        if self.exponent() >= 0 {
            text.push(digits);
            text.push(&zeros[..self.exponent() as usize]);
        } else if point > 0 {
            let (integer, fraction) = digits.split_at(point as usize);
            text.push(integer);
            text.push(b".");
            text.push(fraction);
        } else {
            text.push(b"0.");
            text.push(&zeros[..point.unsigned_abs() as usize]);
            text.push(digits);
        }
        f.write_str(text.as_str())
    }
}

/// Most zeros between the point and the digits (of 1E-130), or behind them (of 1E+125).
const ZEROS_MAX: usize = 129;
/// A sign, a zero, a point, zeros, and the digits.
const TEXT_LENGTH_MAX: usize = 3 + ZEROS_MAX + DIGITS_LENGTH_MAX;
/// Digits of a u128.
const DIGITS_LENGTH_MAX: usize = 39;

/// A number's text while it is put together.
struct Text {
    bytes: [u8; TEXT_LENGTH_MAX],
    length: usize,
}

impl Default for Text {
    fn default() -> Self {
        Self { bytes: [0; TEXT_LENGTH_MAX], length: 0 }
    }
}

impl Text {
    fn push(&mut self, part: &[u8]) {
        self.bytes[self.length..self.length + part.len()].copy_from_slice(part);
        self.length += part.len();
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).expect("digits are ASCII")
    }
}

/// The decimal digits of a coefficient, in the back of the buffer.
fn decimal_digits(mut value: u128, buffer: &mut [u8; DIGITS_LENGTH_MAX]) -> &[u8] {
    let mut at = buffer.len();
    let mut put = |digit: u64| {
        at -= 1;
        buffer[at] = b'0' + digit as u8;
    };
    // Long division only for what 64 bits cannot hold.
    while value > u128::from(u64::MAX) {
        put((value % 10) as u64);
        value /= 10;
    }
    let mut value = value as u64;
    loop {
        put(value % 10);
        value /= 10;
        if value == 0 {
            break;
        }
    }
    &buffer[at..]
}
