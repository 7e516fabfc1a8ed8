//! TransactGetItems: up to 100 items as they were at one moment.

use super::binding;
use crate::capacity::{ReadKind, read_units};
use crate::engine::Engine;
use crate::key_check;
use crate::keyspace;
use crate::stored;
use crate::table::Table;
use pixii_expression::Projection;
use pixii_model::capacity::{Capacity, ConsumedCapacity, ReturnConsumedCapacity};
use pixii_model::error::{CancellationReason, KeyFault, ValidationError};
use pixii_model::limits::TRANSACTION_BYTES_MAX;
use pixii_model::operation::transact_get_items::{Get, ItemResponse};
use pixii_model::operation::{Execute, TransactGetItems, TransactGetItemsInput, TransactGetItemsOutput};
use pixii_model::{ApiError, EncodedItem, OutputItem, RequestContext};
use pixii_store::{Freshness, Read, Store, StoreError};
use std::collections::HashSet;
use std::sync::Arc;

impl<S: Store> Execute<TransactGetItems> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: TransactGetItemsInput,
    ) -> Result<TransactGetItemsOutput, ApiError> {
        let gets: Vec<Get> = input.transact_items.into_iter().map(|item| item.get).collect();
        let projections = gets.iter().map(bind).collect::<Result<Vec<_>, _>>()?;
        let mut tables = Vec::with_capacity(gets.len());
        for get in &gets {
            tables.push(self.table(&get.table_name).await?);
        }
        check(&gets, &tables, &projections)?;

        let found = self.read(|| async {
            let snapshot = self.store.snapshot(Freshness::Latest).await?;
            read(&snapshot, &gets, &tables).await
        });
        let found = found.await?;
        let size = |item: &Option<EncodedItem>| item.as_ref().map_or(0, EncodedItem::size);
        if found.iter().map(size).sum::<usize>() > TRANSACTION_BYTES_MAX {
            return Err(KeyFault::TransactionTooLarge.into());
        }
        let detail = input.return_consumed_capacity;
        let consumed_capacity = (detail != ReturnConsumedCapacity::None).then(|| {
            let sizes = found.iter().map(size);
            consumed(&tables, sizes, detail)
        });
        let responses = found
            .into_iter()
            .zip(&projections)
            .map(|(item, projection)| ItemResponse {
                item: item.and_then(|item| match projection {
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
}

fn bind(get: &Get) -> Result<Option<Projection>, ApiError> {
    let mut placeholders = binding::placeholders(get.expression_attribute_names.as_ref(), None)?;
    let projection = binding::projection(get.projection_expression.as_deref(), &mut placeholders)?;
    placeholders.finish()?;
    Ok(projection)
}

/// Checks the keys: those that do not fit cancel the transaction, repeated ones refuse the request.
fn check(gets: &[Get], tables: &[Arc<Table>], projections: &[Option<Projection>]) -> Result<(), ApiError> {
    let mut reasons = vec![CancellationReason::None; gets.len()];
    let mut keys = HashSet::with_capacity(gets.len());
    for (at, (get, table)) in gets.iter().zip(tables).enumerate() {
        key_check::scalar_keys(table, projections[at].iter().flat_map(Projection::paths))?;
        match key_check::is_key(table, &get.key) {
            Ok(()) => {
                let key = keyspace::item(table, &get.key).expect("the key was checked against the schema");
                if !keys.insert(key) {
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

async fn read(
    snapshot: &impl Read,
    gets: &[Get],
    tables: &[Arc<Table>],
) -> Result<Vec<Option<EncodedItem>>, StoreError> {
    let mut found = Vec::with_capacity(gets.len());
    for (get, table) in gets.iter().zip(tables) {
        let key = keyspace::item(table, &get.key).expect("the key was checked against the schema");
        found.push(match snapshot.get(&key).await? {
            Some(value) => Some(stored::load(snapshot, table.id, &value).await?.item),
            None => None,
        });
    }
    Ok(found)
}

fn consumed(
    tables: &[Arc<Table>],
    sizes: impl Iterator<Item = usize>,
    detail: ReturnConsumedCapacity,
) -> Vec<ConsumedCapacity> {
    let mut consumed: Vec<ConsumedCapacity> = Vec::new();
    for (table, size) in tables.iter().zip(sizes) {
        let units = Capacity::read(read_units(size, ReadKind::Transactional));
        match consumed.iter_mut().find(|known| known.table_name == table.name) {
            Some(known) => known.table += units,
            None => consumed.push(ConsumedCapacity {
                table_name: table.name.clone(),
                table: units,
                detail,
                split: true,
                ..ConsumedCapacity::default()
            }),
        }
    }
    consumed
}
