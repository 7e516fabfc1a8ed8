//! What single-item writes answer: attributes, consumed capacity, item collection metrics, and refusals as errors.

use crate::engine::Engine;
use crate::keyspace;
use crate::table::{IndexKind, Table};
use crate::write::transact::counter;
use crate::write::{
    Failure, Outcome, Planned, Refusal, Terms, WriteIntent, WriteRefused, WriteSet, transact,
};
use pixii_expression::Projection;
use pixii_model::capacity::{
    Capacity, ConsumedCapacity, ItemCollectionMetrics, ReturnConsumedCapacity, ReturnItemCollectionMetrics,
};
use pixii_model::error::ValidationError;
use pixii_model::operation::parameters::{ReturnValues, ReturnValuesOnConditionCheckFailure};
use pixii_model::operation::{ItemWriteOutput, ItemWriteParameters, OperationName};
use pixii_model::{ApiError, EncodedItem, Item, OutputItem};
use pixii_store::{Freshness, Read, Store};
use std::sync::Arc;

/// The units of some writes to one table; `factor` is 2 for the table's own share in a transaction.
pub fn consumed<'a>(
    table: &Table,
    write_sets: impl IntoIterator<Item = &'a WriteSet>,
    factor: f64,
    detail: ReturnConsumedCapacity,
) -> ConsumedCapacity {
    let mut consumed =
        ConsumedCapacity { table_name: table.name.clone(), detail, ..ConsumedCapacity::default() };
    for write_set in write_sets {
        consumed.table += Capacity::write(write_set.units * factor);
        for cost in &write_set.index_costs {
            // An index that went away with a newer definition of the table costs nobody anything.
            let Some(index) = table.indexes.get(cost.position) else { continue };
            let shares = match index.kind {
                IndexKind::Local => &mut consumed.local_secondary_indexes,
                IndexKind::Global => &mut consumed.global_secondary_indexes,
            };
            *shares.entry(index.name.clone()).or_default() += Capacity::write(cost.units);
        }
    }
    consumed
}

/// The units of some writes, for each table that they went to.
pub fn consumed_by_table(
    written: &[(Planned, WriteSet)],
    factor: f64,
    detail: ReturnConsumedCapacity,
) -> Vec<ConsumedCapacity> {
    let mut tables: Vec<&Arc<Table>> = Vec::new();
    for (planned, _) in written {
        if !tables.iter().any(|table| table.id == planned.table.id) {
            tables.push(&planned.table);
        }
    }
    tables
        .into_iter()
        .map(|table| {
            let of_table = written.iter().filter(|(planned, _)| planned.table.id == table.id);
            consumed(table, of_table.map(|(_, write_set)| write_set), factor, detail)
        })
        .collect()
}

/// The item as it was, if a put or delete is to return it.
pub fn old_item(write_set: &WriteSet, wanted: ReturnValues) -> Option<OutputItem> {
    match wanted {
        ReturnValues::AllOld => write_set.before.clone().map(OutputItem::Encoded),
        _ => None,
    }
}

/// What an update is to return of its item; `touched` is what it writes.
pub fn updated_item(write_set: &WriteSet, wanted: ReturnValues, touched: &Projection) -> Option<OutputItem> {
    let whole = |item: &Option<EncodedItem>| item.clone().map(OutputItem::Encoded);
    let touched = |item: &Option<EncodedItem>| {
        let item = touched.project(item.as_ref()?);
        (!item.is_empty()).then(|| OutputItem::Decoded(item))
    };
    match wanted {
        ReturnValues::None => None,
        ReturnValues::AllOld => whole(&write_set.before),
        ReturnValues::AllNew => whole(&write_set.after),
        ReturnValues::UpdatedOld => touched(&write_set.before),
        ReturnValues::UpdatedNew => touched(&write_set.after),
    }
}

/// An item as a failed condition returns it.
pub fn item_of_failed_condition(
    found: Option<EncodedItem>,
    wanted: ReturnValuesOnConditionCheckFailure,
) -> Option<Box<OutputItem>> {
    match wanted {
        ReturnValuesOnConditionCheckFailure::None => None,
        ReturnValuesOnConditionCheckFailure::AllOld => found.map(|item| Box::new(OutputItem::Encoded(item))),
    }
}

/// A write of one item that came to nothing.
#[derive(Debug)]
pub struct FailedWrite {
    /// Why.
    pub error: ApiError,
    /// What it cost all the same.
    pub units: f64,
}

impl From<ApiError> for FailedWrite {
    fn from(error: ApiError) -> Self {
        Self { error, units: 0.0 }
    }
}

impl From<ValidationError> for FailedWrite {
    fn from(error: ValidationError) -> Self {
        ApiError::from(error).into()
    }
}

impl From<FailedWrite> for ApiError {
    fn from(failed: FailedWrite) -> Self {
        failed.error
    }
}

impl<S: Store> Engine<S> {
    /// Carries a write of one item through and answers it; `attributes` picks what is returned of the item.
    pub(super) async fn write_item(
        &self,
        operation: OperationName,
        parameters: &ItemWriteParameters,
        intent: impl FnOnce(&Table) -> Result<WriteIntent, ValidationError>,
        attributes: impl FnOnce(&WriteSet) -> Option<OutputItem>,
    ) -> Result<ItemWriteOutput, FailedWrite> {
        let table = self.table(&parameters.table_name).await?;
        let intent = intent(&table)?;
        let (planned, write_set) = self
            .write_one(
                operation,
                Planned { table, intent },
                parameters.return_values_on_condition_check_failure,
            )
            .await?;
        let Planned { table, intent } = planned;
        let detail = parameters.return_consumed_capacity;
        Ok(ItemWriteOutput {
            consumed_capacity: (detail != ReturnConsumedCapacity::None)
                .then(|| consumed(&table, [&write_set], 1.0, detail)),
            item_collection_metrics: self
                .collection_metrics(&table, &intent.key, parameters.return_item_collection_metrics)
                .await?,
            attributes: attributes(&write_set),
        })
    }

    async fn write_one(
        &self,
        operation: OperationName,
        planned: Planned,
        on_failure: ReturnValuesOnConditionCheckFailure,
    ) -> Result<(Planned, WriteSet), FailedWrite> {
        let mut writes = [planned];
        let terms = Terms { operation: Some(operation), ..Terms::default() };
        let outcome = transact(self, &mut writes, terms).await.map_err(|failure| match failure {
            Failure::Conflict => ApiError::TransactionConflict,
            Failure::Api(error) => error,
        })?;
        let [planned] = writes;
        match outcome {
            Outcome::Written(mut write_sets) => {
                Ok((planned, write_sets.pop().expect("one write has one write set")))
            }
            Outcome::Refused(refusals) => {
                let refused = refusals.into_iter().flatten().next().expect("a refusal says why");
                let units = match &refused {
                    Refusal::Decided(WriteRefused::ConditionFailed { found }) => {
                        planned.intent.units_if_refused(found.as_ref())
                    }
                    _ => 0.0,
                };
                Err(FailedWrite { error: refusal(refused, on_failure), units })
            }
            Outcome::Replayed(_) => unreachable!("a write without token is not replayed"),
        }
    }

    /// How large the item's collection is, if that was asked for and the table has local indexes.
    pub(super) async fn collection_metrics(
        &self,
        table: &Table,
        key: &Item,
        wanted: ReturnItemCollectionMetrics,
    ) -> Result<Option<ItemCollectionMetrics>, ApiError> {
        if wanted == ReturnItemCollectionMetrics::None || !table.has_local_indexes() {
            return Ok(None);
        }
        let counter_key =
            keyspace::collection_size(table, key).expect("the key was checked against the schema");
        let size =
            self.read(|| async { self.store.snapshot(Freshness::Latest).await?.get(&counter_key).await });
        let size = counter(size.await?.as_deref());
        let gigabytes = (size.max(0) as f64 / f64::from(1 << 30)).floor();
        let partition = &table.key_schema.partition[0].name;
        Ok(Some(ItemCollectionMetrics {
            partition_key_name: partition.clone(),
            partition_key: key[partition].clone(),
            size_estimate_range_gb: [gigabytes, gigabytes + 1.0],
        }))
    }
}

fn refusal(refusal: Refusal, on_failure: ReturnValuesOnConditionCheckFailure) -> ApiError {
    match refusal {
        Refusal::Decided(WriteRefused::ConditionFailed { found }) => {
            ApiError::ConditionalCheckFailed { item: item_of_failed_condition(found, on_failure) }
        }
        Refusal::Decided(WriteRefused::Invalid(error)) => error.into(),
        Refusal::CollectionTooLarge => ApiError::ItemCollectionSizeLimitExceeded,
        Refusal::Throttled(throttle) => ApiError::ThroughputExceeded(throttle),
    }
}
