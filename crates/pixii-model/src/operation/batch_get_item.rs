//! BatchGetItem: reads up to 100 items by their keys, from any tables.

use super::Operation;
use super::parameters::{ExpressionAttributeNames, ParameterUse, TABLE_ARN, attributes_to_get};
use crate::capacity::{ConsumedCapacity, ReturnConsumedCapacity};
use crate::encoded::OutputItem;
use crate::error::{DataFault, KeyFault, SerializationFault, ValidationError};
use crate::item::Item;
use crate::limits::BATCH_GET_KEYS_MAX;
use crate::wire::rule::Wording;
use crate::wire::{Decode, Decoder, Deferred, Encode, Input, Json, JsonKind, JsonWriter, Rule};
use std::collections::{BTreeMap, HashSet};

/// Reads items by their keys, from any tables. Each read stands alone.
pub struct BatchGetItem;

impl Operation for BatchGetItem {
    const NAME: &'static str = "BatchGetItem";
    type Input = BatchGetItemInput;
    type Output = BatchGetItemOutput;
}

/// API model: BatchGetItemInput.
#[derive(Clone, Debug, Default)]
pub struct BatchGetItemInput {
    /// What to read, by table name or ARN.
    pub request_items: BTreeMap<String, KeysAndAttributes>,
    /// How much to say of consumed capacity.
    pub return_consumed_capacity: ReturnConsumedCapacity,
}

/// What to read from one table (API model: KeysAndAttributes).
#[derive(Clone, Debug, Default)]
pub struct KeysAndAttributes {
    /// The items' whole primary keys. Their faults come after those of expressions: see [`KeysAndAttributes::keys`].
    pub keys: Deferred<Vec<Item>>,
    /// Legacy: names of the attributes wanted.
    pub attributes_to_get: Option<Vec<String>>,
    /// Whether the reads must see every acknowledged write.
    pub consistent_read: Option<bool>,
    /// The attributes wanted.
    pub projection_expression: Option<String>,
    /// Attribute names by placeholder.
    pub expression_attribute_names: Option<ExpressionAttributeNames>,
}

impl KeysAndAttributes {
    /// The keys, or what is wrong with them: values that cannot be, then duplicates.
    pub fn keys(&self) -> Result<&[Item], ValidationError> {
        let keys = self.keys.checked()?;
        let mut seen = HashSet::with_capacity(keys.len());
        if keys.iter().all(|key| seen.insert(key)) { Ok(keys) } else { Err(KeyFault::RepeatedKey.into()) }
    }
}

impl Decode for KeysAndAttributes {
    const KIND: JsonKind = JsonKind::Structure("KeysAndAttributes");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut request = decoder.structure(json)?;
        Ok(Self {
            keys: request
                .required("Keys", &Rule::length(1, BATCH_GET_KEYS_MAX).wording(Wording::NewMaximum))?,
            attributes_to_get: attributes_to_get(&mut request)?,
            consistent_read: request.optional("ConsistentRead", &Rule::NONE)?,
            projection_expression: request.optional("ProjectionExpression", &Rule::NONE)?,
            expression_attribute_names: request.optional("ExpressionAttributeNames", &Rule::NONE)?,
        })
    }
}

impl Decode for BatchGetItemInput {
    const KIND: JsonKind = JsonKind::Structure("BatchGetItemInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            return_consumed_capacity: input
                .optional("ReturnConsumedCapacity", &Rule::NONE)?
                .unwrap_or_default(),
            request_items: input.required("RequestItems", &Rule::NONE.keys(&TABLE_ARN))?,
        })
    }
}

impl Input for BatchGetItemInput {
    fn check(&self) -> Result<(), ValidationError> {
        if self.request_items.is_empty() {
            return Err(DataFault::NoRequestItems { operation: BatchGetItem::NAME }.into());
        }
        for request in self.request_items.values() {
            ParameterUse {
                expressions: &[("ProjectionExpression", request.projection_expression.is_some())],
                legacy: &[("AttributesToGet", request.attributes_to_get.is_some())],
                with_values: &[],
            }
            .check(request.expression_attribute_names.as_ref(), None)?;
        }
        let keys: usize = self.request_items.values().map(|request| request.keys.unchecked().len()).sum();
        if keys > BATCH_GET_KEYS_MAX {
            return Err(DataFault::TooManyRequestItems { operation: BatchGetItem::NAME }.into());
        }
        Ok(())
    }
}

/// API model: BatchGetItemOutput.
#[derive(Clone, Debug, Default)]
pub struct BatchGetItemOutput {
    /// The items found, by table as the request named it: a member for each table asked.
    pub responses: BTreeMap<String, Vec<OutputItem>>,
    /// What is left to ask for again.
    pub unprocessed_keys: BTreeMap<String, KeysAndAttributes>,
    /// What the reads consumed, for each table.
    pub consumed_capacity: Option<Vec<ConsumedCapacity>>,
}

impl Encode for BatchGetItemOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("Responses", &self.responses);
            object.field("UnprocessedKeys", &self.unprocessed_keys);
            object.optional("ConsumedCapacity", &self.consumed_capacity);
        });
    }
}

impl Encode for KeysAndAttributes {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("Keys", self.keys.unchecked());
            object.optional("AttributesToGet", &self.attributes_to_get);
            object.optional("ConsistentRead", &self.consistent_read);
            object.optional("ProjectionExpression", &self.projection_expression);
            object.optional("ExpressionAttributeNames", &self.expression_attribute_names);
        });
    }
}
