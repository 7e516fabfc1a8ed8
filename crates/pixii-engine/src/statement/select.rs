//! SELECT to a plan.
//!
//! The whole key of a table: GetItem, one for each value of an IN. The partition key: Query. Neither: Scan. They differ in
//! which ranges of stored keys they read, and so in what they consume.

use super::key_terms::{self, KeyTerms, Partition};
use crate::key_check;
use crate::keyspace::{self, DataPath};
use crate::read::plan::{self, Plan, SelectParameters};
use crate::table::{IndexKind, Table};
use pixii_expression::Condition;
use pixii_expression::partiql::{OrderTerm, Select};
use pixii_model::error::{KeyFault, ReadFault, StatementFault, ValidationError};
use pixii_model::{AttributeValue, Item};
use pixii_store::{Direction, KeyRange};
use std::cmp::Ordering;

/// Plans a SELECT, with AWS's refusals in AWS's order.
pub fn plan<'t>(
    table: &'t Table,
    select: &Select,
    consistent_read: bool,
) -> Result<(DataPath<'t>, Plan), ValidationError> {
    let path = find_path(table, select.source.index.as_deref())?;
    check_order_terms(path, select)?;
    let terms = key_terms::find(path, select.condition.as_ref())?;
    if let Some(terms) = &terms {
        check_overlaps(terms)?;
    }
    let order = if select.order.is_empty() { None } else { Some(Order::new(path, select, terms.as_ref())?) };
    if consistent_read && path.index().is_some_and(|index| index.kind == IndexKind::Global) {
        return Err(StatementFault::ConsistentOnGlobalIndex.into());
    }
    check_filter(path, select.condition.as_ref(), terms.as_ref())?;
    check_key_lengths(path, terms.as_ref(), select.condition.as_ref())?;

    let direction = order.as_ref().map_or(Direction::Forward, |order| order.direction);
    let ranges = match terms {
        None => vec![keyspace::segment(path, 0, 1)],
        Some(terms) => ranges(terms, order),
    };
    let parameters = SelectParameters {
        ranges,
        direction,
        condition: select.condition.clone(),
        columns: select.columns.clone(),
    };
    Ok((path, plan::select(path, parameters)?))
}

/// The table or index that a SELECT reads. AWS words what is wrong with an index otherwise than for a Query.
fn find_path<'t>(table: &'t Table, index_name: Option<&str>) -> Result<DataPath<'t>, ValidationError> {
    let path = plan::path(table, index_name, false).map_err(|fault| match fault {
        ReadFault::UnknownIndex { .. } => ValidationError::from(StatementFault::UnknownIndex),
        other => other.into(),
    })?;
    let schema = path.key_schema();
    if schema.partition.len() > 1 || schema.sort.len() > 1 {
        return Err(StatementFault::MultiAttributeIndex.into());
    }
    Ok(path)
}

/// Checks that ORDER BY has something to go by: a WHERE clause, and key attributes.
fn check_order_terms(path: DataPath<'_>, select: &Select) -> Result<(), StatementFault> {
    if !select.order.is_empty() && select.condition.is_none() {
        return Err(StatementFault::OrderWithoutWhere);
    }
    for term in &select.order {
        let attribute = term.attribute.as_ref().map_err(Clone::clone)?;
        if !path.key_schema().contains(attribute) {
            return Err(StatementFault::OrderByNonKey { attribute: attribute.clone() });
        }
    }
    Ok(())
}

/// Refuses alternatives that ask for the same items.
fn check_overlaps(terms: &KeyTerms) -> Result<(), StatementFault> {
    if !terms.overlap_counts {
        return Ok(());
    }
    let partitions = terms.alternatives.iter().flatten();
    let mut ranges: Vec<&KeyRange> = partitions.flat_map(|partition| &partition.ranges).collect();
    ranges.sort_by(|left, right| left.start.cmp(&right.start));
    if ranges.windows(2).any(|pair| pair[0].overlaps(pair[1])) {
        return Err(StatementFault::OverlappingConditions);
    }
    Ok(())
}

/// In which order items are wanted.
struct Order {
    /// Whether partitions come in descending order of their keys.
    partitions_descend: bool,
    direction: Direction,
}

impl Order {
    fn new(path: DataPath<'_>, select: &Select, terms: Option<&KeyTerms>) -> Result<Self, StatementFault> {
        let terms = terms.filter(|terms| terms.named_once).ok_or(StatementFault::OrderWithoutPartition)?;
        let schema = path.key_schema();
        let of = |name: Option<&str>| -> Option<&OrderTerm> {
            let name = name?;
            select.order.iter().find(|term| term.attribute.as_deref() == Ok(name))
        };
        let partition = of(schema.partition.first().map(|key| key.name.as_str()));
        if partition.is_none() && terms.alternatives.iter().map(Vec::len).sum::<usize>() > 1 {
            return Err(StatementFault::OrderOfPartitions);
        }
        let sort = of(schema.sort.first().map(|key| key.name.as_str()));
        Ok(Self {
            partitions_descend: partition.is_some_and(|term| term.descending),
            // AWS reads backward unless it is told about the sort key.
            direction: match sort {
                Some(term) if !term.descending => Direction::Forward,
                _ => Direction::Backward,
            },
        })
    }
}

/// Refuses a read by an index's partition key whose clause looks at what the index does not hold. (A Scan just does not find
/// that.)
fn check_filter(
    path: DataPath<'_>,
    condition: Option<&Condition>,
    terms: Option<&KeyTerms>,
) -> Result<(), StatementFault> {
    let (Some(index), Some(condition), Some(terms)) = (path.index(), condition, terms) else { return Ok(()) };
    if terms.alternatives.len() > 1 {
        return Ok(());
    }
    let mut attributes: Vec<String> = Vec::new();
    for name in condition.attributes().filter(|name| !index.projects(path.table(), name)) {
        if !attributes.iter().any(|known| known == name) {
            attributes.push(name.to_owned());
        }
    }
    if attributes.is_empty() {
        return Ok(());
    }
    Err(StatementFault::FilterNotProjected { index: index.name.clone(), attributes })
}

/// Checks how long the key is of a clause that names one partition.
fn check_key_lengths(
    path: DataPath<'_>,
    terms: Option<&KeyTerms>,
    condition: Option<&Condition>,
) -> Result<(), KeyFault> {
    let schema = path.key_schema();
    let mut partitions = terms.into_iter().flat_map(|terms| terms.alternatives.iter().flatten());
    let (Some(partition), None) = (partitions.next(), partitions.next()) else { return Ok(()) };
    let mut key = Item::from_iter([(schema.partition[0].name.clone(), partition.key.clone())]);
    if let Some(sort) = schema.sort.first() {
        let conjuncts = key_terms::conjuncts(condition);
        let equal = conjuncts.into_iter().find_map(|term| key_terms::equal_value(term, &sort.name));
        key.extend(equal.map(|value| (sort.name.clone(), value.clone())));
    }
    key_check::fits(schema, &key)
}

/// The ranges to read, in the order in which to read them. None has a key in common with another.
fn ranges(terms: KeyTerms, order: Option<Order>) -> Vec<KeyRange> {
    let overlap_counts = terms.overlap_counts;
    let mut partitions: Vec<Partition> = terms.alternatives.into_iter().flatten().collect();
    if let Some(order) = order {
        for partition in &mut partitions {
            partition.ranges.sort_by(|left, right| left.start.cmp(&right.start));
        }
        partitions.sort_by(|left, right| {
            let keys = key_order(&left.key, &right.key);
            keys.then_with(|| first_key(left).cmp(&first_key(right)))
        });
        if order.partitions_descend {
            partitions.reverse();
        }
        let mut ranges = disjoint_runs(&partitions, overlap_counts);
        for run in &mut ranges {
            run.sort_by(|left, right| left.start.cmp(&right.start));
            if order.direction == Direction::Backward {
                run.reverse();
            }
        }
        return ranges.concat();
    }
    if overlap_counts {
        return partitions.into_iter().flat_map(|partition| partition.ranges).collect();
    }
    merged(partitions.into_iter().flat_map(|partition| partition.ranges).collect())
}

fn first_key(partition: &Partition) -> Option<&[u8]> {
    partition.ranges.first().map(|range| range.start.as_ref())
}

/// The ranges of partitions, which are in order, gathered for each partition key.
fn disjoint_runs(partitions: &[Partition], overlap_counts: bool) -> Vec<Vec<KeyRange>> {
    let runs = partitions.chunk_by(|left, right| left.key == right.key);
    runs.map(|run| {
        let ranges = run.iter().flat_map(|partition| partition.ranges.iter().cloned()).collect();
        if overlap_counts { ranges } else { merged(ranges) }
    })
    .collect()
}

/// The same keys, in ascending ranges that have none in common.
fn merged(mut ranges: Vec<KeyRange>) -> Vec<KeyRange> {
    ranges.sort_by(|left, right| left.start.cmp(&right.start));
    let mut merged: Vec<KeyRange> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if last.overlaps(&range) => {
                last.end = match (last.end.take(), range.end) {
                    (Some(one), Some(other)) => Some(one.max(other)),
                    _ => None,
                };
            }
            _ => merged.push(range),
        }
    }
    merged
}

/// The order of two values of one key attribute.
fn key_order(left: &AttributeValue, right: &AttributeValue) -> Ordering {
    match (left, right) {
        (AttributeValue::S(left), AttributeValue::S(right)) => left.cmp(right),
        (AttributeValue::N(left), AttributeValue::N(right)) => left.cmp(right),
        (AttributeValue::B(left), AttributeValue::B(right)) => left.cmp(right),
        _ => Ordering::Equal,
    }
}
