//! Attribute values that no item could hold.

use crate::attribute_value::AttributeType;
use crate::limits::ATTRIBUTE_NAME_BYTES_MAX;
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
    /// A set without elements.
    EmptySet(AttributeType),
    /// A set with a repeated element.
    RepeatedElement {
        /// SS, NS or BS.
        set_type: AttributeType,
        /// The elements as AWS prints them.
        printed: String,
    },
    /// A Number that is none.
    Number {
        /// Why.
        error: NumberError,
        /// The text as it came.
        text: String,
    },
    /// Nested deeper than 32 levels.
    TooDeep,
    /// An attribute without a name, or a value of a map.
    EmptyName,
    /// An attribute's name, or a value's in a map, longer than [`ATTRIBUTE_NAME_BYTES_MAX`].
    NameTooLong,
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

impl ValueFault {
    /// What is wrong with the name of an attribute or of a value in a map, if anything is.
    pub fn of_name(name: &str) -> Option<Self> {
        match name.len() {
            0 => Some(Self::EmptyName),
            1..=ATTRIBUTE_NAME_BYTES_MAX => None,
            _ => Some(Self::NameTooLong),
        }
    }

    /// The fault as AWS tells it of a value of `ExpressionAttributeValues`. Of nesting it does not say where it is.
    pub fn in_expression_values(self, placeholder: &str) -> Self {
        match self {
            Self::TooDeep => Self::TooDeep,
            fault => Self::InExpressionValues { placeholder: placeholder.to_owned(), fault: Box::new(fault) },
        }
    }

    /// The fault as AWS tells it of a value of `ExclusiveStartKey`. Of some it does not say where they are.
    pub fn in_start_key(self) -> Self {
        match self {
            Self::RepeatedElement { .. } | Self::EmptySet(AttributeType::Ns) | Self::Number { .. } => self,
            fault => Self::InStartKey(Box::new(fault)),
        }
    }
}
