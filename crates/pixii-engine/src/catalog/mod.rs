//! The tables there are.
//!
//! The truth is in the store: one [`TableRecord`] for each table. Requests on items ask for tables far more often than tables
//! change, so each process keeps the [`Table`]s it has met.
//!
//! - Where this process alone changes the store, it knows of each change: the kept tables are complete, and a change marks
//!   its table before it commits, so that nobody takes a definition that is about to be replaced.
//! - Where others change it too ([`Store::shared`]), a version in the store, which each change raises, tells whether the kept
//!   tables still hold.
//! - **Invariant:** a write reads its table's own version in its transaction. Whatever is kept here, no write commits under a
//!   stale definition.

mod change;
mod define;
mod describe;
pub mod insights;
mod name;
mod quota;
mod record;
mod resource;
mod split;
mod throughput;
mod transition;
mod update;

pub use change::{Change, Found};
pub use define::{global_index, key_attributes, key_schema, local_index};
pub use describe::{Sizes, key_elements, timestamp};
pub use insights::{InsightRule, Insights};
pub use quota::Quotas;
pub use record::FORMAT as RECORD_FORMAT;
pub use record::{
    Billing, ChosenTableClass, ExpiryOrder, Growth, IndexRecord, NextEncryption, TableRecord, Throughput,
    TimeToLive,
};
#[cfg(test)]
pub(crate) use resource::stream_label;
pub(crate) use resource::warn_of_plain_text;
pub use update::Update;

use self::quota::provisioned;
use crate::engine::Engine;
use crate::env::Micros;
use crate::keyspace;
use crate::read::rows;
use crate::table::Table;
use crate::write::transact::counter;
use arc_swap::ArcSwap;
use pixii_model::ApiError;
use pixii_model::error::MissingResource;
use pixii_model::table::ProvisionedThroughput;
use pixii_store::{Direction, Freshness, Read, ScanLimit, Store, StoreError};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How many records are read at a time.
const RECORDS_PAGE: ScanLimit = ScanLimit { entries: 100, bytes: 1 << 20 };

/// The tables that this process keeps.
#[derive(Default)]
pub struct Catalog {
    kept: ArcSwap<Kept>,
    /// Held while a record is changed: changes of tables are rare, and one at a time is simple.
    changing: tokio::sync::Mutex<()>,
}

/// Tables by name.
#[derive(Clone, Default)]
struct Kept {
    /// The version of the catalog they were read under, where others change it too.
    version: i64,
    by_name: HashMap<String, Arc<KeptTable>>,
}

struct KeptTable {
    table: Arc<Table>,
    /// When its state is over.
    due: Option<Micros>,
    /// Whether an index of it, or its order of expiry, is being filled.
    backfilling: bool,
    /// Set before a change of it commits.
    superseded: AtomicBool,
}

impl KeptTable {
    fn new(record: &TableRecord) -> Arc<Self> {
        Arc::new(Self {
            table: Arc::new(record.table()),
            due: record.due,
            backfilling: record.is_backfilling(),
            superseded: AtomicBool::new(false),
        })
    }
}

/// A table that the background has something to do with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its name.
    pub name: String,
    /// When its state is over.
    pub due: Option<Micros>,
    /// Whether an index or the order of expiry is being filled.
    pub backfilling: bool,
}

impl Catalog {
    /// Reads all records of a store that is not shared; of a shared one, tables are read when they are asked for.
    pub async fn open(store: &impl Store) -> Result<Self, StoreError> {
        let catalog = Self::default();
        if !store.shared() {
            let snapshot = store.snapshot(Freshness::Latest).await?;
            let records = all_records(&snapshot).await?;
            let wanted = records.iter().filter(|record| record.kms_key_arn.is_some());
            wanted.for_each(|record| warn_of_plain_text(&record.name));
            let by_name =
                records.iter().map(|record| (record.name.clone(), KeptTable::new(record))).collect();
            catalog.kept.store(Arc::new(Kept { version: 0, by_name }));
        }
        Ok(catalog)
    }

    /// Marks a table as about to change.
    fn supersede(&self, name: &str) {
        if let Some(kept) = self.kept.load().by_name.get(name) {
            kept.superseded.store(true, Ordering::Release);
        }
    }

    /// Takes in what became of a table.
    fn keep(&self, name: &str, record: Option<&TableRecord>) {
        self.kept.rcu(|kept| {
            let mut kept = Kept::clone(kept);
            match record {
                Some(record) => kept.by_name.insert(name.to_owned(), KeptTable::new(record)),
                None => kept.by_name.remove(name),
            };
            kept
        });
    }

    /// Keeps a stale definition no longer. (Where nobody else changes tables, a newer one is kept, or is about to be.)
    fn forget(&self, stale: &Table) {
        if let Some(kept) = self.kept(&stale.name)
            && (kept.table.id, kept.table.version) == (stale.id, stale.version)
        {
            kept.superseded.store(true, Ordering::Release);
        }
    }

    fn kept(&self, name: &str) -> Option<Arc<KeptTable>> {
        self.kept.load().by_name.get(name).cloned()
    }

    /// The kept tables whose items expire.
    fn expiring(&self) -> Vec<Arc<Table>> {
        let kept = self.kept.load();
        let tables = kept.by_name.values().map(|kept| &kept.table);
        tables.filter(|table| table.time_to_live.is_some()).cloned().collect()
    }

    /// The kept tables.
    pub(crate) fn tables(&self) -> Vec<Arc<Table>> {
        self.kept.load().by_name.values().map(|kept| Arc::clone(&kept.table)).collect()
    }

    /// The kept tables that the background has something to do with.
    fn pending(&self) -> Vec<Pending> {
        let kept = self.kept.load();
        let pending = kept.by_name.iter().filter(|(_, kept)| kept.due.is_some() || kept.backfilling);
        pending
            .map(|(name, kept)| Pending { name: name.clone(), due: kept.due, backfilling: kept.backfilling })
            .collect()
    }
}

impl<S: Store> Engine<S> {
    /// The table of that name or ARN, for requests on its items: it is ACTIVE or UPDATING.
    pub async fn table(&self, name_or_arn: &str) -> Result<Arc<Table>, ApiError> {
        let missing = || ApiError::ResourceNotFound(MissingResource::Table);
        let name = self.own_table_name(name_or_arn).ok_or_else(missing)?;
        let mut kept = self.look_up(name).await?.ok_or_else(missing)?;
        if kept.due.is_some_and(|due| due <= self.env.now()) {
            self.settle(name).await?;
            kept = self.look_up(name).await?.ok_or_else(missing)?;
        }
        if kept.table.available { Ok(Arc::clone(&kept.table)) } else { Err(missing()) }
    }

    /// The table of that name, for a write that found this definition of it to be stale.
    pub(crate) async fn renewed_table(&self, stale: &Table) -> Result<Arc<Table>, ApiError> {
        self.catalog.forget(stale);
        self.table(&stale.name).await
    }

    /// Whether no change of the table can have been committed before this call. A transaction that began before it, and
    /// depends on the table's version, need not read that. False says nothing.
    pub(crate) fn is_current(&self, table: &Table) -> bool {
        !self.store.shared()
            && self.catalog.kept.load().by_name.get(&table.name).is_some_and(|kept| {
                (kept.table.id, kept.table.version) == (table.id, table.version)
                    && !kept.superseded.load(Ordering::Acquire)
            })
    }

    async fn look_up(&self, name: &str) -> Result<Option<Arc<KeptTable>>, ApiError> {
        if self.store.shared() {
            self.read(|| self.look_up_shared(name)).await
        } else {
            Ok(self.look_up_own(name).await)
        }
    }

    async fn look_up_own(&self, name: &str) -> Option<Arc<KeptTable>> {
        loop {
            let kept = self.catalog.kept(name)?;
            if !kept.superseded.load(Ordering::Acquire) {
                return Some(kept);
            }
            // Whoever marked it holds this until it has kept the outcome; unless it came to grief.
            let _turn = self.catalog.changing.lock().await;
            if self.catalog.kept(name)?.superseded.load(Ordering::Acquire) {
                self.refresh_table(name).await;
            }
        }
    }

    async fn look_up_shared(&self, name: &str) -> Result<Option<Arc<KeptTable>>, StoreError> {
        let recent = self.store.snapshot(Freshness::Recent).await?;
        let version = counter(recent.get(&keyspace::catalog_version()).await?.as_deref());
        // A snapshot may lag behind what is kept.
        if version <= self.catalog.kept.load().version
            && let Some(kept) = self.catalog.kept(name)
            && !kept.superseded.load(Ordering::Acquire)
        {
            return Ok(Some(kept));
        }
        let latest = self.store.snapshot(Freshness::Latest).await?;
        let version = counter(latest.get(&keyspace::catalog_version()).await?.as_deref());
        let record = read_record(&latest, name).await?;
        let found = record.as_ref().map(KeptTable::new);
        self.catalog.kept.rcu(|kept| {
            let mut kept = Kept::clone(kept);
            if version > kept.version {
                kept = Kept { version, by_name: HashMap::new() };
            }
            if version == kept.version {
                match &found {
                    Some(found) => kept.by_name.insert(name.to_owned(), Arc::clone(found)),
                    None => kept.by_name.remove(name),
                };
            }
            kept
        });
        Ok(found)
    }

    /// The tables that the background has something to do with.
    pub(crate) async fn pending_tables(&self) -> Result<Vec<Pending>, StoreError> {
        if !self.store.shared() {
            return Ok(self.catalog.pending());
        }
        let snapshot = self.store.snapshot(Freshness::Latest).await?;
        let records = all_records(&snapshot).await?;
        let pending = records.into_iter().map(|record| Pending {
            backfilling: record.is_backfilling(),
            due: record.due,
            name: record.name,
        });
        Ok(pending.filter(|pending| pending.due.is_some() || pending.backfilling).collect())
    }
}

impl<S: Store> Engine<S> {
    /// The tables whose items expire, in the order of their ids.
    pub(crate) async fn expiring_tables(&self) -> Result<Vec<Arc<Table>>, StoreError> {
        let mut tables = if self.store.shared() {
            let snapshot = self.store.snapshot(Freshness::Latest).await?;
            let tables = all_records(&snapshot).await?.into_iter().map(|record| Arc::new(record.table()));
            tables.filter(|table| table.time_to_live.is_some()).collect()
        } else {
            self.catalog.expiring()
        };
        tables.sort_by_key(|table| table.id);
        Ok(tables)
    }
}

impl<S: Store> Engine<S> {
    /// What a change of that table is held to; `None` where quotas are not enforced.
    pub(crate) async fn quotas(&self, name: &str) -> Result<Option<Quotas>, ApiError> {
        if !self.settings.enforce {
            return Ok(None);
        }
        let records = self.read(|| async {
            let snapshot = self.store.snapshot(Freshness::Latest).await?;
            all_records(&snapshot).await
        });
        let mut others = ProvisionedThroughput::default();
        for record in records.await?.iter().filter(|record| record.name != name) {
            let of_table = provisioned(record);
            others.read_capacity_units += of_table.read_capacity_units;
            others.write_capacity_units += of_table.write_capacity_units;
        }
        Ok(Some(Quotas { region: self.settings.region.clone(), others }))
    }
}

/// The record of that name.
pub async fn read_record(read: &impl Read, name: &str) -> Result<Option<TableRecord>, StoreError> {
    read.get(&keyspace::table_record(name)).await?.map(|value| TableRecord::from_stored(&value)).transpose()
}

/// The names of the tables behind `after`, sorted, up to `limit`; and whether there are more.
pub async fn table_names(
    read: &impl Read,
    after: Option<&str>,
    limit: usize,
) -> Result<(Vec<String>, bool), StoreError> {
    let mut range = keyspace::table_records();
    if let Some(after) = after {
        range = range.after(&keyspace::table_record(after));
    }
    let mut names = Vec::new();
    loop {
        let page = ScanLimit { entries: limit - names.len() + 1, ..RECORDS_PAGE };
        let chunk = read.scan(&range, Direction::Forward, page).await?;
        for (key, _) in &chunk.entries {
            if names.len() == limit {
                return Ok((names, true));
            }
            names.extend(keyspace::Key::parse(key).and_then(table_name_of));
        }
        match chunk.entries.last() {
            Some((last, _)) if chunk.more => range = range.after(last),
            _ => return Ok((names, false)),
        }
    }
}

fn table_name_of(key: keyspace::Key) -> Option<String> {
    match key {
        keyspace::Key::TableRecord { name } => Some(name),
        _ => None,
    }
}

async fn all_records(read: &impl Read) -> Result<Vec<TableRecord>, StoreError> {
    let stored = rows(read, keyspace::table_records()).await?;
    stored.iter().map(|(_, value)| TableRecord::from_stored(value)).collect()
}
