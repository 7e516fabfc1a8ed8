//! Bodies that are no JSON, and members of the wrong JSON type.

use crate::error::SerializationFault;
use crate::error::serialization::{JsonKind, JsonToken};
use std::fmt;

impl fmt::Display for SerializationFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // AWS sends no message at all for a body that is no JSON.
            Self::Syntax => Ok(()),
            Self::WrongType { expected, found } => wrong_type(*expected, *found, f),
            Self::Base64Length { length } => {
                write!(f, "Base64 encoded length is expected a multiple of 4 bytes but found: {length}")
            }
            Self::Base64 => f.write_str("Invalid last non-pad Base64 character dectected"),
        }
    }
}

fn wrong_type(expected: JsonKind, found: JsonToken, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let token = match found {
        JsonToken::String => "STRING_VALUE",
        JsonToken::Number => "NUMBER_VALUE",
        JsonToken::Decimal => "DECIMAL_VALUE",
        JsonToken::True => "TRUE_VALUE",
        JsonToken::False => "FALSE_VALUE",
        JsonToken::Null => "NULL_VALUE",
        JsonToken::Array | JsonToken::Object => return collection(expected, found, f),
    };
    match expected {
        JsonKind::String => write!(f, "{token} cannot be converted to String"),
        JsonKind::Integer => write!(f, "{token} cannot be converted to Integer"),
        JsonKind::Long => write!(f, "{token} cannot be converted to Long"),
        JsonKind::Double => write!(f, "{token} cannot be converted to Double"),
        JsonKind::Boolean => write!(f, "{token} cannot be converted to Boolean"),
        JsonKind::Timestamp => write!(f, "{token} cannot be converted to Date"),
        JsonKind::Blob => f.write_str("only base-64-encoded strings are convertible to bytes"),
        JsonKind::List | JsonKind::Map => f.write_str("Unexpected field type"),
        JsonKind::Structure => f.write_str("Unexpected value type in payload"),
    }
}

fn collection(expected: JsonKind, found: JsonToken, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match (expected, found) {
        (JsonKind::List, JsonToken::Object) => {
            f.write_str("Start of structure or map found where not expected")
        }
        (JsonKind::Map | JsonKind::Structure, JsonToken::Array) => {
            f.write_str("Unrecognized collection type class java.util.LinkedHashMap")
        }
        (_, JsonToken::Array) => f.write_str("Unrecognized collection type class java.lang.String"),
        _ => f.write_str("Start of structure or map found where not expected"),
    }
}
