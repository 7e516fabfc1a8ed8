//! What of a place insights tell of: its partition key, and that with its sort key.
//!
//! ```text
//! of an item     hash variant partition | last
//! of an entry    hash variant partition | sorted* | table-key, which is left out
//! ```

use super::{DataPath, collection_length, component};
use crate::table::IndexKind;
use pixii_model::Item;

/// The parts of a place that are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contributor<'a> {
    /// Up to its partition key.
    pub partition: &'a [u8],
    /// Up to its sort key; nothing where there is no sort key, or where the place is of no single item.
    pub item: Option<&'a [u8]>,
}

/// What of a place is counted; `None` if it is of no single partition key. `whole` says that it is of one item or entry.
pub fn contributor<'a>(path: DataPath<'_>, place: &'a [u8], whole: bool) -> Option<Contributor<'a>> {
    let schema = path.key_schema();
    let partition = place.get(..collection_length(place, schema)).filter(|partition| partition.len() > 9)?;
    let rest = &place[partition.len()..];
    let item = match path {
        _ if !whole || schema.sort.is_empty() => None,
        DataPath::Table(_) => Some(place),
        // What local indexes are asked for is told of their table, which has another sort key.
        DataPath::Index(_, index) if index.kind == IndexKind::Local => None,
        DataPath::Index(..) => {
            let behind = schema.sort.iter().try_fold(rest, |rest, _| component::after_sorted(rest))?;
            Some(&place[..place.len() - behind.len()])
        }
    };
    Some(Contributor { partition, item })
}

/// The key attributes of either part of a contributor.
pub fn contributor_key(path: DataPath<'_>, part: &[u8]) -> Option<Item> {
    let schema = path.key_schema();
    let mut rest = part.get(9..)?;
    let mut key = Item::new();
    for attribute in &schema.partition {
        let (value, left) = component::take_partition(rest)?;
        key.insert(attribute.name.clone(), value);
        rest = left;
    }
    for attribute in schema.sort.iter().filter(|_| !rest.is_empty()) {
        let (value, left) = match path {
            DataPath::Table(_) => (component::take_last(rest)?, &[][..]),
            DataPath::Index(..) => component::take_sorted(rest)?,
        };
        key.insert(attribute.name.clone(), value);
        rest = left;
    }
    Some(key)
}
