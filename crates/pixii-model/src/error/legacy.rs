//! Legacy parameters (Expected, AttributeUpdates, KeyConditions, QueryFilter, ScanFilter, AttributesToGet) that cannot be.

use super::{ApiError, ValidationError};
use crate::attribute_value::AttributeType;
use crate::legacy::ComparisonOperator;

/// What is wrong with a legacy parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LegacyFault {
    /// Expected has both Value and AttributeValueList.
    ValueAndList {
        /// The attribute.
        attribute: String,
    },
    /// Expected has both Exists and ComparisonOperator.
    ExistsAndOperator {
        /// The attribute.
        attribute: String,
    },
    /// An operator that wants values, and none is there.
    OperatorWithoutValue {
        /// The operator.
        operator: ComparisonOperator,
        /// The attribute.
        attribute: String,
    },
    /// Expected has AttributeValueList, but no ComparisonOperator.
    ListWithoutOperator {
        /// The attribute.
        attribute: String,
    },
    /// Expected has no Value, and Exists is absent or true.
    ValueRequired {
        /// Exists as given.
        exists: Option<bool>,
        /// The attribute.
        attribute: String,
    },
    /// Expected has a Value, and Exists is false.
    ValueWhenAbsent {
        /// The attribute.
        attribute: String,
    },
    /// A wrong number of values for the operator.
    ArgumentCount {
        /// The operator.
        operator: ComparisonOperator,
    },
    /// Values of different types.
    MixedTypes,
    /// Bounds of BETWEEN in the wrong order.
    BetweenOrder,
    /// A value's type that the operator cannot take.
    ArgumentType {
        /// The operator.
        operator: ComparisonOperator,
        /// The type.
        attribute_type: AttributeType,
    },
    /// An action other than DELETE without a value.
    ValueMissing,
    /// DELETE of a value that is no set.
    DeleteType {
        /// The type.
        attribute_type: AttributeType,
    },
    /// ADD of a value that is neither Number, set nor list.
    AddType {
        /// The type.
        attribute_type: AttributeType,
    },
    /// An attribute twice in AttributesToGet.
    RepeatedAttribute {
        /// The attribute.
        attribute: String,
    },
    /// ConditionalOperator without conditions.
    OperatorWithoutConditions,
    /// ConditionalOperator with one condition.
    OperatorWithOneCondition,
}

impl From<LegacyFault> for ValidationError {
    fn from(fault: LegacyFault) -> Self {
        Self::Legacy(fault)
    }
}

impl From<LegacyFault> for ApiError {
    fn from(fault: LegacyFault) -> Self {
        Self::Validation(fault.into())
    }
}
