//! Attribute values as the naive model has them.

use super::Decimal;
use pixii_model::AttributeValue;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// An item or a map value.
pub type Item = BTreeMap<String, Value>;

/// A value. Sets are sorted, so equal sets are equal values; the order of values of one type is DynamoDB's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Value {
    S(String),
    N(Decimal),
    B(Vec<u8>),
    Bool(bool),
    Null,
    L(Vec<Value>),
    M(Item),
    Ss(BTreeSet<String>),
    Ns(BTreeSet<Decimal>),
    Bs(BTreeSet<Vec<u8>>),
}

impl Value {
    /// A number from text that is one.
    pub fn number(text: &str) -> Self {
        Self::N(Decimal::parse(text))
    }

    /// The name of its type on the wire.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::S(_) => "S",
            Self::N(_) => "N",
            Self::B(_) => "B",
            Self::Bool(_) => "BOOL",
            Self::Null => "NULL",
            Self::L(_) => "L",
            Self::M(_) => "M",
            Self::Ss(_) => "SS",
            Self::Ns(_) => "NS",
            Self::Bs(_) => "BS",
        }
    }

    /// Bytes it counts in an item's size.
    pub fn size(&self) -> usize {
        match self {
            Self::S(text) => text.len(),
            Self::N(number) => number.size(),
            Self::B(bytes) => bytes.len(),
            Self::Bool(_) | Self::Null => 1,
            Self::L(list) => 3 + list.iter().map(|value| 1 + value.size()).sum::<usize>(),
            Self::M(map) => 3 + map.len() + item_size(map),
            Self::Ss(set) => set.iter().map(String::len).sum(),
            Self::Ns(set) => set.iter().map(Decimal::size).sum(),
            Self::Bs(set) => set.iter().map(Vec::len).sum(),
        }
    }

    /// As on the wire.
    pub fn to_json(&self) -> Json {
        let base64 = |bytes: &Vec<u8>| base64_simd::STANDARD.encode_to_string(bytes);
        match self {
            Self::S(text) => json!({ "S": text }),
            Self::N(number) => json!({ "N": number.to_string() }),
            Self::B(bytes) => json!({ "B": base64(bytes) }),
            Self::Bool(value) => json!({ "BOOL": value }),
            Self::Null => json!({ "NULL": true }),
            Self::L(list) => json!({ "L": list.iter().map(Self::to_json).collect::<Vec<_>>() }),
            Self::M(map) => json!({ "M": item_json(map) }),
            Self::Ss(set) => json!({ "SS": set }),
            Self::Ns(set) => json!({ "NS": set.iter().map(Decimal::to_string).collect::<Vec<_>>() }),
            Self::Bs(set) => json!({ "BS": set.iter().map(base64).collect::<Vec<_>>() }),
        }
    }
}

/// Bytes an item counts.
pub fn item_size(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + value.size()).sum()
}

/// An item as on the wire.
pub fn item_json(item: &Item) -> Json {
    Json::Object(item.iter().map(|(name, value)| (name.clone(), value.to_json())).collect())
}

/// An item as on the wire, taken in.
pub fn item_from_json(json: &Json) -> Item {
    let attributes = json.as_object().expect("an item is an object").iter();
    attributes.map(|(name, value)| (name.clone(), Value::from_json(value))).collect()
}

impl Value {
    /// A value as on the wire, taken in. For answers, which are well formed.
    pub fn from_json(json: &Json) -> Self {
        let (name, json) =
            json.as_object().and_then(|object| object.iter().next()).expect("a value has a type");
        let text = |json: &Json| json.as_str().expect("a string").to_owned();
        let bytes = |json: &Json| base64_simd::STANDARD.decode_to_vec(text(json)).expect("base64");
        let list = || json.as_array().expect("a list").iter();
        match name.as_str() {
            "S" => Self::S(text(json)),
            "N" => Self::number(&text(json)),
            "B" => Self::B(bytes(json)),
            "BOOL" => Self::Bool(json.as_bool().expect("a boolean")),
            "NULL" => Self::Null,
            "L" => Self::L(list().map(Self::from_json).collect()),
            "M" => Self::M(item_from_json(json)),
            "SS" => Self::Ss(list().map(text).collect()),
            "NS" => Self::Ns(list().map(|json| Decimal::parse(&text(json))).collect()),
            "BS" => Self::Bs(list().map(bytes).collect()),
            other => panic!("no type is called {other}"),
        }
    }
}

impl From<&AttributeValue> for Value {
    fn from(value: &AttributeValue) -> Self {
        match value {
            AttributeValue::S(text) => Self::S(text.clone()),
            AttributeValue::N(number) => Self::number(&number.to_string()),
            AttributeValue::B(bytes) => Self::B(bytes.to_vec()),
            AttributeValue::Bool(value) => Self::Bool(*value),
            AttributeValue::Null => Self::Null,
            AttributeValue::L(list) => Self::L(list.iter().map(Self::from).collect()),
            AttributeValue::M(map) => Self::M(item_from_engine(map)),
            AttributeValue::Ss(set) => Self::Ss(set.iter().cloned().collect()),
            AttributeValue::Ns(set) => {
                Self::Ns(set.iter().map(|number| Decimal::parse(&number.to_string())).collect())
            }
            AttributeValue::Bs(set) => Self::Bs(set.iter().map(|bytes| bytes.to_vec()).collect()),
        }
    }
}

/// The engine's item, taken in.
pub fn item_from_engine(item: &pixii_model::Item) -> Item {
    item.iter().map(|(name, value)| (name.clone(), Value::from(value))).collect()
}
