//! Fills an index that was added to a table with the items that were there before it; and likewise the order of expiry of a
//! table whose time to live was enabled.
//!
//! Writes keep an index up from the moment it is in the table's record, so what is missing are the entries of items that
//! nobody has written since. A step takes a page of items, names their keys, so that it takes turns with their writers, reads
//! them again and adds the entries that are still missing. An item that cannot be in the index (an attribute of another type
//! than its key, or too long) is left out, as AWS leaves it out. A table has one of these filled at a time.
//!
//! How far it has come is in the store, written with each step:
//!
//! ```text
//! 06 name -> index:u64 key        the id of the index (or order of expiry), and the key of the last item that was looked at
//! ```

use crate::catalog::{Change, ExpiryOrder, Found, TableRecord};
use crate::engine::Engine;
use crate::index;
use crate::keyspace::{self, Counter, DataPath};
use crate::stored;
use crate::table::{DataId, Index, Table, TimeToLive};
use crate::ttl;
use crate::write::transact::counter;
use crate::write::write_set::{self, Mutation, WriteSet};
use bytes::Bytes;
use pixii_model::ApiError;
use pixii_model::table::IndexStatus;
use pixii_store::{Direction, Freshness, Read, ScanLimit, Store, StoreError, Transaction};

/// How many items a step looks at. Their entries must fit a transaction of the narrowest store.
const STEP: ScanLimit = ScanLimit { entries: 50, bytes: 1 << 20 };

/// What is filled.
#[derive(Clone, Copy)]
enum Filled<'a> {
    Index(&'a Index),
    Expiry(&'a TimeToLive),
}

impl Filled<'_> {
    fn id(self) -> DataId {
        match self {
            Self::Index(index) => index.id,
            Self::Expiry(time_to_live) => time_to_live.id,
        }
    }
}

/// How far a step came.
enum Step {
    /// There may be more items.
    More,
    /// All items are in the index.
    Complete,
}

impl<S: Store> Engine<S> {
    /// Takes a page of a table's items into what is being filled, if anything is.
    pub(super) async fn backfill_step(&self, name: &str) -> Result<(), ApiError> {
        let Some(record) = self.find_record(name).await? else { return Ok(()) };
        let table = record.table();
        let filled = match record.indexes.iter().find(|index| index.backfilling) {
            Some(index) => {
                Filled::Index(table.index(&index.name).expect("an index that is being filled is kept up"))
            }
            None if record.time_to_live.is_backfilling() => match &table.time_to_live {
                Some(time_to_live) => Filled::Expiry(time_to_live),
                None => return self.begin_order_of_expiry(name).await,
            },
            None => return Ok(()),
        };
        match self.fill(&table, filled).await {
            Ok(Step::More) => Ok(()),
            Ok(Step::Complete) => {
                let id = filled.id();
                let complete = move |mut found: Found| {
                    if let Some(record) = &mut found.record {
                        filled_up(record, id);
                    }
                    Ok(Change { record: found.record, answer: () })
                };
                self.change_table(name, 0, complete).await
            }
            // Somebody wrote one of the items: look again.
            Err(StoreError::Conflict | StoreError::TooOld | StoreError::Unknown) => Ok(()),
            Err(error) => Err(self.store_failed(error)),
        }
    }

    /// Gives a table an order of expiry whose time to live was enabled by a program that kept none.
    async fn begin_order_of_expiry(&self, name: &str) -> Result<(), ApiError> {
        let begin = |mut found: Found| {
            if let Some(record) = &mut found.record
                && record.time_to_live.attribute.is_some()
            {
                let order = ExpiryOrder { id: found.first_id, backfilling: true };
                record.time_to_live.order.get_or_insert(order);
            }
            Ok(Change { record: found.record, answer: () })
        };
        self.change_table(name, 1, begin).await
    }

    async fn fill(&self, table: &Table, filled: Filled<'_>) -> Result<Step, StoreError> {
        let work = keyspace::table_work(&table.name);
        let snapshot = self.store.snapshot(Freshness::Latest).await?;
        let progress = snapshot.get(&work).await?;
        let mut range = keyspace::segment(DataPath::Table(table), 0, 1);
        if let Some(last) = progress.as_deref().and_then(|progress| last_looked_at(filled, progress)) {
            range = range.after(last);
        }
        let page = snapshot.scan(&range, Direction::Forward, STEP).await?;
        drop(snapshot);
        let Some((last, _)) = page.entries.last() else { return Ok(Step::Complete) };

        let mut keys: Vec<Bytes> = page.entries.iter().map(|(key, _)| key.clone()).collect();
        let last = last.clone();
        keys.push(work.clone());
        let mut transaction = self.store.begin(&keys).await?;
        let version = transaction.get(&keyspace::table_version(table.id)).await?;
        if counter(version.as_deref()) != table.version {
            // Somebody changed the table: look again.
            return Ok(Step::More);
        }
        if transaction.get(&work).await? != progress {
            // Another process is at it too, and was faster.
            return Ok(Step::More);
        }
        for (key, _) in &page.entries {
            match filled {
                Filled::Index(index) => {
                    self.add_missing_entry(&mut transaction, table, index, key).await?;
                }
                Filled::Expiry(time_to_live) => {
                    add_expiry(&mut transaction, table, time_to_live, key).await?;
                }
            }
        }
        transaction.set(work, [&filled.id().0.to_be_bytes()[..], &last].concat().into());
        transaction.commit().await?;
        Ok(if page.more { Step::More } else { Step::Complete })
    }

    async fn add_missing_entry(
        &self,
        transaction: &mut S::Transaction,
        table: &Table,
        index: &Index,
        key: &[u8],
    ) -> Result<(), StoreError> {
        let Some(value) = transaction.get(key).await? else { return Ok(()) };
        let item = stored::load(transaction, table.id, &value).await?;
        let Some(entry) = index::entry(table, index, &item.item.decode(), &item.item) else { return Ok(()) };
        if transaction.get(&entry.key).await?.is_some() {
            return Ok(());
        }
        let chunks_bodies = stored::chunks_bodies(&self.store.limits());
        for mutation in write_set::added_entry(table, index, &item, entry, chunks_bodies) {
            mutation.apply(transaction);
        }
        Ok(())
    }
}

async fn add_expiry(
    transaction: &mut impl Transaction,
    table: &Table,
    time_to_live: &TimeToLive,
    key: &[u8],
) -> Result<(), StoreError> {
    let Some(value) = transaction.get(key).await? else { return Ok(()) };
    let item = stored::load(transaction, table.id, &value).await?;
    if let Some(entry) = ttl::entry(time_to_live, key, &item.item) {
        transaction.set(entry, Bytes::new());
    }
    Ok(())
}

/// Notes that an index or order of expiry holds all items.
fn filled_up(record: &mut TableRecord, id: DataId) {
    if let Some(index) = record.indexes.iter_mut().find(|index| index.id == id && index.backfilling) {
        index.backfilling = false;
        index.status = IndexStatus::Active;
    }
    if let Some(order) = record.time_to_live.order.as_mut().filter(|order| order.id == id) {
        order.backfilling = false;
    }
}

/// The key of the last item that was looked at for that.
fn last_looked_at<'a>(filled: Filled<'_>, progress: &'a [u8]) -> Option<&'a [u8]> {
    progress
        .split_first_chunk::<8>()
        .filter(|(id, _)| **id == filled.id().0.to_be_bytes())
        .map(|(_, key)| key)
}

/// Sets right what a write counts for indexes that are still being filled: it took for granted that they held the item as it
/// was, and they may not.
pub(crate) async fn count_missing_entries(
    read: &impl Read,
    table: &Table,
    write_set: &mut WriteSet,
) -> Result<(), StoreError> {
    let changed = write_set.index_costs.iter().map(|cost| &table.indexes[cost.position]);
    let filling: Vec<&Index> = changed.filter(|index| !index.readable).collect();
    let Some(before) = write_set.before.clone().filter(|_| !filling.is_empty()) else { return Ok(()) };
    let item = before.decode();
    for index in filling {
        let Some(entry) = index::entry(table, index, &item, &before) else { continue };
        if read.get(&entry.key).await?.is_none() {
            let bytes = entry.item.size() as i64;
            write_set.mutations.push(Mutation::Add(keyspace::counter(index.id, Counter::Items), 1));
            write_set.mutations.push(Mutation::Add(keyspace::counter(index.id, Counter::Bytes), bytes));
        }
    }
    Ok(())
}
