//! Expressions that cannot be read, bound or applied.

use crate::attribute_value::{AttributeType, AttributeValue};
use crate::error::expression::OperandTypeName;
use crate::error::{ExpressionError, ExpressionFault, ExpressionKind, PlaceholderFault};
use crate::limits::EXPRESSION_OPERATORS_MAX;
use std::fmt;

/// The whole sentence for a fault in one of a request's expressions.
pub(super) fn sentence(
    kind: ExpressionKind,
    fault: &ExpressionFault,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    if fault.is_about_text() {
        write!(f, "Invalid {}: ", kind.as_str())?;
    }
    write!(f, "{fault}")
}

impl ExpressionKind {
    /// The request member's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Condition => "ConditionExpression",
            Self::Filter => "FilterExpression",
            Self::KeyCondition => "KeyConditionExpression",
            Self::Projection => "ProjectionExpression",
            Self::Update => "UpdateExpression",
        }
    }
}

impl ExpressionFault {
    /// Whether AWS begins the sentence with the expression's name. What only the item, or only the key schema, shows to be
    /// wrong is told without it.
    fn is_about_text(&self) -> bool {
        !matches!(
            self,
            Self::OperandTypeInItem
                | Self::MissingAttribute
                | Self::InvalidUpdatePath
                | Self::Number(_)
                | Self::UpdateTypeMismatch
                | Self::NestedTooDeep
                | Self::KeyOperator { .. }
                | Self::KeyNestedOperation
                | Self::KeyFirstOperand { .. }
                | Self::KeyTwoAttributes
                | Self::KeyNoAttribute
                | Self::KeyRepeatedAttribute
                | Self::KeyConditionCount
                | Self::KeyConditionsExceedSchema { .. }
                | Self::KeyConditionNotSupported
                | Self::KeyAttributeMissing { .. }
                | Self::KeyPartitionEquality { .. }
                | Self::KeySortEquality { .. }
                | Self::KeyTypeMismatch
                | Self::KeyValueEmpty { .. }
                | Self::KeyNotIndexable
        )
    }
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        sentence(self.kind, &self.fault, f)
    }
}

impl fmt::Display for ExpressionFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("The expression can not be empty;"),
            Self::TooLong { bytes } => write!(
                f,
                "Expression size has exceeded the maximum allowed size; expression size: {bytes}"
            ),
            Self::TooManyOperators => write!(
                f,
                "The expression contains too many operators; operator count: {}",
                EXPRESSION_OPERATORS_MAX + 1
            ),
            Self::Syntax { token, near } => write!(f, "Syntax error; token: \"{token}\", near: \"{near}\""),
            Self::RedundantParentheses => f.write_str("The expression has redundant parentheses;"),
            Self::UnknownFunction { function } => write!(f, "Invalid function name; function: {function}"),
            Self::NotForCondition { function } => {
                write!(f, "The function is not allowed in a condition expression; function: {function}")
            }
            Self::NotForUpdate { function } => {
                write!(f, "The function is not allowed in an update expression; function: {function}")
            }
            Self::MisusedFunction { function } => write!(
                f,
                "The function is not allowed to be used this way in an expression; function: {function}"
            ),
            Self::ReservedWord { word } => {
                write!(f, "Attribute name is a reserved keyword; reserved keyword: {word}")
            }
            Self::UndefinedName { placeholder } => write!(
                f,
                "An expression attribute name used in the document path is not defined; attribute name: {placeholder}"
            ),
            Self::UndefinedValue { placeholder } => write!(
                f,
                "An expression attribute value used in expression is not defined; attribute value: {placeholder}"
            ),
            Self::OperandCount { operator, count } => write!(
                f,
                "Incorrect number of operands for operator or function; operator or function: {operator}, number of operands: {count}"
            ),
            Self::TooManyInOperands { count } => write!(
                f,
                "The IN operator is provided with too many operands; number of operands: {count}"
            ),
            Self::PathRequired { function } => write!(
                f,
                "Operator or function requires a document path; operator or function: {function}"
            ),
            Self::OperandType { operator, operand_type } => write!(
                f,
                "Incorrect operand type for operator or function; operator or function: {operator}, operand type: {operand_type}"
            ),
            Self::ActionOperandType { action, operand_type } => write!(
                f,
                "Incorrect operand type for operator or function; operator: {action}, operand type: {}",
                long_type_name(*operand_type)
            ),
            Self::UnknownAttributeType { name } => write!(
                f,
                "Invalid attribute type name found; type: {name}, valid types: {{B,NULL,SS,BOOL,L,BS,N,NS,S,M}}"
            ),
            Self::OperandsNotDistinct { operator, path } => write!(
                f,
                "The first operand must be distinct from the remaining operands for this operator or function; operator: {operator}, first operand: {path}"
            ),
            Self::BetweenTypes { low, high } => {
                f.write_str("The BETWEEN operator requires same data type for lower and upper bounds; ")?;
                bounds(low, high, f)
            }
            Self::BetweenOrder { low, high } => {
                f.write_str(
                    "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ",
                )?;
                bounds(low, high, f)
            }
            Self::RepeatedSection { section } => {
                write!(f, "The \"{section}\" section can only be used once in an update expression;")
            }
            Self::PathsOverlap { one, two } => write!(
                f,
                "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: {one}, path two: {two}"
            ),
            Self::PathsConflict { one, two } => write!(
                f,
                "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: {one}, path two: {two}"
            ),
            Self::PathTooDeep { levels } => {
                write!(f, "The document path has too many nesting levels; nesting levels: {levels}")
            }
            Self::ListIndex { index } => {
                write!(f, "List index is not within the allowable range; index: [{index}]")
            }

            Self::OperandTypeInItem => {
                f.write_str("An operand in the update expression has an incorrect data type")
            }
            Self::MissingAttribute => {
                f.write_str("The provided expression refers to an attribute that does not exist in the item")
            }
            Self::InvalidUpdatePath => {
                f.write_str("The document path provided in the update expression is invalid for update")
            }
            Self::Number(error) => error.fmt(f),
            Self::UpdateTypeMismatch => f.write_str("Type mismatch for attribute to update"),
            Self::NestedTooDeep => f.write_str(
                "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit",
            ),

            Self::KeyOperator { operator } => {
                write!(f, "Invalid operator used in KeyConditionExpression: {operator}")
            }
            Self::KeyNestedOperation => f.write_str("KeyConditionExpressions cannot contain nested operations"),
            Self::KeyFirstOperand { operator } => write!(
                f,
                "Invalid condition in KeyConditionExpression: {operator} operator must have the key attribute as its first operand"
            ),
            Self::KeyTwoAttributes => f.write_str(
                "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition",
            ),
            Self::KeyNestedAttribute => {
                f.write_str("KeyConditionExpressions cannot have conditions on nested attributes")
            }
            Self::KeyNoAttribute => {
                f.write_str("Invalid condition in KeyConditionExpression: No key attribute specified")
            }
            Self::KeyRepeatedAttribute => {
                f.write_str("KeyConditionExpressions must only contain one condition per key")
            }
            Self::KeyConditionCount => f.write_str("Conditions can be of length 1 or 2 only"),
            Self::KeyConditionsExceedSchema { conditions, attributes } => write!(
                f,
                "The number of query conditions ({conditions}) exceeds the number of key attributes defined in the schema ({attributes})"
            ),
            Self::KeyConditionNotSupported => f.write_str("Query key condition not supported"),
            Self::KeyAttributeMissing { attribute } => {
                write!(f, "Query condition missed key schema element: {attribute}")
            }
            Self::KeyPartitionEquality { attributes } => write!(
                f,
                "HASH key attributes {} must have equality conditions specified in the query",
                attributes.join(", ")
            ),
            Self::KeySortEquality { attributes, because_of } => write!(
                f,
                "RANGE key attributes {} must have equality conditions specified in the query because a condition is present on key attribute {because_of}",
                attributes.join(", ")
            ),
            Self::KeyTypeMismatch => f.write_str(
                "One or more parameter values were invalid: Condition parameter type does not match schema type",
            ),
            Self::KeyValueEmpty { attribute, attribute_type } => {
                let kind = if *attribute_type == AttributeType::B { "binary" } else { "string" };
                write!(
                    f,
                    "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty {kind} value. Key: {attribute}"
                )
            }
            Self::KeyNotIndexable => {
                f.write_str("Attempted conditional constraint is not an indexable operation")
            }
        }
    }
}

impl fmt::Display for OperandTypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Known(attribute_type) => attribute_type.as_str(),
            Self::Any => "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}",
        })
    }
}

/// The names that AWS uses for the operands of ADD and DELETE only.
fn long_type_name(attribute_type: AttributeType) -> &'static str {
    match attribute_type {
        AttributeType::S => "STRING",
        AttributeType::N => "NUMBER",
        AttributeType::B => "BINARY",
        AttributeType::Bool => "BOOLEAN",
        AttributeType::Null => "NULL",
        AttributeType::M => "MAP",
        AttributeType::L => "LIST",
        AttributeType::Ss => "SS",
        AttributeType::Ns => "NS",
        AttributeType::Bs => "BS",
    }
}

fn bounds(low: &AttributeValue, high: &AttributeValue, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(
        f,
        "lower bound operand: AttributeValue: {}, upper bound operand: AttributeValue: {}",
        Printed(low),
        Printed(high)
    )
}

/// A value as AWS prints it: `{S:a}`.
pub(super) struct Printed<'a>(pub &'a AttributeValue);

impl fmt::Display for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}:", self.0.attribute_type().as_str())?;
        match self.0 {
            AttributeValue::S(text) => f.write_str(text)?,
            AttributeValue::N(number) => number.fmt(f)?,
            AttributeValue::B(bytes) => f.write_str(&base64_simd::STANDARD.encode_to_string(bytes))?,
            AttributeValue::Bool(value) => value.fmt(f)?,
            AttributeValue::Null => f.write_str("true")?,
            AttributeValue::M(map) => list('{', map.iter().map(|(name, value)| Entry(name, value)), '}', f)?,
            AttributeValue::L(values) => list('[', values.iter().map(Printed), ']', f)?,
            AttributeValue::Ss(set) => list('[', set.iter(), ']', f)?,
            AttributeValue::Ns(set) => list('[', set.iter(), ']', f)?,
            AttributeValue::Bs(set) => {
                list('[', set.iter().map(|bytes| base64_simd::STANDARD.encode_to_string(bytes)), ']', f)?
            }
        }
        f.write_str("}")
    }
}

struct Entry<'a>(&'a str, &'a AttributeValue);

impl fmt::Display for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.0, Printed(self.1))
    }
}

fn list<T: fmt::Display>(
    open: char,
    elements: impl Iterator<Item = T>,
    close: char,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    write!(f, "{open}")?;
    for (at, element) in elements.enumerate() {
        write!(f, "{}{element}", if at > 0 { ", " } else { "" })?;
    }
    write!(f, "{close}")
}

impl fmt::Display for PlaceholderFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoNames => f.write_str("ExpressionAttributeNames must not be empty"),
            Self::NoValues => f.write_str("ExpressionAttributeValues must not be empty"),
            Self::NameSyntax { key } => {
                write!(f, "ExpressionAttributeNames contains invalid key: Syntax error; key: \"{key}\"")
            }
            Self::ValueSyntax { key } => {
                write!(f, "ExpressionAttributeValues contains invalid key: Syntax error; key: \"{key}\"")
            }
            Self::NameTooLong { key } => write!(
                f,
                "ExpressionAttributeNames contains invalid key: The expression attribute map contains a key that is too long; key: \"{key}\""
            ),
            Self::ValueTooLong { key } => write!(
                f,
                "ExpressionAttributeValues contains invalid key: The expression attribute map contains a key that is too long; key: \"{key}\""
            ),
            Self::InvalidName { key, bytes: 0 } => write!(
                f,
                "ExpressionAttributeNames contains invalid value: Empty attribute name for key {key}"
            ),
            Self::InvalidName { key, bytes } => write!(
                f,
                "ExpressionAttributeNames contains invalid value: Member must have length less than or equal to 65535, Member must have length greater than or equal to 1; value length: {bytes}, key: {key}"
            ),
            Self::TooLarge => f.write_str(
                "The expression attribute maps (ExpressionAttributeNames and ExpressionAttributeValues) exceed the maximum allowed size",
            ),
            Self::UnusedNames(keys) => write!(
                f,
                "Value provided in ExpressionAttributeNames unused in expressions: keys: {{{}}}",
                keys.join(", ")
            ),
            Self::UnusedValues(keys) => write!(
                f,
                "Value provided in ExpressionAttributeValues unused in expressions: keys: {{{}}}",
                keys.join(", ")
            ),
        }
    }
}
