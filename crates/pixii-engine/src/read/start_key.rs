//! Whether an ExclusiveStartKey is one that the read could have answered.

use crate::key_check;
use crate::keyspace::{self, DataPath};
use crate::table::KeyAttribute;
use pixii_expression::KeySelection;
use pixii_model::Item;
use pixii_model::error::{KeyFault, ReadFault, ValidationError};
use pixii_model::operation::scan::Segment;
use pixii_store::KeyRange;

/// Checks how many attributes a start key has: those of the keys of the table and of the index that is read, each once.
pub fn check_count(path: DataPath<'_>, start_key: &Item) -> Result<(), ReadFault> {
    let table = &path.table().key_schema;
    let of_index = path.key_schema().attributes().filter(|key| !table.contains(&key.name)).count();
    let wanted = table.attributes().count() + of_index;
    if start_key.len() == wanted { Ok(()) } else { Err(ReadFault::StartKeyInvalid) }
}

/// Checks which attributes a Scan's start key has.
pub fn check_scan(path: DataPath<'_>, start_key: &Item) -> Result<(), ValidationError> {
    let counted = check_count(path, start_key);
    match path {
        DataPath::Table(table) => {
            let fits = counted.is_ok() && key_check::has_attributes(&table.key_schema, start_key).is_ok();
            if fits { Ok(()) } else { Err(ReadFault::StartKeySchemaMismatch.into()) }
        }
        DataPath::Index(_, index) => {
            counted?;
            check_attributes(&index.key_schema.partition, start_key)?;
            check_attributes(&index.key_schema.sort, start_key)
        }
    }
}

/// Checks that a Query's start key, or that of a Scan of an index, has these attributes of what is read.
///
/// AWS looks at the partition attributes before it holds the key condition against them, and then at the sort attributes.
pub fn check_attributes(attributes: &[KeyAttribute], start_key: &Item) -> Result<(), ValidationError> {
    for key in attributes {
        match start_key.get(&key.name) {
            Some(value) if key.key_type.admits(value) => {}
            Some(_) => return Err(KeyFault::SchemaMismatch.into()),
            None => return Err(ReadFault::StartKeyInvalid.into()),
        }
    }
    Ok(())
}

/// Checks the values of a start key that has all attributes of what is read; and, of an index, that it has the table's key.
pub fn check_values(path: DataPath<'_>, start_key: &Item) -> Result<(), ValidationError> {
    key_check::fits(path.key_schema(), start_key)?;
    if let DataPath::Index(table, _) = path {
        key_check::has_attributes(&table.key_schema, start_key)
            .map_err(|_| ReadFault::StartKeySchemaMismatch)?;
        key_check::fits(&table.key_schema, start_key)?;
    }
    Ok(())
}

/// Checks that a Query's start key lies within what the query asks for: first by its sort key, then by its partition. (Of a
/// partition with several attributes, all but the last come first.)
pub fn check_within(
    path: DataPath<'_>,
    start_key: &Item,
    partition_key: &Item,
    selection: &KeySelection,
    range: &KeyRange,
) -> Result<(), ReadFault> {
    let in_partition = |key: &KeyAttribute| start_key.get(&key.name) == partition_key.get(&key.name);
    let (last, first) = path.key_schema().partition.split_last().expect("a key has a partition attribute");
    if !first.iter().all(in_partition) {
        return Err(ReadFault::StartKeyForOneItem);
    }
    let mut moved = start_key.clone();
    moved.extend(partition_key.clone());
    let moved = path.key(&moved).expect("the start key was checked against the schema");
    if !range.contains(&moved) {
        return Err(ReadFault::StartKeyOutsideRange);
    }
    let has_sort_condition = !selection.sort.is_empty() || selection.range.is_some();
    match path {
        DataPath::Table(table) if table.key_schema.sort.is_empty() => {
            Err(ReadFault::StartKeyWithoutSortKey { start_key: start_key.clone() })
        }
        _ if in_partition(last) => Ok(()),
        _ if has_sort_condition => Err(ReadFault::StartKeyForOneItem),
        _ => Err(ReadFault::StartKeyOutsideQuery),
    }
}

/// Checks that a Scan's start key lies within its segment.
pub fn check_segment(path: DataPath<'_>, start_key: &Item, segment: Segment) -> Result<(), ReadFault> {
    let hash = keyspace::partition_hash(path.key_schema(), start_key)
        .expect("the start key was checked against the schema");
    if keyspace::segment_of(hash, segment.total) == segment.index {
        Ok(())
    } else {
        Err(ReadFault::StartKeyOutsideSegment { total_segments: segment.total, segment: segment.index })
    }
}
