//! A request body as a tree that borrows from the bytes as they came.

use crate::error::SerializationFault;
use crate::error::serialization::JsonToken;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// A JSON value. Objects keep the order of their members, and repeated ones.
#[derive(Clone, Debug, PartialEq)]
pub enum Json<'a> {
    /// null
    Null,
    /// true or false
    Bool(bool),
    /// A number.
    Number(JsonNumber),
    /// A string.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Json<'a>>),
    /// An object.
    Object(Members<'a>),
}

/// An object's members, in their order.
pub type Members<'a> = Vec<(Cow<'a, str>, Json<'a>)>;

/// A JSON number: members that are numbers are whole ones, but for a few.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum JsonNumber {
    /// A whole number of 64 bits, signed or not.
    Integer(Whole),
    /// One with a point or an exponent, or a larger one.
    Decimal(f64),
}

/// A whole number of 64 bits, signed or not. Kept as bytes: aligned as an `i128`, it would make every JSON value half as
/// large again, and a body of 16 MB can hold eight million of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole([u8; 16]);

impl Whole {
    /// The number.
    pub fn value(self) -> i128 {
        i128::from_ne_bytes(self.0)
    }
}

impl<N: Into<i128>> From<N> for Whole {
    fn from(number: N) -> Self {
        Self(number.into().to_ne_bytes())
    }
}

/// Parses a body. Its depth is limited (to 128) whatever the input.
pub fn parse(body: &[u8]) -> Result<Json<'_>, SerializationFault> {
    let text = std::str::from_utf8(body).map_err(|_| SerializationFault::Syntax)?;
    serde_json::from_str(text).map_err(|_| SerializationFault::Syntax)
}

impl Json<'_> {
    /// What kind of token it is or begins with.
    pub fn token(&self) -> JsonToken {
        match self {
            Self::Null => JsonToken::Null,
            Self::Bool(true) => JsonToken::True,
            Self::Bool(false) => JsonToken::False,
            Self::Number(JsonNumber::Decimal(value)) if value.fract() != 0.0 => JsonToken::Decimal,
            Self::Number(_) => JsonToken::Number,
            Self::String(_) => JsonToken::String,
            Self::Array(_) => JsonToken::Array,
            Self::Object(_) => JsonToken::Object,
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Json<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tree;
        impl<'de> Visitor<'de> for Tree {
            type Value = Json<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON value")
            }
            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(Json::Null)
            }
            fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
                Ok(Json::Bool(value))
            }
            fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
                Ok(Json::Number(JsonNumber::Integer(value.into())))
            }
            fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
                Ok(Json::Number(JsonNumber::Integer(value.into())))
            }
            fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
                Ok(Json::Number(JsonNumber::Decimal(value)))
            }
            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Json::String(Cow::Borrowed(text)))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Json::String(Cow::Owned(text.to_owned())))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
                let Some(first) = elements.next_element()? else { return Ok(Json::Array(Vec::new())) };
                // By itself it would make room for four: sixteen megabytes of arrays of one would fill half a gigabyte.
                let mut array = Vec::with_capacity(1);
                array.push(first);
                while let Some(element) = elements.next_element()? {
                    array.push(element);
                }
                Ok(Json::Array(array))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
                let Some((Name(name), value)) = members.next_entry()? else {
                    return Ok(Json::Object(Vec::new()));
                };
                // Most objects of a body are attribute values, which have one member.
                let mut object = Vec::with_capacity(1);
                object.push((name, value));
                while let Some((Name(name), value)) = members.next_entry()? {
                    object.push((name, value));
                }
                Ok(Json::Object(object))
            }
        }
        deserializer.deserialize_any(Tree)
    }
}

/// A member's name, borrowed where it holds no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a member's name")
            }
            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(text)))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_without_escapes_are_borrowed() {
        let Json::Object(members) = parse(br#"{"a":"b","c\u0041":"d\n"}"#).unwrap() else {
            panic!("an object")
        };
        assert!(matches!(members[0], (Cow::Borrowed("a"), Json::String(Cow::Borrowed("b")))));
        assert_eq!(members[1], ("cA".into(), Json::String("d\n".into())));
    }

    #[test]
    fn a_value_is_small() {
        assert!(size_of::<Json<'_>>() <= 32, "{}", size_of::<Json<'_>>());
        let numbers = parse(b"[-9223372036854775808,18446744073709551615]").unwrap();
        let Json::Array(numbers) = numbers else { panic!("an array") };
        let whole = |number: i128| Json::Number(JsonNumber::Integer(number.into()));
        assert_eq!(numbers, [whole(i64::MIN.into()), whole(u64::MAX.into())]);
    }

    #[test]
    fn hostile_depth_is_refused() {
        let deep = "[".repeat(1_000_000);
        assert_eq!(parse(deep.as_bytes()), Err(SerializationFault::Syntax));
    }
}
