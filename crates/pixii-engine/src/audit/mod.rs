//! The audit: everything that is stored, held against itself.
//!
//! One walk over all keys of a snapshot, a page at a time, so that memory does not grow with the data:
//!
//! - every key parses, every value decodes, and every item lies under its own key;
//! - every index equals its rebuild: each item's entries are looked up and compared, and each entry's item is looked up and
//!   must have that entry. An index that is being filled may lack entries, and has none too many;
//! - counters of items, bytes and item collections equal what was counted on the way;
//! - what expires is in order: each item has its entry by time of expiry, and each entry its item;
//! - what was consumed can be read;
//! - large bodies have all their parts, and no part is left over;
//! - every change record can be read, and the newest of an item says what the item is;
//! - nothing lies under an id that no table has, except what is noted to be cleared.
//!
//! It reads only, and trusts nothing it reads: damage is told as a [`Finding::Problem`] and the walk goes on.

mod data;
mod log;

use crate::catalog::TableRecord;
use crate::change_log::Position;
use crate::keyspace::{self, Counter, Key};
use crate::read::rows;
use crate::scaling::{ActivityRecord, TargetRecord};
use crate::table::{DataId, IndexKind, Table};
use crate::throughput::usage::HourRow;
use crate::write::token;
use bytes::Bytes;
use pixii_model::scaling::ScalableTargetId;
use pixii_store::{Direction, KeyRange, Read, ScanLimit, StoreError};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// How much is read at a time.
const PAGE: ScanLimit = ScanLimit { entries: 1000, bytes: 4 << 20 };

/// What an audit tells while it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Something is wrong: one line.
    Problem(String),
    /// Something is not as it will stay, and that is all right: one line.
    Note(String),
    /// So many keys were looked at.
    Progress(u64),
}

/// What an audit found in the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many keys there are.
    pub keys: u64,
    /// How many problems were told.
    pub problems: u64,
    /// The tables, by name.
    pub tables: Vec<TableReport>,
}

/// What an audit found in a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableReport {
    /// Its name.
    pub name: String,
    /// How many items it has.
    pub items: i64,
    /// Their bytes, by AWS's size rules.
    pub bytes: i64,
    /// Its indexes.
    pub indexes: Vec<IndexReport>,
}

/// What an audit found in an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexReport {
    /// Its name.
    pub name: String,
    /// Local or global.
    pub kind: IndexKind,
    /// How many entries it has.
    pub entries: i64,
    /// Their bytes, by AWS's size rules.
    pub bytes: i64,
}

/// Audits all that a snapshot holds.
///
/// # Errors
/// The store's, if it cannot be read on.
pub async fn audit(read: &impl Read, tell: &mut (dyn FnMut(Finding) + Send)) -> Result<Report, StoreError> {
    let mut audit = Audit {
        read,
        tell,
        report: Report::default(),
        tables: Vec::new(),
        places: HashMap::new(),
        tallies: HashMap::new(),
        unknown: BTreeMap::new(),
        collection: None,
        suspects: BTreeMap::new(),
    };
    audit.read_catalog().await?;
    audit.walk().await?;
    for problem in std::mem::take(&mut audit.suspects).into_values() {
        audit.problem(problem);
    }
    audit.compare_counts().await?;
    Ok(audit.report)
}

/// What an id stands for.
#[derive(Clone)]
enum Place {
    Table(Arc<Table>),
    /// A place in the table's list of indexes.
    Index(Arc<Table>, usize),
    /// The table's order of expiry.
    Expiry(Arc<Table>),
    /// A stream.
    Stream,
    /// A table or index that is to be cleared, or an index that is being deleted: nobody keeps it up.
    Leaving,
}

/// What was counted under an id.
#[derive(Clone, Copy, Default)]
struct Tally {
    items: i64,
    bytes: i64,
    /// Parts of large bodies that items or entries point to.
    chunks_wanted: u64,
    /// Parts of large bodies that are stored.
    chunks_stored: u64,
    /// Items that an index or order of expiry which is being filled has no entry of.
    unfilled: u64,
}

/// The item collection that the walk is in.
struct Collection {
    table: Arc<Table>,
    /// Key of the counter of its bytes.
    counter: Bytes,
    bytes: i64,
}

struct Audit<'a, R> {
    read: &'a R,
    tell: &'a mut (dyn FnMut(Finding) + Send),
    report: Report,
    tables: Vec<(TableRecord, Arc<Table>)>,
    places: HashMap<DataId, Place>,
    tallies: HashMap<DataId, Tally>,
    /// Ids that no table has, and how many keys lie under them.
    unknown: BTreeMap<DataId, u64>,
    collection: Option<Collection>,
    /// Items that differ from a change record of the time of their last write, by key: until a newer record of them comes, which
    /// may have the same time if there was none of them in between.
    suspects: BTreeMap<Bytes, String>,
}

impl<R: Read> Audit<'_, R> {
    fn problem(&mut self, problem: String) {
        self.report.problems += 1;
        (self.tell)(Finding::Problem(problem));
    }

    fn note(&mut self, note: String) {
        (self.tell)(Finding::Note(note));
    }

    fn tally(&mut self, id: DataId) -> &mut Tally {
        self.tallies.entry(id).or_default()
    }

    /// What the id of a key stands for; keys of unknown ids are counted.
    fn place(&mut self, id: DataId) -> Option<Place> {
        let place = self.places.get(&id).cloned();
        if place.is_none() {
            *self.unknown.entry(id).or_default() += 1;
        }
        place
    }

    /// Reads the tables there are, and the notes of what is to be cleared.
    async fn read_catalog(&mut self) -> Result<(), StoreError> {
        for (key, value) in rows(self.read, keyspace::table_records()).await? {
            let Some(Key::TableRecord { name }) = Key::parse(&key) else { continue };
            match TableRecord::from_stored(&value) {
                Ok(record) if record.name == name => {
                    let table = Arc::new(record.table());
                    self.tables.push((record, table));
                }
                Ok(record) => {
                    self.problem(format!("table {name}: its record is that of table {}", record.name));
                }
                Err(error) => self.problem(format!("table {name}: {error}")),
            }
        }
        let mut ids = HashSet::new();
        for (record, table) in &self.tables {
            self.places.insert(table.id, Place::Table(Arc::clone(table)));
            for index in &record.indexes {
                let position = table.indexes.iter().position(|kept_up| kept_up.id == index.id);
                let place = position.map_or(Place::Leaving, |at| Place::Index(Arc::clone(table), at));
                self.places.insert(index.id, place);
            }
            if let Some(time_to_live) = &table.time_to_live {
                self.places.insert(time_to_live.id, Place::Expiry(Arc::clone(table)));
            }
            ids.extend(record.data_ids());
        }
        let given: usize = self.tables.iter().map(|(record, _)| record.data_ids().len()).sum();
        if ids.len() != given {
            self.problem("two tables or indexes have the same id".to_owned());
        }
        let mut dropped = 0;
        for (key, _) in rows(self.read, keyspace::all_dropped_data()).await? {
            let Some(Key::DroppedData { id }) = Key::parse(&key) else { continue };
            dropped += 1;
            ids.insert(id);
            if !matches!(self.places.entry(id).or_insert(Place::Leaving), Place::Leaving) {
                self.problem(format!("id {} is noted to be cleared, and is in use", id.0));
            }
        }
        if dropped > 0 {
            self.note(format!("data of {dropped} dropped tables or indexes is still to be cleared"));
        }
        self.read_streams().await?;
        ids.extend(self.places.keys().copied());
        let next = self.counter(&keyspace::next_data_id()).await?;
        if let Some(last) = ids.iter().max().filter(|last| next <= last.0 as i64) {
            self.problem(format!("id {} is in use, and the next one given out would be {next}", last.0));
        }
        Ok(())
    }

    async fn walk(&mut self) -> Result<(), StoreError> {
        let mut range = KeyRange::all();
        loop {
            let page = self.read.scan(&range, Direction::Forward, PAGE).await?;
            for (key, value) in &page.entries {
                self.look_at(key, value).await?;
            }
            self.report.keys += page.entries.len() as u64;
            (self.tell)(Finding::Progress(self.report.keys));
            match page.entries.last() {
                Some((last, _)) if page.more => range = range.after(last),
                _ => return self.end_collection().await,
            }
        }
    }

    async fn look_at(&mut self, key: &Bytes, value: &Bytes) -> Result<(), StoreError> {
        let Some(parsed) = Key::parse(key) else {
            self.problem(format!("a key that is none: {}", hex(key)));
            return Ok(());
        };
        if !matches!(parsed, Key::Item { .. }) {
            self.end_collection().await?;
        }
        match parsed {
            // The catalog was read first, and counters are compared in the end.
            Key::TableRecord { .. } | Key::DroppedData { .. } => {}
            Key::CatalogVersion | Key::NextDataId => self.check_counter_value(key, value),
            Key::TableVersion { table } => {
                if let Some(Place::Index(..) | Place::Expiry(_) | Place::Leaving | Place::Stream) =
                    self.place(table)
                {
                    self.problem(format!("id {} has a table's version and is none", table.0));
                }
                self.check_counter_value(key, value);
            }
            Key::TableWork { name } => {
                let table = self.tables.iter().find(|(record, _)| record.name == name);
                if !table.is_some_and(|(record, _)| record.is_backfilling()) {
                    self.problem(format!("table {name}: a record of work that nobody does"));
                }
            }
            Key::Item { table, .. } => match self.place(table) {
                Some(Place::Table(table)) => self.look_at_item(&table, key, value).await?,
                Some(Place::Index(..) | Place::Expiry(_) | Place::Stream) => {
                    self.problem(format!("an item in an index: {}", hex(key)));
                }
                Some(Place::Leaving) | None => {}
            },
            Key::IndexEntry { index, .. } => match self.place(index) {
                Some(Place::Index(table, at)) => self.look_at_entry(&table, at, key, value).await?,
                Some(Place::Table(_) | Place::Expiry(_) | Place::Stream) => {
                    self.problem(format!("an entry in a table: {}", hex(key)));
                }
                Some(Place::Leaving) | None => {}
            },
            Key::Expiry { id, .. } => match self.place(id) {
                Some(Place::Expiry(table)) => self.look_at_expiry(&table, key).await?,
                Some(Place::Table(_) | Place::Index(..) | Place::Stream) => {
                    self.problem(format!("a time of expiry in a table or index: {}", hex(key)));
                }
                Some(Place::Leaving) | None => {}
            },
            Key::Usage { id, .. } => {
                if let Some(Place::Expiry(_) | Place::Stream) = self.place(id) {
                    self.problem(format!("what was consumed of what is no table or index: {}", hex(key)));
                }
                if let Err(error) = HourRow::from_stored(value) {
                    self.problem(format!("{error}: {}", hex(key)));
                }
            }
            Key::CollectionSize { table, partition } => match self.place(table) {
                Some(Place::Table(table)) => {
                    self.check_counter_value(key, value);
                    self.look_at_collection(&table, &partition, value).await?;
                }
                Some(Place::Index(..) | Place::Expiry(_) | Place::Stream) => {
                    self.problem(format!("an item collection in an index: {}", hex(key)))
                }
                Some(Place::Leaving) | None => {}
            },
            Key::Counter { id, .. } => {
                self.place(id);
                self.check_counter_value(key, value);
            }
            Key::BodyChunk { table, .. } => {
                self.place(table);
                self.tally(table).chunks_stored += 1;
            }
            Key::ClientRequestToken { token } => match token::note_of_expiry(&token, value) {
                Some(note) if self.read.get(&note).await?.is_some() => {}
                Some(_) => self.problem(format!("the outcome of transaction {token:?} is never forgotten")),
                None => self.problem(format!("the outcome of transaction {token:?} cannot be read")),
            },
            Key::TokenExpiry { .. } | Key::Stream { .. } | Key::ClockMark { .. } => {}
            Key::ScalableTarget { id } => self.look_at_target(&id, value).await?,
            Key::ScalingActivity { .. } => {
                if let Err(error) = ActivityRecord::from_stored(value) {
                    self.problem(error.to_string());
                }
            }
            Key::Shard { stream, .. } => self.look_at_shard(stream, key, value),
            Key::Change { table, .. } => self.look_at_change(table, key, value).await?,
            Key::Trimmed { table, .. } => {
                self.place(table);
                if Position::from_bytes(value).is_none() {
                    self.problem(format!("a position that is none: {}", hex(key)));
                }
            }
        }
        Ok(())
    }

    /// A target may outlive its table; what it says is under way must be told of.
    async fn look_at_target(&mut self, id: &ScalableTargetId, value: &[u8]) -> Result<(), StoreError> {
        let (resource, dimension) = (id.resource_id(), id.dimension());
        let pending = match TargetRecord::from_stored(value) {
            Ok(record) => record.pending,
            Err(error) => {
                self.problem(format!("{resource}, {dimension}: {error}"));
                return Ok(());
            }
        };
        if let Some(pending) = pending {
            let activity = keyspace::scaling_activity(pending.activity.time, pending.activity.id);
            if self.read.get(&activity).await?.is_none() {
                self.problem(format!("{resource}, {dimension}: no activity tells of the change under way"));
            }
        }
        Ok(())
    }

    /// Holds what was counted on the way against the stored counters.
    async fn compare_counts(&mut self) -> Result<(), StoreError> {
        for (record, table) in std::mem::take(&mut self.tables) {
            let version = self.counter(&keyspace::table_version(record.id)).await?;
            if version != record.version {
                let name = &record.name;
                self.problem(format!(
                    "table {name}: its version is {version}, in its record {}",
                    record.version
                ));
            }
            let (items, bytes) =
                self.compare_tally(table.id, &format!("table {}", table.name), "items").await?;
            let mut indexes = Vec::new();
            for index in &table.indexes {
                let place = format!("table {}, index {}", table.name, index.name);
                let (entries, bytes) = self.compare_tally(index.id, &place, "entries").await?;
                if !index.readable {
                    let unfilled = self.tally(index.id).unfilled;
                    self.note(format!("{place} is being filled: it lacks the entries of {unfilled} items"));
                }
                indexes.push(IndexReport { name: index.name.clone(), kind: index.kind, entries, bytes });
            }
            if let Some(time_to_live) = &table.time_to_live
                && record.time_to_live.is_backfilling()
            {
                let unfilled = self.tally(time_to_live.id).unfilled;
                let name = &record.name;
                self.note(format!(
                    "table {name}: its order of expiry is being filled: it lacks {unfilled} items"
                ));
            }
            self.report.tables.push(TableReport { name: record.name, items, bytes, indexes });
        }
        for (id, keys) in std::mem::take(&mut self.unknown) {
            self.problem(format!("{keys} keys under id {}, which no table has and nobody is to clear", id.0));
        }
        Ok(())
    }

    async fn compare_tally(&mut self, id: DataId, place: &str, what: &str) -> Result<(i64, i64), StoreError> {
        let Tally { items, bytes, chunks_wanted, chunks_stored, .. } = *self.tally(id);
        let counted = self.counter(&keyspace::counter(id, Counter::Items)).await?;
        if counted != items {
            self.problem(format!("{place}: {items} {what}, and its counter says {counted}"));
        }
        let counted = self.counter(&keyspace::counter(id, Counter::Bytes)).await?;
        if counted != bytes {
            self.problem(format!("{place}: {bytes} bytes in {what}, and its counter says {counted}"));
        }
        // Each part that is missing has been told, so what is too many belongs to nothing.
        if let Some(left) = chunks_stored.checked_sub(chunks_wanted).filter(|left| *left > 0) {
            self.problem(format!(
                "{place}: {left} parts of large bodies belong to none of its readable {what}"
            ));
        }
        Ok((items, bytes))
    }

    async fn counter(&self, key: &[u8]) -> Result<i64, StoreError> {
        let value = self.read.get(key).await?;
        Ok(value.as_deref().and_then(counter_value).unwrap_or_default())
    }

    fn check_counter_value(&mut self, key: &Bytes, value: &Bytes) {
        if counter_value(value).is_none() {
            self.problem(format!("a counter has {} bytes instead of 8: {}", value.len(), hex(key)));
        }
    }
}

fn counter_value(value: &[u8]) -> Option<i64> {
    value.try_into().ok().map(i64::from_le_bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
