//! Numbers as bytes that sort by value.
//!
//! ```text
//! negative := 00 !(exponent + 128) !(pair + 1)* ff
//! zero     := 01
//! positive := 02  (exponent + 128)  (pair + 1)* 00
//! ```
//!
//! `pair`s are the base-100 digits of the number written as `0.pair pair ... * 100^exponent`, the first not zero, none
//! trailing. A pair's byte is 1 to 100 (or its complement), so the terminator sorts a shorter number before (behind) its
//! continuations.

use pixii_model::Number;

const NEGATIVE: u8 = 0;
const ZERO: u8 = 1;
const POSITIVE: u8 = 2;
const EXPONENT_BIAS: i32 = 128;

/// Appends the number.
pub(super) fn put(out: &mut Vec<u8>, number: &Number) {
    if number.is_zero() {
        out.push(ZERO);
        return;
    }
    let mask = if number.is_negative() { u8::MAX } else { 0 };
    out.push(if number.is_negative() { NEGATIVE } else { POSITIVE });
    let exponent = number.magnitude().div_euclid(2) + 1;
    out.push((exponent + EXPONENT_BIAS) as u8 ^ mask);
    // Align the coefficient to a whole number of pairs counted from the decimal point.
    let mut coefficient = number.coefficient();
    if number.exponent().rem_euclid(2) == 1 {
        coefficient *= 10;
    }
    let mut pairs = [0u8; 20];
    let mut at = pairs.len();
    while coefficient > 0 {
        at -= 1;
        pairs[at] = (coefficient % 100) as u8 + 1;
        coefficient /= 100;
    }
    out.extend(pairs[at..].iter().map(|pair| pair ^ mask));
    out.push(mask);
}

/// Reads a number and answers what is left; `None` if the bytes are none.
pub(super) fn take(bytes: &[u8]) -> Option<(Number, &[u8])> {
    let (&sign, rest) = bytes.split_first()?;
    let mask = match sign {
        ZERO => return Some((Number::ZERO, rest)),
        NEGATIVE => u8::MAX,
        POSITIVE => 0,
        _ => return None,
    };
    let (&exponent, rest) = rest.split_first()?;
    let end = rest.iter().position(|&byte| byte == mask)?;
    let mut text = String::with_capacity(2 * end + 8);
    text.push_str(if sign == NEGATIVE { "-0." } else { "0." });
    for byte in &rest[..end] {
        let pair = (byte ^ mask).checked_sub(1)?;
        text.push_str(&format!("{pair:02}"));
    }
    let exponent = 2 * (i32::from(exponent ^ mask) - EXPONENT_BIAS);
    text.push_str(&format!("e{exponent}"));
    Some((Number::parse(&text).ok()?, &rest[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_sort_as_their_bytes() {
        let sorted = [
            "-9.9999999999999999999999999999999999999E+125",
            "-1000",
            "-999.9",
            "-100",
            "-99",
            "-12.345",
            "-12.34",
            "-12",
            "-1",
            "-0.5",
            "-0.05",
            "-1E-130",
            "0",
            "1E-130",
            "0.05",
            "0.5",
            "0.51",
            "1",
            "1.01",
            "9",
            "10",
            "12.34",
            "12.345",
            "99",
            "100",
            "999.9",
            "1000",
            "1E+125",
            "9.9999999999999999999999999999999999999E+125",
        ];
        let keys: Vec<Vec<u8>> = sorted
            .iter()
            .map(|text| {
                let number = Number::parse(text).unwrap();
                let mut key = Vec::new();
                put(&mut key, &number);
                let mut followed = key.clone();
                followed.push(7);
                assert_eq!(take(&followed), Some((number, &[7][..])), "{text}");
                key
            })
            .collect();
        for (pair, texts) in keys.windows(2).zip(sorted.windows(2)) {
            assert!(pair[0] < pair[1], "{texts:?} {pair:02x?}");
        }
    }
}
