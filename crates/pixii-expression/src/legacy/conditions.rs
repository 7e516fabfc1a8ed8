//! Single conditions of Expected, QueryFilter, ScanFilter and KeyConditions: their checks, and what they mean.

use super::{comparator, operand};
use crate::compare;
use crate::condition::{Condition, Operand};
use crate::path::DocumentPath;
use pixii_model::error::LegacyFault;
use pixii_model::legacy::{ComparisonOperator, ExpectedAttributeValue};
use pixii_model::{AttributeType, AttributeValue};
use std::cmp::Ordering;

/// Refuses a wrong number of arguments, arguments of different types, types that the operator cannot take, and bounds of
/// BETWEEN in the wrong order: in this order, which is AWS's.
pub(super) fn check(operator: ComparisonOperator, arguments: &[AttributeValue]) -> Result<(), LegacyFault> {
    use ComparisonOperator::{Between, In, NotNull, Null};
    let count_fits = match operator {
        NotNull | Null => arguments.is_empty(),
        In => !arguments.is_empty(),
        Between => arguments.len() == 2,
        _ => arguments.len() == 1,
    };
    if !count_fits {
        return Err(LegacyFault::ArgumentCount { operator });
    }
    let Some(first) = arguments.first() else { return Ok(()) };
    let attribute_type = first.attribute_type();
    if arguments.iter().any(|argument| argument.attribute_type() != attribute_type) {
        return Err(LegacyFault::MixedTypes);
    }
    if !takes(operator, attribute_type) {
        return Err(LegacyFault::ArgumentType { operator, attribute_type });
    }
    match arguments {
        [low, high]
            if operator == Between && compare::order(low.into(), high.into()) == Some(Ordering::Greater) =>
        {
            Err(LegacyFault::BetweenOrder)
        }
        _ => Ok(()),
    }
}

/// EQ and NE take every type; what needs an order, and what looks into sets and lists, takes scalars.
fn takes(operator: ComparisonOperator, attribute_type: AttributeType) -> bool {
    use AttributeType::{B, N, S};
    match operator {
        ComparisonOperator::Equal | ComparisonOperator::NotEqual => true,
        ComparisonOperator::BeginsWith => matches!(attribute_type, S | B),
        _ => matches!(attribute_type, S | N | B),
    }
}

/// A condition of Expected: an operator with its arguments, or a value that must or must not be there.
pub(super) fn expected(attribute: &str, expected: &ExpectedAttributeValue) -> Result<Condition, LegacyFault> {
    let name = || attribute.to_owned();
    let ExpectedAttributeValue { value, exists, comparison_operator, attribute_value_list } = expected;
    if value.is_some() && attribute_value_list.is_some() {
        return Err(LegacyFault::ValueAndList { attribute: name() });
    }
    if let Some(operator) = *comparison_operator {
        if exists.is_some() {
            return Err(LegacyFault::ExistsAndOperator { attribute: name() });
        }
        let takes_none = matches!(operator, ComparisonOperator::Null | ComparisonOperator::NotNull);
        if !takes_none && value.is_none() && attribute_value_list.is_none() {
            return Err(LegacyFault::OperatorWithoutValue { operator, attribute: name() });
        }
        let arguments = attribute_value_list.clone().unwrap_or_else(|| value.clone().into_iter().collect());
        check(operator, &arguments)?;
        return Ok(condition(attribute, operator, arguments));
    }
    if attribute_value_list.is_some() {
        return Err(LegacyFault::ListWithoutOperator { attribute: name() });
    }
    match (exists.unwrap_or(true), value) {
        (true, Some(value)) => Ok(condition(attribute, ComparisonOperator::Equal, vec![value.clone()])),
        (true, None) => Err(LegacyFault::ValueRequired { exists: *exists, attribute: name() }),
        (false, Some(_)) => Err(LegacyFault::ValueWhenAbsent { attribute: name() }),
        (false, None) => Ok(Condition::AttributeNotExists(DocumentPath::attribute(attribute))),
    }
}

/// What an operator with checked arguments means.
pub(super) fn condition(
    attribute: &str,
    operator: ComparisonOperator,
    arguments: Vec<AttributeValue>,
) -> Condition {
    let path = || DocumentPath::attribute(attribute);
    let mut arguments = arguments.into_iter().map(Operand::Value);
    let mut next = || arguments.next().expect("the number of arguments was checked");
    match operator {
        ComparisonOperator::NotNull => Condition::AttributeExists(path()),
        ComparisonOperator::Null => Condition::AttributeNotExists(path()),
        ComparisonOperator::In => Condition::In { operand: operand(attribute), list: arguments.collect() },
        ComparisonOperator::Between => {
            Condition::Between { operand: operand(attribute), low: next(), high: next() }
        }
        ComparisonOperator::BeginsWith => Condition::BeginsWith(operand(attribute), next()),
        ComparisonOperator::Contains => Condition::Contains(operand(attribute), next()),
        // NOT_CONTAINS, unlike NOT contains(...), does not hold for an attribute that is not there.
        ComparisonOperator::NotContains => Condition::And(vec![
            Condition::AttributeExists(path()),
            Condition::Not(Box::new(Condition::Contains(operand(attribute), next()))),
        ]),
        comparison => Condition::Compare {
            comparator: comparator(comparison).expect("all other operators are comparisons"),
            left: operand(attribute),
            right: next(),
        },
    }
}
