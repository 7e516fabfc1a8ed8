//! Takes a JSON tree apart into an operation's input.
//!
//! A wrong JSON type ends decoding at once. Well-typed members outside their constraints are gathered, since AWS reports up
//! to ten in one message. Attribute values that no item could hold come last: AWS looks at them only after the members'
//! combination has been checked ([`Input::check`]).

use super::json::{Json, JsonNumber};
use super::rule::{self, Rule};
use crate::error::serialization::JsonKind;
use crate::error::{ApiError, Constraint, SerializationFault, ValidationError, ValueFault, Violation};
use bytes::Bytes;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;

/// What can be read from JSON under a rule.
///
/// `Default` stands in for a required member that is missing; such a value never leaves the decoder.
pub trait Decode: Sized + Default {
    /// Reads it. Constraint violations go to the decoder, wrong types end decoding.
    fn decode(json: Json<'_>, rule: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault>;
}

/// Attribute values whose faults AWS reports only later than others: after names, or after other parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deferred<T> {
    value: T,
    fault: Option<ValueFault>,
}

impl<T> Deferred<T> {
    /// A value without fault, from a front door that brings values ready-made.
    pub fn new(value: T) -> Self {
        Self { value, fault: None }
    }

    /// A value and the fault that was found in it.
    pub fn with_fault(value: T, fault: Option<ValueFault>) -> Self {
        Self { value, fault }
    }

    /// The value, or what is wrong with it.
    pub fn checked(&self) -> Result<&T, ValueFault> {
        match &self.fault {
            Some(fault) => Err(fault.clone()),
            None => Ok(&self.value),
        }
    }

    /// The same value with its fault, if it has one, told by `map`.
    pub fn map_fault(self, map: impl FnOnce(ValueFault) -> ValueFault) -> Self {
        Self { fault: self.fault.map(map), ..self }
    }

    /// The value, whatever is wrong with it.
    pub fn unchecked(&self) -> &T {
        &self.value
    }
}

impl<T: Decode> Decode for Deferred<T> {
    fn decode(json: Json<'_>, rule: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let (value, fault) = decoder.set_value_fault_aside(|decoder| T::decode(json, rule, decoder))?;
        Ok(Self { value, fault })
    }
}

/// The input of an operation: a structure, and what can be checked on it alone.
pub trait Input: Decode {
    /// Checks members against each other, before attribute values are looked at.
    fn check(&self) -> Result<(), ValidationError> {
        Ok(())
    }

    /// Checks that come after attribute values.
    fn check_after_values(&self) -> Result<(), ValidationError> {
        Ok(())
    }
}

/// Reads an operation's input, in AWS's order of refusals: types, constraints, combination of members, values.
pub fn decode_input<I: Input>(json: Json<'_>) -> Result<I, ApiError> {
    let mut decoder = Decoder::default();
    let input = I::decode(json, &Rule::NONE, &mut decoder)?;
    if let Some(error) = decoder.first {
        return Err(error.into());
    }
    if !decoder.violations.is_empty() {
        return Err(ValidationError::Constraints(decoder.violations).into());
    }
    if let Some(error) = decoder.refused {
        return Err(error.into());
    }
    input.check()?;
    if let Some(fault) = decoder.value_fault {
        return Err(fault.into());
    }
    input.check_after_values()?;
    Ok(input)
}

/// Where decoding stands and what it has found so far.
#[derive(Default)]
pub struct Decoder {
    path: Vec<Step>,
    /// What is said before constraints, and alone.
    first: Option<ValidationError>,
    violations: Vec<Violation>,
    refused: Option<ValidationError>,
    value_fault: Option<ValueFault>,
    /// How many lists and maps of attribute values are open.
    pub(super) nesting: usize,
    /// Set while the shapes describe themselves instead of decoding: see [`describe`].
    description: Option<Vec<MemberDescription>>,
}

/// One step of a member's path.
enum Step {
    Member(&'static str),
    Index(usize),
    Key(String),
}

/// A member as a shape asks for it: what the comparison with the API model looks at.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberDescription {
    /// Names from the input down, with `member` for elements: `RequestItems.value.Keys`.
    pub path: String,
    /// Whether it must be there.
    pub required: bool,
    /// Its constraints.
    pub rule: Rule,
    /// Its values, if it is an enum.
    pub values: Option<&'static [&'static str]>,
}

/// Every member that a shape reads, with its constraints, nested shapes included.
pub fn describe<T: Decode>() -> Vec<MemberDescription> {
    let mut decoder = Decoder { description: Some(Vec::new()), ..Decoder::default() };
    T::decode(Json::Null, &Rule::NONE, &mut decoder).expect("nothing has no wrong types");
    decoder.description.unwrap_or_default()
}

impl Decoder {
    /// Reads a structure's members.
    pub fn structure<'j, 'd>(&'d mut self, json: Json<'j>) -> Result<Structure<'j, 'd>, SerializationFault> {
        match json {
            Json::Object(members) => Ok(Structure { members, decoder: self }),
            _ if self.is_describing() => Ok(Structure { members: Vec::new(), decoder: self }),
            other => Err(wrong_type(JsonKind::Structure, &other)),
        }
    }

    /// Notes that the value at hand violates constraints.
    pub fn violate(&mut self, value: Option<String>, constraint: Constraint) {
        let path = self.path();
        self.violations.push(Violation { value, path, constraint });
    }

    fn violate_all(&mut self, broken: Vec<Constraint>, value: impl FnOnce() -> String) {
        if !broken.is_empty() {
            let path = self.path();
            self.violations.extend(rule::violations(broken, &value(), &path));
        }
    }

    /// Notes that a structure's members do not go together. The first one counts; it is told behind constraints.
    pub fn refuse(&mut self, error: impl Into<ValidationError>) {
        self.refused.get_or_insert(error.into());
    }

    /// Notes something that AWS checks before constraints, and reports alone. The first one counts.
    pub fn refuse_first(&mut self, error: impl Into<ValidationError>) {
        self.first.get_or_insert(error.into());
    }

    /// Notes that an attribute value cannot be. The first one counts.
    pub fn refuse_value(&mut self, fault: ValueFault) {
        self.value_fault.get_or_insert(fault);
    }

    /// Runs `decode` and answers the value fault it found beside its result, instead of noting it.
    pub fn set_value_fault_aside<T>(
        &mut self,
        decode: impl FnOnce(&mut Self) -> Result<T, SerializationFault>,
    ) -> Result<(T, Option<ValueFault>), SerializationFault> {
        let earlier = self.value_fault.take();
        let result = decode(self);
        let found = std::mem::replace(&mut self.value_fault, earlier);
        Ok((result?, found))
    }

    /// Whether shapes are describing themselves: nothing is decoded then.
    pub fn is_describing(&self) -> bool {
        self.description.is_some()
    }

    fn step<T>(&mut self, step: Step, decode: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step);
        let result = decode(self);
        self.path.pop();
        result
    }

    /// The path as AWS prints it: `attributeDefinitions.1.member.attributeName`.
    fn path(&self) -> String {
        let mut text = String::new();
        for step in &self.path {
            if !text.is_empty() {
                text.push('.');
            }
            match step {
                Step::Member(name) => {
                    let (first, rest) = name.split_at(1);
                    text.push_str(&first.to_ascii_lowercase());
                    text.push_str(rest);
                }
                Step::Index(index) => {
                    write!(text, "{}.member", index + 1).expect("a String takes every text")
                }
                Step::Key(key) => write!(text, "{key}.member").expect("a String takes every text"),
            }
        }
        text
    }
}

/// A structure being taken apart, member by member.
pub struct Structure<'j, 'd> {
    members: Vec<(Cow<'j, str>, Json<'j>)>,
    decoder: &'d mut Decoder,
}

impl<'j> Structure<'j, '_> {
    /// A member that may be absent (or null, which is the same).
    pub fn optional<T: Decode>(
        &mut self,
        name: &'static str,
        rule: &Rule,
    ) -> Result<Option<T>, SerializationFault> {
        if self.decoder.is_describing() {
            self.describe_member::<T>(name, rule, false)?;
            return Ok(None);
        }
        match self.take(name) {
            None => Ok(None),
            Some(json) => {
                self.decoder.step(Step::Member(name), |decoder| T::decode(json, rule, decoder)).map(Some)
            }
        }
    }

    /// A member that must be there.
    pub fn required<T: Decode>(&mut self, name: &'static str, rule: &Rule) -> Result<T, SerializationFault> {
        if self.decoder.is_describing() {
            self.describe_member::<T>(name, rule, true)?;
            return Ok(T::default());
        }
        match self.take(name) {
            None => {
                self.decoder.step(Step::Member(name), |decoder| decoder.violate(None, Constraint::NotNull));
                Ok(T::default())
            }
            Some(json) => self.decoder.step(Step::Member(name), |decoder| T::decode(json, rule, decoder)),
        }
    }

    /// A member that must be there; if it is missing, AWS says `missing` and nothing else.
    pub fn required_first<T: Decode>(
        &mut self,
        name: &'static str,
        rule: &Rule,
        missing: impl Into<ValidationError>,
    ) -> Result<T, SerializationFault> {
        if self.decoder.is_describing() {
            return self.required(name, rule);
        }
        let value = self.optional(name, rule)?;
        if value.is_none() {
            self.decoder.refuse_first(missing);
        }
        Ok(value.unwrap_or_default())
    }

    /// The last member of that name, unless it is null. (Bodies are small: looking each up beats building a map.)
    pub fn take(&mut self, name: &str) -> Option<Json<'j>> {
        let at = self.members.iter().rposition(|(found, _)| found == name)?;
        match std::mem::replace(&mut self.members[at].1, Json::Null) {
            Json::Null => None,
            json => Some(json),
        }
    }

    /// The decoder, for shapes that read their members by hand.
    pub fn decoder(&mut self) -> &mut Decoder {
        self.decoder
    }

    fn describe_member<T: Decode>(
        &mut self,
        name: &'static str,
        rule: &Rule,
        required: bool,
    ) -> Result<(), SerializationFault> {
        self.decoder.step(Step::Member(name), |decoder| {
            decoder.describe_value(required, rule);
            T::decode(Json::Null, rule, decoder).map(drop)
        })
    }
}

impl Decoder {
    fn describe_value(&mut self, required: bool, rule: &Rule) {
        let path = self.description_path();
        if let Some(members) = &mut self.description {
            members.push(MemberDescription { path, required, rule: *rule, values: None });
        }
    }

    fn describe_enum(&mut self, values: &'static [&'static str]) {
        if let Some(member) = self.description.as_mut().and_then(|members| members.last_mut()) {
            member.values = Some(values);
        }
    }

    fn description_path(&self) -> String {
        let steps: Vec<&str> = self
            .path
            .iter()
            .map(|step| match step {
                Step::Member(name) => *name,
                Step::Index(_) => "member",
                Step::Key(key) => key,
            })
            .collect();
        steps.join(".")
    }
}

/// The fault of a value that is not of the kind expected.
pub fn wrong_type(expected: JsonKind, json: &Json<'_>) -> SerializationFault {
    SerializationFault::WrongType { expected, found: json.token() }
}

impl Decode for String {
    fn decode(json: Json<'_>, rule: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        if decoder.is_describing() {
            return Ok(Self::new());
        }
        let Json::String(text) = json else { return Err(wrong_type(JsonKind::String, &json)) };
        decoder.violate_all(rule.broken_by_text(&text), || text.to_string());
        Ok(text.into_owned())
    }
}

impl Decode for bool {
    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        match json {
            Json::Bool(value) => Ok(value),
            _ if decoder.is_describing() => Ok(false),
            other => Err(wrong_type(JsonKind::Boolean, &other)),
        }
    }
}

fn decode_number(
    json: Json<'_>,
    kind: JsonKind,
    (min, max): (i64, i64),
    rule: &Rule,
    decoder: &mut Decoder,
) -> Result<i64, SerializationFault> {
    if decoder.is_describing() {
        return Ok(0);
    }
    let value = match json {
        Json::Number(JsonNumber::Integer(value)) => value.clamp(min.into(), max.into()) as i64,
        // Java's narrowing, which AWS's decoder does: the fraction is cut off, the rest saturates.
        Json::Number(JsonNumber::Decimal(value)) => (value as i64).clamp(min, max),
        other => return Err(wrong_type(kind, &other)),
    };
    decoder.violate_all(rule.broken_by_number(value), || value.to_string());
    Ok(value)
}

impl Decode for i32 {
    fn decode(json: Json<'_>, rule: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let range = (i64::from(i32::MIN), i64::from(i32::MAX));
        Ok(decode_number(json, JsonKind::Integer, range, rule, decoder)? as i32)
    }
}

impl Decode for i64 {
    fn decode(json: Json<'_>, rule: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        decode_number(json, JsonKind::Long, (i64::MIN, i64::MAX), rule, decoder)
    }
}

impl Decode for Bytes {
    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        if decoder.is_describing() {
            return Ok(Self::new());
        }
        let Json::String(text) = json else { return Err(wrong_type(JsonKind::Blob, &json)) };
        if text.len() % 4 != 0 {
            return Err(SerializationFault::Base64Length { length: text.len() });
        }
        base64_simd::STANDARD
            .decode_to_vec(text.as_bytes())
            .map(Self::from)
            .map_err(|_| SerializationFault::Base64)
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(json: Json<'_>, rule: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let members = rule.members.unwrap_or(&Rule::NONE);
        if decoder.is_describing() {
            decoder.step(Step::Index(0), |decoder| {
                decoder.describe_value(false, members);
                T::decode(Json::Null, members, decoder)
            })?;
            return Ok(Self::new());
        }
        let Json::Array(elements) = json else { return Err(wrong_type(JsonKind::List, &json)) };
        let broken = rule.broken_by_length(elements.len());
        if !broken.is_empty() {
            decoder.violate_all(broken, || printed(&Json::Array(elements.clone())));
        }
        elements
            .into_iter()
            .enumerate()
            .map(|(at, element)| {
                decoder.step(Step::Index(at), |decoder| T::decode(element, members, decoder))
            })
            .collect()
    }
}

impl<T: Decode> Decode for BTreeMap<String, T> {
    fn decode(json: Json<'_>, rule: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let members = rule.members.unwrap_or(&Rule::NONE);
        if decoder.is_describing() {
            let keys = rule.keys.unwrap_or(&Rule::NONE);
            decoder.step(Step::Key("key".to_owned()), |decoder| decoder.describe_value(false, keys));
            decoder.step(Step::Key("value".to_owned()), |decoder| {
                decoder.describe_value(false, members);
                T::decode(Json::Null, members, decoder)
            })?;
            return Ok(Self::new());
        }
        let Json::Object(entries) = json else { return Err(wrong_type(JsonKind::Map, &json)) };
        let broken = rule.broken_by_length(entries.len());
        if !broken.is_empty() {
            decoder.violate_all(broken, || printed(&Json::Object(entries.clone())));
        }
        if let Some(keys) = rule.keys {
            let broken: Vec<_> =
                entries.iter().filter(|(key, _)| !keys.broken_by_text(key).is_empty()).collect();
            if !broken.is_empty() {
                let constraints = keys.constraints();
                decoder.violate_all(vec![Constraint::MapKey(constraints)], || {
                    printed(&Json::Object(entries.clone()))
                });
            }
        }
        entries
            .into_iter()
            .map(|(key, value)| {
                let key = key.into_owned();
                let step = Step::Key(key.clone());
                decoder.step(step, |decoder| T::decode(value, members, decoder)).map(|value| (key, value))
            })
            .collect()
    }
}

impl Rule {
    /// All its constraints, in AWS's order, for messages that print them nested.
    fn constraints(&self) -> Vec<Constraint> {
        let mut constraints = Vec::new();
        constraints.extend(self.length_max.map(Constraint::LengthMax));
        constraints.extend(self.length_min.map(Constraint::LengthMin));
        constraints.extend(self.pattern.map(|pattern| Constraint::Pattern(pattern.as_str())));
        constraints
    }
}

/// A list or map as AWS prints it in a violation: Java's notation.
fn printed(json: &Json<'_>) -> String {
    match json {
        Json::Null => "null".to_owned(),
        Json::Bool(value) => value.to_string(),
        Json::Number(JsonNumber::Integer(value)) => value.to_string(),
        Json::Number(JsonNumber::Decimal(value)) => value.to_string(),
        Json::String(text) => text.to_string(),
        Json::Array(elements) => {
            let elements: Vec<_> = elements.iter().map(printed).collect();
            format!("[{}]", elements.join(", "))
        }
        Json::Object(members) => {
            let members: Vec<_> =
                members.iter().map(|(name, value)| format!("{name}={}", printed(value))).collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

/// Reads an enum by its wire names; `values` are what AWS prints when the text is none of them.
pub fn decode_enum<T: Default>(
    json: Json<'_>,
    decoder: &mut Decoder,
    values: &'static [&'static str],
    from_wire: impl FnOnce(&str) -> Option<T>,
) -> Result<T, SerializationFault> {
    if decoder.is_describing() {
        decoder.describe_enum(values);
        return Ok(T::default());
    }
    let Json::String(text) = json else { return Err(wrong_type(JsonKind::String, &json)) };
    Ok(from_wire(&text).unwrap_or_else(|| {
        decoder.violate(Some(text.into_owned()), Constraint::Enum(values));
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
        #[allow(non_camel_case_types)]
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
            fn decode(
                json: $crate::wire::Json<'_>,
                _: &$crate::wire::Rule,
                decoder: &mut $crate::wire::Decoder,
            ) -> Result<Self, $crate::error::SerializationFault> {
                $crate::wire::decode::decode_enum(json, decoder, &[$($printed),+], Self::from_wire)
            }
        }

        impl $crate::wire::Encode for $name {
            fn encode(&self, writer: &mut $crate::wire::JsonWriter) {
                writer.string(self.as_str());
            }
        }
    };
}
