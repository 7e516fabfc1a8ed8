//! What Query and Scan answer alike.

use crate::capacity::ConsumedCapacity;
use crate::encoded::OutputItem;
use crate::item::Item;
use crate::wire::{Encode, JsonWriter};

/// API model: QueryOutput, ScanOutput.
#[derive(Clone, Debug, Default)]
pub struct PageReadOutput {
    /// The items; absent when only their count was asked for.
    pub items: Option<Vec<OutputItem>>,
    /// How many items the filter let through.
    pub count: usize,
    /// How many items were examined.
    pub scanned_count: usize,
    /// The key of the last item examined, if there may be more.
    pub last_evaluated_key: Option<Item>,
    /// What the read consumed.
    pub consumed_capacity: Option<ConsumedCapacity>,
}

impl Encode for PageReadOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("Items", &self.items);
            object.field("Count", &self.count);
            object.field("ScannedCount", &self.scanned_count);
            object.optional("LastEvaluatedKey", &self.last_evaluated_key);
            object.optional("ConsumedCapacity", &self.consumed_capacity);
        });
    }

    fn about_bytes(&self) -> usize {
        self.items.as_ref().map_or(0, Encode::about_bytes)
    }
}
