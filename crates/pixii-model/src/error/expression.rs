//! Expressions that cannot be read, bound or applied, and the maps that are substituted into them.

use super::{ApiError, ValidationError};
use crate::attribute_value::{AttributeType, AttributeValue};
use crate::number::NumberError;

/// Which expression of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExpressionKind {
    /// `ConditionExpression`.
    Condition,
    /// `FilterExpression`.
    Filter,
    /// `KeyConditionExpression`.
    KeyCondition,
    /// `ProjectionExpression`.
    Projection,
    /// `UpdateExpression`.
    Update,
}

/// A fault and the expression it is in.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpressionError {
    /// Which expression.
    pub kind: ExpressionKind,
    /// What is wrong with it.
    pub fault: ExpressionFault,
}

/// What is wrong with an expression. Operators, functions and paths are held as AWS prints them.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpressionFault {
    /// The text is empty.
    Empty,
    /// The text is longer than 4 KB.
    TooLong {
        /// Its length in bytes.
        bytes: usize,
    },
    /// More than 300 operators and functions; how many there are, AWS does not count.
    TooManyOperators,
    /// A token that does not belong where it is.
    Syntax {
        /// The token; `<EOF>` at the end of the text.
        token: String,
        /// The text from the token before it to the token behind it.
        near: String,
    },
    /// A group whose whole content is one group.
    RedundantParentheses,
    /// A function that does not exist, or not in this kind of expression.
    UnknownFunction {
        /// Its name as written.
        function: String,
    },
    /// A function of update expressions.
    NotForCondition {
        /// Its name.
        function: String,
    },
    /// A function of condition expressions.
    NotForUpdate {
        /// Its name.
        function: String,
    },
    /// A function where a value is wanted, or `size` where a condition is wanted.
    MisusedFunction {
        /// Its name.
        function: String,
    },
    /// An attribute name that is a reserved word.
    ReservedWord {
        /// The word as written.
        word: String,
    },
    /// A `#name` that the request does not define.
    UndefinedName {
        /// The placeholder.
        placeholder: String,
    },
    /// A `:value` that the request does not define.
    UndefinedValue {
        /// The placeholder.
        placeholder: String,
    },
    /// A wrong number of operands.
    OperandCount {
        /// Operator or function.
        operator: String,
        /// How many it was given.
        count: usize,
    },
    /// More operands of IN than there may be.
    TooManyInOperands {
        /// How many there are.
        count: usize,
    },
    /// A function that wants a document path and was given something else.
    PathRequired {
        /// The function.
        function: String,
    },
    /// An operand whose type is known and wrong.
    OperandType {
        /// Operator or function.
        operator: String,
        /// The type.
        operand_type: OperandTypeName,
    },
    /// An operand of ADD or DELETE whose type is wrong.
    ActionOperandType {
        /// `ADD` or `DELETE`.
        action: &'static str,
        /// The type.
        operand_type: AttributeType,
    },
    /// The second operand of `attribute_type` names no type.
    UnknownAttributeType {
        /// The name as given.
        name: String,
    },
    /// The same path on both sides of an operator.
    OperandsNotDistinct {
        /// Operator or function.
        operator: String,
        /// The path.
        path: String,
    },
    /// Bounds of BETWEEN of different types.
    BetweenTypes {
        /// The lower bound.
        low: AttributeValue,
        /// The upper bound.
        high: AttributeValue,
    },
    /// Bounds of BETWEEN in the wrong order.
    BetweenOrder {
        /// The lower bound.
        low: AttributeValue,
        /// The upper bound.
        high: AttributeValue,
    },
    /// A section of an update expression that comes twice.
    RepeatedSection {
        /// `SET`, `REMOVE`, `ADD` or `DELETE`.
        section: &'static str,
    },
    /// One path lies within another.
    PathsOverlap {
        /// The path that comes first.
        one: String,
        /// The other.
        two: String,
    },
    /// One path takes for a list what another takes for a map.
    PathsConflict {
        /// The path that comes first.
        one: String,
        /// The other.
        two: String,
    },
    /// A document path deeper than 32 levels.
    PathTooDeep {
        /// How many it has.
        levels: usize,
    },
    /// A list index too large for any list.
    ListIndex {
        /// The digits as written.
        index: String,
    },

    /// An update's operand has, in the item, a type that the operator cannot take.
    OperandTypeInItem,
    /// An update reads an attribute that the item does not have.
    MissingAttribute,
    /// An update writes below something that is no map or list, or not there.
    InvalidUpdatePath,
    /// An update's arithmetic leaves the range or precision of a Number.
    Number(NumberError),
    /// A legacy attribute update meets a value of another type.
    UpdateTypeMismatch,
    /// An update's result nests deeper than 32 levels.
    NestedTooDeep,

    /// An operator or function that a key condition cannot have.
    KeyOperator {
        /// As AWS prints it.
        operator: String,
    },
    /// A function within a key condition's operand.
    KeyNestedOperation,
    /// BETWEEN or begins_with whose first operand is not the key attribute.
    KeyFirstOperand {
        /// `BETWEEN` or `begins_with`.
        operator: &'static str,
    },
    /// Two attributes in one condition.
    KeyTwoAttributes,
    /// A condition on part of a document.
    KeyNestedAttribute,
    /// A condition without an attribute.
    KeyNoAttribute,
    /// Two conditions on one attribute.
    KeyRepeatedAttribute,
    /// More conditions than keys of one or two attributes can have, or none.
    KeyConditionCount,
    /// More conditions than a key of several attributes has attributes.
    KeyConditionsExceedSchema {
        /// How many conditions.
        conditions: usize,
        /// How many key attributes.
        attributes: usize,
    },
    /// A condition that no range of keys answers.
    KeyConditionNotSupported,
    /// No condition on that partition key attribute, or a gap before a condition on a sort key attribute.
    KeyAttributeMissing {
        /// The attribute.
        attribute: String,
    },
    /// A key of several partition key attributes, not all of which have an equality.
    KeyPartitionEquality {
        /// Those that have none.
        attributes: Vec<String>,
    },
    /// A key of several sort key attributes, with a condition behind one that has no equality.
    KeySortEquality {
        /// The attributes before it that have none.
        attributes: Vec<String>,
        /// The attribute with the condition.
        because_of: String,
    },
    /// A key condition's value is not of the key attribute's type.
    KeyTypeMismatch,
    /// A key condition's value is empty.
    KeyValueEmpty {
        /// The attribute.
        attribute: String,
        /// Its type, S or B.
        attribute_type: AttributeType,
    },
    /// A legacy operator that no range of keys answers.
    KeyNotIndexable,
}

/// How AWS names an operand's type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OperandTypeName {
    /// A literal's type.
    Known(AttributeType),
    /// A path, whose type may be any.
    Any,
}

/// What is wrong with ExpressionAttributeNames or ExpressionAttributeValues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaceholderFault {
    /// ExpressionAttributeNames is an empty map.
    NoNames,
    /// ExpressionAttributeValues is an empty map.
    NoValues,
    /// A key of ExpressionAttributeNames that is no `#name`.
    NameSyntax {
        /// The key.
        key: String,
    },
    /// A key of ExpressionAttributeValues that is no `:name`.
    ValueSyntax {
        /// The key.
        key: String,
    },
    /// A key of ExpressionAttributeNames that is longer than 255 bytes.
    NameTooLong {
        /// The key.
        key: String,
    },
    /// A key of ExpressionAttributeValues that is longer than 255 bytes.
    ValueTooLong {
        /// The key.
        key: String,
    },
    /// A name that no attribute can have: empty, or too long.
    InvalidName {
        /// The placeholder.
        key: String,
        /// The name's length in bytes.
        bytes: usize,
    },
    /// Both maps together are larger than 2 MB.
    TooLarge,
    /// Names that no expression uses.
    UnusedNames(Vec<String>),
    /// Values that no expression uses.
    UnusedValues(Vec<String>),
}

impl From<ExpressionError> for ValidationError {
    fn from(ExpressionError { kind, fault }: ExpressionError) -> Self {
        Self::Expression { kind, fault }
    }
}

impl From<ExpressionError> for ApiError {
    fn from(error: ExpressionError) -> Self {
        Self::Validation(error.into())
    }
}

impl From<PlaceholderFault> for ValidationError {
    fn from(fault: PlaceholderFault) -> Self {
        Self::Placeholder(fault)
    }
}

impl From<PlaceholderFault> for ApiError {
    fn from(fault: PlaceholderFault) -> Self {
        Self::Validation(fault.into())
    }
}
