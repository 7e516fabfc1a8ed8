//! Takes a JSON tree apart into an operation's input.
//!
//! A wrong JSON type ends decoding at once. Well-typed members outside their constraints are gathered, since AWS reports up
//! to ten in one message. Attribute values that no item could hold come last: AWS looks at them only after the members'
//! combination has been checked ([`Input::check`]).

use super::description::Description;
use super::json::{Json, Members};
use super::rule::{Rule, Wording};
use crate::error::serialization::{JsonKind, Position};
use crate::error::violation::VIOLATIONS_MAX;
use crate::error::{
    ApiError, Constraint, SerializationFault, ValidationError, ValueFault, ViolatingValue, Violation,
};
use std::borrow::Cow;
use std::fmt::Write;

/// What can be read from JSON under a rule.
///
/// `Default` stands in for a required member that is missing; such a value never leaves the decoder.
pub trait Decode: Sized + Default {
    /// What JSON it is read from. A structure's name is the one in the API model, which AWS's sentences show.
    const KIND: JsonKind;

    /// An enum's values, in the order in which AWS prints them.
    const VALUES: Option<&'static [&'static str]> = None;

    /// Reads it. Constraint violations go to the decoder, wrong types end decoding.
    fn decode(json: Json<'_>, rule: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault>;

    /// Stands in for null as an element of a list or a map. (As a member, null is the same as absent.)
    fn null(decoder: &mut Decoder) -> Self {
        decoder.violate(ViolatingValue::Null, Constraint::NotNull);
        Self::default()
    }
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
    const KIND: JsonKind = T::KIND;

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
    if !matches!(json, Json::Object(_)) {
        return Err(SerializationFault::Syntax.into());
    }
    let mut decoder = Decoder::default();
    let input: I = decoder.value(json, Position::Member, &Rule::NONE)?;
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
    /// What the value at hand should be, and where it stands.
    expected: (JsonKind, Position),
    /// What is said before constraints, and alone.
    first: Option<ValidationError>,
    violations: Vec<Violation>,
    refused: Option<ValidationError>,
    value_fault: Option<ValueFault>,
    /// How many lists and maps of attribute values are open.
    pub(super) nesting: usize,
    /// Set while the shapes describe themselves instead of decoding.
    pub(super) description: Option<Vec<Description>>,
}

/// One step of a member's path.
enum Step {
    Member(&'static str),
    Index(usize),
    Key(String),
}

impl Decoder {
    /// Reads a value that stands as a structure's member or as an element of a list or map.
    pub(super) fn value<T: Decode>(
        &mut self,
        json: Json<'_>,
        position: Position,
        rule: &Rule,
    ) -> Result<T, SerializationFault> {
        if matches!(json, Json::Null) && !self.is_describing() {
            return Ok(T::null(self));
        }
        self.expected = (T::KIND, position);
        T::decode(json, rule, self)
    }

    /// Reads the element of a list at that index.
    pub(super) fn list_element<T: Decode>(
        &mut self,
        index: usize,
        json: Json<'_>,
        rule: &Rule,
    ) -> Result<T, SerializationFault> {
        self.path.push(Step::Index(index));
        let element = self.value(json, Position::Element, rule);
        self.path.pop();
        element
    }

    /// Reads the value of a map's entry.
    pub(super) fn map_entry<T: Decode>(
        &mut self,
        key: String,
        json: Json<'_>,
        rule: &Rule,
    ) -> Result<(String, T), SerializationFault> {
        self.path.push(Step::Key(key));
        let value = self.value(json, Position::Element, rule);
        let Some(Step::Key(key)) = self.path.pop() else { unreachable!("every step is taken back") };
        Ok((key, value?))
    }

    /// Reads a structure's members.
    pub fn structure<'j, 'd>(&'d mut self, json: Json<'j>) -> Result<Structure<'j, 'd>, SerializationFault> {
        Ok(Structure { members: self.object(json)?, decoder: self })
    }

    /// The members of an object.
    pub fn object<'j>(&self, json: Json<'j>) -> Result<Vec<(Cow<'j, str>, Json<'j>)>, SerializationFault> {
        match json {
            Json::Object(members) => Ok(members),
            Json::Null if self.is_describing() => Ok(Vec::new()),
            other => Err(self.wrong_type(&other)),
        }
    }

    /// The elements of an array.
    pub fn array<'j>(&self, json: Json<'j>) -> Result<Vec<Json<'j>>, SerializationFault> {
        match json {
            Json::Array(elements) => Ok(elements),
            Json::Null if self.is_describing() => Ok(Vec::new()),
            other => Err(self.wrong_type(&other)),
        }
    }

    /// The text of a string.
    pub fn text<'j>(&self, json: Json<'j>) -> Result<Cow<'j, str>, SerializationFault> {
        match json {
            Json::String(text) => Ok(text),
            other => Err(self.wrong_type(&other)),
        }
    }

    /// The fault of a value that is not of the kind that its type is read from.
    pub fn wrong_type(&self, found: &Json<'_>) -> SerializationFault {
        let (expected, position) = self.expected;
        SerializationFault::WrongType { expected, position, found: found.token() }
    }

    /// Notes that the value at hand violates a constraint.
    pub fn violate(&mut self, value: ViolatingValue, constraint: Constraint) {
        if self.violations.len() < VIOLATIONS_MAX {
            // The newer wording has names as in the API, but for the one of NewRange.
            let newer =
                value == ViolatingValue::Untold && !matches!(constraint, Constraint::ValueBetween(..));
            let path = self.path(newer);
            self.violations.push(Violation { value, path, constraint });
        }
    }

    /// Notes which constraints of `rule` the value at hand, which AWS prints as `value`, violates.
    pub(super) fn violate_all(
        &mut self,
        broken: Vec<Constraint>,
        rule: &Rule,
        value: impl FnOnce() -> String,
    ) {
        if broken.is_empty() {
            return;
        }
        let value = ViolatingValue::Printed(value());
        for constraint in broken {
            match (rule.wording, &constraint) {
                (Wording::New, _)
                | (Wording::NewMaximum, Constraint::LengthMax(_))
                | (Wording::NewRange, Constraint::ValueBetween(..)) => {
                    self.violate(ViolatingValue::Untold, constraint);
                }
                _ => self.violate(value.clone(), constraint),
            }
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

    /// Notes what is wrong with an attribute's name, which AWS tells as it tells of values.
    pub fn check_name(&mut self, name: &str) {
        if let Some(fault) = ValueFault::of_name(name) {
            self.refuse_value(fault);
        }
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

    /// The path as AWS prints it: `attributeDefinitions.1.member.attributeName`, in the newer wording
    /// `AttributeDefinitions.1.member.AttributeName`.
    fn path(&self, newer: bool) -> String {
        let mut text = String::new();
        for step in &self.path {
            if !text.is_empty() {
                text.push('.');
            }
            match step {
                Step::Member(name) if newer => text.push_str(name),
                Step::Member(name) => text.push_str(&lower_first(name)),
                Step::Index(index) => {
                    write!(text, "{}.member", index + 1).expect("a String takes every text")
                }
                Step::Key(key) => write!(text, "{key}.member").expect("a String takes every text"),
            }
        }
        text
    }
}

/// A member's name as AWS's Java code has it: `tableName`, `sSEDescription`.
pub(super) fn lower_first(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    format!("{}{rest}", first.to_ascii_lowercase())
}

/// A structure being taken apart, member by member.
pub struct Structure<'j, 'd> {
    members: Members<'j>,
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
            self.decoder.describe::<T>(name, false, rule)?;
            return Ok(None);
        }
        let Some(json) = self.take(name) else { return Ok(None) };
        self.decoder.path.push(Step::Member(name));
        let value = self.decoder.value(json, Position::Member, rule);
        self.decoder.path.pop();
        value.map(Some)
    }

    /// A member that must be there.
    pub fn required<T: Decode>(&mut self, name: &'static str, rule: &Rule) -> Result<T, SerializationFault> {
        if self.decoder.is_describing() {
            self.decoder.describe::<T>(name, true, rule)?;
            return Ok(T::default());
        }
        let value = self.optional(name, rule)?;
        if value.is_none() {
            self.decoder.path.push(Step::Member(name));
            self.decoder.violate(ViolatingValue::Null, Constraint::NotNull);
            self.decoder.path.pop();
        }
        Ok(value.unwrap_or_default())
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
}
