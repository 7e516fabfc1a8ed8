//! What streams need done: old shards are closed and followed by others, old records are trimmed, and a stream that was
//! turned off goes when its last record is too old to be read.
//!
//! Each step is small. Writers are not disturbed: a new shard is one append, and what is trimmed nobody writes.

use super::Next;
use crate::catalog::{Change, Found};
use crate::change_log::{ChangeRecord, Position};
use crate::engine::Engine;
use crate::env::Micros;
use crate::keyspace::{self, Key};
use crate::stored::damaged;
use crate::stream::read::{shards_in, streams_in};
use crate::stream::{ShardEvent, ShardId, StreamRecord};
use crate::table::DataId;
use crate::task::clearing;
use bytes::Bytes;
use pixii_model::ApiError;
use pixii_store::{Direction, Freshness, KeyRange, Read, ScanLimit, Store, StoreError, Transaction};
use std::collections::HashSet;
use std::time::Duration;

/// How many records are trimmed at a time.
const TRIM_STEP: ScanLimit = ScanLimit { entries: 1000, bytes: 4 << 20 };
/// Many chunks of bodies may go with few records: no step clears more keys than this, give or take those of a record.
const TRIM_KEYS_MAX: usize = 4000;
/// How often streams are looked at, as a part of the time they keep their records.
const ROUNDS_PER_RETENTION: u32 = 200;
/// How often at the most.
const ROUND_MIN: Duration = Duration::from_millis(100);

impl<S: Store> Engine<S> {
    /// Does a little of what the streams need.
    pub(super) async fn stream_step(&self) -> Result<Next, ApiError> {
        let failed = |error| self.store_failed(error);
        let snapshot = self.store.snapshot(Freshness::Latest).await.map_err(failed)?;
        let streams = streams_in(&snapshot, keyspace::streams()).await.map_err(failed)?;
        drop(snapshot);
        let now = self.env.now();
        let round = (self.settings.stream_retention / ROUNDS_PER_RETENTION).max(ROUND_MIN);
        // Without streams there is nothing to wait for: who turns one on wakes us.
        let mut next = Next::At(Micros(u64::MAX));
        if !streams.is_empty() {
            next = Next::At(now.after(round));
        }
        let mut logs = HashSet::new();
        for stream in &streams {
            let reads_first = logs.insert(stream.table);
            // What fails of one stream does not keep the others from being looked after.
            let outcome = self.look_after_stream(stream, now, reads_first).await;
            next = next.sooner(outcome.unwrap_or_else(|error| self.failed(error)));
        }
        // Without streams nobody needs marks.
        let marks_before = if streams.is_empty() { Micros(u64::MAX) } else { self.stream_horizon() };
        if self.forget_clock_marks(marks_before).await.map_err(failed)? {
            next = Next::Now;
        }
        Ok(next)
    }

    /// Does a little of what a stream needs, and its log, if it is the first of those that read it.
    async fn look_after_stream(
        &self,
        stream: &StreamRecord,
        now: Micros,
        reads_first: bool,
    ) -> Result<Next, ApiError> {
        if stream.is_gone(now, self.settings.stream_retention) {
            return self.forget_stream(stream).await;
        }
        let failed = |error| self.store_failed(error);
        let rolled = self.roll_shards(stream).await;
        let trimmed = match reads_first {
            true => self.trim_log(stream.table, self.stream_horizon(), None).await,
            false => Ok(false),
        };
        let forgotten = self.forget_shards(stream).await;
        let more = trimmed.map_err(failed)? | forgotten.map_err(failed)?;
        let rolled = rolled.map_err(failed)?;
        Ok(if more { Next::Now } else { rolled })
    }

    /// Closes the shards of a stream that are old enough, each with a child in its partition. Answers when the next is due.
    async fn roll_shards(&self, stream: &StreamRecord) -> Result<Next, StoreError> {
        let age = self.settings.shard_age;
        if stream.disabled.is_some() {
            return Ok(Next::At(Micros(u64::MAX)));
        }
        let began = |id: ShardId| Micros(id.began * 1000);
        let snapshot = self.store.snapshot(Freshness::Latest).await?;
        let shards = shards_in(&snapshot, keyspace::shards(stream.id)).await?;
        drop(snapshot);
        let now = self.env.now();
        let open = || shards.iter().filter(|shard| shard.end.is_none()).map(|shard| shard.id);
        let is_due = |id: &ShardId| began(*id).after(age) <= now && id.began < now.millis();
        if !open().any(|id| is_due(&id)) {
            let first = open().map(|id| began(id).after(age)).min();
            return Ok(Next::At(first.unwrap_or(Micros(u64::MAX))));
        }
        // Reads what it rests on again: a partition may split, the stream may be turned off, another process may do the same.
        let mut transaction = self.store.begin(&[stream.key()]).await?;
        let stored = transaction.get(&stream.key()).await?;
        let is_on = stored.is_some_and(|value| {
            StreamRecord::from_stored(&value).is_ok_and(|record| record.disabled.is_none())
        });
        let shards = shards_in(&transaction, keyspace::shards(stream.id)).await?;
        for shard in shards.iter().filter(|shard| is_on && shard.end.is_none() && is_due(&shard.id)) {
            let event = ShardEvent::Begins { time: now, parent: Some(shard.id) };
            let prefix = keyspace::shard_prefix(stream.id, shard.id.partition);
            transaction.append(prefix, event.to_stored());
        }
        transaction.commit().await?;
        Ok(Next::Now)
    }

    /// Trims some records of a table's log that are of that time or older, with the bodies that nothing else needs; given the
    /// `last_stream` of a table, only as long as the table has no other. Answers whether there is more to trim.
    async fn trim_log(
        &self,
        table: DataId,
        horizon: Micros,
        last_stream: Option<&StreamRecord>,
    ) -> Result<bool, StoreError> {
        let mut range = keyspace::all_changes(table);
        loop {
            let snapshot = self.store.snapshot(Freshness::Latest).await?;
            let one = ScanLimit { entries: 1, bytes: usize::MAX };
            let first = snapshot.scan(&range, Direction::Forward, one).await?;
            let Some((key, value)) = first.entries.first() else { return Ok(false) };
            let Some(Key::Change { partition, .. }) = Key::parse(key) else {
                return Err(damaged("a change record cannot be read"));
            };
            let log = keyspace::changes(table, partition);
            range.start = log.end.clone().unwrap_or_default();
            if ChangeRecord::time_of(value).is_some_and(|time| time > horizon) {
                continue;
            }
            let chunk = snapshot.scan(&log, Direction::Forward, TRIM_STEP).await?;
            drop(snapshot);
            let mut doomed: Vec<Bytes> = Vec::new();
            let mut last = None;
            let mut more = chunk.more;
            for (key, value) in chunk.entries {
                let (position, record) = ChangeRecord::from_stored(&key, &value)?;
                if record.written.time > horizon || doomed.len() >= TRIM_KEYS_MAX {
                    more = record.written.time <= horizon;
                    break;
                }
                if let Some(body) = record.retired_body() {
                    doomed.extend((0..body.chunks).map(|chunk| keyspace::body_chunk(table, body.id, chunk)));
                }
                last = Some(position);
                doomed.push(key);
            }
            let trimmed = keyspace::trimmed(table, partition);
            let mut transaction = self.store.begin(std::slice::from_ref(&trimmed)).await?;
            if let Some(stream) = last_stream
                && !is_last(&transaction, stream).await?
            {
                return Ok(false);
            }
            for key in doomed {
                transaction.clear(key);
            }
            let before = transaction.get(&trimmed).await?.and_then(|value| Position::from_bytes(&value));
            if let Some(last) = last.filter(|last| before.is_none_or(|before| before < *last)) {
                transaction.set(trimmed, Bytes::copy_from_slice(&last.to_bytes()));
            }
            transaction.commit().await?;
            if more {
                return Ok(true);
            }
        }
    }

    /// Forgets shards whose records are all trimmed. Answers whether there may be more.
    async fn forget_shards(&self, stream: &StreamRecord) -> Result<bool, StoreError> {
        let snapshot = self.store.snapshot(Freshness::Latest).await?;
        let shards = shards_in(&snapshot, keyspace::shards(stream.id)).await?;
        let (now, retention) = (self.env.now(), self.settings.stream_retention);
        let Some(gone) = shards.iter().find(|shard| shard.is_gone(now, retention)) else { return Ok(false) };
        // What began a shard goes; the end of a partition that split goes with its last shard.
        let prefix = keyspace::shard_prefix(stream.id, gone.id.partition);
        let key = |position: Position| -> Bytes { [&prefix[..], &position.to_bytes()].concat().into() };
        let mut doomed = vec![key(gone.begin)];
        let follows = |shard: &&crate::stream::Shard| Some(shard.begin) == gone.end;
        if let Some(end) = gone.end.filter(|_| !shards.iter().any(|shard| follows(&shard))) {
            doomed.push(key(end));
        }
        drop(snapshot);
        let mut transaction = self.store.begin(&doomed).await?;
        for key in doomed {
            transaction.clear(key);
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Takes a stream away that cannot be read any more, and the log with it if nobody else reads that. One step of it.
    async fn forget_stream(&self, stream: &StreamRecord) -> Result<Next, ApiError> {
        let failed = |error| self.store_failed(error);
        let snapshot = self.store.snapshot(Freshness::Latest).await.map_err(failed)?;
        let is_last = is_last(&snapshot, stream).await.map_err(failed)?;
        drop(snapshot);
        let table = stream.table;
        if is_last {
            // First writers stop to leave retired bodies to the log, then the log goes, and then what told of it.
            let stop = move |found: Found| {
                let mut record = found.record;
                if let Some(record) =
                    record.as_mut().filter(|record| record.id == table && record.stream.is_none())
                {
                    record.log_kept = false;
                }
                Ok(Change { record, answer: () })
            };
            self.change_table(&stream.table_name, 0, stop).await?;
            if self.trim_log(table, Micros(u64::MAX), Some(stream)).await.map_err(failed)? {
                return Ok(Next::Now);
            }
        }
        self.remove_stream(stream, is_last).await.map_err(failed)?;
        Ok(Next::Now)
    }

    async fn remove_stream(&self, stream: &StreamRecord, was_last: bool) -> Result<(), StoreError> {
        let mut transaction = self.store.begin(&[stream.key()]).await?;
        // One that was turned on meanwhile needs the log; if the others have gone, the log is to go first.
        let is_last = is_last(&transaction, stream).await?;
        if is_last && !was_last {
            return Ok(());
        }
        transaction.clear(stream.key());
        transaction.set(keyspace::dropped_data(stream.id), clearing::note(false));
        if is_last {
            transaction.clear_range(keyspace::all_trimmed(stream.table));
            let is_dropped = transaction.get(&keyspace::table_version(stream.table)).await?.is_none();
            if is_dropped {
                transaction.set(keyspace::dropped_data(stream.table), clearing::note(false));
            }
        }
        transaction.commit().await.map(|_| ())
    }

    /// Forgets marks that are older than that. Answers whether there may be more.
    async fn forget_clock_marks(&self, time: Micros) -> Result<bool, StoreError> {
        let range = keyspace::clock_marks_before(time);
        let snapshot = self.store.snapshot(Freshness::Latest).await?;
        let chunk = snapshot.scan(&range, Direction::Forward, TRIM_STEP).await?;
        drop(snapshot);
        let Some((last, _)) = chunk.entries.last() else { return Ok(false) };
        let mut transaction = self.store.begin(&[]).await?;
        transaction.clear_range(KeyRange { end: KeyRange::single(last).end, ..range });
        transaction.commit().await?;
        Ok(chunk.more)
    }
}

/// Whether no other stream reads the log that this one reads.
async fn is_last(read: &impl Read, stream: &StreamRecord) -> Result<bool, StoreError> {
    let others = streams_in(read, keyspace::streams_of(&stream.table_name)).await?;
    Ok(!others.iter().any(|other| other.table == stream.table && other.id != stream.id))
}
