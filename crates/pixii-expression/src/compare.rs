//! How DynamoDB compares values: only within a type, and without decoding what lies in a stored item.

use crate::attribute_source::ValueRef;
use bytes::Bytes;
use pixii_model::{AttributeValue, EncodedValue, Number};
use std::cmp::Ordering;

/// Work that [`has_part`] may spend on the simple search, in comparisons of bytes.
const SIMPLE_SEARCH_MAX: usize = 1 << 16;

/// A value of a type that has an order.
#[derive(Clone, Copy, PartialEq)]
enum Scalar<'a> {
    S(&'a str),
    N(Number),
    B(&'a [u8]),
}

/// Whether two values are equal: of one type, and equal by value.
pub(crate) fn equal(left: ValueRef<'_>, right: ValueRef<'_>) -> bool {
    match (left, right) {
        (ValueRef::Decoded(left), ValueRef::Decoded(right)) => left == right,
        // Stored values are canonical: equal values have equal bytes.
        (ValueRef::Encoded(left), ValueRef::Encoded(right)) => left == right,
        (ValueRef::Decoded(decoded), ValueRef::Encoded(stored))
        | (ValueRef::Encoded(stored), ValueRef::Decoded(decoded)) => equals_stored(decoded, stored),
        (ValueRef::Number(number), other) | (other, ValueRef::Number(number)) => {
            scalar(other) == Some(Scalar::N(number))
        }
    }
}

fn equals_stored(decoded: &AttributeValue, stored: EncodedValue<'_>) -> bool {
    match (decoded, stored) {
        (AttributeValue::S(left), EncodedValue::S(right)) => left == right,
        (AttributeValue::N(left), EncodedValue::N(right)) => *left == stored_number(right),
        (AttributeValue::B(left), EncodedValue::B(right)) => left == right,
        (AttributeValue::Bool(left), EncodedValue::Bool(right)) => *left == right,
        (AttributeValue::Null, EncodedValue::Null) => true,
        (AttributeValue::M(left), EncodedValue::M(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|((name, left), (stored_name, right))| {
                    name == stored_name && equals_stored(left, right)
                })
        }
        (AttributeValue::L(left), EncodedValue::L(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| equals_stored(left, right))
        }
        (AttributeValue::Ss(left), EncodedValue::Ss(right)) => left.iter().map(String::as_bytes).eq(right),
        (AttributeValue::Ns(left), EncodedValue::Ns(right)) => {
            left.iter().copied().eq(right.texts().map(stored_number))
        }
        (AttributeValue::Bs(left), EncodedValue::Bs(right)) => left.iter().map(Bytes::as_ref).eq(right),
        _ => false,
    }
}

/// The order of two Strings, two Numbers or two Binaries; other values have none.
pub(crate) fn order(left: ValueRef<'_>, right: ValueRef<'_>) -> Option<Ordering> {
    match (scalar(left)?, scalar(right)?) {
        (Scalar::S(left), Scalar::S(right)) => Some(left.cmp(right)),
        (Scalar::N(left), Scalar::N(right)) => Some(left.cmp(&right)),
        (Scalar::B(left), Scalar::B(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

/// Whether a String or Binary begins with another.
pub(crate) fn begins_with(value: ValueRef<'_>, prefix: ValueRef<'_>) -> bool {
    match (scalar(value), scalar(prefix)) {
        (Some(Scalar::S(value)), Some(Scalar::S(prefix))) => value.starts_with(prefix),
        (Some(Scalar::B(value)), Some(Scalar::B(prefix))) => value.starts_with(prefix),
        _ => false,
    }
}

/// Whether a String or Binary has another in it, or a set or list has that element.
pub(crate) fn contains(value: ValueRef<'_>, element: ValueRef<'_>) -> bool {
    use AttributeValue as Decoded;
    use EncodedValue as Encoded;
    let wanted = scalar(element);
    match value {
        ValueRef::Decoded(Decoded::L(list)) => list.iter().any(|found| equal(found.into(), element)),
        ValueRef::Encoded(Encoded::L(mut list)) => list.any(|found| equal(found.into(), element)),
        ValueRef::Decoded(Decoded::Ss(set)) => set.iter().any(|found| wanted == Some(Scalar::S(found))),
        ValueRef::Decoded(Decoded::Ns(set)) => set.iter().any(|found| wanted == Some(Scalar::N(*found))),
        ValueRef::Decoded(Decoded::Bs(set)) => set.iter().any(|found| wanted == Some(Scalar::B(found))),
        ValueRef::Encoded(Encoded::Ss(set)) => set.texts().any(|found| wanted == Some(Scalar::S(found))),
        ValueRef::Encoded(Encoded::Ns(set)) => {
            set.texts().any(|found| wanted == Some(Scalar::N(stored_number(found))))
        }
        ValueRef::Encoded(Encoded::Bs(mut set)) => set.any(|found| wanted == Some(Scalar::B(found))),
        _ => match (scalar(value), wanted) {
            (Some(Scalar::S(value)), Some(Scalar::S(part))) => value.contains(part),
            (Some(Scalar::B(value)), Some(Scalar::B(part))) => has_part(value, part),
            _ => false,
        },
    }
}

/// What `size` says of a value: UTF-16 code units of a String, bytes of a Binary, elements of a set, list or map; others have
/// none.
pub(crate) fn size(value: ValueRef<'_>) -> Option<usize> {
    Some(match value {
        ValueRef::Decoded(value) => match value {
            AttributeValue::S(text) => text.encode_utf16().count(),
            AttributeValue::B(bytes) => bytes.len(),
            AttributeValue::M(map) => map.len(),
            AttributeValue::L(list) => list.len(),
            AttributeValue::Ss(set) => set.len(),
            AttributeValue::Ns(set) => set.len(),
            AttributeValue::Bs(set) => set.len(),
            AttributeValue::N(_) | AttributeValue::Bool(_) | AttributeValue::Null => return None,
        },
        ValueRef::Encoded(value) => match value {
            EncodedValue::S(text) => text.encode_utf16().count(),
            EncodedValue::B(bytes) => bytes.len(),
            EncodedValue::M(map) => map.len(),
            EncodedValue::L(list) => list.len(),
            EncodedValue::Ss(set) | EncodedValue::Ns(set) | EncodedValue::Bs(set) => set.count(),
            EncodedValue::N(_) | EncodedValue::Bool(_) | EncodedValue::Null => return None,
        },
        ValueRef::Number(_) => return None,
    })
}

fn scalar(value: ValueRef<'_>) -> Option<Scalar<'_>> {
    match value {
        ValueRef::Decoded(AttributeValue::S(text)) => Some(Scalar::S(text)),
        ValueRef::Decoded(AttributeValue::N(number)) => Some(Scalar::N(*number)),
        ValueRef::Decoded(AttributeValue::B(bytes)) => Some(Scalar::B(bytes)),
        ValueRef::Encoded(EncodedValue::S(text)) => Some(Scalar::S(text)),
        ValueRef::Encoded(EncodedValue::N(text)) => Some(Scalar::N(stored_number(text))),
        ValueRef::Encoded(EncodedValue::B(bytes)) => Some(Scalar::B(bytes)),
        ValueRef::Number(number) => Some(Scalar::N(number)),
        ValueRef::Decoded(_) | ValueRef::Encoded(_) => None,
    }
}

fn stored_number(text: &str) -> Number {
    Number::parse(text).expect("a stored number is canonical")
}

/// Whether `part` lies in `value`. Long ones are compared as text, byte for character, because the search in text takes
/// time in proportion to its length, whatever the content.
fn has_part(value: &[u8], part: &[u8]) -> bool {
    if part.is_empty() {
        return true;
    }
    if value.len().saturating_mul(part.len()) <= SIMPLE_SEARCH_MAX {
        return value.windows(part.len()).any(|window| window == part);
    }
    let as_text = |bytes: &[u8]| bytes.iter().map(|byte| char::from(*byte)).collect::<String>();
    as_text(value).contains(&as_text(part))
}
