//! Deletes items that have expired.
//!
//! What is due lies at the front of each bucket of a table's order of expiry, so nothing is scanned but what is to be deleted.
//! A deletion is a write like any other ([`Change::Expire`](crate::write::Change::Expire)): it looks again at the item, which
//! may live on by now, keeps up its indexes and leaves a change record.
//!
//! A sweep goes round all buckets of all tables and takes a few items from each, so that one table with much to delete does not
//! hold up the others. There is one such transaction at a time, so many items a second, and for a quarter of the time at most: a
//! million that expire at once are deleted bit by bit, and the slower the busier the store is.

use crate::change_log::Actor;
use crate::engine::Engine;
use crate::env::Micros;
use crate::keyspace::{self, EXPIRY_BUCKETS, Key};
use crate::stored::damaged;
use crate::table::{DataId, Table};
use crate::ttl;
use crate::write::{Failure, Outcome, Planned, Terms, WriteIntent, transact};
use bytes::Bytes;
use parking_lot::Mutex;
use pixii_model::{ApiError, Item};
use pixii_store::{Direction, Freshness, Read, ScanLimit, Store};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// How many items are deleted together.
const TOGETHER: usize = 25;
/// In what steps a second's deletions are made.
const STEP: Duration = Duration::from_millis(100);
/// How much of a step's time may go into them. Where a commit has to wait behind those of others, fewer items are deleted.
const STEP_TIME_MAX: Duration = Duration::from_millis(25);

/// How far sweeping has come.
#[derive(Debug, Default)]
pub(super) struct Sweep(Mutex<Progress>);

#[derive(Debug, Default)]
struct Progress {
    /// When it goes on; not known as long as nothing expires.
    next: Option<Micros>,
    /// How many buckets were visited: where the round goes on.
    visits: usize,
    /// When this round began: what expires later is for the next one, so that each comes to its end.
    round: Option<Micros>,
    /// The last entry that was looked at in this round, by order of expiry and bucket. Behind it there is nothing but what was
    /// deleted, which a store may take its time to step over, and what could not be.
    looked_at: HashMap<(DataId, u8), Bytes>,
}

impl<S: Store> Engine<S> {
    /// Deletes some of what has expired, if it is time to. Answers when to go on; never, if nothing expires.
    pub(super) async fn sweep_step(&self) -> Result<Option<Micros>, ApiError> {
        let now = self.env.now();
        if let Some(next) = self.tasks.sweep.0.lock().next.filter(|next| *next > now) {
            return Ok(Some(next));
        }
        let tables = self.expiring_tables().await.map_err(|error| self.store_failed(error))?;
        {
            let mut progress = self.tasks.sweep.0.lock();
            if tables.is_empty() {
                progress.next = None;
                return Ok(None);
            }
            let following = now.after(self.settings.ttl_sweep_delay.max(STEP));
            let next = *progress.next.get_or_insert(following);
            if next > now {
                return Ok(Some(next));
            }
            progress.next = Some(following);
        }
        let in_step = f64::from(self.settings.ttl_deletes_per_second) * STEP.as_secs_f64();
        let until = now.after(STEP_TIME_MAX);
        let more = self.sweep(&tables, (in_step as usize).max(1), until).await?.more;
        let mut progress = self.tasks.sweep.0.lock();
        if more {
            progress.next = Some(now.after(STEP));
        }
        Ok(progress.next)
    }

    /// Deletes all that has expired, whatever the time and the rate. Answers how many items that were.
    pub async fn sweep_expired(&self) -> Result<usize, ApiError> {
        self.tasks.sweep.0.lock().end_round();
        let tables = self.expiring_tables().await.map_err(|error| self.store_failed(error))?;
        Ok(self.sweep(&tables, usize::MAX, Micros(u64::MAX)).await?.deleted)
    }

    /// Deletes up to so many items that have expired, and begins with none after that time.
    async fn sweep(&self, tables: &[Arc<Table>], items_max: usize, until: Micros) -> Result<Swept, ApiError> {
        let now = self.env.now();
        let round = *self.tasks.sweep.0.lock().round.get_or_insert(now);
        let is_enabled = |table: &&Arc<Table>| {
            let time_to_live = table.time_to_live.as_ref();
            table.available
                && time_to_live.is_some_and(|by| by.enabled.after(self.settings.transition_delay) <= now)
        };
        let places: Vec<(&Arc<Table>, u8)> = tables
            .iter()
            .filter(is_enabled)
            .flat_map(|table| (0..EXPIRY_BUCKETS).map(move |bucket| (table, bucket)))
            .collect();
        let (mut looked_at, mut deleted, mut in_vain) = (0, 0, 0);
        while in_vain < places.len() {
            if looked_at >= items_max || self.env.now() >= until {
                return Ok(Swept { deleted, more: true });
            }
            let visit = {
                let mut progress = self.tasks.sweep.0.lock();
                progress.visits = progress.visits.wrapping_add(1);
                progress.visits
            };
            let (table, bucket) = places[visit % places.len()];
            let due = self.due(table, bucket, round, TOGETHER.min(items_max - looked_at)).await?;
            if due.is_empty() {
                in_vain += 1;
                continue;
            }
            in_vain = 0;
            looked_at += due.len();
            deleted += self.expire(table, due).await?;
        }
        self.tasks.sweep.0.lock().end_round();
        Ok(Swept { deleted, more: false })
    }

    /// The keys of the next items in a bucket that are due in a round.
    async fn due(
        &self,
        table: &Table,
        bucket: u8,
        round: Micros,
        items_max: usize,
    ) -> Result<Vec<Item>, ApiError> {
        let Some(time_to_live) = &table.time_to_live else { return Ok(Vec::new()) };
        let place = (time_to_live.id, bucket);
        let mut range = keyspace::expiring(time_to_live.id, bucket, ttl::due(round));
        if let Some(last) = self.tasks.sweep.0.lock().looked_at.get(&place) {
            range = range.after(last);
        }
        let limit = ScanLimit { entries: items_max, bytes: 1 << 20 };
        let scan = || async {
            let snapshot = self.store.snapshot(Freshness::Latest).await?;
            snapshot.scan(&range, Direction::Forward, limit).await
        };
        let found = self.read(scan).await?;
        if let Some((last, _)) = found.entries.last() {
            self.tasks.sweep.0.lock().looked_at.insert(place, last.clone());
        }
        let keys = found.entries.iter().map(|(entry, _)| item_key(table, entry));
        keys.collect::<Option<_>>()
            .ok_or_else(|| self.store_failed(damaged("a time of expiry cannot be read")))
    }

    /// Deletes those of these items that have expired. Answers how many.
    async fn expire(&self, table: &Arc<Table>, keys: Vec<Item>) -> Result<usize, ApiError> {
        if let Ok(deleted) = self.expire_together(table, keys.clone()).await {
            return Ok(deleted);
        }
        // One of them may be written all the time, or be too large to go with others: it must not hold them up.
        let mut deleted = 0;
        for key in keys {
            match self.expire_together(table, vec![key]).await {
                Ok(one) => deleted += one,
                Err(Failure::Conflict) => {}
                Err(Failure::Api(error)) => return Err(error),
            }
        }
        Ok(deleted)
    }

    async fn expire_together(&self, table: &Arc<Table>, keys: Vec<Item>) -> Result<usize, Failure> {
        let planned = |key| Planned { table: Arc::clone(table), intent: WriteIntent::expire(table, key) };
        let mut writes: Vec<Planned> = keys.into_iter().map(planned).collect();
        let terms = Terms { actor: Actor::TimeToLive, ..Terms::default() };
        match transact(self, &mut writes, terms).await {
            Ok(Outcome::Written(write_sets)) => {
                Ok(write_sets.iter().filter(|write_set| !write_set.mutations.is_empty()).count())
            }
            Ok(Outcome::Refused(_) | Outcome::Replayed(_)) => {
                unreachable!("a deletion without condition and token is neither refused nor replayed")
            }
            // The table is gone, and its items with it.
            Err(Failure::Api(ApiError::ResourceNotFound(_))) => Ok(0),
            Err(failure) => Err(failure),
        }
    }
}

impl Progress {
    /// The next round looks at everything again.
    fn end_round(&mut self) {
        self.round = None;
        self.looked_at.clear();
    }
}

/// What a sweep came to.
struct Swept {
    deleted: usize,
    /// Whether there may be more that is due.
    more: bool,
}

/// The primary key of the item that an entry in the order of expiry is of.
fn item_key(table: &Table, entry: &[u8]) -> Option<Item> {
    let Some(Key::Expiry { partition, sort, .. }) = Key::parse(entry) else { return None };
    let names = table.key_schema.attributes().map(|attribute| attribute.name.clone());
    Some(names.zip([partition].into_iter().chain(sort)).collect())
}
