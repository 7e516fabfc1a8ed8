//! Values in a notation short enough for tables of test cases.
//!
//! `1.5` is a Number, `'a'` a String, `0x01ff` a Binary, `true` `false` `null` themselves, `[1, 'a']` a list, `{a: 1, b: []}`
//! a map, `<1, 2>` a set of its elements' type.

use crate::placeholder::Placeholders;
use bytes::Bytes;
use pixii_model::{AttributeValue, Item, Number};
use std::collections::BTreeMap;

/// The value of a notation.
pub(crate) fn value(notation: &str) -> AttributeValue {
    let mut rest = notation;
    let value = read(&mut rest);
    assert!(rest.trim().is_empty(), "{notation} goes on after its value: {rest}");
    value
}

/// The item of a map's notation, without its braces.
pub(crate) fn item(notation: &str) -> Item {
    match value(&format!("{{{notation}}}")) {
        AttributeValue::M(item) => item,
        other => panic!("{other:?} is no item"),
    }
}

/// Substitutions for tests: `#a: name, :v: 1`.
pub(crate) struct Substitutions {
    names: Option<BTreeMap<String, String>>,
    values: Option<BTreeMap<String, AttributeValue>>,
}

/// The substitutions of a notation such as `#a: name, :v: 1`.
pub(crate) fn substitutions(notation: &str) -> Substitutions {
    let (mut names, mut values) = (BTreeMap::new(), BTreeMap::new());
    let mut rest = notation.trim();
    while !rest.is_empty() {
        let (key, after) = rest.split_once(": ").expect("a placeholder, a colon, a value");
        rest = after;
        if key.starts_with('#') {
            let end = rest.find(", ").unwrap_or(rest.len());
            names.insert(key.to_owned(), rest[..end].to_owned());
            rest = &rest[end..];
        } else {
            values.insert(key.to_owned(), read(&mut rest));
        }
        rest = rest.trim_start_matches(',').trim_start();
    }
    Substitutions {
        names: (!names.is_empty()).then_some(names),
        values: (!values.is_empty()).then_some(values),
    }
}

impl Substitutions {
    pub(crate) fn placeholders(&self) -> Placeholders<'_> {
        Placeholders::new(self.names.as_ref(), self.values.as_ref())
            .expect("the test's placeholders are right")
    }
}

fn read(rest: &mut &str) -> AttributeValue {
    *rest = rest.trim_start();
    let first = rest.chars().next().expect("a value");
    match first {
        '\'' => {
            let (text, after) = rest[1..].split_once('\'').expect("a closing quote");
            *rest = after;
            AttributeValue::S(text.to_owned())
        }
        '[' => AttributeValue::L(read_all(rest, ']', read)),
        '{' => AttributeValue::M(read_all(rest, '}', read_entry).into_iter().collect()),
        '<' => set(read_all(rest, '>', read)),
        _ => {
            let end = rest.find([',', ']', '}', '>', ' ']).unwrap_or(rest.len());
            let word = &rest[..end];
            *rest = &rest[end..];
            match word {
                "true" => AttributeValue::Bool(true),
                "false" => AttributeValue::Bool(false),
                "null" => AttributeValue::Null,
                _ => match word.strip_prefix("0x") {
                    Some(digits) => AttributeValue::B(hex(digits)),
                    None => AttributeValue::N(Number::parse(word).expect("a number")),
                },
            }
        }
    }
}

fn read_entry(rest: &mut &str) -> (String, AttributeValue) {
    let (name, after) = rest.split_once(':').expect("a name and a colon");
    *rest = after;
    (name.trim().to_owned(), read(rest))
}

fn read_all<T>(rest: &mut &str, close: char, read: fn(&mut &str) -> T) -> Vec<T> {
    let mut elements = Vec::new();
    *rest = rest[1..].trim_start();
    while !rest.starts_with(close) {
        elements.push(read(rest));
        *rest = rest.trim_start().trim_start_matches(',').trim_start();
    }
    *rest = &rest[1..];
    elements
}

fn hex(digits: &str) -> Bytes {
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).expect("two hex digits");
    (0..digits.len()).step_by(2).map(byte).collect()
}

fn set(elements: Vec<AttributeValue>) -> AttributeValue {
    let (mut texts, mut numbers, mut blobs) = (Vec::new(), Vec::new(), Vec::new());
    for element in elements {
        match element {
            AttributeValue::S(text) => texts.push(text),
            AttributeValue::N(number) => numbers.push(number),
            AttributeValue::B(bytes) => blobs.push(bytes),
            other => panic!("{other:?} is no element of a set"),
        }
    }
    texts.sort();
    numbers.sort();
    blobs.sort();
    match (texts.is_empty(), numbers.is_empty()) {
        (false, _) => AttributeValue::Ss(texts),
        (_, false) => AttributeValue::Ns(numbers),
        _ => AttributeValue::Bs(blobs),
    }
}
