//! Attribute values that no item could hold.

use crate::attribute_value::AttributeType;
use crate::error::ValueFault;
use crate::limits::ATTRIBUTE_NAME_BYTES_MAX;
use crate::number::NumberError;
use std::fmt;

impl fmt::Display for ValueFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str(
                "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
            ),
            Self::MoreThanOneType => f.write_str(
                "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
            ),
            Self::NullIsFalse => f.write_str(
                "One or more parameter values were invalid: Null attribute value types must have the value of true",
            ),
            Self::EmptySet(AttributeType::Bs) => {
                f.write_str("One or more parameter values were invalid: Binary sets should not be empty")
            }
            // Two spaces, as AWS has them.
            Self::EmptySet(set_type) => write!(
                f,
                "One or more parameter values were invalid: An {} set  may not be empty",
                if *set_type == AttributeType::Ns { "number" } else { "string" }
            ),
            Self::RepeatedElement { set_type: AttributeType::Ns, .. } => {
                f.write_str("Input collection contains duplicates")
            }
            Self::RepeatedElement { set_type, printed } => write!(
                f,
                "One or more parameter values were invalid: Input collection {printed}{} contains duplicates.",
                if *set_type == AttributeType::Bs { "of type BS" } else { "" }
            ),
            Self::Number { error: NumberError::NotANumber, text } if text.is_empty() => {
                f.write_str("The parameter cannot be converted to a numeric value")
            }
            Self::Number { error: NumberError::NotANumber, text } => {
                write!(f, "The parameter cannot be converted to a numeric value: {text}")
            }
            Self::Number { error, .. } => error.fmt(f),
            Self::TooDeep => f.write_str(
                "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit",
            ),
            Self::EmptyName => f.write_str("Empty attribute name"),
            Self::NameTooLong => {
                write!(f, "Attribute name is too large, must be less than {} bytes", ATTRIBUTE_NAME_BYTES_MAX + 1)
            }
            Self::InExpressionValues { placeholder, fault } => {
                write!(f, "ExpressionAttributeValues contains invalid value: {fault} for key {placeholder}")
            }
            Self::InStartKey(fault) => write!(f, "The provided starting key is invalid: {fault}"),
        }
    }
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "The parameter cannot be converted to a numeric value",
            Self::TooManyDigits => "Attempting to store more than 38 significant digits in a Number",
            // AWS tells of a result that it would have to round as of one that is too large.
            Self::Overflow | Self::Inexact => {
                "Number overflow. Attempting to store a number with magnitude larger than supported range"
            }
            Self::Underflow => {
                "Number underflow. Attempting to store a number with magnitude smaller than supported range"
            }
        })
    }
}
