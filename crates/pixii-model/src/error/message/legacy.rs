//! Legacy parameters that cannot be.

use crate::error::LegacyFault;
use std::fmt;

impl fmt::Display for LegacyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // AWS tells some sentences without the usual beginning.
        let bare = matches!(
            self,
            Self::BetweenOrder | Self::OperatorWithoutConditions | Self::OperatorWithOneCondition
        );
        if !bare {
            f.write_str("One or more parameter values were invalid: ")?;
        }
        match self {
            Self::ValueAndList { attribute } => {
                write!(f, "Value and AttributeValueList cannot be used together for Attribute: {attribute}")
            }
            Self::ExistsAndOperator { attribute } => {
                write!(f, "Exists and ComparisonOperator cannot be used together for Attribute: {attribute}")
            }
            Self::OperatorWithoutValue { operator, attribute } => write!(
                f,
                "Value or AttributeValueList must be used with ComparisonOperator: {} for Attribute: {attribute}",
                operator.as_str()
            ),
            Self::ListWithoutOperator { attribute } => write!(
                f,
                "AttributeValueList can only be used with a ComparisonOperator for Attribute: {attribute}"
            ),
            Self::ValueRequired { exists, attribute } => {
                let exists = exists.map_or("null", |exists| if exists { "true" } else { "false" });
                write!(f, "Value must be provided when Exists is {exists} for Attribute: {attribute}")
            }
            Self::ValueWhenAbsent { attribute } => {
                write!(f, "Value cannot be used when Exists is false for Attribute: {attribute}")
            }
            Self::ArgumentCount { operator } => {
                write!(f, "Invalid number of argument(s) for the {} ComparisonOperator", operator.as_str())
            }
            Self::MixedTypes => f.write_str("AttributeValues inside AttributeValueList must be of same type"),
            Self::BetweenOrder => f.write_str(
                "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
            ),
            Self::ArgumentType { operator, attribute_type } => write!(
                f,
                "ComparisonOperator {} is not valid for {} AttributeValue type",
                operator.as_str(),
                attribute_type.as_str()
            ),
            Self::ValueMissing => {
                f.write_str("Only DELETE action is allowed when no attribute value is specified")
            }
            Self::DeleteType { attribute_type } => write!(
                f,
                "DELETE action with value is not supported for the type {}",
                attribute_type.as_str()
            ),
            Self::AddType { attribute_type } => {
                write!(f, "ADD action is not supported for the type {}", attribute_type.as_str())
            }
            Self::RepeatedAttribute { attribute } => {
                write!(f, "Duplicate value in attribute name: {attribute}")
            }
            Self::OperatorWithoutConditions => {
                f.write_str("ConditionalOperator cannot be used without Filter or Expected")
            }
            Self::OperatorWithOneCondition => f.write_str(
                "ConditionalOperator can only be used when Filter or Expected has two or more elements",
            ),
        }
    }
}
