//! Names of tables, as operations on tables check them.

use crate::error::serialization::JsonKind;
use crate::error::{Constraint, SerializationFault, TableFault, ViolatingValue};
use crate::operation::parameters::TABLE_ARN;
use crate::wire::decode::Structure;
use crate::wire::rule::Pattern;
use crate::wire::{Decode, Decoder, Json, Rule};

/// How every ARN begins.
pub const ARN_PREFIX: &str = "arn:";

/// The name or ARN of a table that is to be there, from an input's `TableName`.
///
/// AWS looks at it before all other members: if it is missing or has a wrong length, it says that alone.
pub fn table_name(input: &mut Structure<'_, '_>) -> Result<String, SerializationFault> {
    let missing = TableFault::MissingParameter { name: "TableName" };
    Ok(input.required_first::<TableName>("TableName", &TABLE_ARN, missing)?.0)
}

/// Rule of a member that takes the ARN of any resource (API model: ResourceArnString).
pub const RESOURCE_ARN: Rule = Rule::length(1, 1283);

/// A member that must be there, which whoever runs the operation checks, for presence and length: AWS does so between other
/// checks.
pub fn checked_later<T: Decode>(
    input: &mut Structure<'_, '_>,
    name: &'static str,
    rule: &Rule,
) -> Result<Option<T>, SerializationFault> {
    if input.decoder().is_describing() {
        return input.required(name, rule).map(Some);
    }
    input.optional(name, &Rule { length_min: None, length_max: None, ..*rule })
}

#[derive(Default)]
struct TableName(String);

impl Decode for TableName {
    const KIND: JsonKind = JsonKind::String;

    fn decode(json: Json<'_>, rule: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let text = decoder.text(json)?;
        if text.starts_with(ARN_PREFIX) {
            return String::decode(Json::String(text), rule, decoder).map(Self);
        }
        if !(3..=255).contains(&text.encode_utf16().count()) {
            decoder.refuse_first(TableFault::TableNameLength);
        } else if !Pattern::Name.matches(&text) {
            let value = ViolatingValue::Printed(text.to_string());
            decoder.violate(value, Constraint::Pattern(Pattern::Name.as_str()));
        }
        Ok(Self(text.into_owned()))
    }
}
