//! TransactGetItems: up to 100 items as they were at one moment.

use super::binding;
use crate::capacity::{ReadKind, read_units};
use crate::engine::Engine;
use crate::key_check;
use crate::keyspace::{self, DataPath};
use crate::stored;
use crate::table::Table;
use bytes::Bytes;
use pixii_expression::Projection;
use pixii_model::capacity::{Capacity, ConsumedCapacity, ReturnConsumedCapacity};
use pixii_model::error::{CancellationReason, Flow, KeyFault, ValidationError};
use pixii_model::limits::TRANSACTION_BYTES_MAX;
use pixii_model::operation::transact_get_items::{Get, ItemResponse};
use pixii_model::operation::{
    Execute, OperationName, TransactGetItems, TransactGetItemsInput, TransactGetItemsOutput,
};
use pixii_model::{ApiError, EncodedItem, Item, OutputItem, RequestContext};
use pixii_store::{Freshness, Read, Store, StoreError};
use std::collections::HashSet;
use std::sync::Arc;

/// A read of one item by its key, bound.
pub(super) struct KeyedGet {
    /// The table.
    pub table: Arc<Table>,
    /// The item's whole primary key.
    pub key: Item,
    /// The attributes wanted.
    pub projection: Option<Projection>,
}

impl<S: Store> Execute<TransactGetItems> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: TransactGetItemsInput,
    ) -> Result<TransactGetItemsOutput, ApiError> {
        let gets: Vec<Get> = input.transact_items.into_iter().map(|item| item.get).collect();
        let projections = gets.iter().map(bind).collect::<Result<Vec<_>, _>>()?;
        let mut bound = Vec::with_capacity(gets.len());
        for (get, projection) in gets.into_iter().zip(projections) {
            bound.push(KeyedGet { table: self.table(&get.table_name).await?, key: get.key, projection });
        }
        self.transact_get(bound, input.return_consumed_capacity, OperationName::TransactGetItems).await
    }
}

impl<S: Store> Engine<S> {
    /// Reads some items as they are at one moment.
    pub(super) async fn transact_get(
        &self,
        gets: Vec<KeyedGet>,
        detail: ReturnConsumedCapacity,
        operation: OperationName,
    ) -> Result<TransactGetItemsOutput, ApiError> {
        check(&gets)?;
        self.admit_gets(&gets, operation)?;
        let found = self.read(|| async {
            let snapshot = self.store.snapshot(Freshness::Latest).await?;
            read(&snapshot, &gets).await
        });
        let found = found.await?;
        let size = |item: &Option<EncodedItem>| item.as_ref().map_or(0, EncodedItem::size);
        if found.iter().map(size).sum::<usize>() > TRANSACTION_BYTES_MAX {
            return Err(KeyFault::TransactionTooLarge.into());
        }
        for (get, item) in gets.iter().zip(&found) {
            let units = read_units(size(item), ReadKind::Transactional);
            let account = self.account(DataPath::Table(&get.table), Flow::Read, Some(operation));
            account.consume(&get.stored_key(), units);
        }
        let consumed_capacity =
            (detail != ReturnConsumedCapacity::None).then(|| consumed(&gets, found.iter().map(size), detail));
        let responses = found
            .into_iter()
            .zip(&gets)
            .map(|(item, get)| ItemResponse {
                item: item.and_then(|item| match &get.projection {
                    None => Some(OutputItem::Encoded(item)),
                    // Where nothing is left, AWS answers as if there were no item, unlike GetItem.
                    Some(projection) => {
                        Some(projection.project(&item)).filter(|item| !item.is_empty()).map(OutputItem::from)
                    }
                }),
            })
            .collect();
        Ok(TransactGetItemsOutput { consumed_capacity, responses })
    }

    /// Whether there is throughput for all of it; without it for one, the transaction is cancelled.
    fn admit_gets(&self, gets: &[KeyedGet], operation: OperationName) -> Result<(), ApiError> {
        let admitted = |get: &KeyedGet| {
            let account = self.account(DataPath::Table(&get.table), Flow::Read, Some(operation));
            match account.admit(&get.stored_key()) {
                Ok(()) => CancellationReason::None,
                Err(throttle) => CancellationReason::ThroughputExceeded(throttle),
            }
        };
        let reasons: Vec<_> = gets.iter().map(admitted).collect();
        match reasons.iter().all(|reason| *reason == CancellationReason::None) {
            true => Ok(()),
            false => Err(ApiError::TransactionCanceled { reasons }),
        }
    }
}

impl KeyedGet {
    fn stored_key(&self) -> Bytes {
        keyspace::item(&self.table, &self.key).expect("the key was checked against the schema")
    }
}

fn bind(get: &Get) -> Result<Option<Projection>, ApiError> {
    let mut placeholders = binding::placeholders(get.expression_attribute_names.as_ref(), None)?;
    let projection = binding::projection(get.projection_expression.as_deref(), &mut placeholders)?;
    placeholders.finish()?;
    Ok(projection)
}

/// Checks the keys: those that do not fit cancel the transaction, repeated ones refuse the request.
fn check(gets: &[KeyedGet]) -> Result<(), ApiError> {
    let mut reasons = vec![CancellationReason::None; gets.len()];
    let mut keys = HashSet::with_capacity(gets.len());
    for (at, get) in gets.iter().enumerate() {
        key_check::scalar_keys(&get.table, get.projection.iter().flat_map(Projection::paths))?;
        match key_check::is_key(&get.table, &get.key) {
            Ok(()) => {
                if !keys.insert(get.stored_key()) {
                    return Err(KeyFault::RepeatedTransactionItem.into());
                }
            }
            Err(fault @ KeyFault::Empty { .. }) => return Err(fault.into()),
            Err(fault) => reasons[at] = CancellationReason::ValidationError(ValidationError::Key(fault)),
        }
    }
    if reasons.iter().all(|reason| *reason == CancellationReason::None) {
        Ok(())
    } else {
        Err(ApiError::TransactionCanceled { reasons })
    }
}

async fn read(snapshot: &impl Read, gets: &[KeyedGet]) -> Result<Vec<Option<EncodedItem>>, StoreError> {
    let mut found = Vec::with_capacity(gets.len());
    for get in gets {
        found.push(match snapshot.get(&get.stored_key()).await? {
            Some(value) => Some(stored::load(snapshot, get.table.id, &value).await?.item),
            None => None,
        });
    }
    Ok(found)
}

fn consumed(
    gets: &[KeyedGet],
    sizes: impl Iterator<Item = usize>,
    detail: ReturnConsumedCapacity,
) -> Vec<ConsumedCapacity> {
    let parts = gets.iter().zip(sizes).map(|(get, size)| ConsumedCapacity {
        table_name: get.table.name.clone(),
        table: Capacity::read(read_units(size, ReadKind::Transactional)),
        detail,
        split: true,
        ..ConsumedCapacity::default()
    });
    ConsumedCapacity::by_table(parts)
}
