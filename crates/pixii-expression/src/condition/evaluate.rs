//! Whether an item meets a condition.

use super::{Comparator, Condition, Operand};
use crate::attribute_source::{AttributeSource, ValueRef};
use crate::compare;
use pixii_model::Number;
use std::cmp::Ordering;

impl Condition {
    /// Whether it holds for `source`.
    ///
    /// What is missing, or of another type, is neither equal to nor before nor after anything; so `<>` holds for it.
    pub fn holds(&self, source: &impl AttributeSource) -> bool {
        match self {
            Self::And(conditions) => conditions.iter().all(|condition| condition.holds(source)),
            Self::Or(conditions) => conditions.iter().any(|condition| condition.holds(source)),
            Self::Not(condition) => !condition.holds(source),
            Self::Compare { comparator, left, right } => {
                comparator.holds(left.evaluate(source), right.evaluate(source))
            }
            Self::Between { operand, low, high } => {
                let value = operand.evaluate(source);
                Comparator::GreaterOrEqual.holds(value, low.evaluate(source))
                    && Comparator::LessOrEqual.holds(value, high.evaluate(source))
            }
            Self::In { operand, list } => {
                let value = operand.evaluate(source);
                value.is_some()
                    && list.iter().any(|other| Comparator::Equal.holds(value, other.evaluate(source)))
            }
            Self::AttributeExists(path) => path.find(source).is_some(),
            Self::AttributeNotExists(path) => path.find(source).is_none(),
            Self::AttributeType(operand, attribute_type) => {
                operand.evaluate(source).is_some_and(|value| value.attribute_type() == *attribute_type)
            }
            Self::BeginsWith(operand, prefix) => both(operand, prefix, source, compare::begins_with),
            Self::Contains(operand, element) => both(operand, element, source, compare::contains),
        }
    }
}

impl Comparator {
    fn holds(self, left: Option<ValueRef<'_>>, right: Option<ValueRef<'_>>) -> bool {
        let (Some(left), Some(right)) = (left, right) else {
            return self == Self::NotEqual;
        };
        let order = || compare::order(left, right);
        match self {
            Self::Equal => compare::equal(left, right),
            Self::NotEqual => !compare::equal(left, right),
            Self::Less => order() == Some(Ordering::Less),
            Self::LessOrEqual => order().is_some_and(Ordering::is_le),
            Self::Greater => order() == Some(Ordering::Greater),
            Self::GreaterOrEqual => order().is_some_and(Ordering::is_ge),
        }
    }
}

impl Operand {
    /// Its value, unless it is missing or has no size.
    fn evaluate<'a>(&'a self, source: &'a impl AttributeSource) -> Option<ValueRef<'a>> {
        match self {
            Self::Path(path) => path.find(source),
            Self::Value(value) => Some(ValueRef::Decoded(value)),
            Self::Size(operand) => {
                let size = compare::size(operand.evaluate(source)?)?;
                Some(ValueRef::Number(Number::from(size as u64)))
            }
        }
    }
}

fn both(
    left: &Operand,
    right: &Operand,
    source: &impl AttributeSource,
    holds: fn(ValueRef<'_>, ValueRef<'_>) -> bool,
) -> bool {
    match (left.evaluate(source), right.evaluate(source)) {
        (Some(left), Some(right)) => holds(left, right),
        _ => false,
    }
}
