//! BatchWriteItem: many puts and deletes without conditions. They need not be atomic, but as few transactions as the store
//! allows are cheapest.

use super::write_output;
use crate::engine::Engine;
use crate::key_check;
use crate::table::Table;
use crate::write::{
    Change, Failure, Outcome, Planned, Refusal, Terms, WriteIntent, WriteRefused, WriteSet, transact,
};
use pixii_model::capacity::{ItemCollectionMetrics, ReturnConsumedCapacity, ReturnItemCollectionMetrics};
use pixii_model::error::{KeyFault, Throttle};
use pixii_model::limits::ITEM_SIZE_MAX;
use pixii_model::operation::batch_write_item::WriteRequest;
use pixii_model::operation::{
    BatchWriteItem, BatchWriteItemInput, BatchWriteItemOutput, Execute, OperationName,
};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

impl<S: Store> Execute<BatchWriteItem> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: BatchWriteItemInput,
    ) -> Result<BatchWriteItemOutput, ApiError> {
        let too_large = |request: &WriteRequest| matches!(request, WriteRequest::Put(item) if item.size() > ITEM_SIZE_MAX);
        if input.request_items.values().flatten().any(too_large) {
            return Err(KeyFault::ItemTooLarge.into());
        }
        let mut writes = Vec::new();
        let mut names = HashMap::new();
        for (name, requests) in input.request_items {
            let table = self.table(&name).await?;
            names.insert(table.id, name);
            let mut keys = HashSet::with_capacity(requests.len());
            for request in requests {
                let intent = intent(&table, request)?;
                if !keys.insert(intent.stored_key.clone()) {
                    return Err(KeyFault::RepeatedKey.into());
                }
                writes.push(Planned { table: Arc::clone(&table), intent });
            }
        }

        let bytes_max = self.store.limits().transaction_bytes_max / 2;
        let mut batch = Batch::default();
        for group in groups(writes, bytes_max) {
            self.write_group(group, &mut batch).await?;
        }
        // It fails only if nothing at all could be written.
        if let Some(throttle) = batch.throttled.take_if(|_| batch.written.is_empty()) {
            return Err(ApiError::ThroughputExceeded(throttle));
        }
        let mut unprocessed_items: BTreeMap<String, Vec<WriteRequest>> = BTreeMap::new();
        for planned in batch.left {
            let name = names[&planned.table.id].clone();
            unprocessed_items.entry(name).or_default().push(request(planned.intent));
        }
        let (detail, metrics) = (input.return_consumed_capacity, input.return_item_collection_metrics);
        Ok(BatchWriteItemOutput {
            consumed_capacity: (detail != ReturnConsumedCapacity::None)
                .then(|| write_output::consumed_by_table(&batch.written, 1.0, detail)),
            item_collection_metrics: self.metrics_by_table(&batch.written, metrics).await?,
            unprocessed_items,
        })
    }
}

/// A batch's puts tell a wrong key as a key that does not match, unlike PutItem.
fn intent(table: &Table, request: WriteRequest) -> Result<WriteIntent, KeyFault> {
    match request {
        WriteRequest::Put(item) => {
            key_check::has_attributes(&table.key_schema, &item)?;
            let intent = WriteIntent::put(table, item, None)?;
            if let Change::Put(item) = &intent.change {
                key_check::index_keys(table, item)?;
            }
            Ok(intent)
        }
        WriteRequest::Delete(key) => WriteIntent::delete(table, key, None),
    }
}

/// A write as it was asked for.
fn request(intent: WriteIntent) -> WriteRequest {
    match intent.change {
        Change::Put(item) => WriteRequest::Put(item),
        _ => WriteRequest::Delete(intent.key),
    }
}

/// What became of a batch so far.
#[derive(Default)]
struct Batch {
    written: Vec<(Planned, WriteSet)>,
    /// What is left for another request, for lack of throughput.
    left: Vec<Planned>,
    /// Why.
    throttled: Option<Throttle>,
}

/// Splits writes into groups that each fit a transaction.
fn groups(writes: Vec<Planned>, bytes_max: usize) -> Vec<Vec<Planned>> {
    let mut groups: Vec<Vec<Planned>> = vec![Vec::new()];
    let mut bytes = 0;
    for planned in writes {
        let weight = match &planned.intent.change {
            Change::Put(item) => (item.size() + 1024) * (1 + planned.table.indexes.len()),
            _ => 1024 * (1 + planned.table.indexes.len()),
        };
        bytes += weight;
        if bytes > bytes_max && groups.last().is_some_and(|group| !group.is_empty()) {
            groups.push(Vec::new());
            bytes = weight;
        }
        groups.last_mut().expect("there is a first group").push(planned);
    }
    groups
}

impl<S: Store> Engine<S> {
    /// Writes a group as far as there is throughput for it.
    async fn write_group(&self, mut group: Vec<Planned>, batch: &mut Batch) -> Result<(), ApiError> {
        let terms = Terms { operation: Some(OperationName::BatchWriteItem), ..Terms::default() };
        while !group.is_empty() {
            let refusals = match transact(self, &mut group, terms).await {
                Ok(Outcome::Written(write_sets)) => {
                    batch.written.extend(group.into_iter().zip(write_sets));
                    return Ok(());
                }
                Ok(Outcome::Refused(refusals)) => refusals,
                Ok(Outcome::Replayed(_)) => unreachable!("a write without token is not replayed"),
                Err(Failure::Conflict) => return Err(ApiError::TransactionConflict),
                Err(Failure::Api(error)) => return Err(error),
            };
            // Those without throughput stay behind, and the others go on without them.
            let mut rest = Vec::with_capacity(group.len());
            for (planned, refusal) in group.into_iter().zip(refusals) {
                match refusal {
                    None => rest.push(planned),
                    Some(Refusal::Throttled(throttle)) => {
                        batch.throttled = Some(throttle);
                        batch.left.push(planned);
                    }
                    Some(Refusal::Decided(WriteRefused::Invalid(error))) => return Err(error.into()),
                    Some(Refusal::CollectionTooLarge) => {
                        return Err(ApiError::ItemCollectionSizeLimitExceeded);
                    }
                    Some(Refusal::Decided(WriteRefused::ConditionFailed { .. })) => {
                        unreachable!("a write without condition is refused only for what it makes")
                    }
                }
            }
            group = rest;
        }
        Ok(())
    }

    /// How large the item collections are that some writes touched, by table.
    pub(super) async fn metrics_by_table(
        &self,
        written: &[(Planned, WriteSet)],
        wanted: ReturnItemCollectionMetrics,
    ) -> Result<Option<BTreeMap<String, Vec<ItemCollectionMetrics>>>, ApiError> {
        let mut by_table: BTreeMap<String, Vec<ItemCollectionMetrics>> = BTreeMap::new();
        for (planned, _) in written {
            let metrics = self.collection_metrics(&planned.table, &planned.intent.key, wanted).await?;
            let Some(metrics) = metrics else { continue };
            let of_table = by_table.entry(planned.table.name.clone()).or_default();
            if !of_table.iter().any(|known| known.partition_key == metrics.partition_key) {
                of_table.push(metrics);
            }
        }
        Ok((!by_table.is_empty()).then_some(by_table))
    }
}
