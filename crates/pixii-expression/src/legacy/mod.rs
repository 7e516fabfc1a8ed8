//! The parameters from before expressions, as the same trees: Expected, AttributeUpdates, KeyConditions, QueryFilter,
//! ScanFilter and AttributesToGet.

use crate::condition::Condition;
use crate::key_condition::KeyCondition;
use crate::projection::Projection;
use crate::update::Update;
use pixii_model::error::{LegacyFault, ValidationError};
use pixii_model::legacy::{
    AttributeValueUpdate, ConditionalOperator, ExpectedAttributeValue, LegacyCondition,
};
use std::collections::BTreeMap;

/// Expected and ConditionalOperator as a condition. `None` if nothing is expected.
pub fn expected(
    expected: &BTreeMap<String, ExpectedAttributeValue>,
    operator: Option<ConditionalOperator>,
) -> Result<Option<Condition>, LegacyFault> {
    let _ = (expected, operator);
    unimplemented!("being written")
}

/// QueryFilter or ScanFilter and ConditionalOperator as a filter. `None` if the map is empty.
pub fn filter(
    conditions: &BTreeMap<String, LegacyCondition>,
    operator: Option<ConditionalOperator>,
) -> Result<Option<Condition>, LegacyFault> {
    let _ = (conditions, operator);
    unimplemented!("being written")
}

/// KeyConditions as a key condition.
pub fn key_conditions(
    conditions: &BTreeMap<String, LegacyCondition>,
) -> Result<KeyCondition, ValidationError> {
    let _ = conditions;
    unimplemented!("being written")
}

/// AttributeUpdates as an update.
pub fn attribute_updates(updates: &BTreeMap<String, AttributeValueUpdate>) -> Result<Update, LegacyFault> {
    let _ = updates;
    unimplemented!("being written")
}

/// AttributesToGet as a projection.
pub fn attributes_to_get(names: &[String]) -> Result<Projection, LegacyFault> {
    let _ = names;
    unimplemented!("being written")
}
