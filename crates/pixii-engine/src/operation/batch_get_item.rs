//! BatchGetItem: many GetItems, over one snapshot.

use super::binding;
use crate::capacity::{ReadKind, read_units};
use crate::engine::Engine;
use crate::key_check;
use crate::keyspace::{self, DataPath};
use crate::partition::PartitionId;
use crate::read::output;
use crate::stored;
use crate::table::{DataId, Table};
use pixii_expression::{Projection, legacy};
use pixii_model::capacity::{Capacity, ConsumedCapacity, ReturnConsumedCapacity};
use pixii_model::error::{Flow, Throttle};
use pixii_model::limits::BATCH_GET_BYTES_MAX;
use pixii_model::operation::batch_get_item::KeysAndAttributes;
use pixii_model::operation::{BatchGetItem, BatchGetItemInput, BatchGetItemOutput, Execute, OperationName};
use pixii_model::wire::Deferred;
use pixii_model::{ApiError, EncodedItem, Item, OutputItem, RequestContext};
use pixii_store::{Freshness, Read, Store, StoreError};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// How much of one partition an answer holds, in bytes: the key after which it has so much is the last of it (API reference:
/// BatchGetItem).
const PARTITION_BYTES_MAX: usize = 1024 * 1024;

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
            Answer::read(self, &snapshot, &requests).await
        });
        let answer = answer.await?;
        // It fails only if nothing at all could be read.
        if let Some(throttle) = answer.throttled.as_ref().filter(|_| !answer.has_read) {
            return Err(ApiError::ThroughputExceeded(throttle.clone()));
        }
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
    /// Bytes by table and partition.
    partition_bytes: HashMap<(DataId, PartitionId), usize>,
    /// Whether a key was looked up.
    has_read: bool,
    /// Why a key was left for another request, if one was for lack of throughput.
    throttled: Option<Throttle>,
}

impl Answer {
    async fn read<S: Store>(
        engine: &Engine<S>,
        snapshot: &impl Read,
        requests: &[Request],
    ) -> Result<Self, StoreError> {
        let mut answer = Self::default();
        for request in requests {
            answer.read_table(engine, snapshot, request).await?;
        }
        Ok(answer)
    }

    /// Reads one table's keys, until the answer is full: the rest is left for another request.
    async fn read_table<S: Store>(
        &mut self,
        engine: &Engine<S>,
        snapshot: &impl Read,
        request: &Request,
    ) -> Result<(), StoreError> {
        let kind = ReadKind::of(request.consistent_read());
        let path = DataPath::Table(&request.table);
        let account = engine.account(path, Flow::Read, Some(OperationName::BatchGetItem));
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
            let partition = (request.table.id, request.table.partitions.at(keyspace::place(&stored_key)));
            if self.partition_bytes.get(&partition).is_some_and(|bytes| *bytes >= PARTITION_BYTES_MAX) {
                unprocessed.push(key.clone());
                continue;
            }
            if let Err(throttle) = account.admit(&stored_key) {
                self.throttled = Some(throttle);
                unprocessed.push(key.clone());
                continue;
            }
            self.has_read = true;
            let found = match snapshot.get(&stored_key).await? {
                Some(value) => Some(stored::load(snapshot, request.table.id, &value).await?.item),
                None => None,
            };
            let size = found.as_ref().map_or(0, EncodedItem::size);
            self.bytes += size;
            if self.bytes > BATCH_GET_BYTES_MAX {
                unprocessed.push(key.clone());
                continue;
            }
            *self.partition_bytes.entry(partition).or_default() += size;
            account.consume(&stored_key, read_units(size, kind));
            units += read_units(size, kind);
            items.extend(found.map(|item| output::select(item, request.projection.as_ref())));
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
