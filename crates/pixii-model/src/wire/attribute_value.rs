//! Attribute values, items and substitution values: their JSON, both ways.

use super::decode::{Decode, Decoder, Deferred};
use super::encode::{Encode, JsonWriter};
use super::json::{Json, Members};
use super::rule::Rule;
use crate::attribute_value::{AttributeType, AttributeValue};
use crate::encoded::{EncodedMap, EncodedValue, OutputItem, selected};
use crate::error::serialization::{JsonKind, Position};
use crate::error::{SerializationFault, ValueFault};
use crate::item::Item;
use crate::limits::NESTING_LEVELS_MAX;
use crate::number::Number;
use bytes::Bytes;
use std::collections::BTreeMap;

/// The types in the order in which AWS looks at them, and for what is wrong with them.
const TYPES: [AttributeType; 10] = [
    AttributeType::S,
    AttributeType::B,
    AttributeType::N,
    AttributeType::Bool,
    AttributeType::Null,
    AttributeType::Bs,
    AttributeType::Ns,
    AttributeType::Ss,
    AttributeType::L,
    AttributeType::M,
];

impl Decode for AttributeValue {
    const KIND: JsonKind = JsonKind::Structure("AttributeValue");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut members = decoder.object(json)?;
        if decoder.nesting >= NESTING_LEVELS_MAX {
            decoder.refuse_value(ValueFault::TooDeep);
        }
        if members.len() != 1 {
            return decode_one_of(members, decoder);
        }
        match members.pop().map(|(name, json)| (AttributeType::from_wire(&name), json)) {
            None | Some((None, _) | (_, Json::Null)) => Ok(Self::null(decoder)),
            Some((Some(attribute_type), json)) => decode_typed(attribute_type, json, decoder),
        }
    }

    fn null(decoder: &mut Decoder) -> Self {
        decoder.refuse_value(ValueFault::Empty);
        Self::Null
    }
}

/// Reads the one value among members of which some may be null or unknown.
fn decode_one_of(
    mut members: Members<'_>,
    decoder: &mut Decoder,
) -> Result<AttributeValue, SerializationFault> {
    let mut value = None;
    let mut several = false;
    for attribute_type in TYPES {
        let Some((_, json)) = members.iter_mut().rfind(|(name, _)| name == attribute_type.as_str()) else {
            continue;
        };
        let json = std::mem::replace(json, Json::Null);
        if !matches!(json, Json::Null) {
            several |= value.replace(decode_typed(attribute_type, json, decoder)?).is_some();
        }
    }
    if several {
        decoder.refuse_value(ValueFault::MoreThanOneType);
    }
    Ok(value.unwrap_or_else(|| AttributeValue::null(decoder)))
}

fn decode_typed(
    attribute_type: AttributeType,
    json: Json<'_>,
    decoder: &mut Decoder,
) -> Result<AttributeValue, SerializationFault> {
    Ok(match attribute_type {
        AttributeType::S => AttributeValue::S(member(json, decoder)?),
        AttributeType::N => AttributeValue::N(member(json, decoder)?),
        AttributeType::B => AttributeValue::B(member(json, decoder)?),
        AttributeType::Bool => AttributeValue::Bool(member(json, decoder)?),
        AttributeType::Null => {
            if !member::<bool>(json, decoder)? {
                decoder.refuse_value(ValueFault::NullIsFalse);
            }
            AttributeValue::Null
        }
        AttributeType::M => AttributeValue::M(nested(json, decoder)?),
        AttributeType::L => AttributeValue::L(nested(json, decoder)?),
        AttributeType::Ss => AttributeValue::Ss(member::<Set<_>>(json, decoder)?.0),
        AttributeType::Ns => AttributeValue::Ns(member::<Set<_>>(json, decoder)?.0),
        AttributeType::Bs => AttributeValue::Bs(member::<Set<_>>(json, decoder)?.0),
    })
}

fn member<T: Decode>(json: Json<'_>, decoder: &mut Decoder) -> Result<T, SerializationFault> {
    decoder.value(json, Position::Member, &Rule::NONE)
}

/// Reads what lies one level deeper.
fn nested<T: Decode>(json: Json<'_>, decoder: &mut Decoder) -> Result<T, SerializationFault> {
    decoder.nesting += 1;
    let value = member(json, decoder);
    decoder.nesting -= 1;
    value
}

impl Decode for Number {
    const KIND: JsonKind = JsonKind::String;

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let text = decoder.text(json)?;
        Ok(Self::parse(&text).unwrap_or_else(|error| {
            decoder.refuse_value(ValueFault::Number { error, text: text.into_owned() });
            Self::ZERO
        }))
    }
}

/// The elements of a set, sorted. (Sorted, because equal sets are to be equal values.)
#[derive(Default)]
struct Set<T>(Vec<T>);

/// What sets are made of.
trait SetElement: Decode + Ord {
    const SET_TYPE: AttributeType;

    /// As AWS prints it when it comes twice.
    fn print(&self) -> String;
}

impl SetElement for String {
    const SET_TYPE: AttributeType = AttributeType::Ss;

    fn print(&self) -> String {
        self.clone()
    }
}

impl SetElement for Number {
    const SET_TYPE: AttributeType = AttributeType::Ns;

    fn print(&self) -> String {
        self.to_string()
    }
}

impl SetElement for Bytes {
    const SET_TYPE: AttributeType = AttributeType::Bs;

    fn print(&self) -> String {
        base64_simd::STANDARD.encode_to_string(self)
    }
}

impl<T: SetElement> Decode for Set<T> {
    const KIND: JsonKind = JsonKind::List(&T::KIND);

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let elements = decoder.array(json)?;
        let mut set = Vec::with_capacity(elements.len());
        for element in elements {
            if matches!(element, Json::Null) {
                decoder.refuse_value(ValueFault::Empty);
            } else {
                set.push(decoder.value(element, Position::Element, &Rule::NONE)?);
            }
        }
        if set.is_empty() {
            decoder.refuse_value(ValueFault::EmptySet(T::SET_TYPE));
        }
        if !set.is_sorted_by(|left, right| left < right) {
            if has_repeats(&set) {
                let printed: Vec<_> = set.iter().map(T::print).collect();
                let printed = format!("[{}]", printed.join(", "));
                decoder.refuse_value(ValueFault::RepeatedElement { set_type: T::SET_TYPE, printed });
            }
            set.sort_unstable();
        }
        Ok(Self(set))
    }
}

/// Whether an element comes twice. Leaves the elements where they are: a message prints them as they came.
fn has_repeats<T: Ord>(elements: &[T]) -> bool {
    let mut sorted: Vec<&T> = elements.iter().collect();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| pair[0] == pair[1])
}

impl Decode for Item {
    const KIND: JsonKind = JsonKind::Map(&AttributeValue::KIND);

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        decoder
            .object(json)?
            .into_iter()
            .map(|(name, value)| {
                decoder.check_name(&name);
                let value = decoder.value(value, Position::Element, &Rule::NONE)?;
                Ok((name.into_owned(), value))
            })
            .collect()
    }
}

/// `ExpressionAttributeValues`: values by placeholder, colon included. Their faults name the placeholder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExpressionAttributeValues(pub Deferred<BTreeMap<String, AttributeValue>>);

impl Decode for ExpressionAttributeValues {
    const KIND: JsonKind = JsonKind::Map(&AttributeValue::KIND);

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut values = BTreeMap::new();
        let mut first_fault = None;
        for (placeholder, json) in decoder.object(json)? {
            let (value, fault) = decoder
                .set_value_fault_aside(|decoder| decoder.value(json, Position::Element, &Rule::NONE))?;
            if let (None, Some(fault)) = (&first_fault, fault) {
                first_fault = Some(fault.in_expression_values(&placeholder));
            }
            values.insert(placeholder.into_owned(), value);
        }
        Ok(Self(Deferred::with_fault(values, first_fault)))
    }
}

impl Encode for AttributeValue {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| match self {
            Self::S(text) => object.field("S", text),
            Self::N(number) => object.write("N", |writer| writer.displayed(number)),
            Self::B(bytes) => object.field("B", bytes),
            Self::Bool(value) => object.field("BOOL", value),
            Self::Null => object.field("NULL", &true),
            Self::M(map) => object.field("M", map),
            Self::L(list) => object.field("L", list),
            Self::Ss(set) => object.field("SS", set),
            Self::Ns(set) => {
                object.write("NS", |writer| writer.array(set, |writer, number| writer.displayed(number)))
            }
            Self::Bs(set) => object.field("BS", set),
        });
    }
}

impl Encode for Item {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            for (name, value) in self {
                object.field_named(name, value);
            }
        });
    }
}

impl Encode for EncodedValue<'_> {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| match *self {
            Self::S(text) => object.field("S", text),
            Self::N(text) => object.write("N", |writer| writer.plain(text)),
            Self::B(bytes) => object.write("B", |writer| writer.blob(bytes)),
            Self::Bool(value) => object.field("BOOL", &value),
            Self::Null => object.field("NULL", &true),
            Self::M(map) => object.field("M", &map),
            Self::L(list) => {
                object.write("L", |writer| writer.array(list, |writer, value| value.encode(writer)))
            }
            Self::Ss(set) => object.write("SS", |writer| writer.array(set.texts(), JsonWriter::string)),
            Self::Ns(set) => object.write("NS", |writer| writer.array(set.texts(), JsonWriter::plain)),
            Self::Bs(set) => object.write("BS", |writer| writer.array(set, JsonWriter::blob)),
        });
    }
}

impl Encode for EncodedMap<'_> {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            for (name, value) in *self {
                object.field_named(name, &value);
            }
        });
    }
}

impl Encode for OutputItem {
    fn encode(&self, writer: &mut JsonWriter) {
        match self {
            Self::Encoded(item) => item.encode(writer),
            Self::Decoded(item) => item.encode(writer),
            Self::Selected(item, names) => writer.object(|object| {
                for (name, value) in selected(item, names) {
                    object.field_named(name, &value);
                }
            }),
        }
    }

    fn about_bytes(&self) -> usize {
        match self {
            Self::Encoded(item) => item.about_bytes(),
            Self::Selected(..) | Self::Decoded(_) => 0,
        }
    }
}
