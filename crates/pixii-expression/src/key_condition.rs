//! Key conditions: which partition, and which range of its sort keys.
//!
//! A KeyConditionExpression is read as a condition, because AWS refuses as a condition what is wrong as one, and only then
//! asks whether a range of keys can answer it.

use crate::condition::{Comparator, Condition, Operand};
use crate::path::DocumentPath;
use crate::placeholder::Placeholders;
use pixii_model::error::{ExpressionError, ExpressionFault, ExpressionKind};
use pixii_model::limits::INDEX_KEY_ATTRIBUTES_MAX;
use pixii_model::{AttributeType, AttributeValue};

#[cfg(test)]
mod tests;

/// A key condition, bound but not yet held against a key schema: one predicate for each attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyCondition {
    /// In order of appearance.
    pub predicates: Vec<(String, KeyPredicate)>,
}

/// A condition on one key attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum KeyPredicate {
    /// `key = value`
    Equal(AttributeValue),
    /// `key < value`
    Less(AttributeValue),
    /// `key <= value`
    LessOrEqual(AttributeValue),
    /// `key > value`
    Greater(AttributeValue),
    /// `key >= value`
    GreaterOrEqual(AttributeValue),
    /// `key BETWEEN low AND high`
    Between(AttributeValue, AttributeValue),
    /// `begins_with(key, prefix)`
    BeginsWith(AttributeValue),
    /// A legacy operator that no range of keys answers, such as NE. [`KeyCondition::resolve_partition`] and [`KeyCondition::resolve_sort`] refuse it.
    NotIndexable,
}

/// A key attribute of the table or index that is queried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyAttribute<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its type: S, N or B.
    pub attribute_type: AttributeType,
}

/// The keys that a key condition selects.
#[derive(Clone, Debug, PartialEq)]
pub struct KeySelection {
    /// The value of each partition key attribute, in schema order.
    pub partition: Vec<AttributeValue>,
    /// The values of the first sort key attributes, in schema order: those with an equality before `range`.
    pub sort: Vec<AttributeValue>,
    /// The condition on the sort key attribute behind those in `sort`, if there is one; never an equality.
    pub range: Option<KeyPredicate>,
}

impl KeyCondition {
    /// Reads a KeyConditionExpression.
    pub fn parse(text: &str, placeholders: &mut Placeholders<'_>) -> Result<Self, ExpressionError> {
        let condition = Condition::parse(text, placeholders, ExpressionKind::KeyCondition)?;
        Self::from_condition(condition)
    }

    /// Takes a condition apart into predicates on keys, or says why it is no key condition.
    pub fn from_condition(condition: Condition) -> Result<Self, ExpressionError> {
        let mut predicates = Vec::new();
        collect(condition, &mut predicates).map_err(error)?;
        Self::new(predicates)
    }

    /// Predicates made without text, each on another attribute.
    pub fn new(predicates: Vec<(String, KeyPredicate)>) -> Result<Self, ExpressionError> {
        if predicates.is_empty() || predicates.len() > 2 * INDEX_KEY_ATTRIBUTES_MAX {
            return Err(error(ExpressionFault::KeyConditionCount));
        }
        Ok(Self { predicates })
    }

    /// Holds the condition against the partition attributes of a key schema, each of which must have an equality. Whoever
    /// has more to check by the partition, as AWS has of start keys, does so between this and [`Self::resolve_sort`].
    pub fn resolve_partition(
        &self,
        partition: &[KeyAttribute<'_>],
        sort: &[KeyAttribute<'_>],
    ) -> Result<Vec<AttributeValue>, ExpressionError> {
        self.select_partition(partition, sort.len()).map_err(error)
    }

    /// Holds the condition against the sort attributes: equalities from the left, and at most one other predicate, on the
    /// next of them.
    pub fn resolve_sort(
        &self,
        partition: Vec<AttributeValue>,
        sort: &[KeyAttribute<'_>],
    ) -> Result<KeySelection, ExpressionError> {
        self.select_sort(partition, sort).map_err(error)
    }

    fn select_partition(
        &self,
        partition: &[KeyAttribute<'_>],
        sort_attributes: usize,
    ) -> Result<Vec<AttributeValue>, ExpressionFault> {
        let conditions = self.predicates.len();
        let attributes = partition.len() + sort_attributes;
        if conditions > attributes {
            // AWS has another sentence for keys that may have more than one attribute of a kind.
            return Err(match (attributes, conditions) {
                (0..=2, 0..=2) => ExpressionFault::KeyConditionNotSupported,
                (0..=2, _) => ExpressionFault::KeyConditionCount,
                _ => ExpressionFault::KeyConditionsExceedSchema { conditions, attributes },
            });
        }
        let mut values = Vec::with_capacity(partition.len());
        let mut unequal = Vec::new();
        for attribute in partition {
            match self.on(attribute)? {
                Some(KeyPredicate::Equal(value)) => values.push(value.clone()),
                _ if partition.len() > 1 => unequal.push(attribute.name.to_owned()),
                Some(_) => return Err(ExpressionFault::KeyConditionNotSupported),
                None => return Err(missing(attribute)),
            }
        }
        if unequal.is_empty() {
            Ok(values)
        } else {
            Err(ExpressionFault::KeyPartitionEquality { attributes: unequal })
        }
    }

    fn select_sort(
        &self,
        partition: Vec<AttributeValue>,
        sort: &[KeyAttribute<'_>],
    ) -> Result<KeySelection, ExpressionFault> {
        let conditions = self.predicates.len();
        let mut resolved = partition.len();
        let mut selection = KeySelection { partition, sort: Vec::new(), range: None };
        let mut unequal = Vec::new();
        let mut unused = None;
        for attribute in sort {
            let predicate = self.on(attribute)?;
            if predicate.is_some() && !unequal.is_empty() {
                let because_of = attribute.name.to_owned();
                return Err(ExpressionFault::KeySortEquality { attributes: unequal, because_of });
            }
            match predicate {
                Some(KeyPredicate::Equal(value)) => selection.sort.push(value.clone()),
                Some(predicate) => {
                    selection.range = Some(predicate.clone());
                    unequal.push(attribute.name.to_owned());
                }
                None => {
                    unequal.push(attribute.name.to_owned());
                    unused.get_or_insert(attribute);
                }
            }
            resolved += usize::from(predicate.is_some());
        }
        match unused {
            // There is a condition on something that is no key.
            Some(attribute) if resolved < conditions => Err(missing(attribute)),
            _ => Ok(selection),
        }
    }

    /// The predicate on an attribute, whose values must be such as the attribute can have.
    fn on(&self, attribute: &KeyAttribute<'_>) -> Result<Option<&KeyPredicate>, ExpressionFault> {
        let found = self.predicates.iter().find(|(name, _)| name == attribute.name);
        let Some((_, predicate)) = found else { return Ok(None) };
        if *predicate == KeyPredicate::NotIndexable {
            return Err(ExpressionFault::KeyNotIndexable);
        }
        let values = || predicate.values().into_iter().flatten();
        if values().any(|value| value.attribute_type() != attribute.attribute_type) {
            return Err(ExpressionFault::KeyTypeMismatch);
        }
        // Even the Number zero counts a byte, so what counts none is an empty String or Binary.
        if values().any(|value| value.size() == 0) {
            return Err(ExpressionFault::KeyValueEmpty {
                attribute: attribute.name.to_owned(),
                attribute_type: attribute.attribute_type,
            });
        }
        Ok(Some(predicate))
    }
}

impl KeyPredicate {
    /// The predicate that a comparison with a literal is; `None` for `<>`.
    pub fn comparison(comparator: Comparator, value: AttributeValue) -> Option<Self> {
        Some(match comparator {
            Comparator::Equal => Self::Equal(value),
            Comparator::Less => Self::Less(value),
            Comparator::LessOrEqual => Self::LessOrEqual(value),
            Comparator::Greater => Self::Greater(value),
            Comparator::GreaterOrEqual => Self::GreaterOrEqual(value),
            Comparator::NotEqual => return None,
        })
    }

    /// Its one or two values.
    fn values(&self) -> [Option<&AttributeValue>; 2] {
        match self {
            Self::Equal(value)
            | Self::Less(value)
            | Self::LessOrEqual(value)
            | Self::Greater(value)
            | Self::GreaterOrEqual(value)
            | Self::BeginsWith(value) => [Some(value), None],
            Self::Between(low, high) => [Some(low), Some(high)],
            Self::NotIndexable => [None, None],
        }
    }
}

fn missing(attribute: &KeyAttribute<'_>) -> ExpressionFault {
    ExpressionFault::KeyAttributeMissing { attribute: attribute.name.to_owned() }
}

fn error(fault: ExpressionFault) -> ExpressionError {
    ExpressionError { kind: ExpressionKind::KeyCondition, fault }
}

/// Gathers the predicates of a condition, from left to right.
fn collect(
    condition: Condition,
    predicates: &mut Vec<(String, KeyPredicate)>,
) -> Result<(), ExpressionFault> {
    let operator = |operator: &str| Err(ExpressionFault::KeyOperator { operator: operator.to_owned() });
    let (attribute, predicate) = match condition {
        Condition::And(conditions) => {
            return conditions.into_iter().try_for_each(|condition| collect(condition, predicates));
        }
        Condition::Or(_) => return operator("OR"),
        Condition::Not(_) => return operator("NOT"),
        Condition::In { .. } => return operator("IN"),
        Condition::AttributeExists(_) => return operator("attribute_exists"),
        Condition::AttributeNotExists(_) => return operator("attribute_not_exists"),
        Condition::AttributeType(..) => return operator("attribute_type"),
        Condition::Contains(..) => return operator("contains"),
        Condition::Compare { comparator: Comparator::NotEqual, .. } => return operator("<>"),
        Condition::Compare { comparator, left, right } => {
            let flipped = matches!(left, Operand::Value(_));
            let (attribute, [value]) = split([left, right])?;
            let comparator = if flipped { comparator.flipped() } else { comparator };
            let predicate = KeyPredicate::comparison(comparator, value).expect("<> was refused");
            (attribute, predicate)
        }
        Condition::Between { operand, low, high } => {
            if !matches!(operand, Operand::Path(_)) {
                return Err(ExpressionFault::KeyFirstOperand { operator: "BETWEEN" });
            }
            let (attribute, [low, high]) = split([operand, low, high])?;
            (attribute, KeyPredicate::Between(low, high))
        }
        Condition::BeginsWith(operand, prefix) => {
            if !matches!(operand, Operand::Path(_)) {
                return Err(ExpressionFault::KeyFirstOperand { operator: "begins_with" });
            }
            let (attribute, [prefix]) = split([operand, prefix])?;
            (attribute, KeyPredicate::BeginsWith(prefix))
        }
    };
    if predicates.iter().any(|(other, _)| *other == attribute) {
        return Err(ExpressionFault::KeyRepeatedAttribute);
    }
    predicates.push((attribute, predicate));
    Ok(())
}

/// The one attribute among a condition's operands, and their values.
fn split<const OPERANDS: usize, const VALUES: usize>(
    operands: [Operand; OPERANDS],
) -> Result<(String, [AttributeValue; VALUES]), ExpressionFault> {
    let mut attribute = None;
    let mut values = Vec::with_capacity(VALUES);
    for operand in operands {
        match operand {
            Operand::Path(_) if attribute.is_some() => return Err(ExpressionFault::KeyTwoAttributes),
            Operand::Path(path) if path.is_nested() => return Err(ExpressionFault::KeyNestedAttribute),
            Operand::Path(DocumentPath { attribute: name, .. }) => attribute = Some(name),
            Operand::Value(value) => values.push(value),
            Operand::Size(_) => return Err(ExpressionFault::KeyNestedOperation),
        }
    }
    let attribute = attribute.ok_or(ExpressionFault::KeyNoAttribute)?;
    let values = values.try_into().expect("all operands but the attribute are values");
    Ok((attribute, values))
}
