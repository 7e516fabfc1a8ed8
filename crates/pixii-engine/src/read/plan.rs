//! Plans of Query, Scan and SELECT: pure, from a bound request and a table to ranges of stored keys.

use super::start_key;
use crate::key_check;
use crate::keyspace::{self, DataPath, SortBound};
use crate::table::{Index, IndexKind, Projection as IndexProjection, Table};
use pixii_expression::key_condition::{KeyAttribute, KeyPredicate};
use pixii_expression::{Condition, KeyCondition, Projection};
use pixii_model::error::{ReadFault, ValidationError};
use pixii_model::operation::parameters::Select;
use pixii_model::operation::scan::Segment;
use pixii_model::{AttributeValue, Item};
use pixii_store::{Direction, KeyRange};

/// What to read, and what to do with it.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The stored keys, range after range, those before the start key left out. A Query or Scan has one; a SELECT may name
    /// several partitions or items.
    pub ranges: Vec<KeyRange>,
    /// Which way within each.
    pub direction: Direction,
    /// What must hold of an item to be returned.
    pub filter: Option<Condition>,
    /// What to return.
    pub output: Output,
    /// Whether items are read from the table, because a local index does not hold all that is wanted.
    pub fetches_items: bool,
    /// Whether a next request may go on behind an item: not where a query's partition key has one item.
    pub has_start_keys: bool,
}

/// What an answer holds of each item.
#[derive(Clone, Debug)]
pub enum Output {
    /// Nothing: items are only counted.
    Count,
    /// All that was read.
    Whole,
    /// These parts.
    Projected(Projection),
}

/// Finds what a request reads: the table, or the index it names.
pub fn path<'a>(
    table: &'a Table,
    index_name: Option<&str>,
    consistent_read: bool,
) -> Result<DataPath<'a>, ReadFault> {
    let Some(name) = index_name else { return Ok(DataPath::Table(table)) };
    let index = table.index(name).ok_or_else(|| ReadFault::UnknownIndex { index: name.to_owned() })?;
    if index.kind == IndexKind::Global && consistent_read {
        return Err(ReadFault::ConsistentOnGlobalIndex);
    }
    if !index.readable {
        return Err(ReadFault::IndexNotReady { index: name.to_owned() });
    }
    Ok(DataPath::Index(table, index))
}

/// A Query's parameters, bound.
#[derive(Clone, Debug)]
pub struct QueryParameters {
    /// Which keys.
    pub key_condition: KeyCondition,
    /// What must hold of an item to be returned, and the parameter it came in, as AWS names it.
    pub filter: Option<(Condition, &'static str)>,
    /// The attributes wanted.
    pub projection: Option<Projection>,
    /// What to return.
    pub select: Option<Select>,
    /// Behind which key to go on.
    pub start_key: Option<Item>,
    /// Whether sort keys ascend.
    pub forward: bool,
}

/// Plans a Query.
pub fn query(path: DataPath<'_>, parameters: QueryParameters) -> Result<Plan, ValidationError> {
    let schema = path.key_schema();
    let start_key = parameters.start_key.as_ref();
    let (partition, sort) = (key_attributes(&schema.partition), key_attributes(&schema.sort));
    if let Some(start_key) = start_key {
        start_key::check_count(path, start_key)?;
        start_key::check_attributes(&schema.partition, start_key)?;
    }
    let partition_values = parameters.key_condition.resolve_partition(&partition, &sort)?;
    if let Some(start_key) = start_key {
        start_key::check_attributes(&schema.sort, start_key)?;
    }
    let selection = parameters.key_condition.resolve_sort(partition_values, &sort)?;
    if let Some(start_key) = start_key {
        start_key::check_values(path, start_key)?;
    }
    let partition_key: Item = schema
        .partition
        .iter()
        .map(|key| key.name.clone())
        .zip(selection.partition.iter().cloned())
        .collect();
    // Only now are the values known to be of the schema's types.
    let mut whole_key = partition_key.clone();
    whole_key.extend(schema.sort.iter().map(|key| key.name.clone()).zip(selection.sort.iter().cloned()));
    key_check::fits(schema, &whole_key)?;
    let prefix = keyspace::partition(path, &partition_key).expect("every partition attribute has its value");
    let equal: Vec<&AttributeValue> = selection.sort.iter().collect();
    let mut range = keyspace::sort_range(path, prefix, &equal, selection.range.as_ref().map(bound));

    let direction = if parameters.forward { Direction::Forward } else { Direction::Backward };
    if let Some(start_key) = start_key {
        start_key::check_within(path, start_key, &partition_key, &selection, &range)?;
        let key = path.key(start_key).expect("the start key was checked against the schema");
        range = behind(range, &key, direction);
    }
    key_check::scalar_keys(path.table(), parameters.projection.iter().flat_map(Projection::paths))?;
    if let Some((filter, parameter)) = &parameters.filter
        && let Some(attribute) = filter.attributes().find(|name| schema.contains(name))
    {
        return Err(ReadFault::FilterOnKey { filter: parameter, attribute: attribute.to_owned() }.into());
    }
    check_select(path, parameters.select)?;
    let filter = parameters.filter.map(|(condition, _)| condition);
    key_check::scalar_keys(path.table(), filter.iter().flat_map(Condition::paths))?;
    let (output, fetches_items) = output(path, parameters.select, parameters.projection, filter.as_ref())?;
    let has_start_keys = path.index().is_some() || !schema.sort.is_empty();
    Ok(Plan { ranges: vec![range], direction, filter, output, fetches_items, has_start_keys })
}

/// A Scan's parameters, bound.
#[derive(Clone, Debug)]
pub struct ScanParameters {
    /// What must hold of an item to be returned.
    pub filter: Option<Condition>,
    /// The attributes wanted.
    pub projection: Option<Projection>,
    /// What to return.
    pub select: Option<Select>,
    /// Behind which key to go on.
    pub start_key: Option<Item>,
    /// Which part of a parallel scan.
    pub segment: Option<Segment>,
}

/// Plans a Scan.
pub fn scan(path: DataPath<'_>, parameters: ScanParameters) -> Result<Plan, ValidationError> {
    let start_key = parameters.start_key.as_ref();
    if let Some(start_key) = start_key {
        start_key::check_scan(path, start_key)?;
    }
    check_select(path, parameters.select)?;
    let segment = parameters.segment.unwrap_or(Segment { index: 0, total: 1 });
    let mut range = keyspace::segment(path, segment.index, segment.total);
    if let Some(start_key) = start_key {
        start_key::check_values(path, start_key)?;
        start_key::check_segment(path, start_key, segment)?;
        let key = path.key(start_key).expect("the start key was checked against the schema");
        range = range.after(&key);
    }
    key_check::scalar_keys(path.table(), parameters.projection.iter().flat_map(Projection::paths))?;
    key_check::scalar_keys(path.table(), parameters.filter.iter().flat_map(Condition::paths))?;
    let (output, fetches_items) =
        output(path, parameters.select, parameters.projection, parameters.filter.as_ref())?;
    let direction = Direction::Forward;
    let (ranges, filter) = (vec![range], parameters.filter);
    Ok(Plan { ranges, direction, filter, output, fetches_items, has_start_keys: true })
}

/// What a SELECT reads, once its WHERE clause has said where to look.
#[derive(Clone, Debug)]
pub struct SelectParameters {
    /// The ranges, none of which has a key in common with another.
    pub ranges: Vec<KeyRange>,
    /// Which way within each.
    pub direction: Direction,
    /// The whole WHERE clause.
    pub condition: Option<Condition>,
    /// The attributes wanted.
    pub columns: Option<Projection>,
}

/// Plans a SELECT. Its ranges only say where to look: the WHERE clause holds of what is returned in any case, and sees of an
/// index's entries what the index holds.
pub fn select(path: DataPath<'_>, parameters: SelectParameters) -> Result<Plan, ValidationError> {
    let SelectParameters { ranges, direction, condition, columns } = parameters;
    key_check::scalar_keys(path.table(), columns.iter().flat_map(Projection::paths))?;
    key_check::scalar_keys(path.table(), condition.iter().flat_map(Condition::paths))?;
    let (output, fetches_items) = output(path, None, columns, None)?;
    let one_item = ranges.len() < 2 && ranges.iter().all(|range| range.single_key().is_some());
    let has_start_keys = !one_item;
    Ok(Plan { ranges, direction, filter: condition, output, fetches_items, has_start_keys })
}

impl Plan {
    /// Leaves out what lies before a key, that key included; `None` if it lies in none of the ranges.
    pub fn behind(mut self, key: &[u8]) -> Option<Self> {
        let at = self.ranges.iter().position(|range| range.contains(key))?;
        self.ranges.drain(..at);
        self.ranges[0] = behind(self.ranges[0].clone(), key, self.direction);
        Some(self)
    }
}

fn behind(range: KeyRange, key: &[u8], direction: Direction) -> KeyRange {
    match direction {
        Direction::Forward => range.after(key),
        Direction::Backward => range.before(key),
    }
}

fn key_attributes(attributes: &[crate::table::KeyAttribute]) -> Vec<KeyAttribute<'_>> {
    attributes
        .iter()
        .map(|key| KeyAttribute { name: &key.name, attribute_type: key.key_type.attribute_type() })
        .collect()
}

fn bound(predicate: &KeyPredicate) -> SortBound<'_> {
    match predicate {
        KeyPredicate::Equal(value) => SortBound::Equal(value),
        KeyPredicate::Less(value) => SortBound::Less(value),
        KeyPredicate::LessOrEqual(value) => SortBound::LessOrEqual(value),
        KeyPredicate::Greater(value) => SortBound::Greater(value),
        KeyPredicate::GreaterOrEqual(value) => SortBound::GreaterOrEqual(value),
        KeyPredicate::Between(low, high) => SortBound::Between(low, high),
        KeyPredicate::BeginsWith(prefix) => SortBound::BeginsWith(prefix),
        KeyPredicate::NotIndexable => unreachable!("a resolved key condition is a range"),
    }
}

/// Refuses a read of all attributes from a global index that does not hold them.
fn check_select(path: DataPath<'_>, select: Option<Select>) -> Result<(), ReadFault> {
    match path.index() {
        Some(index)
            if index.kind == IndexKind::Global
                && index.projection != IndexProjection::All
                && select == Some(Select::AllAttributes) =>
        {
            Err(ReadFault::AllAttributesNotProjected { index: index.name.clone() })
        }
        _ => Ok(()),
    }
}

/// What to return of each item, and whether a local index must fetch it from the table.
fn output(
    path: DataPath<'_>,
    select: Option<Select>,
    projection: Option<Projection>,
    filter: Option<&Condition>,
) -> Result<(Output, bool), ReadFault> {
    let table = path.table();
    let Some(index) = path.index() else {
        return Ok((whole_or(select, projection), false));
    };
    if select == Some(Select::AllAttributes) && index.projection != IndexProjection::All {
        // A global index that does not hold all was refused.
        return Ok((Output::Whole, true));
    }
    let unprojected = |names: &mut dyn Iterator<Item = &str>| -> Vec<String> {
        let mut unprojected: Vec<String> = Vec::new();
        for name in names.filter(|name| !index.projects(table, name)) {
            if !unprojected.iter().any(|known| known == name) {
                unprojected.push(name.to_owned());
            }
        }
        unprojected
    };
    let paths = projection.iter().flat_map(|projection| projection.paths());
    let attributes = unprojected(&mut paths.map(|path| path.attribute.as_str()));
    let fetches_items = match index.kind {
        IndexKind::Global if !attributes.is_empty() => {
            return Err(ReadFault::AttributesNotProjected { index: index.name.clone(), attributes });
        }
        IndexKind::Global => false,
        IndexKind::Local => {
            let mut used = filter.into_iter().flat_map(Condition::attributes);
            !attributes.is_empty() || !unprojected(&mut used).is_empty()
        }
    };
    let output = match whole_or(select, projection) {
        // An item that is fetched for its filter is still returned as the index holds it.
        Output::Whole if fetches_items => Output::Projected(held_by(table, index)),
        output => output,
    };
    Ok((output, fetches_items))
}

/// The attributes that an index holds which does not hold all.
fn held_by(table: &Table, index: &Index) -> Projection {
    let included: &[String] = match &index.projection {
        IndexProjection::Include(names) => names,
        IndexProjection::KeysOnly | IndexProjection::All => &[],
    };
    let keys = index.key_schema.attributes().chain(table.key_schema.attributes()).map(|key| &key.name);
    Projection::attributes(keys.chain(included).cloned())
}

fn whole_or(select: Option<Select>, projection: Option<Projection>) -> Output {
    match (select, projection) {
        (Some(Select::Count), _) => Output::Count,
        (_, Some(projection)) => Output::Projected(projection),
        (_, None) => Output::Whole,
    }
}
