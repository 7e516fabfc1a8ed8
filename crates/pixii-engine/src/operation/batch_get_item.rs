//! BatchGetItem: many GetItems, over one snapshot.

use super::binding;
use crate::capacity::{ReadKind, read_units};
use crate::engine::Engine;
use crate::key_check;
use crate::keyspace;
use crate::read::output;
use crate::stored;
use crate::table::Table;
use pixii_expression::{Projection, legacy};
use pixii_model::capacity::{Capacity, ConsumedCapacity, ReturnConsumedCapacity};
use pixii_model::limits::BATCH_GET_BYTES_MAX;
use pixii_model::operation::batch_get_item::KeysAndAttributes;
use pixii_model::operation::{BatchGetItem, BatchGetItemInput, BatchGetItemOutput, Execute};
use pixii_model::wire::Deferred;
use pixii_model::{ApiError, Item, OutputItem, RequestContext};
use pixii_store::{Freshness, Read, Store, StoreError};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is asked of one table.
struct Request {
    /// The table, as the request named it.
    name: String,
    table: Arc<Table>,
    keys_and_attributes: KeysAndAttributes,
    projection: Option<Projection>,
}

impl<S: Store> Execute<BatchGetItem> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: BatchGetItemInput,
    ) -> Result<BatchGetItemOutput, ApiError> {
        let mut bound = Vec::with_capacity(input.request_items.len());
        for (name, request) in input.request_items {
            let projection = bind(&request)?;
            bound.push((name, request, projection));
        }
        let mut requests = Vec::with_capacity(bound.len());
        for (name, keys_and_attributes, projection) in bound {
            let table = self.table(&name).await?;
            for key in keys_and_attributes.keys.unchecked() {
                key_check::is_key(&table, key)?;
            }
            key_check::scalar_keys(&table, projection.iter().flat_map(Projection::paths))?;
            requests.push(Request { name, table, keys_and_attributes, projection });
        }

        let strong = requests.iter().any(|request| request.consistent_read());
        let freshness = if strong { Freshness::Latest } else { Freshness::Recent };
        let answer = self.read(|| async {
            let snapshot = self.store.snapshot(freshness).await?;
            Answer::read(&snapshot, &requests).await
        });
        let answer = answer.await?;
        let detail = input.return_consumed_capacity;
        Ok(BatchGetItemOutput {
            consumed_capacity: (detail != ReturnConsumedCapacity::None).then(|| answer.consumed(detail)),
            responses: answer.responses,
            unprocessed_keys: answer.unprocessed_keys,
        })
    }
}

/// Binds what is asked of one table, in AWS's order of refusals.
fn bind(request: &KeysAndAttributes) -> Result<Option<Projection>, ApiError> {
    let legacy_projection =
        request.attributes_to_get.as_deref().map(legacy::attributes_to_get).transpose()?;
    let mut placeholders = binding::placeholders(request.expression_attribute_names.as_ref(), None)?;
    let projection = binding::projection(request.projection_expression.as_deref(), &mut placeholders)?;
    placeholders.finish()?;
    request.keys()?;
    Ok(projection.or(legacy_projection))
}

impl Request {
    fn consistent_read(&self) -> bool {
        self.keys_and_attributes.consistent_read.unwrap_or_default()
    }
}

/// The answer as it grows.
#[derive(Default)]
struct Answer {
    responses: BTreeMap<String, Vec<OutputItem>>,
    unprocessed_keys: BTreeMap<String, KeysAndAttributes>,
    /// Units by table.
    units: Vec<(String, f64)>,
    bytes: usize,
}

impl Answer {
    async fn read(snapshot: &impl Read, requests: &[Request]) -> Result<Self, StoreError> {
        let mut answer = Self::default();
        for request in requests {
            answer.read_table(snapshot, request).await?;
        }
        Ok(answer)
    }

    /// Reads one table's keys, until the answer is full: the rest is left for another request.
    async fn read_table(&mut self, snapshot: &impl Read, request: &Request) -> Result<(), StoreError> {
        let kind = ReadKind::of(request.consistent_read());
        let mut units = 0.0;
        let mut items = Vec::new();
        let mut unprocessed: Vec<Item> = Vec::new();
        for key in request.keys_and_attributes.keys.unchecked() {
            if self.bytes > BATCH_GET_BYTES_MAX {
                unprocessed.push(key.clone());
                continue;
            }
            let stored_key =
                keyspace::item(&request.table, key).expect("the key was checked against the schema");
            let Some(value) = snapshot.get(&stored_key).await? else {
                units += read_units(0, kind);
                continue;
            };
            let item = stored::load(snapshot, request.table.id, &value).await?.item;
            self.bytes += item.size();
            if self.bytes > BATCH_GET_BYTES_MAX {
                unprocessed.push(key.clone());
                continue;
            }
            units += read_units(item.size(), kind);
            items.push(output::select(item, request.projection.as_ref()));
        }
        self.units.push((request.table.name.clone(), units));
        if !unprocessed.is_empty() {
            let asked = request.keys_and_attributes.clone();
            let left = KeysAndAttributes { keys: Deferred::new(unprocessed), ..asked };
            self.unprocessed_keys.insert(request.name.clone(), left);
        }
        self.responses.insert(request.name.clone(), items);
        Ok(())
    }

    fn consumed(&self, detail: ReturnConsumedCapacity) -> Vec<ConsumedCapacity> {
        self.units
            .iter()
            .map(|(table_name, units)| ConsumedCapacity {
                table_name: table_name.clone(),
                table: Capacity::read(*units),
                detail,
                ..ConsumedCapacity::default()
            })
            .collect()
    }
}
