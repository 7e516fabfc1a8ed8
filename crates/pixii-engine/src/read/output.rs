//! What an answer holds of an item.

use pixii_expression::Projection;
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
