//! TransactWriteItems: up to 100 actions on distinct items, all or nothing.

use super::binding;
use super::write_output;
use crate::capacity::{ReadKind, read_units};
use crate::engine::Engine;
use crate::table::Table;
use crate::write::{
    Failure, Outcome, Planned, Refusal, Terms, TokenRequest, WriteIntent, WriteRefused, WriteSet, transact,
};
use pixii_expression::{Condition, Update};
use pixii_model::capacity::{
    Capacity, ConsumedCapacity, ReturnConsumedCapacity, ReturnItemCollectionMetrics,
};
use pixii_model::error::{CancellationReason, KeyFault, ValidationError};
use pixii_model::limits::{ITEM_SIZE_MAX, TRANSACTION_BYTES_MAX};
use pixii_model::operation::parameters::ReturnValuesOnConditionCheckFailure;
use pixii_model::operation::transact_write_items::{TransactAction, TransactWriteItem};
use pixii_model::operation::{
    Execute, OperationName, TransactWriteItems, TransactWriteItemsInput, TransactWriteItemsOutput,
};
use pixii_model::{ApiError, AttributeValue, EncodedItem, Item, RequestContext};
use pixii_store::Store;
use std::collections::HashSet;

/// An action whose expressions are bound.
struct Bound {
    table_name: String,
    action: BoundAction,
    condition: Option<Condition>,
    on_failure: ReturnValuesOnConditionCheckFailure,
}

enum BoundAction {
    Check(Item),
    Put(Item),
    Delete(Item),
    Update(Item, Update),
}

impl<S: Store> Execute<TransactWriteItems> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: TransactWriteItemsInput,
    ) -> Result<TransactWriteItemsOutput, ApiError> {
        let token = input
            .client_request_token
            .clone()
            .map(|token| TokenRequest { token, hash: hash(&input.transact_items) });
        let payload: usize = input.transact_items.iter().map(payload).sum();
        let bound = input.transact_items.into_iter().map(bind).collect::<Result<Vec<_>, _>>()?;
        if payload > TRANSACTION_BYTES_MAX {
            return Err(KeyFault::TransactionPayloadTooLarge.into());
        }
        let (detail, metrics) = (input.return_consumed_capacity, input.return_item_collection_metrics);
        self.transact_writes(bound, token, detail, metrics, OperationName::TransactWriteItems).await
    }
}

/// One write of a transaction, whatever operation it comes from.
pub(super) trait TransactedWrite {
    /// The table's name or ARN.
    fn table_name(&self) -> &str;
    /// What a failed condition means.
    fn on_failure(&self) -> OnFailure;
    /// The intent. What does not fit the table cancels the transaction.
    fn intent(self, table: &Table) -> Result<WriteIntent, ValidationError>;
}

/// What the failed condition of a write means.
#[derive(Clone, Copy, Debug)]
pub(super) enum OnFailure {
    /// What it says.
    Condition(ReturnValuesOnConditionCheckFailure),
    /// That an item is there which is to be made.
    Duplicate,
}

impl<S: Store> Engine<S> {
    /// Carries a transaction of writes through and answers it.
    pub(super) async fn transact_writes<W: TransactedWrite>(
        &self,
        writes: Vec<W>,
        token: Option<TokenRequest>,
        detail: ReturnConsumedCapacity,
        metrics: ReturnItemCollectionMetrics,
        operation: OperationName,
    ) -> Result<TransactWriteItemsOutput, ApiError> {
        let on_failure: Vec<_> = writes.iter().map(TransactedWrite::on_failure).collect();
        let mut writes = self.plan(writes).await?;
        let _working = match &token {
            Some(token) => Some(self.tokens.begin(&token.token).ok_or(ApiError::TransactionInProgress)?),
            None => None,
        };
        let bytes_max = Some(TRANSACTION_BYTES_MAX);
        let terms = Terms {
            token: token.as_ref(),
            bytes_max,
            transactional: true,
            operation: Some(operation),
            ..Terms::default()
        };
        let outcome = transact(self, &mut writes, terms).await.map_err(|failure| match failure {
            Failure::Conflict => {
                let reasons = vec![CancellationReason::TransactionConflict; on_failure.len()];
                ApiError::TransactionCanceled { reasons }
            }
            Failure::Api(error) => error,
        })?;
        match outcome {
            Outcome::Written(write_sets) => {
                let written: Vec<(Planned, WriteSet)> = writes.into_iter().zip(write_sets).collect();
                Ok(TransactWriteItemsOutput {
                    consumed_capacity: (detail != ReturnConsumedCapacity::None)
                        .then(|| split(write_output::consumed_by_table(&written, 2.0, detail))),
                    item_collection_metrics: self.metrics_by_table(&written, metrics).await?,
                })
            }
            Outcome::Refused(refusals) => Err(canceled(refusals, &on_failure)),
            Outcome::Replayed(sizes) => Ok(TransactWriteItemsOutput {
                consumed_capacity: (detail != ReturnConsumedCapacity::None)
                    .then(|| split(replayed(&writes, &sizes, detail))),
                item_collection_metrics: None,
            }),
        }
    }
}

/// How many bytes an action brings along. AWS counts these, not what the items have that it removes or checks.
fn payload(item: &TransactWriteItem) -> usize {
    let (TransactAction::ConditionCheck { key: brought }
    | TransactAction::Delete { key: brought }
    | TransactAction::Update { key: brought, .. }
    | TransactAction::Put { item: brought }) = &item.action;
    let values = item.expression_attribute_values.iter().flat_map(|values| values.0.unchecked().values());
    brought.size() + values.map(AttributeValue::size).sum::<usize>()
}

/// Binds one action's expressions: what is wrong with them refuses the request, not the transaction.
fn bind(item: TransactWriteItem) -> Result<Bound, ApiError> {
    let mut placeholders = binding::placeholders(
        item.expression_attribute_names.as_ref(),
        item.expression_attribute_values.as_ref(),
    )?;
    let action = match item.action {
        TransactAction::ConditionCheck { key } => BoundAction::Check(key),
        TransactAction::Put { item } => {
            if item.size() > ITEM_SIZE_MAX {
                return Err(KeyFault::ItemTooLarge.into());
            }
            BoundAction::Put(item)
        }
        TransactAction::Delete { key } => BoundAction::Delete(key),
        TransactAction::Update { key, update_expression } => {
            BoundAction::Update(key, Update::parse(&update_expression, &mut placeholders)?)
        }
    };
    let condition = binding::condition(item.condition_expression.as_deref(), &mut placeholders)?;
    placeholders.finish()?;
    let on_failure = item.return_values_on_condition_check_failure;
    Ok(Bound { table_name: item.table_name, action, condition, on_failure })
}

impl TransactedWrite for Bound {
    fn table_name(&self) -> &str {
        &self.table_name
    }

    fn on_failure(&self) -> OnFailure {
        OnFailure::Condition(self.on_failure)
    }

    fn intent(self, table: &Table) -> Result<WriteIntent, ValidationError> {
        Ok(match self.action {
            BoundAction::Check(key) => {
                WriteIntent::check(table, key, self.condition.expect("a condition check has a condition"))?
            }
            BoundAction::Put(item) => WriteIntent::put(table, item, self.condition)?,
            BoundAction::Delete(key) => WriteIntent::delete(table, key, self.condition)?,
            BoundAction::Update(key, update) => WriteIntent::update(table, key, update, self.condition)?,
        })
    }
}

impl<S: Store> Engine<S> {
    /// Makes intents of all actions. The first that does not fit its table cancels the transaction: AWS looks no further, so
    /// that all others in it are innocent.
    async fn plan<W: TransactedWrite>(&self, actions: Vec<W>) -> Result<Vec<Planned>, ApiError> {
        let mut tables = Vec::with_capacity(actions.len());
        for action in &actions {
            tables.push(self.table(action.table_name()).await?);
        }
        let mut writes = Vec::with_capacity(actions.len());
        let count = actions.len();
        let mut refused = None;
        for (at, (action, table)) in actions.into_iter().zip(tables).enumerate() {
            match action.intent(&table) {
                Ok(intent) => writes.push(Planned { table, intent }),
                Err(error @ ValidationError::Key(KeyFault::Empty { .. })) => return Err(error.into()),
                Err(error) => {
                    if refused.is_none() {
                        refused = Some((at, error));
                    }
                }
            }
        }
        let mut keys = HashSet::with_capacity(writes.len());
        if !writes.iter().all(|planned| keys.insert(&planned.intent.stored_key)) {
            return Err(KeyFault::RepeatedTransactionItem.into());
        }
        match refused {
            None => Ok(writes),
            Some((at, error)) => {
                let mut reasons = vec![CancellationReason::None; count];
                reasons[at] = CancellationReason::ValidationError(error);
                Err(ApiError::TransactionCanceled { reasons })
            }
        }
    }
}

fn canceled(refusals: Vec<Option<Refusal>>, on_failure: &[OnFailure]) -> ApiError {
    let reason = |(refusal, on_failure): (Option<Refusal>, &OnFailure)| match refusal {
        None => CancellationReason::None,
        Some(Refusal::CollectionTooLarge) => CancellationReason::ItemCollectionSizeLimitExceeded,
        Some(Refusal::Throttled(throttle)) => CancellationReason::ThroughputExceeded(throttle),
        Some(Refusal::Decided(WriteRefused::ConditionFailed { found })) => match on_failure {
            OnFailure::Condition(wanted) => CancellationReason::ConditionalCheckFailed(
                write_output::item_of_failed_condition(found, *wanted),
            ),
            OnFailure::Duplicate => CancellationReason::DuplicateItem,
        },
        Some(Refusal::Decided(WriteRefused::Invalid(error))) => CancellationReason::ValidationError(error),
    };
    ApiError::TransactionCanceled { reasons: refusals.into_iter().zip(on_failure).map(reason).collect() }
}

/// Transactions tell reads from writes.
fn split(mut consumed: Vec<ConsumedCapacity>) -> Vec<ConsumedCapacity> {
    for of_table in &mut consumed {
        of_table.split = true;
    }
    consumed
}

/// What a replay consumed: transactional reads of the items.
fn replayed(writes: &[Planned], sizes: &[usize], detail: ReturnConsumedCapacity) -> Vec<ConsumedCapacity> {
    let mut consumed: Vec<ConsumedCapacity> = Vec::new();
    for (planned, size) in writes.iter().zip(sizes) {
        let units = Capacity::read(read_units(*size, ReadKind::Transactional));
        match consumed.iter_mut().find(|known| known.table_name == planned.table.name) {
            Some(known) => known.table += units,
            None => consumed.push(ConsumedCapacity {
                table_name: planned.table.name.clone(),
                table: units,
                detail,
                ..ConsumedCapacity::default()
            }),
        }
    }
    consumed
}

/// A hash of the actions, whose order and content make a request the same.
fn hash(actions: &[TransactWriteItem]) -> u128 {
    let mut bytes = Vec::with_capacity(1024);
    let mut part = |part: &[u8]| {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    };
    for action in actions {
        let (kind, item, update) = match &action.action {
            TransactAction::ConditionCheck { key } => (b"C", key, ""),
            TransactAction::Put { item } => (b"P", item, ""),
            TransactAction::Delete { key } => (b"D", key, ""),
            TransactAction::Update { key, update_expression } => (b"U", key, update_expression.as_str()),
        };
        part(kind);
        part(action.table_name.as_bytes());
        part(EncodedItem::encode(item).as_bytes());
        part(update.as_bytes());
        part(action.condition_expression.as_deref().unwrap_or_default().as_bytes());
        for (placeholder, name) in action.expression_attribute_names.iter().flatten() {
            part(placeholder.as_bytes());
            part(name.as_bytes());
        }
        let values = action.expression_attribute_values.iter().flat_map(|values| values.0.unchecked());
        let values: Item = values
            .map(|(placeholder, value): (&String, &AttributeValue)| (placeholder.clone(), value.clone()))
            .collect();
        part(EncodedItem::encode(&values).as_bytes());
        part(action.return_values_on_condition_check_failure.as_str().as_bytes());
    }
    twox_hash::XxHash3_128::oneshot(&bytes)
}
