//! Items on their way out.

use super::{EncodedItem, EncodedValue};
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
                selected(item, names).map(|(name, value)| (name.to_owned(), value.decode())).collect(),
            ),
            Self::Decoded(item) => Cow::Borrowed(item),
        }
    }
}

/// The attributes of an item that have one of these names. Takes no longer for many names than for few: both an item and a
/// projection can have thousands.
pub(crate) fn selected<'a>(
    item: &'a EncodedItem,
    names: &[String],
) -> impl Iterator<Item = (&'a str, EncodedValue<'a>)> {
    let mut wanted: Vec<&str> = names.iter().map(String::as_str).collect();
    wanted.sort_unstable();
    item.attributes().filter(move |(name, _)| wanted.binary_search(name).is_ok())
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
