//! The change log and the streams that read it.

use super::{Audit, Place, hex};
use crate::catalog::TableRecord;
use crate::change_log::{ChangeKind, ChangeRecord, Image};
use crate::keyspace;
use crate::read::rows;
use crate::stored::{self, Written};
use crate::stream::{ShardEvent, StreamRecord, shards};
use crate::table::{DataId, Table};
use bytes::Bytes;
use pixii_model::EncodedItem;
use pixii_store::{Read, StoreError};
use std::collections::BTreeSet;

impl<R: Read> Audit<'_, R> {
    /// The streams: what their ids stand for, and which tables that are gone still have a log.
    pub(super) async fn read_streams(&mut self) -> Result<(), StoreError> {
        for (key, value) in rows(self.read, keyspace::streams()).await? {
            match StreamRecord::from_stored(&value) {
                Ok(stream) if stream.key() == key => {
                    self.check_open_shards(&stream).await?;
                    self.places.insert(stream.id, Place::Stream);
                    self.places.entry(stream.table).or_insert(Place::Leaving);
                }
                Ok(stream) => {
                    self.problem(format!("stream {}: it lies under another key than its own", stream.arn))
                }
                Err(error) => self.problem(format!("a stream's record: {error}")),
            }
        }
        for (record, _) in &self.tables.clone() {
            let Some(stream) = record.stream else { continue };
            if !matches!(self.places.get(&stream.id), Some(Place::Stream)) {
                self.problem(format!("table {}: its stream has no record", record.name));
            }
        }
        Ok(())
    }

    /// While a stream is on, one shard is open for each partition of its table; after that, none.
    async fn check_open_shards(&mut self, stream: &StreamRecord) -> Result<(), StoreError> {
        let events = rows(self.read, keyspace::shards(stream.id)).await?;
        // The walk tells of one that cannot be read.
        let Ok(shards) = shards(&events) else { return Ok(()) };
        let open = shards.iter().filter(|shard| shard.end.is_none()).map(|shard| shard.id.partition);
        let is_on = |table: &TableRecord| table.stream.is_some_and(|on| on.id == stream.id);
        let table = self.tables.iter().map(|(record, _)| record).find(|record| is_on(record));
        let partitions = table.into_iter().flat_map(|table| table.partitions.iter());
        if open.collect::<BTreeSet<_>>() != partitions.map(|partition| partition.id).collect() {
            self.problem(format!("stream {}: its open shards are not its table's partitions", stream.arn));
        }
        Ok(())
    }

    /// A beginning or end of a shard.
    pub(super) fn look_at_shard(&mut self, stream: DataId, key: &Bytes, value: &Bytes) {
        match self.place(stream) {
            Some(Place::Stream | Place::Leaving) | None => {}
            Some(_) => self.problem(format!("a shard of what is no stream: {}", hex(key))),
        }
        if ShardEvent::from_stored(key, value).is_err() {
            self.problem(format!("a shard that cannot be read: {}", hex(key)));
        }
    }

    /// A change record: what it holds, and that the item it tells of is not older than it says.
    pub(super) async fn look_at_change(
        &mut self,
        table: DataId,
        key: &Bytes,
        value: &Bytes,
    ) -> Result<(), StoreError> {
        let place = self.place(table);
        let Some(record) = ChangeRecord::decode(value.clone()) else {
            self.problem(format!("a change record that cannot be read: {}", hex(key)));
            return Ok(());
        };
        let images = [&record.old_image, &record.new_image];
        let inline = images.into_iter().flatten().filter_map(|image| match image {
            Image::Inline(item) => Some(item),
            Image::Chunked(_) => None,
        });
        if inline.chain([&record.keys]).any(|item| !EncodedItem::verify(item.as_bytes())) {
            self.problem(format!("a change record whose items cannot be decoded: {}", hex(key)));
            return Ok(());
        }
        if let Some(body) = record.retired_body() {
            for chunk in 0..body.chunks {
                if self.read.get(&keyspace::body_chunk(table, body.id, chunk)).await?.is_none() {
                    self.problem(format!(
                        "a change record lacks part {chunk} of its old image: {}",
                        hex(key)
                    ));
                }
            }
            self.tally(table).chunks_wanted += u64::from(body.chunks);
        }
        match place {
            Some(Place::Table(table)) => self.compare_with_item(&table, key, &record).await,
            Some(Place::Leaving) | None => Ok(()),
            Some(Place::Index(..) | Place::Expiry(_) | Place::Stream) => {
                self.problem(format!("a change record of what is no table: {}", hex(key)));
                Ok(())
            }
        }
    }

    async fn compare_with_item(
        &mut self,
        table: &Table,
        key: &Bytes,
        record: &ChangeRecord,
    ) -> Result<(), StoreError> {
        let item = record.keys.decode();
        let Some(item_key) = keyspace::item(table, &item) else {
            self.problem(format!("table {}: a change record without a key: {}", table.name, hex(key)));
            return Ok(());
        };
        // What an earlier record is suspected of is not so if there is a later one: records of an item come in order.
        self.suspects.remove(&item_key);
        if !matches!(record.kind, Some(ChangeKind::Insert | ChangeKind::Modify)) {
            return Ok(());
        }
        let Some(value) = self.read.get(&item_key).await? else { return Ok(()) };
        let Ok(stored) = stored::load(self.read, table.id, &value).await else {
            // The walk tells of it where it comes to the item.
            return Ok(());
        };
        let Written { time, .. } = stored.written;
        if time != record.written.time {
            return Ok(());
        }
        let image = match &record.new_image {
            Some(Image::Inline(item)) => Some(item == &stored.item),
            Some(Image::Chunked(body)) => Some(Some(*body) == stored.chunked),
            None => None,
        };
        if image == Some(false) {
            let problem =
                format!("table {}: an item differs from its newest change record: {}", table.name, hex(key));
            self.suspects.insert(item_key, problem);
        }
        Ok(())
    }
}
