//! Conditions on sort keys as ranges of stored keys.

use super::{DataPath, component};
use crate::table::KeyAttribute;
use bytes::Bytes;
use pixii_model::AttributeValue;
use pixii_store::KeyRange;

/// What a query asks of the last sort attribute it names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SortBound<'a> {
    /// `=`
    Equal(&'a AttributeValue),
    /// `<`
    Less(&'a AttributeValue),
    /// `<=`
    LessOrEqual(&'a AttributeValue),
    /// `>`
    Greater(&'a AttributeValue),
    /// `>=`
    GreaterOrEqual(&'a AttributeValue),
    /// `BETWEEN`, both ends included.
    Between(&'a AttributeValue, &'a AttributeValue),
    /// `begins_with`
    BeginsWith(&'a AttributeValue),
}

/// The range under `partition` (from [`super::partition`]) of entries whose first sort attributes equal `equal` and whose
/// next one lies within `bound`.
pub fn sort_range(
    path: DataPath<'_>,
    partition: Vec<u8>,
    equal: &[&AttributeValue],
    bound: Option<SortBound<'_>>,
) -> KeyRange {
    let mut prefix = partition;
    let schema = &path.key_schema().sort;
    let Some(bound) = bound else {
        for (at, value) in equal.iter().enumerate() {
            put(&mut prefix, path, at, value);
        }
        return if is_last(path, schema, equal.len().wrapping_sub(1)) && !equal.is_empty() {
            // Nothing follows the last sort attribute of an item: its key is the whole key.
            KeyRange::single(&prefix)
        } else {
            KeyRange::prefix(&prefix)
        };
    };
    for (at, value) in equal.iter().enumerate() {
        put(&mut prefix, path, at, value);
    }
    let at = equal.len();
    let of = |value: &AttributeValue| {
        let mut key = prefix.clone();
        put(&mut key, path, at, value);
        key
    };
    // The keys that hold exactly this value: one where nothing follows it, all its continuations where something does.
    let holding = |value: &AttributeValue| {
        if is_last(path, schema, at) { KeyRange::single(&of(value)) } else { KeyRange::prefix(&of(value)) }
    };
    let mut typed = prefix.clone();
    typed.push(component::tag_of(schema[at].key_type));
    let all = KeyRange::prefix(&typed);
    match bound {
        SortBound::Equal(value) => holding(value),
        SortBound::Less(value) => KeyRange { start: all.start, end: Some(Bytes::from(of(value))) },
        SortBound::LessOrEqual(value) => KeyRange { start: all.start, end: holding(value).end },
        SortBound::Greater(value) => {
            KeyRange { start: holding(value).end.expect("a tag byte is never ff"), end: all.end }
        }
        SortBound::GreaterOrEqual(value) => KeyRange { start: of(value).into(), end: all.end },
        SortBound::Between(low, high) => KeyRange { start: of(low).into(), end: holding(high).end },
        SortBound::BeginsWith(value) => {
            let mut start = prefix.clone();
            if is_last(path, schema, at) {
                component::put_last(&mut start, value);
            } else {
                component::put_sorted_open(&mut start, value);
            }
            KeyRange::prefix(&start)
        }
    }
}

/// Whether the sort attribute at that place ends the key.
fn is_last(path: DataPath<'_>, schema: &[KeyAttribute], at: usize) -> bool {
    path.index().is_none() && at.wrapping_add(1) == schema.len()
}

fn put(key: &mut Vec<u8>, path: DataPath<'_>, at: usize, value: &AttributeValue) {
    if is_last(path, &path.key_schema().sort, at) {
        component::put_last(key, value);
    } else {
        component::put_sorted(key, value);
    }
}
