//! Whether an ExclusiveStartKey is one that the read could have answered.

use crate::key_check;
use crate::keyspace::{self, DataPath};
use pixii_model::Item;
use pixii_model::error::{KeyFault, ReadFault, ValidationError};
use pixii_model::operation::scan::Segment;
use pixii_store::KeyRange;

/// Checks a Query's start key against the schemas.
pub fn check_query(path: DataPath<'_>, start_key: &Item) -> Result<(), ValidationError> {
    check_count(path, start_key)?;
    check_schemas(path, start_key)
}

/// Checks a Scan's start key against the schemas.
pub fn check_scan(path: DataPath<'_>, start_key: &Item) -> Result<(), ValidationError> {
    match path {
        DataPath::Table(table) => {
            key_check::is_key(table, start_key).map_err(|_| ReadFault::StartKeySchemaMismatch.into())
        }
        DataPath::Index(..) => check_query(path, start_key),
    }
}

/// A start key has the keys of the table and of the index that is read, each attribute once.
fn check_count(path: DataPath<'_>, start_key: &Item) -> Result<(), ReadFault> {
    let mut names: Vec<&str> = path.table().key_schema.attributes().map(|key| key.name.as_str()).collect();
    for key in path.key_schema().attributes() {
        if !names.contains(&key.name.as_str()) {
            names.push(&key.name);
        }
    }
    if start_key.len() == names.len() { Ok(()) } else { Err(ReadFault::StartKeyInvalid) }
}

fn check_schemas(path: DataPath<'_>, start_key: &Item) -> Result<(), ValidationError> {
    let table = path.table();
    if path.index().is_some() {
        for key in path.key_schema().attributes() {
            match start_key.get(&key.name) {
                None => return Err(ReadFault::StartKeyInvalid.into()),
                Some(value) if !key.key_type.admits(value) => return Err(KeyFault::SchemaMismatch.into()),
                Some(_) => {}
            }
        }
        key_check::fits(path.key_schema(), start_key)?;
    }
    key_check::has_attributes(&table.key_schema, start_key).map_err(|_| ReadFault::StartKeySchemaMismatch)?;
    key_check::fits(&table.key_schema, start_key)?;
    Ok(())
}

/// Checks that a Query's start key lies within what the query asks for.
pub fn check_within(
    path: DataPath<'_>,
    start_key: &Item,
    partition_key: &Item,
    range: &KeyRange,
) -> Result<(), ReadFault> {
    if partition_key.iter().any(|(name, value)| start_key.get(name) != Some(value)) {
        return Err(ReadFault::StartKeyOutsideQuery);
    }
    let key = path.key(start_key).expect("the start key was checked against the schema");
    if range.contains(&key) { Ok(()) } else { Err(ReadFault::StartKeyOutsideRange) }
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
