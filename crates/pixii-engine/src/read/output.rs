//! What an answer holds of an item.

use crate::table::{Index, Table};
use pixii_expression::Projection;
use pixii_model::error::KeyFault;
use pixii_model::{EncodedItem, OutputItem};
use std::sync::Arc;

/// The item, or what a projection leaves of it. Whole attributes are picked where the item lies.
pub fn select(item: EncodedItem, projection: Option<&Projection>) -> OutputItem {
    match projection {
        None => OutputItem::Encoded(item),
        Some(projection) => match projection.top_level_only() {
            Some(names) => OutputItem::Selected(item, Arc::clone(names)),
            None => OutputItem::Decoded(projection.project(&item)),
        },
    }
}

/// Refuses document paths that lead into keys, of the table or of the index that is read: keys are scalars.
pub fn check_projection_keys(
    table: &Table,
    index: Option<&Index>,
    projection: Option<&Projection>,
) -> Result<(), KeyFault> {
    for path in projection.iter().flat_map(|projection| projection.paths()).filter(|path| path.is_nested()) {
        if table.key_schema.contains(&path.attribute) {
            return Err(KeyFault::NestedPath { attribute: path.attribute.clone(), of_index: false });
        }
        if index.is_some_and(|index| index.key_schema.contains(&path.attribute)) {
            return Err(KeyFault::NestedPath { attribute: path.attribute.clone(), of_index: true });
        }
    }
    Ok(())
}
