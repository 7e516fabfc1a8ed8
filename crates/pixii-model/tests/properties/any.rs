//! Generators.

use bytes::Bytes;
use pixii_model::{AttributeValue, Item, Number};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;

/// A number's digits and the power of ten of the last one: the parts of any text, mostly of a Number.
#[derive(Clone, Debug)]
pub struct Parts {
    pub negative: bool,
    pub digits: String,
    pub exponent: i32,
}

impl Parts {
    pub fn text(&self) -> String {
        format!("{}{}e{}", if self.negative { "-" } else { "" }, self.digits, self.exponent)
    }
}

/// Parts of numbers in range, short and long, near and far from one.
pub fn parts() -> impl Strategy<Value = Parts> {
    let digits = prop_oneof!["[0-9]{1,4}", "[0-9]{1,38}", "[1-9][09]{36}[1-9]", "[1-9]0{0,37}"];
    let exponent = prop_oneof![-4..5i32, -167..88i32];
    (any::<bool>(), digits, exponent).prop_map(|(negative, digits, exponent)| Parts {
        negative,
        digits,
        exponent,
    })
}

pub fn number() -> impl Strategy<Value = Number> {
    parts().prop_filter_map("a Number", |parts| Number::parse(&parts.text()).ok())
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-c]{1,2}", ".{1,20}", "[a-z]{120,140}"]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![name(), Just(String::new())]
}

fn bytes() -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 0..300).prop_map(Bytes::from)
}

pub fn value() -> impl Strategy<Value = AttributeValue> {
    let scalar = prop_oneof![
        text().prop_map(AttributeValue::S),
        number().prop_map(AttributeValue::N),
        bytes().prop_map(AttributeValue::B),
        any::<bool>().prop_map(AttributeValue::Bool),
        Just(AttributeValue::Null),
        btree_set(text(), 1..5).prop_map(|set| AttributeValue::Ss(set.into_iter().collect())),
        btree_set(number(), 1..5).prop_map(|set| AttributeValue::Ns(set.into_iter().collect())),
        btree_set(bytes(), 1..5).prop_map(|set| AttributeValue::Bs(set.into_iter().collect())),
    ];
    scalar.prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(AttributeValue::L),
            btree_map(name(), inner, 0..6).prop_map(|map| AttributeValue::M(map.into_iter().collect())),
        ]
    })
}

pub fn item() -> impl Strategy<Value = Item> {
    btree_map(name(), value(), 0..8).prop_map(|item| item.into_iter().collect())
}
