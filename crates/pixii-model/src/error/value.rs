//! Attribute values that no item could hold.

use crate::number::NumberError;

/// What is wrong with an attribute value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueFault {
    /// None of the ten types is set.
    Empty,
    /// More than one type is set.
    MoreThanOneType,
    /// `NULL` is false.
    NullIsFalse,
    /// A set without elements, of that wire type.
    EmptySet,
    /// A set with a repeated element; its elements as AWS prints them.
    RepeatedElement(String),
    /// A Number that is none.
    Number {
        /// Why.
        error: NumberError,
        /// The text as it came.
        text: String,
    },
    /// Nested deeper than 32 levels.
    TooDeep,
    /// One of the above, in a substitution value of an expression.
    InExpressionValues {
        /// The placeholder, colon included.
        placeholder: String,
        /// What is wrong with it.
        fault: Box<ValueFault>,
    },
    /// One of the above, in `ExclusiveStartKey`.
    InStartKey(Box<ValueFault>),
}
