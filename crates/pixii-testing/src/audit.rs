//! What is stored, held against the model: every item, every index entry as rebuilt from the items, every counter, every
//! part of a large body; and nothing else.

use crate::naive::{Index, Item, Model, Schema, Table, Value, item_from_engine, item_size};
use bytes::Bytes;
use pixii_engine::audit::{self as engine_audit, Finding};
use pixii_engine::catalog::TableRecord;
use pixii_engine::change_log::ChangeRecord;
use pixii_engine::keyspace::{self, Counter, Key};
use pixii_engine::stored::{self, Body};
use pixii_engine::stream::StreamRecord;
use pixii_engine::table::{self, DataId};
use pixii_model::table::IndexStatus;
use pixii_store::{Direction, Freshness, KeyRange, Read, ScanLimit, Store, StoreError};
use std::collections::{BTreeMap, BTreeSet};

/// All keys and values of a Store at one moment.
pub async fn everything(store: &impl Store) -> BTreeMap<Bytes, Bytes> {
    // Injected failures are not what this is about.
    for _ in 0..1000 {
        if let Ok(all) = try_everything(store).await {
            return all;
        }
    }
    panic!("a snapshot cannot be read to its end");
}

async fn try_everything(store: &impl Store) -> Result<BTreeMap<Bytes, Bytes>, StoreError> {
    let snapshot = store.snapshot(Freshness::Latest).await?;
    let limit = ScanLimit { entries: 10_000, bytes: 64 << 20 };
    let mut all = BTreeMap::new();
    let mut range = KeyRange::all();
    loop {
        let chunk = snapshot.scan(&range, Direction::Forward, limit).await?;
        let last = chunk.entries.last().map(|(key, _)| key.clone());
        all.extend(chunk.entries);
        match last {
            Some(last) if chunk.more => range = range.after(&last),
            _ => return Ok(all),
        }
    }
}

/// Large bodies: whose they are, their numbers, and how many parts they have.
type Bodies = BTreeSet<(DataId, u128, u16)>;

/// What is stored, sorted by what it is.
struct Found<'a> {
    all: &'a BTreeMap<Bytes, Bytes>,
    records: BTreeMap<String, TableRecord>,
    /// Keys of data that is noted to be cleared, which may be anything.
    dropped: BTreeSet<DataId>,
    /// By table or index: keys and values.
    data: BTreeMap<DataId, BTreeMap<&'a Bytes, &'a Bytes>>,
    counters: BTreeMap<(DataId, bool), i64>,
    collections: BTreeMap<(DataId, Value), i64>,
    chunks: BTreeMap<DataId, BTreeSet<(u128, u16)>>,
    /// By order of expiry: the keys of its entries.
    expiries: BTreeMap<DataId, BTreeSet<&'a Bytes>>,
    /// Bodies that only the change log needs.
    retired: Bodies,
    /// Tables with a change log that is still read. Once they are gone, the bodies of their items are what is left of them.
    logged: BTreeSet<DataId>,
}

impl<'a> Found<'a> {
    fn sort(all: &'a BTreeMap<Bytes, Bytes>) -> Result<Self, String> {
        let mut found = Self {
            all,
            records: BTreeMap::new(),
            dropped: BTreeSet::new(),
            data: BTreeMap::new(),
            counters: BTreeMap::new(),
            collections: BTreeMap::new(),
            chunks: BTreeMap::new(),
            expiries: BTreeMap::new(),
            retired: Bodies::new(),
            logged: BTreeSet::new(),
        };
        for (key, value) in all {
            let count = || i64::from_le_bytes(value[..].try_into().expect("a counter has eight bytes"));
            match Key::parse(key).ok_or_else(|| format!("a stored key is none: {}", hex(key)))? {
                Key::TableRecord { name } => {
                    let record = TableRecord::from_stored(value).map_err(|error| error.to_string())?;
                    found.records.insert(name, record);
                }
                Key::DroppedData { id } => {
                    found.dropped.insert(id);
                }
                Key::Item { table: id, .. } | Key::IndexEntry { index: id, .. } => {
                    found.data.entry(id).or_default().insert(key, value);
                }
                Key::Counter { id, counter } => {
                    found.counters.insert((id, counter == Counter::Items), count());
                }
                Key::CollectionSize { table, partition } => {
                    found.collections.insert((table, Value::from(&partition)), count());
                }
                Key::BodyChunk { table, body, chunk } => {
                    found.chunks.entry(table).or_default().insert((body, chunk));
                }
                Key::Expiry { id, .. } => {
                    found.expiries.entry(id).or_default().insert(key);
                }
                Key::CatalogVersion
                | Key::Usage { .. }
                | Key::TableVersion { .. }
                | Key::NextDataId
                | Key::TableWork { .. }
                | Key::ClientRequestToken { .. }
                | Key::TokenExpiry { .. }
                | Key::Shard { .. }
                | Key::ClockMark { .. }
                | Key::Trimmed { .. }
                | Key::ScalableTarget { .. }
                | Key::ScalingActivity { .. } => {}
                Key::Stream { .. } => {
                    let stream = StreamRecord::from_stored(value).map_err(|error| error.to_string())?;
                    found.logged.insert(stream.table);
                }
                Key::Change { table, .. } => {
                    let record =
                        ChangeRecord::decode(value.clone()).ok_or("a change record cannot be read")?;
                    let body = record.retired_body().map(|body| (table, body.id, body.chunks));
                    found.retired.extend(body);
                }
            }
        }
        Ok(found)
    }

    /// The item a value holds, and the number and parts of its body if that lies elsewhere.
    fn load(&self, owner: DataId, value: &Bytes) -> Result<(Item, Option<(u128, u16)>), String> {
        let (_, body) = stored::parse(value).map_err(|_| "a value that holds no item".to_owned())?;
        let (encoded, chunked) = match body {
            Body::Inline(item) => (item, None),
            Body::Chunked(body) => {
                let mut bytes = Vec::new();
                for chunk in 0..body.chunks {
                    let key = keyspace::body_chunk(owner, body.id, chunk);
                    bytes.extend_from_slice(self.all.get(&key).ok_or("a body lacks a part")?);
                }
                (pixii_model::EncodedItem::from_stored(bytes.into()), Some((body.id, body.chunks)))
            }
        };
        if !pixii_model::EncodedItem::verify(encoded.as_bytes()) {
            return Err("an item is not encoded as it should be".to_owned());
        }
        Ok((item_from_engine(&encoded.decode()), chunked))
    }

    fn counted(&self, id: DataId) -> (i64, i64) {
        let count = |items| self.counters.get(&(id, items)).copied().unwrap_or_default();
        (count(true), count(false))
    }
}

/// Holds all that is stored against the model, and lets the engine's own audit look at it too.
pub async fn check_store(store: &impl Store, model: &Model) -> Result<(), String> {
    check(&everything(store).await, model)?;
    // Injected failures are not what this is about.
    for _ in 0..1000 {
        let mut problems = Vec::new();
        let mut tell = |finding| {
            if let Finding::Problem(problem) = finding {
                problems.push(problem);
            }
        };
        let Ok(snapshot) = store.snapshot(Freshness::Latest).await else { continue };
        if engine_audit::audit(&snapshot, &mut tell).await.is_ok() {
            return if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) };
        }
    }
    panic!("a snapshot cannot be read to its end");
}

/// Holds all that is stored against the model. Says what differs, if something does.
fn check(all: &BTreeMap<Bytes, Bytes>, model: &Model) -> Result<(), String> {
    let found = Found::sort(all)?;
    let mut known: BTreeSet<DataId> = found.dropped.clone();
    for (name, table) in &model.tables {
        let record = found.records.get(name).ok_or_else(|| format!("table {name} has no record"))?;
        known.extend(record.data_ids());
        check_table(&found, record, table).map_err(|fault| format!("table {name}: {fault}"))?;
    }
    if let Some(name) = found.records.keys().find(|name| !model.tables.contains_key(*name)) {
        return Err(format!("there should be no table {name}"));
    }
    let chunks = found.chunks.keys().filter(|id| !found.logged.contains(id));
    let with_data = found.data.keys().chain(chunks).chain(found.expiries.keys());
    let counted = found.counters.keys().map(|(id, _)| id).chain(found.collections.keys().map(|(id, _)| id));
    match with_data.chain(counted).find(|id| !known.contains(id)) {
        Some(id) => Err(format!("there is data of {id:?}, which no table knows and nobody is to clear")),
        None => Ok(()),
    }
}

/// Holds that nothing is stored but what outlives all tables.
pub fn check_empty(all: &BTreeMap<Bytes, Bytes>) -> Result<(), String> {
    let left = all.keys().find(|key| {
        !matches!(
            Key::parse(key),
            Some(
                Key::CatalogVersion
                    | Key::NextDataId
                    | Key::ClientRequestToken { .. }
                    | Key::TokenExpiry { .. }
            )
        )
    });
    match left {
        Some(key) => Err(format!("with all tables gone there is still {:?}", Key::parse(key))),
        None => Ok(()),
    }
}

fn check_table(found: &Found<'_>, record: &TableRecord, model: &Table) -> Result<(), String> {
    let table = record.table();
    let mut bodies = BTreeSet::new();
    let mut items = BTreeMap::new();
    for (key, value) in found.data.get(&table.id).into_iter().flatten() {
        let (item, body) = found.load(table.id, value)?;
        bodies.extend(body.map(|(id, chunks)| (table.id, id, chunks)));
        let expect = keyspace::item(&table, &engine_item(&item));
        if expect.as_ref() != Some(key) {
            return Err(format!("an item lies under another key than its own: {}", hex(key)));
        }
        items.insert(model.key(&item), item);
    }
    differ("items", items.values().collect(), model.items.values().collect())?;
    let bytes: usize = model.items.values().map(item_size).sum();
    counted("items", found.counted(table.id), model.items.len(), bytes)?;

    check_expiries(found, record, &table, model)?;

    let mut in_collections: BTreeMap<Value, i64> = BTreeMap::new();
    let mut grow = |item: &Item, size: usize| {
        *in_collections.entry(item[&model.schema.partition.name].clone()).or_default() += size as i64;
    };
    for item in model.items.values() {
        grow(item, item_size(item));
    }
    for stored in &record.indexes {
        let of_model = model.schema.indexes.iter().find(|index| index.name == stored.name);
        if stored.status == IndexStatus::Creating {
            // What it holds so far is looked at once it is filled; but the bodies of its entries are there.
            let owner = table.index(&stored.name).map_or(table.id, |index| index.body_owner(&table));
            for value in found.data.get(&stored.id).into_iter().flatten().map(|(_, value)| value) {
                bodies.extend(found.load(owner, value)?.1.map(|(id, chunks)| (owner, id, chunks)));
            }
            continue;
        }
        let Some(index) = of_model else {
            if stored.status == IndexStatus::Deleting {
                continue;
            }
            return Err(format!("there should be no index {}", stored.name));
        };
        let schema = &model.schema;
        let entries: Vec<Item> = model.items.values().filter_map(|item| index.entry(schema, item)).collect();
        if index.local {
            entries.iter().for_each(|entry| grow(entry, item_size(entry)));
        }
        let place = table.index(&stored.name).ok_or("an index of the record is not in the table")?;
        let within = |fault: String| format!("index {}: {fault}", stored.name);
        bodies.extend(check_index(found, &table, place, index, schema, &entries).map_err(within)?);
    }
    let kept_up = record.indexes.iter().filter(|index| index.status != IndexStatus::Deleting);
    let owners: Vec<DataId> = kept_up.map(|index| index.id).chain([table.id]).collect();
    bodies.extend(found.retired.iter().filter(|(owner, ..)| *owner == table.id));
    check_bodies(found, &owners, &bodies)?;
    if model.schema.has_local_indexes() {
        let stored = found.collections.iter().filter(|((id, _), size)| *id == table.id && **size != 0);
        let stored: BTreeMap<Value, i64> =
            stored.map(|((_, partition), size)| (partition.clone(), *size)).collect();
        if stored != in_collections {
            return Err(format!("item collections are {in_collections:?} and said to be {stored:?}"));
        }
    }
    Ok(())
}

/// Holds an index against its rebuild. Answers the bodies its entries point to.
fn check_index(
    found: &Found<'_>,
    table: &table::Table,
    place: &table::Index,
    index: &Index,
    schema: &Schema,
    expect: &[Item],
) -> Result<Bodies, String> {
    let mut bodies = BTreeSet::new();
    let mut entries = Vec::new();
    for (key, value) in found.data.get(&place.id).into_iter().flatten() {
        let owner = place.body_owner(table);
        let (entry, body) = found.load(owner, value)?;
        bodies.extend(body.map(|(id, chunks)| (owner, id, chunks)));
        let values =
            |names: Vec<&String>| names.into_iter().map(|name| entry[name].clone()).collect::<Vec<_>>();
        let Some(Key::IndexEntry { partition, sort, table_key, .. }) =
            keyspace::parse_entry_of(table, place, key)
        else {
            return Err(format!("a key that is none: {}", hex(key)));
        };
        let parsed: Vec<Value> = partition.iter().chain(&sort).chain(&table_key).map(Value::from).collect();
        let of_table = schema.key().map(|key| &key.name).skip(usize::from(index.local));
        let names = index.key().map(|key| &key.name).chain(of_table).collect();
        if parsed != values(names) {
            return Err(format!("an entry lies under another key than its own: {parsed:?} for {entry:?}"));
        }
        entries.push(entry);
    }
    differ("entries", entries.iter().collect(), expect.iter().collect())?;
    let bytes = expect.iter().map(item_size).sum();
    counted("entries", found.counted(place.id), expect.len(), bytes)?;
    Ok(bodies)
}

/// Holds the order of expiry against its rebuild.
fn check_expiries(
    found: &Found<'_>,
    record: &TableRecord,
    table: &table::Table,
    model: &Table,
) -> Result<(), String> {
    let attribute = table.time_to_live.as_ref().map(|time_to_live| &time_to_live.attribute);
    if attribute != model.time_to_live.as_ref() {
        return Err(format!("items expire by {attribute:?} and should by {:?}", model.time_to_live));
    }
    let Some(time_to_live) = &table.time_to_live else { return Ok(()) };
    let mut expect = BTreeSet::new();
    for item in model.items.values() {
        let Some(expiry) = model.expiry(item) else { continue };
        let text = expiry.to_string();
        let whole = text.split('.').next().unwrap_or_default();
        // What no clock will show has no place in the order.
        let Ok(seconds) = whole.parse() else { continue };
        let key = keyspace::item(table, &engine_item(item)).ok_or("an item lacks its key")?;
        expect.insert(keyspace::expiry(time_to_live.id, seconds, &key));
    }
    let stored = found.expiries.get(&time_to_live.id).cloned().unwrap_or_default();
    let surplus = stored.iter().filter(|key| !expect.contains(**key)).count();
    let missing = expect.iter().filter(|key| !stored.contains(key)).count();
    if surplus > 0 || (missing > 0 && !record.time_to_live.is_backfilling()) {
        return Err(format!("{surplus} times of expiry should not be there, {missing} are missing"));
    }
    Ok(())
}

/// Holds that the parts of bodies that lie apart are just those that items and entries point to.
fn check_bodies(found: &Found<'_>, owners: &[DataId], bodies: &Bodies) -> Result<(), String> {
    let expect: BTreeSet<(DataId, u128, u16)> = bodies
        .iter()
        .flat_map(|(owner, id, chunks)| (0..*chunks).map(|chunk| (*owner, *id, chunk)))
        .collect();
    let stored = found.chunks.iter().filter(|(owner, _)| owners.contains(owner));
    let stored: BTreeSet<(DataId, u128, u16)> =
        stored.flat_map(|(owner, chunks)| chunks.iter().map(|(id, chunk)| (*owner, *id, *chunk))).collect();
    let (left, lost) = (stored.difference(&expect).count(), expect.difference(&stored).count());
    match (left, lost) {
        (0, 0) => Ok(()),
        _ => Err(format!("{left} parts of bodies belong to no item, {lost} are missing")),
    }
}

fn differ(what: &str, mut stored: Vec<&Item>, mut expect: Vec<&Item>) -> Result<(), String> {
    stored.sort();
    expect.sort();
    if stored == expect {
        return Ok(());
    }
    let surplus: Vec<_> = stored.iter().filter(|item| !expect.contains(item)).collect();
    let missing: Vec<_> = expect.iter().filter(|item| !stored.contains(item)).collect();
    Err(format!("{what} differ\n  stored, but should not be: {surplus:?}\n  missing: {missing:?}"))
}

fn counted(what: &str, stored: (i64, i64), number: usize, bytes: usize) -> Result<(), String> {
    if stored == (number as i64, bytes as i64) {
        return Ok(());
    }
    Err(format!("there are {number} {what} of {bytes} bytes, and the counters say {stored:?}"))
}

/// The key attributes of an item as the engine has them: enough to make its key.
pub(crate) fn engine_item(item: &Item) -> pixii_model::Item {
    use pixii_model::AttributeValue;
    let scalar = |value: &Value| match value {
        Value::S(text) => Some(AttributeValue::S(text.clone())),
        Value::N(number) => AttributeValue::number(&number.to_string()),
        Value::B(bytes) => Some(AttributeValue::B(Bytes::copy_from_slice(bytes))),
        _ => None,
    };
    item.iter().filter_map(|(name, value)| Some((name.clone(), scalar(value)?))).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
