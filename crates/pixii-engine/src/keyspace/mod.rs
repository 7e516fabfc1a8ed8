//! The map of all stored keys. Nothing else makes key bytes.
//!
//! ```text
//! 01                                              version of the catalog (counter)
//! 02 name                                         record of a table
//! 03 id                                           version of a table (counter): every write depends on it
//! 04                                              the next data id (counter)
//! 05 id                                           data of a dropped table or index, to be cleared
//! 06 name                                         record of a table's or index's background work
//! 10 id hash variant partition [last]             item
//! 11 id hash variant partition sorted* table-key  entry of an index
//! 12 id hash variant partition                    size of an item collection (counter)
//! 13 id kind                                      number of items or entries, and their bytes (counters)
//! 14 id body chunk                                part of a large item's body
//! 15 id bucket seconds item-key                   when an item expires
//! 16 id hour                                      what was consumed of a table or index in an hour
//! 20 token                                        outcome of a transaction with a ClientRequestToken
//! 21 time token                                   when that outcome may be forgotten
//! 30 name 00 label id                             record of a stream
//! 31 id partition [position]                      beginning or end of a stream's shard
//! 32 id partition [position]                      change record of a table
//! 33 time [position]                              mark: the clock at a position
//! 34 id partition                                 position up to which change records are trimmed
//! 40 resource 00 flow                             record of a scalable target
//! 41 time activity                                record of a scaling activity
//! ```
//!
//! `[position]` is completed by the store, in commit order ([`Position`]).
//!
//! `id` is the [`DataId`] of the table or index, 8 bytes big-endian; `hash` is XXH3-64 over the partition key's encoding,
//! big-endian; `variant` is 0 for keys in the clear. The hash spreads a table over a cluster's shards and gives Scan its
//! order. Partition keys carry their length and are not escaped: only sort keys need order. An entry ends with the table's
//! key (of a local index without its partition key, which is the same), which makes it unique. `item-key` is an item's key from
//! its hash on.
//!
//! - **Invariant:** keys come back from their bytes ([`Key::parse`]), and sort as their sort keys sort.
//! - **Invariant:** the layout is frozen by the golden test below; changing it changes the data format's version.

mod change_log;
mod component;
mod contributor;
mod expiry;
mod number;
mod path;
mod scaling;
mod sort_range;
mod usage;

pub use change_log::*;
pub use contributor::{Contributor, contributor, contributor_key};
pub use expiry::{EXPIRY_BUCKETS, expiring, expiry, item_of_expiry};
pub use path::DataPath;
pub use scaling::{
    scalable_target, scalable_targets, scaling_activities, scaling_activities_before, scaling_activity,
};
pub use sort_range::{SortBound, sort_range};
pub use usage::{usage, usage_before, usage_since};

use crate::change_log::Position;
use crate::env::Micros;
use crate::partition::PartitionId;
use crate::table::{DataId, Index, IndexKind, KeySchema, Table};
use bytes::Bytes;
use pixii_model::scaling::ScalableTargetId;
use pixii_model::{AttributeValue, Item};
use pixii_store::KeyRange;
use twox_hash::XxHash3_64;

const CATALOG_VERSION: u8 = 0x01;
const TABLE_RECORD: u8 = 0x02;
const TABLE_VERSION: u8 = 0x03;
const NEXT_DATA_ID: u8 = 0x04;
const DROPPED_DATA: u8 = 0x05;
const TABLE_WORK: u8 = 0x06;
const ITEM: u8 = 0x10;
const INDEX_ENTRY: u8 = 0x11;
const COLLECTION_SIZE: u8 = 0x12;
const COUNTER: u8 = 0x13;
const BODY_CHUNK: u8 = 0x14;
const EXPIRY: u8 = 0x15;
const USAGE: u8 = 0x16;
const CLIENT_REQUEST_TOKEN: u8 = 0x20;
const TOKEN_EXPIRY: u8 = 0x21;
const STREAM: u8 = 0x30;
const SHARD: u8 = 0x31;
const CHANGE_RECORD: u8 = 0x32;
const CLOCK_MARK: u8 = 0x33;
const TRIMMED: u8 = 0x34;
const SCALABLE_TARGET: u8 = 0x40;
const SCALING_ACTIVITY: u8 = 0x41;

/// Keys of encrypted tables will have another variant.
const VARIANT_CLEAR: u8 = 0;

/// What a table or index counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// Items or entries.
    Items,
    /// Their bytes, by AWS's size rules.
    Bytes,
}

/// A stored key, taken apart: for checks and for people.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Key {
    CatalogVersion,
    TableRecord {
        name: String,
    },
    TableVersion {
        table: DataId,
    },
    NextDataId,
    DroppedData {
        id: DataId,
    },
    TableWork {
        name: String,
    },
    Item {
        table: DataId,
        partition: AttributeValue,
        sort: Option<AttributeValue>,
    },
    IndexEntry {
        index: DataId,
        partition: Vec<AttributeValue>,
        sort: Vec<AttributeValue>,
        table_key: Vec<AttributeValue>,
    },
    CollectionSize {
        table: DataId,
        partition: AttributeValue,
    },
    Counter {
        id: DataId,
        counter: Counter,
    },
    BodyChunk {
        table: DataId,
        body: u128,
        chunk: u16,
    },
    Expiry {
        id: DataId,
        bucket: u8,
        seconds: u64,
        partition: AttributeValue,
        sort: Option<AttributeValue>,
    },
    Usage {
        id: DataId,
        hour: u32,
    },
    ClientRequestToken {
        token: String,
    },
    TokenExpiry {
        micros: u64,
        token: String,
    },
    Stream {
        table_name: String,
        label: String,
        id: DataId,
    },
    Shard {
        stream: DataId,
        partition: PartitionId,
        position: Position,
    },
    Change {
        table: DataId,
        partition: PartitionId,
        position: Position,
    },
    ClockMark {
        time: Micros,
        position: Position,
    },
    Trimmed {
        table: DataId,
        partition: PartitionId,
    },
    ScalableTarget {
        id: ScalableTargetId,
    },
    ScalingActivity {
        time: Micros,
        id: u128,
    },
}

fn tagged(tag: u8, rest: &[u8]) -> Bytes {
    let mut key = Vec::with_capacity(1 + rest.len());
    key.push(tag);
    key.extend_from_slice(rest);
    key.into()
}

/// Key of the catalog's version.
pub fn catalog_version() -> Bytes {
    Bytes::from_static(&[CATALOG_VERSION])
}

/// Key of a table's record.
pub fn table_record(name: &str) -> Bytes {
    tagged(TABLE_RECORD, name.as_bytes())
}

/// The records of all tables, by name.
pub fn table_records() -> KeyRange {
    KeyRange::prefix(&[TABLE_RECORD])
}

/// Key of a table's version.
pub fn table_version(table: DataId) -> Bytes {
    tagged(TABLE_VERSION, &table.0.to_be_bytes())
}

/// Key of the counter that data ids come from.
pub fn next_data_id() -> Bytes {
    Bytes::from_static(&[NEXT_DATA_ID])
}

/// Key of the note that a table's or index's data is to be cleared.
pub fn dropped_data(id: DataId) -> Bytes {
    tagged(DROPPED_DATA, &id.0.to_be_bytes())
}

/// All notes of data to be cleared.
pub fn all_dropped_data() -> KeyRange {
    KeyRange::prefix(&[DROPPED_DATA])
}

/// Key of the record of a table's background work.
pub fn table_work(name: &str) -> Bytes {
    tagged(TABLE_WORK, name.as_bytes())
}

/// Everything that is stored under a data id and that the change log does not need: items or entries, collection sizes,
/// counters, times of expiry, what was consumed.
pub fn data_of(id: DataId) -> [KeyRange; 6] {
    [ITEM, INDEX_ENTRY, COLLECTION_SIZE, COUNTER, EXPIRY, USAGE].map(|tag| all_under(tag, id))
}

/// What is stored under a data id as long as its change log is kept, and the shards of a stream.
pub fn log_of(id: DataId) -> [KeyRange; 4] {
    [BODY_CHUNK, CHANGE_RECORD, TRIMMED, SHARD].map(|tag| all_under(tag, id))
}

fn all_under(tag: u8, id: DataId) -> KeyRange {
    KeyRange::prefix(&tagged(tag, &id.0.to_be_bytes()))
}

/// Where in its table or index an item or entry lies, by its key: what follows tag and id, which is what partitions are ranges
/// of. Of a key that is shorter, the beginning.
pub fn place(key: &[u8]) -> &[u8] {
    key.get(9..).unwrap_or_default()
}

/// How many bytes of a place are `hash variant partition`, which all items with that partition key begin with.
pub fn collection_length(place: &[u8], schema: &KeySchema) -> usize {
    let mut rest = without_hash(place).unwrap_or_default();
    for _ in &schema.partition {
        rest = component::partition_length(rest).map_or(&[], |length| &rest[length..]);
    }
    place.len() - rest.len()
}

/// The hash of a partition key: which segment of a parallel Scan it belongs to, and its place in a Scan.
pub fn partition_hash(schema: &KeySchema, item: &Item) -> Option<u64> {
    let mut out = Vec::with_capacity(64);
    put_partition(&mut out, schema, item)?;
    Some(XxHash3_64::oneshot(&out))
}

/// Appends the partition attributes of an item; `None` if it lacks one.
fn put_partition(out: &mut Vec<u8>, schema: &KeySchema, item: &Item) -> Option<()> {
    for attribute in &schema.partition {
        component::put_partition(out, item.get(&attribute.name)?);
    }
    Some(())
}

/// `tag id hash variant partition`: where a partition key's items or entries begin.
fn partition_prefix(tag: u8, id: DataId, schema: &KeySchema, item: &Item) -> Option<Vec<u8>> {
    let mut key = Vec::with_capacity(128);
    key.push(tag);
    key.extend_from_slice(&id.0.to_be_bytes());
    let hash_at = key.len();
    key.extend_from_slice(&[0; 8]);
    key.push(VARIANT_CLEAR);
    let partition_at = key.len();
    put_partition(&mut key, schema, item)?;
    let hash = XxHash3_64::oneshot(&key[partition_at..]);
    key[hash_at..hash_at + 8].copy_from_slice(&hash.to_be_bytes());
    Some(key)
}

/// Key of an item, from anything that has the table's key attributes; `None` if one is missing.
pub fn item(table: &Table, item: &Item) -> Option<Bytes> {
    let mut key = partition_prefix(ITEM, table.id, &table.key_schema, item)?;
    put_table_sort(&mut key, table, item)?;
    Some(key.into())
}

fn put_table_sort(key: &mut Vec<u8>, table: &Table, item: &Item) -> Option<()> {
    if let Some(attribute) = table.key_schema.sort.first() {
        component::put_last(key, item.get(&attribute.name)?);
    }
    Some(())
}

/// Key of an item's entry in an index; `None` if the item lacks one of the index's or table's keys.
pub fn index_entry(table: &Table, index: &Index, item: &Item) -> Option<Bytes> {
    let mut key = partition_prefix(INDEX_ENTRY, index.id, &index.key_schema, item)?;
    for attribute in &index.key_schema.sort {
        component::put_sorted(&mut key, item.get(&attribute.name)?);
    }
    if index.kind == IndexKind::Global {
        put_partition(&mut key, &table.key_schema, item)?;
    }
    put_table_sort(&mut key, table, item)?;
    Some(key.into())
}

/// Where the items of a table, or the entries of an index, with that partition key begin.
pub fn partition(path: DataPath<'_>, item: &Item) -> Option<Vec<u8>> {
    partition_prefix(path.tag(), path.id(), path.key_schema(), item)
}

/// The items of a table or the entries of an index whose partition hash lies in segment `segment` of `total`.
pub fn segment(path: DataPath<'_>, segment: u32, total: u32) -> KeyRange {
    let prefix = tagged(path.tag(), &path.id().0.to_be_bytes());
    let bound = |segment: u32| {
        // hash >= segment * 2^64 / total, rounded up
        let hash = (u128::from(segment) << 64).div_ceil(u128::from(total));
        u64::try_from(hash).ok().map(|hash| [&prefix[..], &hash.to_be_bytes()].concat())
    };
    let all = KeyRange::prefix(&prefix);
    KeyRange {
        start: bound(segment).map_or(all.start, Bytes::from),
        end: bound(segment + 1).map(Bytes::from).or(all.end),
    }
}

/// The segment a hash belongs to.
pub fn segment_of(hash: u64, total: u32) -> u32 {
    ((u128::from(hash) * u128::from(total)) >> 64) as u32
}

/// Key of the counter of an item collection's bytes.
pub fn collection_size(table: &Table, item: &Item) -> Option<Bytes> {
    partition_prefix(COLLECTION_SIZE, table.id, &table.key_schema, item).map(Bytes::from)
}

/// Key of a counter of a table or an index.
pub fn counter(id: DataId, counter: Counter) -> Bytes {
    let mut key = Vec::with_capacity(10);
    key.push(COUNTER);
    key.extend_from_slice(&id.0.to_be_bytes());
    key.push(match counter {
        Counter::Items => 0,
        Counter::Bytes => 1,
    });
    key.into()
}

/// Key of one part of a large item's body.
pub fn body_chunk(table: DataId, body: u128, chunk: u16) -> Bytes {
    let mut key = Vec::with_capacity(27);
    key.push(BODY_CHUNK);
    key.extend_from_slice(&table.0.to_be_bytes());
    key.extend_from_slice(&body.to_be_bytes());
    key.extend_from_slice(&chunk.to_be_bytes());
    key.into()
}

/// Key of the outcome of the transaction with that ClientRequestToken.
pub fn client_request_token(token: &str) -> Bytes {
    tagged(CLIENT_REQUEST_TOKEN, token.as_bytes())
}

/// Key of the note when a token's outcome may be forgotten.
pub fn token_expiry(micros: u64, token: &str) -> Bytes {
    tagged(TOKEN_EXPIRY, &[&micros.to_be_bytes(), token.as_bytes()].concat())
}

/// All notes of outcomes that may be forgotten before that time.
pub fn tokens_expired_before(micros: u64) -> KeyRange {
    KeyRange::new(tagged(TOKEN_EXPIRY, &[]), tagged(TOKEN_EXPIRY, &micros.to_be_bytes()))
}

/// The token of a note made by [`token_expiry`].
pub fn token_of_expiry(key: &[u8]) -> Option<&str> {
    std::str::from_utf8(key.get(9..)?).ok()
}

impl Key {
    /// Takes a stored key apart; `None` if it is none.
    pub fn parse(key: &[u8]) -> Option<Self> {
        let (&tag, rest) = key.split_first()?;
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
        let id = || rest.split_first_chunk::<8>().map(|(id, rest)| (DataId(u64::from_be_bytes(*id)), rest));
        Some(match tag {
            CATALOG_VERSION if rest.is_empty() => Self::CatalogVersion,
            NEXT_DATA_ID if rest.is_empty() => Self::NextDataId,
            TABLE_RECORD => Self::TableRecord { name: text(rest)? },
            TABLE_WORK => Self::TableWork { name: text(rest)? },
            TABLE_VERSION => Self::TableVersion { table: id()?.0 },
            DROPPED_DATA => Self::DroppedData { id: id()?.0 },
            ITEM => {
                let (table, rest) = id()?;
                let (partition, sort) = take_table_key(without_hash(rest)?)?;
                Self::Item { table, partition, sort }
            }
            INDEX_ENTRY => parse_entry(rest)?,
            COLLECTION_SIZE => {
                let (table, rest) = id()?;
                Self::CollectionSize { table, partition: component::take_partition(without_hash(rest)?)?.0 }
            }
            COUNTER => match id()? {
                (id, [0]) => Self::Counter { id, counter: Counter::Items },
                (id, [1]) => Self::Counter { id, counter: Counter::Bytes },
                _ => return None,
            },
            BODY_CHUNK => {
                let (table, rest) = id()?;
                let (body, rest) = rest.split_first_chunk::<16>()?;
                let chunk = u16::from_be_bytes(rest.try_into().ok()?);
                Self::BodyChunk { table, body: u128::from_be_bytes(*body), chunk }
            }
            EXPIRY => {
                let (id, rest) = id()?;
                let (&bucket, rest) = rest.split_first()?;
                let (seconds, rest) = rest.split_first_chunk::<8>()?;
                let seconds = u64::from_be_bytes(*seconds);
                let (partition, sort) = take_table_key(without_hash(rest)?)?;
                Self::Expiry { id, bucket, seconds, partition, sort }
            }
            USAGE => {
                let (id, rest) = id()?;
                usage::take_usage(id, rest)?
            }
            CLIENT_REQUEST_TOKEN => Self::ClientRequestToken { token: text(rest)? },
            TOKEN_EXPIRY => {
                let (micros, token) = rest.split_first_chunk::<8>()?;
                Self::TokenExpiry { micros: u64::from_be_bytes(*micros), token: text(token)? }
            }
            STREAM => {
                let (table_name, label, id) = change_log::take_stream(rest)?;
                Self::Stream { table_name, label, id }
            }
            SHARD => {
                let (stream, partition, position) = change_log::take_numbered(rest)?;
                Self::Shard { stream, partition, position: Position::from_bytes(position)? }
            }
            CHANGE_RECORD => {
                let (table, partition, position) = change_log::take_numbered(rest)?;
                Self::Change { table, partition, position: Position::from_bytes(position)? }
            }
            CLOCK_MARK => {
                let (time, position) = rest.split_first_chunk::<8>()?;
                let time = Micros(u64::from_be_bytes(*time));
                Self::ClockMark { time, position: Position::from_bytes(position)? }
            }
            TRIMMED => match change_log::take_numbered(rest)? {
                (table, partition, []) => Self::Trimmed { table, partition },
                _ => return None,
            },
            SCALABLE_TARGET => Self::ScalableTarget { id: scaling::take_target(rest)? },
            SCALING_ACTIVITY => {
                let (time, id) = scaling::take_activity(rest)?;
                Self::ScalingActivity { time, id }
            }
            _ => return None,
        })
    }
}

/// Partition and sort key of an item.
fn take_table_key(bytes: &[u8]) -> Option<(AttributeValue, Option<AttributeValue>)> {
    let (partition, rest) = component::take_partition(bytes)?;
    let sort = if rest.is_empty() { None } else { Some(component::take_last(rest)?) };
    Some((partition, sort))
}

/// What follows hash and variant.
fn without_hash(bytes: &[u8]) -> Option<&[u8]> {
    match bytes.get(8)? {
        &VARIANT_CLEAR => bytes.get(9..),
        _ => None,
    }
}

/// An entry does not say how many attributes its parts have: the catalog does. Without it, the partition attributes are
/// those with a length, and the rest is told apart by [`parse_entry_of`].
fn parse_entry(rest: &[u8]) -> Option<Key> {
    let (id, rest) = rest.split_first_chunk::<8>()?;
    let (first, _) = component::take_partition(without_hash(rest)?)?;
    Some(Key::IndexEntry {
        index: DataId(u64::from_be_bytes(*id)),
        partition: vec![first],
        sort: Vec::new(),
        table_key: Vec::new(),
    })
}

/// Takes an entry's key apart by its index's schema; `None` if it is none of that index.
pub fn parse_entry_of(table: &Table, index: &Index, key: &[u8]) -> Option<Key> {
    let (&INDEX_ENTRY, rest) = key.split_first()? else { return None };
    let (id, rest) = rest.split_first_chunk::<8>()?;
    let mut rest = without_hash(rest)?;
    let (mut partition, mut sort, mut table_key) = (Vec::new(), Vec::new(), Vec::new());
    for _ in &index.key_schema.partition {
        let (value, left) = component::take_partition(rest)?;
        partition.push(value);
        rest = left;
    }
    for _ in &index.key_schema.sort {
        let (value, left) = component::take_sorted(rest)?;
        sort.push(value);
        rest = left;
    }
    if index.kind == IndexKind::Global {
        let (value, left) = component::take_partition(rest)?;
        table_key.push(value);
        rest = left;
    }
    if !table.key_schema.sort.is_empty() {
        table_key.push(component::take_last(rest)?);
    }
    Some(Key::IndexEntry { index: DataId(u64::from_be_bytes(*id)), partition, sort, table_key })
}

#[cfg(test)]
mod tests;
