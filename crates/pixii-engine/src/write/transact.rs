//! The only retry loop: begins, reads, decides, applies and commits until it holds or cannot.

use super::decide::{Origin, WriteRefused, decide};
use super::intent::{Change, WriteIntent};
use super::reserved::Reserved;
use super::token::{Recorded, TokenRequest};
use super::write_set::WriteSet;
use crate::change_log::Actor;
use crate::engine::Engine;
use crate::keyspace;
use crate::stored;
use crate::table::Table;
use crate::task::backfill::count_missing_entries;
use bytes::Bytes;
use pixii_model::ApiError;
use pixii_model::error::{KeyFault, MissingResource, Throttle};
use pixii_model::limits::ITEM_COLLECTION_BYTES_MAX;
use pixii_model::operation::OperationName;
use pixii_store::{Disposition, KeyRange, Read, Store, StoreError, Transaction};
use std::sync::Arc;
use std::time::Duration;

/// How often a write is tried before it is given up as a conflict.
const ATTEMPTS_MAX: u32 = 24;
/// From this attempt on, there is a pause before the next.
const PAUSE_FROM: u32 = 4;

/// One wanted write and the table it goes to.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The table, as it was when the intent was made.
    pub table: Arc<Table>,
    /// What is wanted.
    pub intent: WriteIntent,
}

/// What became of a transaction.
#[derive(Debug)]
pub enum Outcome {
    /// All of it is written, and durable.
    Written(Vec<WriteSet>),
    /// None of it: why, for each write that is to blame.
    Refused(Vec<Option<Refusal>>),
    /// An earlier request with the same token was written; the sizes of the items now, for the account.
    Replayed(Vec<usize>),
}

/// Why one write of a transaction cannot be.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// As decided.
    Decided(WriteRefused),
    /// Its item collection would grow past its limit.
    CollectionTooLarge,
    /// Its table, or an index that it changes, has no throughput left.
    Throttled(Throttle),
}

/// Why a transaction ended without an outcome.
#[derive(Debug)]
pub enum Failure {
    /// It kept meeting others.
    Conflict,
    /// Anything else.
    Api(ApiError),
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

/// On what terms some writes are made together.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terms<'a> {
    /// A token whose record is written with them.
    pub token: Option<&'a TokenRequest>,
    /// How large the written items may be together, in bytes.
    pub bytes_max: Option<usize>,
    /// Who makes them.
    pub actor: Actor,
    /// What asked for them; nothing did if they are background work.
    pub operation: Option<OperationName>,
    /// Whether they are a transaction to whoever asked for them, who pays twice for it.
    pub transactional: bool,
}

/// Writes all of `writes` or none, on these terms.
pub async fn transact<S: Store>(
    engine: &Engine<S>,
    writes: &mut [Planned],
    terms: Terms<'_>,
) -> Result<Outcome, Failure> {
    let mut keys: Vec<Bytes> = writes.iter().map(|planned| planned.intent.stored_key.clone()).collect();
    keys.extend(terms.token.map(TokenRequest::key));
    // What an attempt wrote whose outcome is not known.
    let mut unsure = None;
    for attempt in 0..ATTEMPTS_MAX {
        if attempt >= PAUSE_FROM {
            let spread = engine.env.random_u128() as u64 % 1000;
            engine.env.sleep(Duration::from_micros(spread * u64::from(attempt))).await;
        }
        match attempt_once(engine, writes, terms, &keys).await {
            // The token's record is that attempt's own: it was written after all.
            Ok(Outcome::Replayed(sizes)) => {
                return Ok(unsure.map_or(Outcome::Replayed(sizes), Outcome::Written));
            }
            Ok(outcome) => return Ok(outcome),
            Err(Interrupted::StaleTable(at)) => renew(engine, writes, at).await?,
            Err(Interrupted::Failed(failure)) => return Err(failure),
            Err(Interrupted::Unknown(write_sets)) => {
                unsure = Some(write_sets);
                // A token's record tells on the next attempt whether this one was written.
                if terms.token.is_none() {
                    break;
                }
            }
            Err(Interrupted::Store(error)) if error.disposition() == Disposition::Retry => {}
            Err(Interrupted::Store(StoreError::TooLarge { .. })) => return Err(too_large(writes).into()),
            Err(Interrupted::Store(error)) => return Err(Failure::Api(engine.store_failed(error))),
        }
    }
    match unsure {
        Some(_) => Err(Failure::Api(engine.store_failed(StoreError::Unknown))),
        None => Err(Failure::Conflict),
    }
}

/// What a client is told of writes that are too large for the store. Where a store takes only so much at once, indexes that hold
/// large attributes of their own choice can make more of an item, or of a transaction, than AWS's limits on those allow for. AWS
/// has no words for it; what is nearest are those for its own limits.
fn too_large(writes: &[Planned]) -> ApiError {
    let fault = match writes {
        [Planned { intent: WriteIntent { change: Change::Update(_), .. }, .. }] => {
            KeyFault::UpdatedItemTooLarge
        }
        [_] => KeyFault::ItemTooLarge,
        _ => KeyFault::TransactionTooLarge,
    };
    fault.into()
}

enum Interrupted {
    /// The table of the write at that place has changed.
    StaleTable(usize),
    /// The commit of this may or may not have happened.
    Unknown(Vec<WriteSet>),
    Store(StoreError),
    Failed(Failure),
}

impl From<StoreError> for Interrupted {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

async fn attempt_once<S: Store>(
    engine: &Engine<S>,
    writes: &[Planned],
    terms: Terms<'_>,
    keys: &[Bytes],
) -> Result<Outcome, Interrupted> {
    let mut transaction = engine.store.begin(keys).await?;
    check_versions(engine, &mut transaction, writes).await?;
    let now = engine.env.now();
    if let Some(token) = terms.token {
        match token.read(&transaction, now).await? {
            Recorded::Nothing => {}
            Recorded::SameRequest => return replay(transaction, writes).await,
            Recorded::OtherRequest => {
                transaction.commit().await?;
                return Err(Interrupted::Failed(ApiError::IdempotentParameterMismatch.into()));
            }
        }
    }

    let mut write_sets = Vec::with_capacity(writes.len());
    let mut reserved = Reserved::new(engine, terms);
    let mut refusals: Vec<Option<Refusal>> = Vec::new();
    for (at, Planned { table, intent }) in writes.iter().enumerate() {
        let before = match transaction.get(&intent.stored_key).await? {
            Some(value) => Some(stored::load(&transaction, table.id, &value).await?),
            None => None,
        };
        let origin = Origin { now, region: 0, actor: terms.actor, body_id: engine.new_body_id() };
        let refusal = match decide(table, intent, before, &origin) {
            Ok(mut write_set) => {
                count_missing_entries(&transaction, table, &mut write_set).await?;
                let too_large = grows_too_large(&transaction, table, intent, &write_set).await?;
                let throttled = reserved.reserve(table, intent, &write_set).err();
                write_sets.push(write_set);
                let too_large = too_large.then_some(Refusal::CollectionTooLarge);
                too_large.or(throttled.map(Refusal::Throttled))
            }
            Err(refused) => match reserved.refused(table, intent, &refused) {
                Ok(()) => Some(Refusal::Decided(refused)),
                Err(throttle) => Some(Refusal::Throttled(throttle)),
            },
        };
        if let Some(refusal) = refusal {
            refusals.resize_with(writes.len(), || None);
            refusals[at] = Some(refusal);
        }
    }
    if !refusals.is_empty() {
        // The refusal rests on what was read: it is true only once that is durable.
        transaction.commit().await?;
        return Ok(Outcome::Refused(refusals));
    }
    let bytes: usize = write_sets.iter().map(WriteSet::item_bytes).sum();
    if terms.bytes_max.is_some_and(|max| bytes > max) {
        transaction.commit().await?;
        return Err(Interrupted::Failed(ApiError::from(KeyFault::TransactionTooLarge).into()));
    }
    // The mark comes first, so that what lies behind it was written when it shows, or later.
    if write_sets.iter().any(WriteSet::is_logged) && engine.clock_marks.is_due(now) {
        transaction.append(keyspace::clock_mark_prefix(now), Bytes::new());
    }
    for write_set in &write_sets {
        write_set.apply(&mut transaction);
    }
    if let Some(token) = terms.token {
        token.record(&mut transaction, now);
    }
    match transaction.commit().await {
        Ok(_) => {
            reserved.keep();
            Ok(Outcome::Written(write_sets))
        }
        Err(error) if error.disposition() == Disposition::Unknown => {
            reserved.keep();
            Err(Interrupted::Unknown(write_sets))
        }
        Err(error) => Err(error.into()),
    }
}

/// Makes the transaction depend on the version of each table, so that a change of a table conflicts with writes to it.
async fn check_versions<S: Store>(
    engine: &Engine<S>,
    transaction: &mut S::Transaction,
    writes: &[Planned],
) -> Result<(), Interrupted> {
    for (at, Planned { table, .. }) in writes.iter().enumerate() {
        let same = |earlier: &Planned| earlier.table.id == table.id && earlier.table.version == table.version;
        if writes[..at].iter().any(same) {
            continue;
        }
        let key = keyspace::table_version(table.id);
        if engine.is_current(table) {
            transaction.depend_on(KeyRange::single(&key));
        } else if counter(transaction.get(&key).await?.as_deref()) != table.version {
            return Err(Interrupted::StaleTable(at));
        }
    }
    Ok(())
}

/// The value of a counter; absent is 0.
pub(crate) fn counter(value: Option<&[u8]>) -> i64 {
    value.and_then(|bytes| bytes.try_into().ok()).map_or(0, i64::from_le_bytes)
}

/// Takes the new definition of one write's table into all writes to it. A table that was replaced by another is a table that
/// is gone.
async fn renew<S: Store>(engine: &Engine<S>, writes: &mut [Planned], at: usize) -> Result<(), Failure> {
    let stale = Arc::clone(&writes[at].table);
    let table = engine.renewed_table(&stale).await?;
    if table.id != stale.id {
        return Err(ApiError::ResourceNotFound(MissingResource::Table).into());
    }
    for planned in writes.iter_mut().filter(|planned| planned.table.id == table.id) {
        planned.table = Arc::clone(&table);
    }
    Ok(())
}

async fn grows_too_large(
    transaction: &impl Transaction,
    table: &Table,
    intent: &WriteIntent,
    write_set: &WriteSet,
) -> Result<bool, StoreError> {
    if write_set.collection_growth <= 0 || !intent.may_grow_collection(table) {
        return Ok(false);
    }
    let key = keyspace::collection_size(table, &intent.key).expect("the key was checked against the schema");
    let size = counter(transaction.get_unvalidated(&key).await?.as_deref());
    Ok(size.saturating_add(write_set.collection_growth) > ITEM_COLLECTION_BYTES_MAX as i64)
}

/// A token that was used for the same request before: nothing is written again, and the items are read for the account.
async fn replay(transaction: impl Transaction, writes: &[Planned]) -> Result<Outcome, Interrupted> {
    let mut sizes = Vec::with_capacity(writes.len());
    for Planned { table, intent } in writes {
        sizes.push(match transaction.get(&intent.stored_key).await? {
            Some(value) => stored::load(&transaction, table.id, &value).await?.item.size(),
            None => 0,
        });
    }
    transaction.commit().await?;
    Ok(Outcome::Replayed(sizes))
}

impl<S: Store> Engine<S> {
    /// A number for a body that may go into chunks; `None` where the store takes whole items.
    fn new_body_id(&self) -> Option<u128> {
        stored::chunks_bodies(&self.store.limits()).then(|| self.env.random_u128())
    }
}
