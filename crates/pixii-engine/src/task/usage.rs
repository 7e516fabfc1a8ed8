//! Saves what was consumed, once a minute: no request waits for it, and a crash loses a minute of it.

use super::Next;
use super::partition::paths;
use crate::engine::Engine;
use crate::join::join_all;
use crate::keyspace;
use crate::table::{DataId, Table};
use crate::throughput::usage::{HOURS_KEPT, HourRow, MinuteNumber};
use crate::throughput::{Consumed, Meter};
use crate::write::transact::counter;
use bytes::Bytes;
use pixii_model::ApiError;
use pixii_store::{Disposition, Read, Store, StoreError, Transaction};
use std::sync::Arc;

/// How often saving is tried before it is left for the next minute.
const ATTEMPTS_MAX: u32 = 4;

/// Of how many tables it is saved at the same time.
const SAVED_AT_ONCE: usize = 128;

/// What is to be saved of a table or index.
struct Unsaved {
    id: DataId,
    meter: Arc<Meter>,
    consumed: Vec<Consumed>,
}

impl<S: Store> Engine<S> {
    /// Saves what was consumed, if a minute is over.
    pub(super) async fn usage_step(&self) -> Result<Next, ApiError> {
        let running = self.tasks.usage.lock().await.unwrap_or_else(|| MinuteNumber::at(self.env.now()));
        if running.start().after(self.settings.usage_interval) <= self.env.now() {
            self.save_usage().await?;
        } else {
            self.tasks.usage.lock().await.get_or_insert(running);
        }
        let running = self.tasks.usage.lock().await.unwrap_or(running);
        Ok(Next::At(running.start().after(self.settings.usage_interval)))
    }

    /// Saves what was consumed since it was last saved, as consumed in the minute that was running then.
    ///
    /// # Errors
    /// The store's. What is not saved is left for the next time.
    pub async fn save_usage(&self) -> Result<(), ApiError> {
        let mut running = self.tasks.usage.lock().await;
        let now = MinuteNumber::at(self.env.now());
        let minute = running.replace(now).unwrap_or(now);
        // Each is a transaction of its own, as one may meet a change of its table. Many at a time share a sync: three thousand
        // tables in turn took nine seconds when stopping.
        for tables in self.catalog.tables().chunks(SAVED_AT_ONCE) {
            let saved = tables.iter().map(|table| self.save_table_usage(table, minute));
            for saved in join_all(saved).await {
                saved.map_err(|error| self.store_failed(error))?;
            }
        }
        Ok(())
    }

    async fn save_table_usage(&self, table: &Table, minute: MinuteNumber) -> Result<(), StoreError> {
        let unsaved: Vec<Unsaved> = paths(table)
            .filter_map(|path| {
                let meter = self.used_meter(path)?;
                let consumed = meter.consumption().unsaved();
                (!consumed.is_empty()).then(|| Unsaved { id: path.id(), meter, consumed })
            })
            .collect();
        if unsaved.is_empty() {
            return Ok(());
        }
        for _ in 0..ATTEMPTS_MAX {
            match self.try_save(table, minute, &unsaved).await {
                Ok(false) => return Ok(()),
                Err(error) if error.disposition() == Disposition::Retry => {}
                Err(error) if error.disposition() != Disposition::Unknown => return Err(error),
                // What may have been saved is not saved again: units too few are better than units too many.
                Ok(true) | Err(_) => {
                    unsaved.iter().for_each(|unsaved| unsaved.meter.consumption().save(&unsaved.consumed));
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Adds to the rows of the hour. Answers whether that was done: not if the table has changed, for then what it has may be gone.
    async fn try_save(
        &self,
        table: &Table,
        minute: MinuteNumber,
        unsaved: &[Unsaved],
    ) -> Result<bool, StoreError> {
        let hour = minute.hour();
        let keys: Vec<Bytes> = unsaved.iter().map(|unsaved| keyspace::usage(unsaved.id, hour)).collect();
        let mut transaction = self.store.begin(&keys).await?;
        let version = transaction.get(&keyspace::table_version(table.id)).await?;
        if counter(version.as_deref()) != table.version {
            return Ok(false);
        }
        for (key, unsaved) in keys.into_iter().zip(unsaved) {
            let mut row = match transaction.get(&key).await? {
                Some(value) => HourRow::from_stored(&value)?,
                None => {
                    let oldest = hour.saturating_sub(HOURS_KEPT);
                    transaction.clear_range(keyspace::usage_before(unsaved.id, oldest));
                    HourRow::default()
                }
            };
            row.add(minute, &unsaved.consumed);
            transaction.set(key, row.to_stored());
        }
        transaction.commit().await?;
        Ok(true)
    }
}
