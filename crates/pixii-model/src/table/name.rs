//! Names of tables, as operations on tables check them.

use crate::error::serialization::JsonKind;
use crate::error::{Constraint, SerializationFault, TableFault};
use crate::operation::parameters::TABLE_ARN;
use crate::wire::decode::{Structure, wrong_type};
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

#[derive(Default)]
struct TableName(String);

impl Decode for TableName {
    fn decode(json: Json<'_>, rule: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        if decoder.is_describing() {
            return String::decode(json, rule, decoder).map(Self);
        }
        let Json::String(text) = json else { return Err(wrong_type(JsonKind::String, &json)) };
        if text.starts_with(ARN_PREFIX) {
            return String::decode(Json::String(text), rule, decoder).map(Self);
        }
        if !(3..=255).contains(&text.encode_utf16().count()) {
            decoder.refuse_first(TableFault::TableNameLength);
        } else if !Pattern::Name.matches(&text) {
            decoder.violate(Some(text.to_string()), Constraint::Pattern(Pattern::Name.as_str()));
        }
        Ok(Self(text.into_owned()))
    }
}
