//! Bodies that are no JSON, and members of the wrong JSON type.

use crate::error::SerializationFault;
use crate::error::serialization::{JsonKind, JsonToken, Position};
use std::fmt;

impl fmt::Display for SerializationFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // AWS sends no message at all for a body that is no JSON.
            Self::Syntax => Ok(()),
            Self::WrongType { expected, position, found } => wrong_type(*expected, *position, *found, f),
            Self::BooleanText => f.write_str("Unexpected token received from parser"),
            Self::Base64Length { length } => {
                write!(f, "Base64 encoded length is expected a multiple of 4 bytes but found: {length}")
            }
            Self::Base64 => f.write_str("Invalid last non-pad Base64 character dectected"),
        }
    }
}

fn wrong_type(
    expected: JsonKind,
    position: Position,
    found: JsonToken,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let token = match found {
        JsonToken::String => "STRING_VALUE",
        JsonToken::Number => "NUMBER_VALUE",
        JsonToken::Decimal => "DECIMAL_VALUE",
        JsonToken::True => "TRUE_VALUE",
        JsonToken::False => "FALSE_VALUE",
        JsonToken::Null => "NULL_VALUE",
        JsonToken::Object => return f.write_str("Start of structure or map found where not expected"),
        JsonToken::Array => {
            // Java prints an interface without "class", and a generic type is none.
            let class = if matches!(expected, JsonKind::Map(_)) { "" } else { "class " };
            return write!(f, "Unrecognized collection type {class}{}", JavaType(expected));
        }
    };
    match (expected, position) {
        (JsonKind::String, _) => write!(f, "{token} cannot be converted to String"),
        (JsonKind::Integer, _) => write!(f, "{token} cannot be converted to Integer"),
        (JsonKind::Long, _) => write!(f, "{token} cannot be converted to Long"),
        (JsonKind::Double, _) => write!(f, "{token} cannot be converted to Double"),
        (JsonKind::Boolean, _) => write!(f, "{token} cannot be converted to Boolean"),
        (JsonKind::Timestamp, _) => write!(f, "{token} cannot be converted to Date"),
        (JsonKind::Blob, _) => f.write_str("only base-64-encoded strings are convertible to bytes"),
        (JsonKind::List(_) | JsonKind::Map(_) | JsonKind::Structure(_), Position::Member) => {
            f.write_str("Unexpected field type")
        }
        (JsonKind::Structure(_), Position::Element) => f.write_str("Unexpected value type in payload"),
        (JsonKind::List(_) | JsonKind::Map(_), Position::Element) => f.write_str(
            "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class \
             (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base \
             of loader 'bootstrap')",
        ),
    }
}

/// A kind as the Java type that AWS's decoder makes of it.
struct JavaType(JsonKind);

impl fmt::Display for JavaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            JsonKind::String => f.write_str("java.lang.String"),
            JsonKind::Integer => f.write_str("java.lang.Integer"),
            JsonKind::Long => f.write_str("java.lang.Long"),
            JsonKind::Double => f.write_str("java.lang.Double"),
            JsonKind::Boolean => f.write_str("java.lang.Boolean"),
            JsonKind::Blob => f.write_str("java.nio.ByteBuffer"),
            JsonKind::Timestamp => f.write_str("java.util.Date"),
            JsonKind::List(element) => write!(f, "java.util.List<{}>", Self(*element)),
            JsonKind::Map(value) => write!(f, "java.util.Map<java.lang.String, {}>", Self(*value)),
            JsonKind::Structure(name) => write!(f, "com.amazonaws.dynamodb.v20120810.{name}"),
        }
    }
}
