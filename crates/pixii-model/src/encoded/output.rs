//! Items on their way out.

use super::EncodedItem;
use crate::item::Item;
use std::borrow::Cow;
use std::sync::Arc;

/// An item on its way out: as stored, or put together for this answer.
#[derive(Clone, Debug)]
pub enum OutputItem {
    /// As stored, whole.
    Encoded(EncodedItem),
    /// Some attributes of a stored item, by name.
    Selected(EncodedItem, Arc<[String]>),
    /// Put together for this answer.
    Decoded(Item),
}

impl OutputItem {
    /// The item, decoded.
    pub fn decode(&self) -> Cow<'_, Item> {
        match self {
            Self::Encoded(item) => Cow::Owned(item.decode()),
            Self::Selected(item, names) => Cow::Owned(
                item.attributes()
                    .filter(|(name, _)| names.iter().any(|wanted| wanted == name))
                    .map(|(name, value)| (name.to_owned(), value.decode()))
                    .collect(),
            ),
            Self::Decoded(item) => Cow::Borrowed(item),
        }
    }
}

impl PartialEq for OutputItem {
    fn eq(&self, other: &Self) -> bool {
        self.decode() == other.decode()
    }
}

impl From<Item> for OutputItem {
    fn from(item: Item) -> Self {
        Self::Decoded(item)
    }
}
