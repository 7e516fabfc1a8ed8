//! The parameters from before expressions, as the same trees: Expected, AttributeUpdates, KeyConditions, QueryFilter,
//! ScanFilter and AttributesToGet.
//!
//! They name top-level attributes only. The wire's shapes are in [`pixii_model::legacy`]; whether values are well formed is
//! checked where they are decoded.

mod conditions;
#[cfg(test)]
mod tests;

use crate::condition::{Comparator, Condition, Operand};
use crate::key_condition::{KeyCondition, KeyPredicate};
use crate::path::DocumentPath;
use crate::projection::Projection;
use crate::update::{SetOperand, SetValue, Update, UpdateAction};
use conditions::check;
use pixii_model::AttributeType;
use pixii_model::error::{LegacyFault, ValidationError};
use pixii_model::legacy::{
    AttributeAction, AttributeValueUpdate, ComparisonOperator, ConditionalOperator, ExpectedAttributeValue,
    LegacyCondition,
};
use std::collections::BTreeMap;

/// Expected and ConditionalOperator as a condition. `None` if nothing is expected.
pub fn expected(
    expected: &BTreeMap<String, ExpectedAttributeValue>,
    operator: Option<ConditionalOperator>,
) -> Result<Option<Condition>, LegacyFault> {
    let mut conditions = Vec::with_capacity(expected.len());
    for (attribute, expected) in expected {
        conditions.push(conditions::expected(attribute, expected)?);
    }
    join(conditions, operator)
}

/// QueryFilter or ScanFilter and ConditionalOperator as a filter. `None` if the map is empty.
pub fn filter(
    filter: &BTreeMap<String, LegacyCondition>,
    operator: Option<ConditionalOperator>,
) -> Result<Option<Condition>, LegacyFault> {
    let mut conditions = Vec::with_capacity(filter.len());
    for (attribute, condition) in filter {
        check(condition.comparison_operator, &condition.attribute_value_list)?;
        conditions.push(conditions::condition(
            attribute,
            condition.comparison_operator,
            condition.attribute_value_list.clone(),
        ));
    }
    join(conditions, operator)
}

/// KeyConditions as a key condition.
pub fn key_conditions(
    conditions: &BTreeMap<String, LegacyCondition>,
) -> Result<KeyCondition, ValidationError> {
    let mut predicates = Vec::with_capacity(conditions.len());
    for (attribute, condition) in conditions {
        check(condition.comparison_operator, &condition.attribute_value_list)?;
        predicates.push((attribute.clone(), key_predicate(condition)));
    }
    Ok(KeyCondition::new(predicates)?)
}

/// AttributeUpdates as an update.
pub fn attribute_updates(updates: &BTreeMap<String, AttributeValueUpdate>) -> Result<Update, LegacyFault> {
    use AttributeType::{Bs, L, N, Ns, Ss};
    let mut actions = Vec::with_capacity(updates.len());
    for (attribute, update) in updates {
        let path = DocumentPath::attribute(attribute);
        let Some(value) = &update.value else {
            if update.action != AttributeAction::Delete {
                return Err(LegacyFault::ValueMissing);
            }
            actions.push(UpdateAction::Remove(path));
            continue;
        };
        let attribute_type = value.attribute_type();
        let value = value.clone();
        actions.push(match update.action {
            AttributeAction::Put => UpdateAction::Set(path, SetValue::Operand(SetOperand::Value(value))),
            AttributeAction::Add if matches!(attribute_type, N | Ss | Ns | Bs | L) => {
                UpdateAction::Add(path, value)
            }
            AttributeAction::Add => return Err(LegacyFault::AddType { attribute_type }),
            AttributeAction::Delete if matches!(attribute_type, Ss | Ns | Bs) => {
                UpdateAction::Delete(path, value)
            }
            AttributeAction::Delete => return Err(LegacyFault::DeleteType { attribute_type }),
        });
    }
    Ok(Update::legacy(actions))
}

/// AttributesToGet as a projection.
pub fn attributes_to_get(names: &[String]) -> Result<Projection, LegacyFault> {
    let mut seen = std::collections::BTreeSet::new();
    match names.iter().find(|name| !seen.insert(*name)) {
        Some(attribute) => Err(LegacyFault::RepeatedAttribute { attribute: attribute.clone() }),
        None => Ok(Projection::attributes(names.iter().cloned())),
    }
}

fn join(
    mut conditions: Vec<Condition>,
    operator: Option<ConditionalOperator>,
) -> Result<Option<Condition>, LegacyFault> {
    match (conditions.len(), operator) {
        (0, Some(_)) => Err(LegacyFault::OperatorWithoutConditions),
        (1, Some(_)) => Err(LegacyFault::OperatorWithOneCondition),
        (0 | 1, None) => Ok(conditions.pop()),
        (_, Some(ConditionalOperator::Or)) => Ok(Some(Condition::Or(conditions))),
        (_, Some(ConditionalOperator::And) | None) => Ok(Some(Condition::And(conditions))),
    }
}

/// The predicate of a condition whose arguments are checked.
fn key_predicate(condition: &LegacyCondition) -> KeyPredicate {
    match (condition.comparison_operator, &condition.attribute_value_list[..]) {
        (ComparisonOperator::Between, [low, high]) => KeyPredicate::Between(low.clone(), high.clone()),
        (ComparisonOperator::BeginsWith, [prefix]) => KeyPredicate::BeginsWith(prefix.clone()),
        (operator, [value]) => comparator(operator)
            .and_then(|comparator| KeyPredicate::comparison(comparator, value.clone()))
            .unwrap_or(KeyPredicate::NotIndexable),
        _ => KeyPredicate::NotIndexable,
    }
}

/// The comparison that an operator is, if it is one.
fn comparator(operator: ComparisonOperator) -> Option<Comparator> {
    Some(match operator {
        ComparisonOperator::Equal => Comparator::Equal,
        ComparisonOperator::NotEqual => Comparator::NotEqual,
        ComparisonOperator::Less => Comparator::Less,
        ComparisonOperator::LessOrEqual => Comparator::LessOrEqual,
        ComparisonOperator::Greater => Comparator::Greater,
        ComparisonOperator::GreaterOrEqual => Comparator::GreaterOrEqual,
        _ => return None,
    })
}

fn operand(attribute: &str) -> Operand {
    Operand::Path(DocumentPath::attribute(attribute))
}
