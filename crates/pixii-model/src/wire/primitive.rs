//! Strings, numbers, booleans, blobs, enums, lists and maps: what structures are made of.

use super::decode::{Decode, Decoder};
use super::description::{printed_list, printed_map};
use super::encode::Timestamp;
use super::json::{Json, JsonNumber};
use super::rule::Rule;
use crate::error::serialization::JsonKind;
use crate::error::{Constraint, SerializationFault, ViolatingValue};
use bytes::Bytes;
use std::collections::BTreeMap;

impl Decode for String {
    const KIND: JsonKind = JsonKind::String;

    fn decode(json: Json<'_>, rule: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let text = decoder.text(json)?;
        decoder.violate_all(rule.broken_by_text(&text), rule, || text.to_string());
        Ok(text.into_owned())
    }
}

impl Decode for bool {
    const KIND: JsonKind = JsonKind::Boolean;

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        match &json {
            Json::Bool(value) => Ok(*value),
            Json::String(text) => {
                let is_one_of = |words: [&str; 3]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
                if is_one_of(["true", "1", "yes"]) {
                    Ok(true)
                } else if is_one_of(["false", "0", "no"]) {
                    Ok(false)
                } else {
                    Err(SerializationFault::BooleanText)
                }
            }
            _ => Err(decoder.wrong_type(&json)),
        }
    }
}

impl Decode for i64 {
    const KIND: JsonKind = JsonKind::Long;

    fn decode(json: Json<'_>, rule: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let value = match json {
            Json::Number(JsonNumber::Integer(value)) => {
                value.value().clamp(Self::MIN.into(), Self::MAX.into()) as Self
            }
            Json::Number(JsonNumber::Decimal(value)) => value.floor() as Self,
            other => return Err(decoder.wrong_type(&other)),
        };
        decoder.violate_all(rule.broken_by_number(value), rule, || value.to_string());
        Ok(value)
    }
}

impl Decode for i32 {
    const KIND: JsonKind = JsonKind::Integer;

    fn decode(json: Json<'_>, rule: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let value = match json {
            Json::Number(JsonNumber::Integer(value)) => {
                value.value().clamp(Self::MIN.into(), Self::MAX.into()) as Self
            }
            Json::Number(JsonNumber::Decimal(value)) => value.floor() as Self,
            other => return Err(decoder.wrong_type(&other)),
        };
        decoder.violate_all(rule.broken_by_number(value.into()), rule, || value.to_string());
        Ok(value)
    }
}

impl Decode for f64 {
    const KIND: JsonKind = JsonKind::Double;

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        match json {
            Json::Number(JsonNumber::Integer(value)) => Ok(value.value() as Self),
            Json::Number(JsonNumber::Decimal(value)) => Ok(value),
            other => Err(decoder.wrong_type(&other)),
        }
    }
}

impl Decode for Timestamp {
    const KIND: JsonKind = JsonKind::Timestamp;

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        match json {
            Json::Number(JsonNumber::Integer(seconds)) => {
                let millis = seconds.value().saturating_mul(1000).clamp(0, u64::MAX.into());
                Ok(Self { millis: millis as u64 })
            }
            // `as` saturates: points in time before 1970 are 1970.
            Json::Number(JsonNumber::Decimal(seconds)) => {
                Ok(Self { millis: (seconds * 1000.0).round() as u64 })
            }
            other => Err(decoder.wrong_type(&other)),
        }
    }
}

impl Decode for Bytes {
    const KIND: JsonKind = JsonKind::Blob;

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let text = decoder.text(json)?;
        if !text.len().is_multiple_of(4) {
            return Err(SerializationFault::Base64Length { length: text.encode_utf16().count() });
        }
        base64_simd::STANDARD
            .decode_to_vec(text.as_bytes())
            .map(Self::from)
            .map_err(|_| SerializationFault::Base64)
    }
}

impl<T: Decode> Decode for Vec<T> {
    const KIND: JsonKind = JsonKind::List(&T::KIND);

    fn decode(json: Json<'_>, rule: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let members = rule.members.unwrap_or(&Rule::NONE);
        if decoder.is_describing() {
            decoder.describe::<T>("member", false, members)?;
            return Ok(Self::new());
        }
        let elements = decoder.array(json)?;
        decoder.violate_all(rule.broken_by_length(elements.len()), rule, || printed_list::<T>(&elements));
        elements
            .into_iter()
            .enumerate()
            .map(|(index, element)| decoder.list_element(index, element, members))
            .collect()
    }
}

impl<T: Decode> Decode for BTreeMap<String, T> {
    const KIND: JsonKind = JsonKind::Map(&T::KIND);

    fn decode(json: Json<'_>, rule: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let keys = rule.keys.unwrap_or(&Rule::NONE);
        let values = rule.members.unwrap_or(&Rule::NONE);
        if decoder.is_describing() {
            decoder.describe::<String>("key", false, keys)?;
            decoder.describe::<T>("value", false, values)?;
            return Ok(Self::new());
        }
        let entries = decoder.object(json)?;
        let mut broken = rule.broken_by_length(entries.len());
        // AWS tells of keys and values that break constraints at the map, and lists all their constraints.
        if entries.iter().any(|(key, _)| !keys.broken_by_text(key).is_empty()) {
            broken.push(Constraint::MapKey(keys.constraints()));
        }
        if entries.iter().any(|(_, value)| values.is_broken_by_length_of(value)) {
            broken.push(Constraint::MapValue(values.constraints()));
        }
        decoder.violate_all(broken, rule, || printed_map::<T>(&entries));
        let values = &values.without_length();
        entries.into_iter().map(|(key, value)| decoder.map_entry(key.into_owned(), value, values)).collect()
    }
}

/// Reads an enum by its wire names.
pub fn decode_enum<T: Decode>(
    json: Json<'_>,
    decoder: &mut Decoder,
    from_wire: impl FnOnce(&str) -> Option<T>,
) -> Result<T, SerializationFault> {
    let text = decoder.text(json)?;
    Ok(from_wire(&text).unwrap_or_else(|| {
        let values = T::VALUES.unwrap_or_default();
        decoder.violate(ViolatingValue::Printed(text.into_owned()), Constraint::Enum(values));
        T::default()
    }))
}

/// Declares an enum of the API model: its values, their wire names, its default while decoding (the first), and in which
/// order AWS prints them in a violation.
#[macro_export]
macro_rules! wire_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $wire:literal),+ $(,)? } printed [$($printed:literal),+ $(,)?]) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            #[default]
            $($(#[$variant_doc])* $variant),+
        }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $wire),+ }
            }

            /// The value of that wire name.
            pub fn from_wire(text: &str) -> Option<Self> {
                match text { $($wire => Some(Self::$variant),)+ _ => None }
            }
        }

        impl $crate::wire::Decode for $name {
            const KIND: $crate::wire::JsonKind = $crate::wire::JsonKind::String;
            const VALUES: Option<&'static [&'static str]> = Some(&[$($printed),+]);

            fn decode(
                json: $crate::wire::Json<'_>,
                _: &$crate::wire::Rule,
                decoder: &mut $crate::wire::Decoder,
            ) -> Result<Self, $crate::error::SerializationFault> {
                $crate::wire::primitive::decode_enum(json, decoder, Self::from_wire)
            }
        }

        impl $crate::wire::Encode for $name {
            fn encode(&self, writer: &mut $crate::wire::JsonWriter) {
                writer.string(self.as_str());
            }
        }
    };
}
