//! Items, entries and item collections.

use super::{Audit, Collection, counter_value};
use crate::index;
use crate::key_check;
use crate::keyspace::{self, DataPath, Key};
use crate::stored::{self, Body};
use crate::table::{DataId, IndexKind, Table};
use crate::ttl;
use bytes::{Bytes, BytesMut};
use pixii_model::{AttributeValue, EncodedItem, Item};
use pixii_store::{Direction, KeyRange, Read, ScanLimit, StoreError};
use std::sync::Arc;

/// An item or entry that can be decoded.
struct Loaded {
    encoded: EncodedItem,
    /// How many parts its body has, if it lies apart.
    chunks: u64,
}

impl<R: Read> Audit<'_, R> {
    /// Reads what a value holds or points to. The inner error says what is wrong with it.
    async fn load(&self, owner: DataId, value: &Bytes) -> Result<Result<Loaded, String>, StoreError> {
        let Ok((_, body)) = stored::parse(value) else {
            return Ok(Err("its value cannot be read".to_owned()));
        };
        let (encoded, chunks) = match body {
            Body::Inline(encoded) => (encoded, 0),
            Body::Chunked(body) => {
                let mut bytes = BytesMut::new();
                for chunk in 0..body.chunks {
                    let Some(part) = self.read.get(&keyspace::body_chunk(owner, body.id, chunk)).await?
                    else {
                        return Ok(Err(format!(
                            "part {chunk} of the {} of its body is missing",
                            body.chunks
                        )));
                    };
                    bytes.extend_from_slice(&part);
                }
                (EncodedItem::from_stored(bytes.freeze()), u64::from(body.chunks))
            }
        };
        if !EncodedItem::verify(encoded.as_bytes()) {
            return Ok(Err("its attributes cannot be decoded".to_owned()));
        }
        Ok(Ok(Loaded { encoded, chunks }))
    }

    /// An item: its key, its entries in all indexes, what it adds to its item collection.
    pub(super) async fn look_at_item(
        &mut self,
        table: &Arc<Table>,
        key: &Bytes,
        value: &Bytes,
    ) -> Result<(), StoreError> {
        let place = || format!("table {}, item {}", table.name, item_name(key));
        let Loaded { encoded, chunks } = match self.load(table.id, value).await? {
            Ok(loaded) => loaded,
            Err(fault) => {
                self.problem(format!("{}: {fault}", place()));
                return Ok(());
            }
        };
        let tally = self.tally(table.id);
        tally.items += 1;
        tally.bytes += encoded.size() as i64;
        tally.chunks_wanted += chunks;
        let item = encoded.decode();
        if own_key(table, &item).as_ref() != Some(key) {
            self.problem(format!("{}: it lies under another key than its own", place()));
            return Ok(());
        }
        let mut in_collection = encoded.size();
        for index in &table.indexes {
            let Some(entry) = index::entry(table, index, &item, &encoded) else { continue };
            if index.kind == IndexKind::Local {
                in_collection += entry.item.size();
            }
            let Some(value) = self.read.get(&entry.key).await? else {
                if index.readable {
                    self.problem(format!("{}: index {} lacks its entry", place(), index.name));
                } else {
                    self.tally(index.id).unfilled += 1;
                }
                continue;
            };
            // What cannot be read at all is told where the walk comes to it.
            if let Ok(stored) = self.load(index.body_owner(table), &value).await?
                && stored.encoded != entry.item
            {
                self.problem(format!(
                    "{}: its entry in index {} holds other attributes",
                    place(),
                    index.name
                ));
            }
        }
        if let Some(time_to_live) = &table.time_to_live
            && let Some(entry) = ttl::entry(time_to_live, key, &encoded)
            && self.read.get(&entry).await?.is_none()
        {
            let tables = &self.tables;
            let record = tables.iter().find(|(record, _)| record.id == table.id).map(|(record, _)| record);
            if record.is_some_and(|record| record.time_to_live.is_backfilling()) {
                self.tally(time_to_live.id).unfilled += 1;
            } else {
                self.problem(format!("{}: it expires, and is not in the order of expiry", place()));
            }
        }
        if table.has_local_indexes() {
            self.add_to_collection(table, &item, in_collection).await?;
        }
        Ok(())
    }

    /// A time of expiry: that its item has it.
    pub(super) async fn look_at_expiry(&mut self, table: &Table, key: &Bytes) -> Result<(), StoreError> {
        let (Some(time_to_live), Some(item_key)) =
            (&table.time_to_live, keyspace::item_of_expiry(table.id, key))
        else {
            return Ok(());
        };
        let place = || format!("table {}, time of expiry of {}", table.name, item_name(&item_key));
        let Some(value) = self.read.get(&item_key).await? else {
            self.problem(format!("{}: the table has no such item", place()));
            return Ok(());
        };
        let Ok(item) = self.load(table.id, &value).await? else {
            // It was told where the walk came to it.
            return Ok(());
        };
        if ttl::entry(time_to_live, &item_key, &item.encoded).as_ref() != Some(key) {
            self.problem(format!("{}: its item expires at another time, or never", place()));
        }
        Ok(())
    }

    /// An entry: its key, and that its item has it. What it holds is compared where the walk comes to the item.
    pub(super) async fn look_at_entry(
        &mut self,
        table: &Table,
        at: usize,
        key: &Bytes,
        value: &Bytes,
    ) -> Result<(), StoreError> {
        let index = &table.indexes[at];
        let place = |name: &str| format!("table {}, index {}, entry {name}", table.name, index.name);
        let Some(Key::IndexEntry { partition, sort, table_key, .. }) =
            keyspace::parse_entry_of(table, index, key)
        else {
            self.problem(format!("{}: its key is none of that index", place(&super::hex(key))));
            return Ok(());
        };
        let name = values_name(partition.iter().chain(&sort).chain(&table_key));
        let owner = index.body_owner(table);
        let loaded = match self.load(owner, value).await? {
            Ok(loaded) => loaded,
            Err(fault) => {
                self.problem(format!("{}: {fault}", place(&name)));
                return Ok(());
            }
        };
        let tally = self.tally(index.id);
        tally.items += 1;
        tally.bytes += loaded.encoded.size() as i64;
        if owner == index.id {
            tally.chunks_wanted += loaded.chunks;
        }
        let of_item = match index.kind {
            IndexKind::Local => [&partition[..], &table_key[..]].concat(),
            IndexKind::Global => table_key,
        };
        let names = table.key_schema.attributes().map(|attribute| attribute.name.clone());
        let item_key = own_key(table, &names.zip(of_item).collect());
        let value = match &item_key {
            Some(item_key) => self.read.get(item_key).await?,
            None => None,
        };
        let Some(value) = value else {
            self.problem(format!("{}: the table has no such item", place(&name)));
            return Ok(());
        };
        let Ok(item) = self.load(table.id, &value).await? else {
            // It was told where the walk came to it.
            return Ok(());
        };
        let entry = index::entry(table, index, &item.encoded.decode(), &item.encoded);
        if entry.is_none_or(|entry| entry.key != key) {
            self.problem(format!("{}: its item has other keys of this index, or none", place(&name)));
        }
        Ok(())
    }

    async fn add_to_collection(
        &mut self,
        table: &Arc<Table>,
        item: &Item,
        bytes: usize,
    ) -> Result<(), StoreError> {
        let counter = keyspace::collection_size(table, item).expect("the item has the table's key");
        if self.collection.as_ref().is_none_or(|current| current.counter != counter) {
            self.end_collection().await?;
            self.collection = Some(Collection { table: Arc::clone(table), counter, bytes: 0 });
        }
        if let Some(current) = &mut self.collection {
            current.bytes += bytes as i64;
        }
        Ok(())
    }

    /// Holds the counter of the item collection that the walk has left against what was in it.
    pub(super) async fn end_collection(&mut self) -> Result<(), StoreError> {
        let Some(Collection { table, counter, bytes }) = self.collection.take() else { return Ok(()) };
        let counted = self.counter(&counter).await?;
        if counted != bytes {
            let place = format!("table {}, item collection {}", table.name, item_name(&counter));
            self.problem(format!("{place}: it has {bytes} bytes, and its counter says {counted}"));
        }
        Ok(())
    }

    /// The counter of an item collection: one with items was compared with them; one without must be zero.
    pub(super) async fn look_at_collection(
        &mut self,
        table: &Table,
        partition: &AttributeValue,
        value: &[u8],
    ) -> Result<(), StoreError> {
        let counted = counter_value(value).unwrap_or_default();
        let place = || format!("table {}, item collection {partition:?}", table.name);
        if !table.has_local_indexes() {
            self.problem(format!("{}: a table without local indexes counts none", place()));
        } else if counted != 0 {
            let names = table.key_schema.partition.iter().map(|attribute| attribute.name.clone());
            let key = names.zip([partition.clone()]).collect();
            let prefix = keyspace::partition(DataPath::Table(table), &key).expect("the key is there");
            let one = ScanLimit { entries: 1, bytes: 1 };
            let found = self.read.scan(&KeyRange::prefix(&prefix), Direction::Forward, one).await?;
            if found.entries.is_empty() {
                self.problem(format!("{}: it has no items, and its counter says {counted}", place()));
            }
        }
        Ok(())
    }
}

/// The key an item must lie under; `None` if it has none.
fn own_key(table: &Table, item: &Item) -> Option<Bytes> {
    key_check::item_has_key(table, item).ok()?;
    keyspace::item(table, item)
}

/// An item or item collection by its stored key, as a person would name it.
fn item_name(key: &[u8]) -> String {
    match Key::parse(key) {
        Some(Key::Item { partition, sort, .. }) => values_name([partition].iter().chain(&sort)),
        Some(Key::CollectionSize { partition, .. }) => format!("{partition:?}"),
        _ => super::hex(key),
    }
}

fn values_name<'v>(values: impl Iterator<Item = &'v AttributeValue>) -> String {
    let names: Vec<String> = values.map(|value| format!("{value:?}")).collect();
    names.join(" / ")
}
