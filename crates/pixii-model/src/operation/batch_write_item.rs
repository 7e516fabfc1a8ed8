//! BatchWriteItem: puts and deletes up to 25 items, in any tables.

use super::Operation;
use super::parameters::TABLE_ARN;
use crate::capacity::{
    ConsumedCapacity, ItemCollectionMetrics, ReturnConsumedCapacity, ReturnItemCollectionMetrics,
};
use crate::error::{DataFault, SerializationFault, ValidationError, ValueFault};
use crate::item::Item;
use crate::limits::BATCH_WRITE_REQUESTS_MAX;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};
use std::collections::BTreeMap;

/// Puts and deletes items, in any tables. Each write stands alone.
pub struct BatchWriteItem;

impl Operation for BatchWriteItem {
    const NAME: &'static str = "BatchWriteItem";
    type Input = BatchWriteItemInput;
    type Output = BatchWriteItemOutput;
}

/// API model: BatchWriteItemInput.
#[derive(Clone, Debug, Default)]
pub struct BatchWriteItemInput {
    /// What to write, by table name or ARN.
    pub request_items: BTreeMap<String, Vec<WriteRequest>>,
    /// How much to say of consumed capacity.
    pub return_consumed_capacity: ReturnConsumedCapacity,
    /// Whether to say how large the item collections are.
    pub return_item_collection_metrics: ReturnItemCollectionMetrics,
}

/// One write of a batch (API model: WriteRequest, PutRequest, DeleteRequest).
#[derive(Clone, Debug, PartialEq)]
pub enum WriteRequest {
    /// Put this item.
    Put(Item),
    /// Delete the item with this key.
    Delete(Item),
}

impl Default for WriteRequest {
    fn default() -> Self {
        Self::Put(Item::default())
    }
}

/// A structure with one required member: PutRequest and DeleteRequest.
#[derive(Default)]
struct PutRequest(Item);

#[derive(Default)]
struct DeleteRequest(Item);

impl Decode for PutRequest {
    const KIND: JsonKind = JsonKind::Structure("PutRequest");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        Ok(Self(decoder.structure(json)?.required("Item", &Rule::NONE)?))
    }
}

impl Decode for DeleteRequest {
    const KIND: JsonKind = JsonKind::Structure("DeleteRequest");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        Ok(Self(decoder.structure(json)?.required("Key", &Rule::NONE)?))
    }
}

impl Decode for WriteRequest {
    const KIND: JsonKind = JsonKind::Structure("WriteRequest");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut request = decoder.structure(json)?;
        let delete: Option<DeleteRequest> = request.optional("DeleteRequest", &Rule::NONE)?;
        let put: Option<PutRequest> = request.optional("PutRequest", &Rule::NONE)?;
        Ok(match (put, delete) {
            (Some(PutRequest(item)), None) => Self::Put(item),
            (None, Some(DeleteRequest(key))) => Self::Delete(key),
            _ => {
                decoder.refuse(ValueFault::MoreThanOneType);
                Self::default()
            }
        })
    }
}

impl Decode for BatchWriteItemInput {
    const KIND: JsonKind = JsonKind::Structure("BatchWriteItemInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        const REQUESTS: Rule = Rule::length(1, BATCH_WRITE_REQUESTS_MAX);
        let mut input = decoder.structure(json)?;
        Ok(Self {
            return_consumed_capacity: input
                .optional("ReturnConsumedCapacity", &Rule::NONE)?
                .unwrap_or_default(),
            return_item_collection_metrics: input
                .optional("ReturnItemCollectionMetrics", &Rule::NONE)?
                .unwrap_or_default(),
            request_items: input.required("RequestItems", &Rule::NONE.keys(&TABLE_ARN).members(&REQUESTS))?,
        })
    }
}

impl Input for BatchWriteItemInput {
    fn check(&self) -> Result<(), ValidationError> {
        if self.request_items.is_empty() {
            return Err(DataFault::NoRequestItems { operation: BatchWriteItem::NAME }.into());
        }
        let requests: usize = self.request_items.values().map(Vec::len).sum();
        if requests > BATCH_WRITE_REQUESTS_MAX {
            return Err(DataFault::TooManyRequestItems { operation: BatchWriteItem::NAME }.into());
        }
        Ok(())
    }
}

/// API model: BatchWriteItemOutput.
#[derive(Clone, Debug, Default)]
pub struct BatchWriteItemOutput {
    /// What is left to ask for again.
    pub unprocessed_items: BTreeMap<String, Vec<WriteRequest>>,
    /// How large the item collections are, by table.
    pub item_collection_metrics: Option<BTreeMap<String, Vec<ItemCollectionMetrics>>>,
    /// What the writes consumed, for each table.
    pub consumed_capacity: Option<Vec<ConsumedCapacity>>,
}

impl Encode for BatchWriteItemOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("UnprocessedItems", &self.unprocessed_items);
            object.optional("ItemCollectionMetrics", &self.item_collection_metrics);
            object.optional("ConsumedCapacity", &self.consumed_capacity);
        });
    }
}

impl Encode for WriteRequest {
    fn encode(&self, writer: &mut JsonWriter) {
        let (request, member, attributes) = match self {
            Self::Put(item) => ("PutRequest", "Item", item),
            Self::Delete(key) => ("DeleteRequest", "Key", key),
        };
        writer.object(|object| {
            object.write(request, |writer| writer.object(|object| object.field(member, attributes)));
        });
    }
}
