//! Key conditions: which partition, and which range of its sort keys.

use crate::placeholder::Placeholders;
use pixii_model::error::{ExpressionError, ExpressionFault, ExpressionKind};
use pixii_model::{AttributeType, AttributeValue};

/// A key condition, bound but not yet held against a key schema: one predicate for each attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyCondition {
    /// In order of appearance.
    pub predicates: Vec<(String, KeyPredicate)>,
}

/// A condition on one key attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum KeyPredicate {
    /// `key = value`
    Equal(AttributeValue),
    /// `key < value`
    Less(AttributeValue),
    /// `key <= value`
    LessOrEqual(AttributeValue),
    /// `key > value`
    Greater(AttributeValue),
    /// `key >= value`
    GreaterOrEqual(AttributeValue),
    /// `key BETWEEN low AND high`
    Between(AttributeValue, AttributeValue),
    /// `begins_with(key, prefix)`
    BeginsWith(AttributeValue),
}

/// A key attribute of the table or index that is queried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyAttribute<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its type: S, N or B.
    pub attribute_type: AttributeType,
}

/// The keys that a key condition selects.
#[derive(Clone, Debug, PartialEq)]
pub struct KeySelection {
    /// The value of each partition key attribute, in schema order.
    pub partition: Vec<AttributeValue>,
    /// The values of the first sort key attributes, in schema order: those with an equality before `range`.
    pub sort: Vec<AttributeValue>,
    /// The condition on the sort key attribute behind those in `sort`, if there is one; never an equality.
    pub range: Option<KeyPredicate>,
}

impl KeyCondition {
    /// Reads a KeyConditionExpression.
    pub fn parse(text: &str, placeholders: &mut Placeholders<'_>) -> Result<Self, ExpressionError> {
        let _ = (text, placeholders);
        unimplemented!("the parser is being written")
    }

    /// Holds the condition against a key schema: an equality for every partition key attribute, equalities for sort key
    /// attributes from the left, and at most one other predicate, on the next of them.
    pub fn resolve(
        &self,
        partition: &[KeyAttribute<'_>],
        sort: &[KeyAttribute<'_>],
    ) -> Result<KeySelection, ExpressionError> {
        let _ = (partition, sort);
        Err(ExpressionError {
            kind: ExpressionKind::KeyCondition,
            fault: ExpressionFault::KeyConditionNotSupported,
        })
    }
}
