//! Changing records of scalable targets: the one way.

use super::activity::{ActivityKey, ActivityRecord};
use super::record::TargetRecord;
use crate::catalog::{TableRecord, read_record};
use crate::engine::Engine;
use crate::env::Micros;
use crate::keyspace::{self, Key};
use crate::read::rows;
use bytes::Bytes;
use pixii_model::ApiError;
use pixii_model::error::ScalingFault;
use pixii_model::scaling::ScalableTargetId;
use pixii_store::{Disposition, Freshness, Read, Store, StoreError, Transaction};

/// How often a change is tried before it is given up.
const ATTEMPTS_MAX: u32 = 24;

/// What a change finds.
pub(crate) struct Found {
    /// The table that all the targets belong to, if it is there.
    pub table: Option<TableRecord>,
    /// The targets' records, as far as there are any.
    pub targets: Vec<Option<TargetRecord>>,
    /// The time.
    pub now: Micros,
}

impl Found {
    /// The record of the one target that was asked for, which must be registered.
    pub fn registered(&mut self, id: &ScalableTargetId) -> Result<TargetRecord, ScalingFault> {
        self.targets.pop().flatten().ok_or_else(|| ScalingFault::NotRegistered(id.clone()))
    }
}

/// What a change makes of it.
pub(crate) struct TargetChange<T> {
    /// The targets' records as they are to be, in the order they were found; `None` removes one.
    pub targets: Vec<Option<TargetRecord>>,
    /// Activities that begin or end with it.
    pub activities: Vec<(ActivityKey, ActivityRecord)>,
    /// What the caller wants to know.
    pub answer: T,
}

impl<T> TargetChange<T> {
    /// Of one target.
    pub fn one(target: Option<TargetRecord>, answer: T) -> Self {
        Self { targets: vec![target], activities: Vec::new(), answer }
    }
}

impl<S: Store> Engine<S> {
    /// Changes the records of some targets of one table, in one transaction. `decide` is pure but for the ids it draws, and may be
    /// run again.
    pub(crate) async fn change_targets<T: Send>(
        &self,
        ids: &[ScalableTargetId],
        mut decide: impl FnMut(Found) -> Result<TargetChange<T>, ApiError> + Send,
    ) -> Result<T, ApiError> {
        let keys: Vec<Bytes> = ids.iter().map(keyspace::scalable_target).collect();
        let table = &ids.first().expect("a change is of a target").table;
        let mut last = StoreError::Conflict;
        for _ in 0..ATTEMPTS_MAX {
            match self.attempt_target_change(table, &keys, &mut decide).await {
                Ok(outcome) => return outcome,
                Err(error) if error.disposition() == Disposition::Retry => last = error,
                Err(error) => return Err(self.store_failed(error)),
            }
        }
        Err(self.store_failed(last))
    }

    async fn attempt_target_change<T: Send>(
        &self,
        table: &str,
        keys: &[Bytes],
        decide: &mut (impl FnMut(Found) -> Result<TargetChange<T>, ApiError> + Send),
    ) -> Result<Result<T, ApiError>, StoreError> {
        let mut transaction = self.store.begin(keys).await?;
        let table = read_record(&transaction, table).await?;
        let mut stored = Vec::with_capacity(keys.len());
        for key in keys {
            let value = transaction.get(key).await?;
            stored.push(value.map(|value| TargetRecord::from_stored(&value)).transpose()?);
        }
        let change = match decide(Found { table, targets: stored.clone(), now: self.env.now() }) {
            Ok(change) => change,
            Err(error) => {
                // The refusal rests on what was read: it is true only once that is durable.
                transaction.commit().await?;
                return Ok(Err(error));
            }
        };
        let nonce = self.env.random_u128() as u64;
        let mut written = None;
        for ((key, stored), target) in keys.iter().zip(stored).zip(change.targets) {
            if stored == target {
                continue;
            }
            written = Some((key.clone(), target.is_some()));
            match target {
                Some(target) => {
                    transaction.set(key.clone(), TargetRecord { nonce, ..target }.to_stored());
                }
                None => transaction.clear(key.clone()),
            }
        }
        for (key, activity) in change.activities {
            transaction.set(keyspace::scaling_activity(key.time, key.id), activity.to_stored());
        }
        match (transaction.commit().await, written) {
            (Ok(_), _) => {}
            (Err(StoreError::Unknown), Some((key, is_there))) => {
                self.find_out_target(&key, is_there, nonce).await?;
            }
            (Err(error), _) => return Err(error),
        }
        Ok(Ok(change.answer))
    }

    /// Settles a commit of unknown outcome: answers if it happened, and asks for another attempt if it did not.
    async fn find_out_target(&self, key: &[u8], is_there: bool, nonce: u64) -> Result<(), StoreError> {
        let snapshot = self.store.snapshot(Freshness::Latest).await?;
        let found = snapshot.get(key).await?.map(|value| TargetRecord::from_stored(&value)).transpose()?;
        match found {
            Some(record) if record.nonce == nonce => Ok(()),
            None if !is_there => Ok(()),
            _ => Err(StoreError::Conflict),
        }
    }

    /// All targets, by resource, reads before writes.
    pub(crate) async fn scalable_targets(&self) -> Result<Vec<(ScalableTargetId, TargetRecord)>, ApiError> {
        self.read(|| async {
            let snapshot = self.store.snapshot(Freshness::Latest).await?;
            let rows = rows(&snapshot, keyspace::scalable_targets()).await?;
            let parsed = rows.iter().filter_map(|(key, value)| match Key::parse(key) {
                Some(Key::ScalableTarget { id }) => {
                    Some(TargetRecord::from_stored(value).map(|record| (id, record)))
                }
                _ => None,
            });
            parsed.collect()
        })
        .await
    }
}
