//! Which keys a WHERE clause names.
//!
//! A clause is taken apart into alternatives, of which one must hold: OR makes alternatives, AND combines them. An OR that
//! says nothing of keys is left whole, as any other condition. An alternative that names the partition key, by `=` or IN, is
//! a Query or some GetItems; one that does not makes the whole clause a Scan.

use crate::keyspace::{self, DataPath, SortBound};
use crate::table::{KeyAttribute, KeySchema};
use pixii_expression::{Comparator, Condition, Operand};
use pixii_model::error::StatementFault;
use pixii_model::limits::STATEMENT_READS_MAX;
use pixii_model::{AttributeType, AttributeValue, Item};
use pixii_store::KeyRange;

/// One way in which a clause may hold: conditions that all hold.
type Alternative<'c> = Vec<&'c Condition>;

/// The conditions that must all hold, with ANDs within ANDs taken apart.
pub fn conjuncts(condition: Option<&Condition>) -> Vec<&Condition> {
    match condition {
        None => Vec::new(),
        Some(Condition::And(conditions)) => {
            conditions.iter().flat_map(|condition| conjuncts(Some(condition))).collect()
        }
        Some(condition) => vec![condition],
    }
}

/// The value that a condition says an attribute equals, by `=` with a literal on either side.
pub fn equal_value<'c>(condition: &'c Condition, attribute: &str) -> Option<&'c AttributeValue> {
    match condition {
        Condition::Compare { comparator: Comparator::Equal, left, right } => match (left, right) {
            (Operand::Value(value), other) | (other, Operand::Value(value)) => {
                names(other, attribute).then_some(value)
            }
            _ => None,
        },
        _ => None,
    }
}

/// The values one of which a condition says an attribute equals: by `=`, or by IN with literals.
pub fn equal_values<'c>(condition: &'c Condition, attribute: &str) -> Option<Vec<&'c AttributeValue>> {
    match condition {
        Condition::In { operand, list } if names(operand, attribute) => list.iter().map(literal).collect(),
        _ => equal_value(condition, attribute).map(|value| vec![value]),
    }
}

fn names(operand: &Operand, attribute: &str) -> bool {
    matches!(operand, Operand::Path(path) if !path.is_nested() && path.attribute == attribute)
}

fn literal(operand: &Operand) -> Option<&AttributeValue> {
    match operand {
        Operand::Value(value) => Some(value),
        _ => None,
    }
}

/// Checks that a value is of a key attribute's type.
pub fn check_type(key: &KeyAttribute, value: &AttributeValue) -> Result<(), StatementFault> {
    use AttributeType::{B, N, S};
    let attribute = key.name.clone();
    match value.attribute_type() {
        actual if actual == key.key_type.attribute_type() => Ok(()),
        S | N | B => Err(StatementFault::KeyTypeMismatch { attribute }),
        actual => Err(StatementFault::KeyType { attribute, actual }),
    }
}

/// What a WHERE clause says of the keys of what is read.
#[derive(Debug, Default)]
pub struct KeyTerms {
    /// The partitions that each alternative names, with the ranges of sort keys it asks for in each.
    pub alternatives: Vec<Vec<Partition>>,
    /// Whether each alternative names its partitions by one condition.
    pub named_once: bool,
    /// Whether AWS looks for alternatives that ask for the same items.
    pub overlap_counts: bool,
}

/// One partition, and the ranges within it.
#[derive(Debug)]
pub struct Partition {
    /// Its key.
    pub key: AttributeValue,
    /// The ranges of stored keys.
    pub ranges: Vec<KeyRange>,
}

/// One condition on a sort key.
#[derive(Clone, Debug, PartialEq)]
enum SortTerm<'c> {
    OneOf(Vec<&'c AttributeValue>),
    Bound(SortBound<'c>),
}

/// Finds the keys that a clause names; `None` if it has to be held against everything.
pub fn find(path: DataPath<'_>, condition: Option<&Condition>) -> Result<Option<KeyTerms>, StatementFault> {
    let schema = path.key_schema();
    let (Some(condition), [partition]) = (condition, &schema.partition[..]) else { return Ok(None) };
    let every = names_partition(condition, partition);
    let alternatives =
        if every || mentions(condition, schema) { alternatives(condition, schema) } else { None };
    let Some(alternatives) = alternatives else {
        return if every { Err(StatementFault::TooManyReads) } else { Ok(None) };
    };
    check_types(&alternatives, schema)?;
    if !every {
        return Ok(None);
    }
    let mut terms = KeyTerms { alternatives: Vec::new(), named_once: true, overlap_counts: true };
    for alternative in &alternatives {
        let found = terms.read(path, alternative)?;
        terms.alternatives.push(found);
    }
    if terms.alternatives.iter().map(Vec::len).sum::<usize>() > STATEMENT_READS_MAX {
        return Err(StatementFault::TooManyReads);
    }
    Ok(Some(terms))
}

/// Whether every way in which a condition may hold names the partition key.
fn names_partition(condition: &Condition, partition: &KeyAttribute) -> bool {
    match condition {
        Condition::And(conditions) => {
            conditions.iter().any(|condition| names_partition(condition, partition))
        }
        Condition::Or(conditions) => {
            !conditions.is_empty() && conditions.iter().all(|condition| names_partition(condition, partition))
        }
        _ => equal_values(condition, &partition.name).is_some(),
    }
}

fn mentions(condition: &Condition, schema: &KeySchema) -> bool {
    condition.attributes().any(|attribute| schema.contains(attribute))
}

/// The alternatives of a clause, as written; `None` if there are more than one statement may read.
fn alternatives<'c>(condition: &'c Condition, schema: &KeySchema) -> Option<Vec<Alternative<'c>>> {
    let mut found: Vec<Alternative<'c>> = Vec::new();
    match condition {
        Condition::And(conditions) => {
            found.push(Vec::new());
            for condition in conditions {
                let of_condition = alternatives(condition, schema)?;
                if found.len() * of_condition.len() > STATEMENT_READS_MAX {
                    return None;
                }
                let joined = found.iter().flat_map(|held| {
                    of_condition.iter().map(move |added| held.iter().chain(added).copied().collect())
                });
                found = joined.collect();
            }
        }
        Condition::Or(conditions) if mentions(condition, schema) => {
            for condition in conditions {
                found.extend(alternatives(condition, schema)?);
                if found.len() > STATEMENT_READS_MAX {
                    return None;
                }
            }
        }
        _ => found.push(vec![condition]),
    }
    Some(found)
}

/// Checks the types of key values, alternative by alternative, up to the first that is no read of a partition.
fn check_types(alternatives: &[Alternative<'_>], schema: &KeySchema) -> Result<(), StatementFault> {
    let partition = &schema.partition[0];
    for alternative in alternatives {
        let [values] =
            &distinct(alternative.iter().filter_map(|term| equal_values(term, &partition.name)))[..]
        else {
            return Ok(());
        };
        values.iter().try_for_each(|value| check_type(partition, value))?;
        let [sort] = &schema.sort[..] else { continue };
        match &distinct(alternative.iter().filter_map(|term| sort_term(term, &sort.name)))[..] {
            [] => {}
            [term] => term.values().iter().try_for_each(|value| check_type(sort, value))?,
            _ => return Ok(()),
        }
    }
    Ok(())
}

fn distinct<T: PartialEq>(terms: impl Iterator<Item = T>) -> Vec<T> {
    let mut distinct: Vec<T> = Vec::new();
    for term in terms {
        if !distinct.contains(&term) {
            distinct.push(term);
        }
    }
    distinct
}

/// What a condition says of a sort key, if a range of keys can say that.
fn sort_term<'c>(condition: &'c Condition, attribute: &str) -> Option<SortTerm<'c>> {
    if let Some(values) = equal_values(condition, attribute) {
        return Some(SortTerm::OneOf(values));
    }
    Some(SortTerm::Bound(match condition {
        Condition::Compare { comparator, left, right } => {
            let (comparator, value) = match (left, right) {
                (left, Operand::Value(value)) if names(left, attribute) => (*comparator, value),
                (Operand::Value(value), right) if names(right, attribute) => (comparator.flipped(), value),
                _ => return None,
            };
            match comparator {
                Comparator::Equal => SortBound::Equal(value),
                Comparator::Less => SortBound::Less(value),
                Comparator::LessOrEqual => SortBound::LessOrEqual(value),
                Comparator::Greater => SortBound::Greater(value),
                Comparator::GreaterOrEqual => SortBound::GreaterOrEqual(value),
                Comparator::NotEqual => return None,
            }
        }
        Condition::Between { operand, low: Operand::Value(low), high: Operand::Value(high) }
            if names(operand, attribute) =>
        {
            SortBound::Between(low, high)
        }
        Condition::BeginsWith(operand, Operand::Value(prefix)) if names(operand, attribute) => {
            SortBound::BeginsWith(prefix)
        }
        _ => return None,
    }))
}

impl<'c> SortTerm<'c> {
    fn values(&self) -> Vec<&'c AttributeValue> {
        match self {
            Self::OneOf(values) => values.clone(),
            Self::Bound(
                SortBound::Equal(value)
                | SortBound::Less(value)
                | SortBound::LessOrEqual(value)
                | SortBound::Greater(value)
                | SortBound::GreaterOrEqual(value)
                | SortBound::BeginsWith(value),
            ) => vec![value],
            Self::Bound(SortBound::Between(low, high)) => vec![low, high],
        }
    }
}

impl KeyTerms {
    /// The partitions of one alternative, and what it asks for in each.
    fn read(
        &mut self,
        path: DataPath<'_>,
        alternative: &[&Condition],
    ) -> Result<Vec<Partition>, StatementFault> {
        let schema = path.key_schema();
        let partition = &schema.partition[0];
        let named = distinct(alternative.iter().filter_map(|term| equal_values(term, &partition.name)));
        self.named_once &= named.len() == 1;
        let (first, others) = named.split_first().expect("every alternative names the partition key");
        let in_all = |value: &&&AttributeValue| others.iter().all(|values| values.contains(value));
        let keys = first.iter().filter(in_all).filter(|value| partition.key_type.admits(value));

        let mut terms = Vec::new();
        if let [sort] = &schema.sort[..] {
            terms = distinct(alternative.iter().filter_map(|term| sort_term(term, &sort.name)));
            terms.retain(|term| term.values().iter().all(|value| sort.key_type.admits(value)));
            let is_other =
                |term: &&&Condition| sort_term(term, &sort.name).is_none() && excludes(term, &sort.name);
            self.overlap_counts &= terms.len() < 2 && !alternative.iter().any(|term| is_other(&term));
        }
        let mut partitions = Vec::new();
        for key in keys {
            let item = Item::from_iter([(partition.name.clone(), (*key).clone())]);
            let prefix = keyspace::partition(path, &item).expect("the partition key has its value");
            partitions.push(Partition { key: (*key).clone(), ranges: ranges(path, &prefix, &terms) });
        }
        Ok(partitions)
    }
}

/// Whether a condition is `<>` or NOT of a sort key: AWS then does not compare alternatives.
fn excludes(condition: &Condition, attribute: &str) -> bool {
    match condition {
        Condition::Not(negated) => negated.attributes().any(|name| name == attribute),
        Condition::Compare { comparator: Comparator::NotEqual, left, right } => {
            names(left, attribute) || names(right, attribute)
        }
        _ => false,
    }
}

/// The stored keys of a partition for which all terms hold.
fn ranges(path: DataPath<'_>, prefix: &[u8], terms: &[SortTerm<'_>]) -> Vec<KeyRange> {
    let of = |bound: Option<SortBound<'_>>| keyspace::sort_range(path, prefix.to_vec(), &[], bound);
    let whole = match path {
        // Nothing follows the partition key: it is the whole key.
        DataPath::Table(table) if table.key_schema.sort.is_empty() => KeyRange::single(prefix),
        _ => of(None),
    };
    let mut ranges = vec![whole];
    for term in terms {
        let of_term: Vec<KeyRange> = match term {
            SortTerm::OneOf(values) => values.iter().map(|value| of(Some(SortBound::Equal(value)))).collect(),
            SortTerm::Bound(bound) => vec![of(Some(*bound))],
        };
        let both = ranges.iter().flat_map(|held| of_term.iter().map(|added| held.intersection(added)));
        ranges = both.filter(|range| !range.is_empty()).collect();
    }
    ranges
}
