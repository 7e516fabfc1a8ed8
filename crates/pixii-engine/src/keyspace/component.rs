//! The parts of a key: partition keys, which only need to be told apart, and sort keys, which must keep their order.
//!
//! ```text
//! partition := (tag length:u16 bytes)+          one for each partition attribute
//! sorted    := tag escaped 00 00                S and B: each 00 inside is followed by ff
//!            | tag number                       N: self-delimiting, see `number`
//! last      := tag bytes | tag number           at the end of a key nothing needs escaping
//! ```

use super::number;
use crate::table::KeyType;
use bytes::Bytes;
use pixii_model::AttributeValue;

const TAG_S: u8 = b'S';
const TAG_N: u8 = b'N';
const TAG_B: u8 = b'B';

fn tag(value: &AttributeValue) -> u8 {
    match value {
        AttributeValue::S(_) => TAG_S,
        AttributeValue::N(_) => TAG_N,
        AttributeValue::B(_) => TAG_B,
        _ => panic!("a key attribute is a string, a number or binary"),
    }
}

/// The tag of a sort key's type, alone: where the sort keys of that type begin.
pub(super) fn tag_of(key_type: KeyType) -> u8 {
    match key_type {
        KeyType::S => TAG_S,
        KeyType::N => TAG_N,
        KeyType::B => TAG_B,
    }
}

/// Appends one partition attribute.
pub(super) fn put_partition(out: &mut Vec<u8>, value: &AttributeValue) {
    out.push(tag(value));
    let length_at = out.len();
    out.extend_from_slice(&[0, 0]);
    put_bare(out, value);
    let length = u16::try_from(out.len() - length_at - 2).expect("a partition key has at most 2048 bytes");
    out[length_at..length_at + 2].copy_from_slice(&length.to_be_bytes());
}

/// Appends a sort attribute that something follows.
pub(super) fn put_sorted(out: &mut Vec<u8>, value: &AttributeValue) {
    put_sorted_open(out, value);
    if !matches!(value, AttributeValue::N(_)) {
        out.extend_from_slice(&[0, 0]);
    }
}

/// Appends a sort attribute without its end: the prefix of every value that begins with this one.
pub(super) fn put_sorted_open(out: &mut Vec<u8>, value: &AttributeValue) {
    out.push(tag(value));
    match value {
        AttributeValue::S(text) => put_escaped(out, text.as_bytes()),
        AttributeValue::B(bytes) => put_escaped(out, bytes),
        _ => put_bare(out, value),
    }
}

/// Appends a sort attribute at the end of a key.
pub(super) fn put_last(out: &mut Vec<u8>, value: &AttributeValue) {
    out.push(tag(value));
    put_bare(out, value);
}

fn put_bare(out: &mut Vec<u8>, value: &AttributeValue) {
    match value {
        AttributeValue::S(text) => out.extend_from_slice(text.as_bytes()),
        AttributeValue::B(bytes) => out.extend_from_slice(bytes),
        AttributeValue::N(number) => number::put(out, number),
        _ => panic!("a key attribute is a string, a number or binary"),
    }
}

fn put_escaped(out: &mut Vec<u8>, bytes: &[u8]) {
    for &byte in bytes {
        out.push(byte);
        if byte == 0 {
            out.push(u8::MAX);
        }
    }
}

/// Reads a partition attribute and answers what is left.
pub(super) fn take_partition(bytes: &[u8]) -> Option<(AttributeValue, &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first_chunk::<2>()?;
    let (value, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    Some((bare(tag, value)?, rest))
}

/// How many bytes a partition attribute takes.
pub(super) fn partition_length(bytes: &[u8]) -> Option<usize> {
    let (length, _) = bytes.get(1..)?.split_first_chunk::<2>()?;
    let length = 3 + usize::from(u16::from_be_bytes(*length));
    (length <= bytes.len()).then_some(length)
}

/// Reads a sort attribute that something follows, and answers what is left.
pub(super) fn take_sorted(bytes: &[u8]) -> Option<(AttributeValue, &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    if tag == TAG_N {
        let (number, rest) = number::take(rest)?;
        return Some((AttributeValue::N(number), rest));
    }
    let mut value = Vec::new();
    let mut at = 0;
    loop {
        let byte = *rest.get(at)?;
        at += 1;
        if byte == 0 {
            match rest.get(at)? {
                0 => return Some((bare(tag, &value)?, &rest[at + 1..])),
                &u8::MAX => at += 1,
                _ => return None,
            }
        }
        value.push(byte);
    }
}

/// What follows a sort attribute that something follows.
pub(super) fn after_sorted(bytes: &[u8]) -> Option<&[u8]> {
    let (&tag, rest) = bytes.split_first()?;
    if tag == TAG_N {
        return number::take(rest).map(|(_, rest)| rest);
    }
    let mut at = 0;
    loop {
        at += rest.get(at..)?.iter().position(|byte| *byte == 0)? + 2;
        if *rest.get(at - 1)? == 0 {
            return Some(&rest[at..]);
        }
    }
}

/// Reads a sort attribute that is all there is.
pub(super) fn take_last(bytes: &[u8]) -> Option<AttributeValue> {
    let (&tag, rest) = bytes.split_first()?;
    bare(tag, rest)
}

fn bare(tag: u8, bytes: &[u8]) -> Option<AttributeValue> {
    Some(match tag {
        TAG_S => AttributeValue::S(String::from_utf8(bytes.to_vec()).ok()?),
        TAG_B => AttributeValue::B(Bytes::copy_from_slice(bytes)),
        TAG_N => match number::take(bytes)? {
            (number, []) => AttributeValue::N(number),
            _ => return None,
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_components_keep_order_and_come_back() {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let sorted = [
            text(""),
            text("\0"),
            text("\0\0"),
            text("\0a"),
            text("a"),
            text("a\0"),
            text("a\0b"),
            text("aa"),
            text("é"),
        ];
        let keys: Vec<Vec<u8>> = sorted
            .iter()
            .map(|value| {
                let mut key = Vec::new();
                put_sorted(&mut key, value);
                key.push(b'!');
                assert_eq!(take_sorted(&key), Some((value.clone(), &b"!"[..])));
                assert_eq!(after_sorted(&key), Some(&b"!"[..]));
                key
            })
            .collect();
        assert!(keys.is_sorted(), "{keys:02x?}");
    }
}
