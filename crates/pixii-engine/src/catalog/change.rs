//! Changing a table's record: the one way.

use super::read_record;
use super::record::TableRecord;
use super::transition::{Settled, settle};
use crate::engine::Engine;
use crate::env::Micros;
use crate::keyspace;
use crate::stream::{self, ShardId, stream_mutations};
use crate::table::DataId;
use crate::task::clearing;
use crate::write::transact::counter;
use pixii_model::ApiError;
use pixii_store::{Disposition, Freshness, Read, Store, StoreError, Transaction};

/// How often a change is tried before it is given up.
const ATTEMPTS_MAX: u32 = 24;

/// What a change finds.
#[derive(Debug)]
pub struct Found {
    /// The table's record as far as it is due; `None` if there is no such table.
    pub record: Option<TableRecord>,
    /// The time.
    pub now: Micros,
    /// The first of the ids that may be given to new data.
    pub first_id: DataId,
}

/// What a change makes of it.
#[derive(Debug)]
pub struct Change<T> {
    /// The record as it is to be; `None` removes the table with all its data.
    pub record: Option<TableRecord>,
    /// What the caller wants to know.
    pub answer: T,
}

/// How a decided change is carried out.
struct Effects {
    record: Option<TableRecord>,
    dropped: Vec<DataId>,
    gone: Vec<DataId>,
}

impl<S: Store> Engine<S> {
    /// Changes a table's record, or adds or removes it. `decide` is pure and may be run again. It may give new data any of
    /// `ids` ids from [`Found::first_id`] on.
    ///
    /// A record that is due when it comes out of `decide` (no delay) is stored as settled. The change runs to its end even if
    /// whoever asked for it goes away.
    pub(crate) async fn change_table<T: Send + 'static>(
        &self,
        name: &str,
        ids: u64,
        decide: impl FnMut(Found) -> Result<Change<T>, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let (engine, name) = (self.clone(), name.to_owned());
        let change = tokio::spawn(async move { engine.run_change(&name, ids, decide).await });
        change.await.unwrap_or_else(|error| Err(ApiError::internal(error.to_string())))
    }

    async fn run_change<T: Send>(
        &self,
        name: &str,
        ids: u64,
        mut decide: impl FnMut(Found) -> Result<Change<T>, ApiError> + Send,
    ) -> Result<T, ApiError> {
        let _turn = self.catalog.changing.lock().await;
        self.catalog.supersede(name);
        let outcome = self.try_change(name, ids, &mut decide).await;
        // Whatever came of it, what is kept now is what is stored.
        self.refresh_table(name).await;
        self.wake_stream_tasks();
        outcome
    }

    /// Keeps the table as it is stored. To be called while holding the catalog's turn.
    pub(super) async fn refresh_table(&self, name: &str) {
        let read = async {
            let snapshot = self.store.snapshot(Freshness::Latest).await?;
            read_record(&snapshot, name).await
        };
        match read.await {
            Ok(record) => self.catalog.keep(name, record.as_ref()),
            Err(error) => {
                tracing::error!(table = name, %error, "a table's record cannot be read");
                self.catalog.keep(name, None);
            }
        }
    }

    async fn try_change<T: Send>(
        &self,
        name: &str,
        ids: u64,
        decide: &mut (impl FnMut(Found) -> Result<Change<T>, ApiError> + Send),
    ) -> Result<T, ApiError> {
        let mut keys = vec![keyspace::table_record(name)];
        if ids > 0 {
            keys.push(keyspace::next_data_id());
        }
        let mut last = StoreError::Conflict;
        for _ in 0..ATTEMPTS_MAX {
            match self.attempt_change(name, ids, &keys, decide).await {
                Ok(outcome) => return outcome,
                Err(error) if error.disposition() == Disposition::Retry => last = error,
                Err(error) => return Err(self.store_failed(error)),
            }
        }
        Err(self.store_failed(last))
    }

    async fn attempt_change<T: Send>(
        &self,
        name: &str,
        ids: u64,
        keys: &[bytes::Bytes],
        decide: &mut (impl FnMut(Found) -> Result<Change<T>, ApiError> + Send),
    ) -> Result<Result<T, ApiError>, StoreError> {
        let mut transaction = self.store.begin(keys).await?;
        let stored = read_record(&transaction, name).await?;
        let first_id = match ids {
            0 => DataId(0),
            _ => DataId(counter(transaction.get(&keyspace::next_data_id()).await?.as_deref()).max(1) as u64),
        };
        let now = self.env.now();
        let mut gone = Vec::new();
        let mut dropped = Vec::new();
        let record = stored.clone().and_then(|record| settled(record, now, &mut dropped, &mut gone));
        let decided = match decide(Found { record, now, first_id }) {
            Ok(change) => change,
            Err(error) => {
                // The refusal rests on what was read: it is true only once that is durable.
                transaction.commit().await?;
                return Ok(Err(error));
            }
        };
        let record = match decided.record {
            Some(record) => settled(record, now, &mut dropped, &mut gone),
            None => None,
        };
        if record == stored && gone.is_empty() {
            transaction.commit().await?;
            return Ok(Ok(decided.answer));
        }
        if record.is_none() && stored.as_ref().is_some_and(|stored| !gone.contains(&stored.id)) {
            gone.extend(stored.iter().map(|stored| stored.id));
            dropped.extend(stored.iter().flat_map(TableRecord::data_ids));
        }
        if let (Some(stored), Some(record)) = (&stored, &record)
            && stored.id == record.id
        {
            let kept = record.data_ids();
            let given_up = |id: &DataId| !kept.contains(id) && !dropped.contains(id);
            let given_up: Vec<DataId> = stored.data_ids().into_iter().filter(given_up).collect();
            dropped.extend(given_up);
        }
        if ids > 0 {
            let next = (first_id.0 + ids) as i64;
            transaction.set(keyspace::next_data_id(), next.to_le_bytes().to_vec().into());
        }
        let change = self.env.random_u128() as u64;
        let removes = record.is_none();
        let effects = Effects { record, dropped, gone };
        let open = open_shards(&transaction, stored.as_ref(), effects.record.as_ref()).await?;
        let open = |partition| open.iter().find(|id: &&ShardId| id.partition == partition).copied();
        for mutation in stream_mutations(stored.as_ref(), effects.record.as_ref(), open, now) {
            mutation.apply(&mut transaction);
        }
        self.write(&mut transaction, name, stored.as_ref(), effects, change);
        match transaction.commit().await {
            Ok(_) => {}
            Err(StoreError::Unknown) => self.find_out(name, removes, change).await?,
            Err(error) => return Err(error),
        }
        Ok(Ok(decided.answer))
    }

    fn write(
        &self,
        transaction: &mut S::Transaction,
        name: &str,
        stored: Option<&TableRecord>,
        effects: Effects,
        change: u64,
    ) {
        let Effects { record, dropped, gone } = effects;
        if !record.as_ref().is_some_and(TableRecord::is_backfilling) {
            transaction.clear(keyspace::table_work(name));
        }
        match record {
            Some(mut record) => {
                let before = stored.filter(|stored| stored.id == record.id);
                record.version = before.map_or(0, |before| before.version) + 1;
                record.change = change;
                transaction
                    .set(keyspace::table_version(record.id), record.version.to_le_bytes().to_vec().into());
                transaction.set(keyspace::table_record(name), record.to_stored());
            }
            None => transaction.clear(keyspace::table_record(name)),
        }
        for id in gone {
            transaction.clear(keyspace::table_version(id));
        }
        for id in dropped {
            let log_kept = stored.is_some_and(|stored| stored.id == id && stored.log_kept);
            transaction.set(keyspace::dropped_data(id), clearing::note(log_kept));
        }
        transaction.add(keyspace::catalog_version(), 1);
    }

    /// Settles a commit of unknown outcome: answers if it happened, and asks for another attempt if it did not.
    async fn find_out(&self, name: &str, removes: bool, change: u64) -> Result<(), StoreError> {
        let snapshot = self.store.snapshot(Freshness::Latest).await?;
        match read_record(&snapshot, name).await? {
            Some(record) if record.change == change => Ok(()),
            None if removes => Ok(()),
            _ => Err(StoreError::Conflict),
        }
    }

    /// Takes all tables as far as they are due.
    pub(crate) async fn settle_due(&self) -> Result<(), ApiError> {
        let pending = self.pending_tables().await.map_err(|error| self.store_failed(error))?;
        for pending in pending {
            if pending.due.is_some_and(|due| due <= self.env.now()) {
                self.settle(&pending.name).await?;
            }
        }
        Ok(())
    }

    /// Takes a table as far as it is due.
    pub(crate) async fn settle(&self, name: &str) -> Result<(), ApiError> {
        self.change_table(name, 0, |found| Ok(Change { record: found.record, answer: () })).await
    }
}

/// The open shards of a table's stream, if its partitions change.
async fn open_shards(
    read: &impl Read,
    before: Option<&TableRecord>,
    after: Option<&TableRecord>,
) -> Result<Vec<ShardId>, StoreError> {
    let (Some(before), Some(after)) = (before, after) else { return Ok(Vec::new()) };
    let Some(stream) = before.stream.filter(|_| before.partitions != after.partitions) else {
        return Ok(Vec::new());
    };
    let shards = stream::read::shards_in(read, keyspace::shards(stream.id)).await?;
    Ok(shards.iter().filter(|shard| shard.end.is_none()).map(|shard| shard.id).collect())
}

/// A record as far as it is due; `None` if its table is gone by then.
fn settled(
    mut record: TableRecord,
    now: Micros,
    dropped: &mut Vec<DataId>,
    gone: &mut Vec<DataId>,
) -> Option<TableRecord> {
    match settle(&mut record, now) {
        Settled::Unchanged => Some(record),
        Settled::Changed { dropped: more } => {
            dropped.extend(more);
            Some(record)
        }
        Settled::Gone => {
            dropped.extend(record.data_ids());
            gone.push(record.id);
            None
        }
    }
}
