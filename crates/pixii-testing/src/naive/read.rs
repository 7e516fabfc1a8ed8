//! Reads of the model: which items there are to a query or scan, and how they come in pages.

use super::table::{Units, read_units};
use super::{
    Condition, Index, Item, KeyAttribute, Path, Schema, Table, Value, item_json, item_size, project,
};
use serde_json::{Value as Json, json};

const PAGE_BYTES_MAX: usize = 1024 * 1024;

/// Where a read goes: a table, or one of its indexes.
#[derive(Clone, Copy, Debug)]
pub struct Access<'a> {
    /// The table.
    pub table: &'a Table,
    /// The index, if it is one.
    pub index: Option<&'a Index>,
}

/// What is asked of a sort attribute.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum SortPredicate {
    /// `=`, `<`, `<=`, `>` or `>=`.
    Compare(&'static str, Value),
    Between(Value, Value),
    BeginsWith(Value),
}

/// What a read does with the items it examines.
#[derive(Clone, Debug, Default)]
pub struct ReadShape {
    /// What must hold of an item to be returned.
    pub filter: Option<Condition>,
    /// What to return of it, if not all.
    pub projection: Option<Vec<Path>>,
    /// `Select`, if it is given.
    pub select: Option<&'static str>,
    /// The most items to examine.
    pub limit: Option<usize>,
    /// Whether it is a query of a table without sort key: it finds one item at most, and tells no key to go on with.
    pub finds_one: bool,
    /// Whether reads are strongly consistent.
    pub consistent: bool,
    /// `ReturnConsumedCapacity`.
    pub consumed: &'static str,
}

/// A page as it should be.
#[derive(Clone, Debug)]
pub struct Page {
    /// The answer.
    pub answer: Json,
    /// How many items it examined.
    pub scanned: usize,
}

impl SortPredicate {
    /// Whether it holds of a value.
    pub fn holds(&self, value: &Value) -> bool {
        match self {
            Self::Compare("=", other) => value == other,
            Self::Compare("<", other) => value < other,
            Self::Compare("<=", other) => value <= other,
            Self::Compare(">", other) => value > other,
            Self::Compare(_, other) => value >= other,
            Self::Between(low, high) => low <= value && value <= high,
            Self::BeginsWith(prefix) => match (value, prefix) {
                (Value::S(text), Value::S(prefix)) => text.starts_with(prefix.as_str()),
                (Value::B(bytes), Value::B(prefix)) => bytes.starts_with(prefix),
                _ => false,
            },
        }
    }
}

impl<'a> Access<'a> {
    /// The schema of the table.
    pub fn schema(&self) -> &'a Schema {
        &self.table.schema
    }

    /// What it is partitioned by.
    pub fn partition(&self) -> Vec<&'a KeyAttribute> {
        match self.index {
            Some(index) => index.partition.iter().collect(),
            None => vec![&self.table.schema.partition],
        }
    }

    /// What it is sorted by.
    pub fn sort(&self) -> Vec<&'a KeyAttribute> {
        match self.index {
            Some(index) => index.sort.iter().collect(),
            None => self.table.schema.sort.iter().collect(),
        }
    }

    /// What there is to read: whole items, or entries.
    pub fn entries(&self) -> Vec<Item> {
        let items = self.table.items.values();
        match self.index {
            Some(index) => items.filter_map(|item| index.entry(self.schema(), item)).collect(),
            None => items.cloned().collect(),
        }
    }

    /// The entries that a query's key condition picks: a value for each partition attribute, predicates for the first sort
    /// attributes.
    pub fn matching(&self, partition: &[Value], sort: &[SortPredicate]) -> Vec<Item> {
        let holds = |entry: &Item| {
            self.partition().iter().zip(partition).all(|(key, value)| entry[&key.name] == *value)
                && self.sort().iter().zip(sort).all(|(key, predicate)| predicate.holds(&entry[&key.name]))
        };
        self.entries().into_iter().filter(holds).collect()
    }

    /// The values an entry is sorted by.
    pub fn sort_values(&self, entry: &Item) -> Vec<Value> {
        self.sort().iter().map(|key| entry[&key.name].clone()).collect()
    }

    /// The key that a page ending with this entry tells.
    pub fn last_key(&self, entry: &Item) -> Item {
        let is_key =
            |name: &str| self.schema().is_key(name) || self.index.is_some_and(|index| index.is_key(name));
        entry
            .iter()
            .filter(|(name, _)| is_key(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// The page that begins with the first of these entries, which are in the order of the read.
    pub fn page(&self, entries: &[Item], shape: &ReadShape) -> Page {
        let fetches = self.fetches(shape);
        let each = if shape.consistent { 1.0 } else { 0.5 };
        let (mut bytes, mut fetched_units, mut scanned) = (0, 0.0, 0);
        let mut items = Vec::new();
        let mut last = None;
        for entry in entries {
            bytes += item_size(entry);
            scanned += 1;
            let whole = self.table.get(entry).expect("an entry is of an item");
            let item = if fetches { whole } else { entry };
            if fetches {
                fetched_units += read_units(item_size(whole), each);
            }
            if shape.filter.as_ref().is_none_or(|filter| filter.holds(Some(item))) {
                let returned = match &shape.projection {
                    Some(paths) => project(item, paths),
                    // Unless all is asked for, an index returns what it holds, wherever the filter had to look.
                    None if shape.select == Some("ALL_ATTRIBUTES") => item.clone(),
                    None => entry.clone(),
                };
                items.push(item_json(&returned));
            }
            if Some(scanned) == shape.limit || bytes >= PAGE_BYTES_MAX {
                last = (!shape.finds_one).then(|| self.last_key(entry));
                break;
            }
        }
        let mut answer = json!({ "Count": items.len(), "ScannedCount": scanned });
        if shape.select != Some("COUNT") {
            answer["Items"] = Json::Array(items);
        }
        if let Some(last) = last {
            answer["LastEvaluatedKey"] = item_json(&last);
        }
        if shape.consumed != "NONE" {
            let mut units = Units { table: fetched_units, ..Units::default() };
            match self.index {
                Some(index) => {
                    units.indexes.insert(index.name.clone(), read_units(bytes, each));
                }
                None => units.table = read_units(bytes, each),
            }
            answer["ConsumedCapacity"] = units.to_json(self.schema(), shape.consumed, None);
        }
        Page { answer, scanned }
    }

    /// Whether a local index must get items from the table.
    fn fetches(&self, shape: &ReadShape) -> bool {
        let Some(index) = self.index.filter(|index| index.local) else { return false };
        let held = |name: &str| index.holds(self.schema(), name);
        let wants_all = shape.select == Some("ALL_ATTRIBUTES") && index.projection != super::Projection::All;
        let projected = shape.projection.iter().flatten().all(|path| held(&path.attribute));
        let filtered = shape.filter.iter().flat_map(Condition::attributes).all(held);
        wants_all || !projected || !filtered
    }
}
