//! Shapes that tell what they read: for the comparison with the API model, and to print values as AWS's Java code does.
//!
//! A shape has no description beside its [`Decode`]: it is decoded from nothing, and each member that it asks for is
//! written down instead of read. So the two cannot drift apart.

use super::decode::{Decode, Decoder, lower_first};
use super::json::{Json, JsonNumber};
use super::rule::Rule;
use crate::error::SerializationFault;
use crate::error::serialization::JsonKind;
use std::borrow::Cow;
use std::fmt::Write;

/// A member as a shape asks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// Its name; `member` for a list's elements, `key` and `value` for a map's entries.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// What JSON it is read from.
    pub kind: JsonKind,
    /// Its constraints.
    pub rule: Rule,
    /// Its values, if it is an enum, in the order in which AWS prints them.
    pub values: Option<&'static [&'static str]>,
    /// What is in it. Empty for an attribute value and for a map of them.
    pub members: Vec<Description>,
}

/// What `T` reads.
pub fn describe<T: Decode>() -> Description {
    let mut decoder = Decoder::default();
    decoder.description = Some(Vec::new());
    decoder.describe::<T>("", true, &Rule::NONE).expect("nothing has no wrong types");
    decoder.description.into_iter().flatten().next().expect("what was described is there")
}

impl Decoder {
    /// Writes down that the shape at hand asks for this member.
    pub(super) fn describe<T: Decode>(
        &mut self,
        name: &'static str,
        required: bool,
        rule: &Rule,
    ) -> Result<(), SerializationFault> {
        let around = self.description.replace(Vec::new());
        if matches!(T::KIND, JsonKind::Structure(_) | JsonKind::List(_) | JsonKind::Map(_)) {
            T::decode(Json::Null, rule, self)?;
        }
        let members = std::mem::replace(&mut self.description, around).unwrap_or_default();
        let description =
            Description { name, required, kind: T::KIND, rule: *rule, values: T::VALUES, members };
        self.description.get_or_insert_default().push(description);
        Ok(())
    }
}

/// Longest text of a list or map in a message. AWS prints all of it; we do not let ten violations answer a request of
/// 16 MB with ten times that.
const PRINTED_BYTES_MAX: usize = 64 * 1024;

/// A list of `T` as Java prints it: `[a, b]`.
pub(super) fn printed_list<T: Decode>(elements: &[Json<'_>]) -> String {
    let mut out = String::new();
    print_list(&mut out, elements, &describe::<T>());
    out
}

/// A map of `T` as Java prints it: `{name=a, other=b}`.
pub(super) fn printed_map<T: Decode>(entries: &[(Cow<'_, str>, Json<'_>)]) -> String {
    let mut out = String::new();
    print_map(&mut out, entries, &describe::<T>());
    out
}

fn print_list(out: &mut String, elements: &[Json<'_>], description: &Description) {
    out.push('[');
    separated(out, elements, |out, element| print(out, element, description));
    out.push(']');
}

fn print_map(out: &mut String, entries: &[(Cow<'_, str>, Json<'_>)], description: &Description) {
    out.push('{');
    separated(out, entries, |out, (key, value)| {
        out.push_str(key);
        out.push('=');
        print(out, value, description);
    });
    out.push('}');
}

fn separated<T>(out: &mut String, parts: impl IntoIterator<Item = T>, mut print: impl FnMut(&mut String, T)) {
    for (at, part) in parts.into_iter().enumerate() {
        if out.len() > PRINTED_BYTES_MAX {
            return;
        }
        if at > 0 {
            out.push_str(", ");
        }
        print(out, part);
    }
}

fn print(out: &mut String, json: &Json<'_>, description: &Description) {
    match (description.kind, json) {
        (JsonKind::Structure("AttributeValue"), Json::Object(types)) => print_attribute_value(out, types),
        (JsonKind::Structure(class), Json::Object(given)) => {
            out.push_str(class);
            out.push('(');
            separated(out, &description.members, |out, member| {
                out.push_str(&lower_first(member.name));
                out.push('=');
                print(out, last(given, member.name), member);
            });
            out.push(')');
        }
        (JsonKind::List(_), Json::Array(elements)) => {
            let [element] = &description.members[..] else { return print_untyped(out, json) };
            print_list(out, elements, element);
        }
        (JsonKind::Map(_), Json::Object(entries)) => match &description.members[..] {
            [_, value] => print_map(out, entries, value),
            // A map of attribute values does not describe them.
            _ => print_map(out, entries, &attribute_value()),
        },
        _ => print_untyped(out, json),
    }
}

fn print_untyped(out: &mut String, json: &Json<'_>) {
    match json {
        Json::Null => out.push_str("null"),
        Json::Bool(value) => write!(out, "{value}").expect("a String takes every text"),
        Json::Number(JsonNumber::Integer(value)) => {
            write!(out, "{}", value.value()).expect("a String takes every text")
        }
        Json::Number(JsonNumber::Decimal(value)) => {
            write!(out, "{value}").expect("a String takes every text")
        }
        Json::String(text) => out.push_str(text),
        Json::Array(elements) => {
            out.push('[');
            separated(out, elements, print_untyped);
            out.push(']');
        }
        Json::Object(entries) => {
            out.push('{');
            separated(out, entries, |out, (key, value)| {
                out.push_str(key);
                out.push('=');
                print_untyped(out, value);
            });
            out.push('}');
        }
    }
}

/// AWS's class has members that the API does not show.
fn print_attribute_value(out: &mut String, types: &[(Cow<'_, str>, Json<'_>)]) {
    const MEMBERS: [&str; 16] = [
        "S",
        "N",
        "B",
        "INT",
        "DECIMAL",
        "DOUBLE",
        "SS",
        "NS",
        "BS",
        "INTSET",
        "DECIMALSET",
        "DOUBLESET",
        "M",
        "L",
        "NULL",
        "BOOL",
    ];
    out.push_str("AttributeValue(");
    separated(out, MEMBERS, |out, member| {
        out.push_str(&lower_first(member));
        out.push('=');
        match (member, last(types, member)) {
            ("M", Json::Object(entries)) => print_map(out, entries, &attribute_value()),
            ("L", Json::Array(elements)) => print_list(out, elements, &attribute_value()),
            (_, json) => print_untyped(out, json),
        }
    });
    out.push(')');
}

fn attribute_value() -> Description {
    describe::<crate::AttributeValue>()
}

fn last<'a, 'j>(members: &'a [(Cow<'j, str>, Json<'j>)], name: &str) -> &'a Json<'j> {
    members.iter().rfind(|(found, _)| found == name).map_or(&Json::Null, |(_, json)| json)
}
