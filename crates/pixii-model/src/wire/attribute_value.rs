//! Attribute values, items and substitution values: their JSON, both ways.

use super::decode::{Decode, Decoder, Deferred, wrong_type};
use super::encode::{Encode, JsonWriter};
use super::json::Json;
use super::rule::Rule;
use crate::attribute_value::{AttributeType, AttributeValue};
use crate::encoded::{EncodedItem, EncodedMap, EncodedValue, OutputItem};
use crate::error::serialization::JsonKind;
use crate::error::{SerializationFault, ValueFault};
use crate::item::Item;
use crate::limits::NESTING_LEVELS_MAX;
use crate::number::Number;
use bytes::Bytes;
use std::collections::BTreeMap;

impl Default for AttributeValue {
    fn default() -> Self {
        Self::Null
    }
}

impl Decode for AttributeValue {
    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        if decoder.is_describing() {
            return Ok(Self::Null);
        }
        let Json::Object(members) = json else { return Err(wrong_type(JsonKind::Structure, &json)) };
        let mut value = None;
        for (name, json) in members {
            let Some(attribute_type) = AttributeType::from_wire(&name) else { continue };
            if json == Json::Null {
                continue;
            }
            let decoded = decode_typed(attribute_type, json, decoder)?;
            if value.replace(decoded).is_some() {
                decoder.refuse_value(ValueFault::MoreThanOneType);
            }
        }
        Ok(value.unwrap_or_else(|| {
            decoder.refuse_value(ValueFault::Empty);
            Self::Null
        }))
    }
}

fn decode_typed(
    attribute_type: AttributeType,
    json: Json<'_>,
    decoder: &mut Decoder,
) -> Result<AttributeValue, SerializationFault> {
    let rule = &Rule::NONE;
    Ok(match attribute_type {
        AttributeType::S => AttributeValue::S(String::decode(json, rule, decoder)?),
        AttributeType::N => {
            let Json::String(text) = json else { return Err(wrong_type(JsonKind::String, &json)) };
            AttributeValue::N(number(&text, decoder))
        }
        AttributeType::B => AttributeValue::B(Bytes::decode(json, rule, decoder)?),
        AttributeType::Bool => AttributeValue::Bool(bool::decode(json, rule, decoder)?),
        AttributeType::Null => {
            if !bool::decode(json, rule, decoder)? {
                decoder.refuse_value(ValueFault::NullIsFalse);
            }
            AttributeValue::Null
        }
        AttributeType::M => AttributeValue::M(nested(decoder, |decoder| Item::decode(json, rule, decoder))?),
        AttributeType::L => AttributeValue::L(nested(decoder, |decoder| Vec::decode(json, rule, decoder))?),
        AttributeType::Ss => {
            AttributeValue::Ss(set(Vec::<String>::decode(json, rule, decoder)?, decoder, String::clone))
        }
        AttributeType::Ns => {
            let Json::Array(elements) = json else { return Err(wrong_type(JsonKind::List, &json)) };
            let mut numbers = Vec::with_capacity(elements.len());
            for element in elements {
                let Json::String(text) = element else { return Err(wrong_type(JsonKind::String, &element)) };
                numbers.push(number(&text, decoder));
            }
            AttributeValue::Ns(set(numbers, decoder, Number::to_string))
        }
        AttributeType::Bs => {
            AttributeValue::Bs(set(Vec::<Bytes>::decode(json, rule, decoder)?, decoder, |bytes| {
                base64_simd::STANDARD.encode_to_string(bytes)
            }))
        }
    })
}

fn nested<T>(
    decoder: &mut Decoder,
    decode: impl FnOnce(&mut Decoder) -> Result<T, SerializationFault>,
) -> Result<T, SerializationFault> {
    decoder.nesting += 1;
    if decoder.nesting > NESTING_LEVELS_MAX {
        decoder.refuse_value(ValueFault::TooDeep);
    }
    let result = decode(decoder);
    decoder.nesting -= 1;
    result
}

fn number(text: &str, decoder: &mut Decoder) -> Number {
    Number::parse(text).unwrap_or_else(|error| {
        decoder.refuse_value(ValueFault::Number { error, text: text.to_owned() });
        Number::ZERO
    })
}

/// Sorts a set, refusing empty ones and repeated elements.
fn set<T: Ord>(mut elements: Vec<T>, decoder: &mut Decoder, print: impl Fn(&T) -> String) -> Vec<T> {
    if elements.is_empty() {
        decoder.refuse_value(ValueFault::EmptySet);
    }
    let as_given: Vec<usize> = if elements.is_sorted() { Vec::new() } else { sort_order(&elements) };
    let repeated = if as_given.is_empty() {
        elements.windows(2).any(|pair| pair[0] == pair[1])
    } else {
        as_given.windows(2).any(|pair| elements[pair[0]] == elements[pair[1]])
    };
    if repeated {
        let printed: Vec<_> = elements.iter().map(print).collect();
        decoder.refuse_value(ValueFault::RepeatedElement(format!("[{}]", printed.join(", "))));
    }
    elements.sort_unstable();
    elements
}

/// The elements' places in sorted order, leaving the elements where they are: a message prints them as they came.
fn sort_order<T: Ord>(elements: &[T]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..elements.len()).collect();
    order.sort_unstable_by(|&left, &right| elements[left].cmp(&elements[right]));
    order
}

impl Decode for Item {
    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        if decoder.is_describing() {
            return Ok(Self::new());
        }
        let Json::Object(attributes) = json else { return Err(wrong_type(JsonKind::Map, &json)) };
        attributes
            .into_iter()
            .map(|(name, value)| {
                AttributeValue::decode(value, &Rule::NONE, decoder).map(|value| (name.into_owned(), value))
            })
            .collect()
    }
}

/// `ExpressionAttributeValues`: values by placeholder, colon included. Their faults name the placeholder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExpressionAttributeValues(pub Deferred<BTreeMap<String, AttributeValue>>);

impl Decode for ExpressionAttributeValues {
    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        if decoder.is_describing() {
            return Ok(Self::default());
        }
        let Json::Object(entries) = json else { return Err(wrong_type(JsonKind::Map, &json)) };
        let mut values = BTreeMap::new();
        let mut first_fault = None;
        for (placeholder, json) in entries {
            let placeholder = placeholder.into_owned();
            let (value, fault) = decoder
                .set_value_fault_aside(|decoder| AttributeValue::decode(json, &Rule::NONE, decoder))?;
            if let (None, Some(fault)) = (&first_fault, fault) {
                let placeholder = placeholder.clone();
                first_fault = Some(ValueFault::InExpressionValues { placeholder, fault: Box::new(fault) });
            }
            values.insert(placeholder, value);
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

impl Encode for EncodedItem {
    fn encode(&self, writer: &mut JsonWriter) {
        self.attributes().encode(writer);
    }
}

impl Encode for OutputItem {
    fn encode(&self, writer: &mut JsonWriter) {
        match self {
            Self::Encoded(item) => item.encode(writer),
            Self::Decoded(item) => item.encode(writer),
            Self::Selected(item, names) => writer.object(|object| {
                for (name, value) in item.attributes() {
                    if names.iter().any(|wanted| wanted == name) {
                        object.field_named(name, &value);
                    }
                }
            }),
        }
    }
}
