//! Streams: readers of the change log, one for each time a table's stream was turned on.
//!
//! ```text
//! 30 name 00 label id          -> StreamRecord
//! 31 stream partition [position] -> ShardEvent      a shard begins or ends here
//! ```
//!
//! A shard is a stretch of one partition's log. Its beginnings and ends are appended like the records themselves, so commit
//! order decides which records belong to it, and a shard can be closed and followed by the next without disturbing a writer.
//!
//! - **Invariant:** every record written while a stream is on lies in exactly one of its shards.
//! - **Invariant:** a shard that follows another names it as its parent, whether it goes on with the same partition (it got too
//!   old) or with a part of it (the partition split). A reader that finishes parents first sees each item's changes in order.
//! - A stream that was turned off, or whose table was deleted, can be read until its records are too old, and is gone then.

mod iterator;
mod lineage;
mod rate;
pub(crate) mod read;
mod shard;

pub use iterator::{InvalidIterator, Place, ShardIterator};
pub(crate) use lineage::stream_mutations;
pub use rate::Rates;
pub use shard::{Shard, ShardEvent, ShardId, shards};

use crate::catalog::TableRecord;
use crate::env::Micros;
use crate::keyspace;
use crate::stored::damaged;
use crate::table::{DataId, KeySchema};
use bytes::Bytes;
use pixii_model::table::StreamViewType;
use pixii_store::StoreError;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The format of records that this program writes, and the newest it reads.
const FORMAT: u32 = 1;

/// The stream that a table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableStream {
    /// What its shards are keyed by.
    pub id: DataId,
    /// What its records hold.
    pub view_type: StreamViewType,
}

/// All that is known of a stream, also when its table is gone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StreamRecord {
    /// The format of the program that wrote it.
    pub format: u32,
    /// What its shards are keyed by.
    pub id: DataId,
    /// Its ARN.
    pub arn: String,
    /// Its label.
    pub label: String,
    /// The name of its table.
    pub table_name: String,
    /// What the change log of its table is keyed by.
    pub table: DataId,
    /// The key of its table.
    pub key_schema: KeySchema,
    /// What its records hold.
    pub view_type: StreamViewType,
    /// When it was turned on.
    pub created: Micros,
    /// When it was turned off.
    pub disabled: Option<Micros>,
}

impl StreamRecord {
    /// The stream of a table that has one.
    pub fn of(table: &TableRecord) -> Option<Self> {
        let (stream, label) = (table.stream?, table.latest_stream_label.clone()?);
        Some(Self {
            format: FORMAT,
            id: stream.id,
            arn: table.latest_stream_arn()?,
            label,
            table_name: table.name.clone(),
            table: table.id,
            key_schema: table.key_schema.clone(),
            view_type: stream.view_type,
            created: table.stream_changed.unwrap_or(table.created),
            disabled: None,
        })
    }

    /// Where it is stored.
    pub fn key(&self) -> Bytes {
        keyspace::stream(&self.table_name, &self.label, self.id)
    }

    /// Reads a record.
    pub fn from_stored(value: &[u8]) -> Result<Self, StoreError> {
        serde_json::from_slice(value)
            .ok()
            .filter(|record: &Self| record.format <= FORMAT)
            .ok_or_else(|| damaged("a stream's record cannot be read"))
    }

    /// The record as it is stored.
    pub fn to_stored(&self) -> Bytes {
        serde_json::to_vec(self).expect("a record is plain data").into()
    }

    /// Whether it is gone: off for so long that nothing in it can be read.
    pub fn is_gone(&self, now: Micros, retention: Duration) -> bool {
        self.disabled.is_some_and(|disabled| disabled.after(retention) <= now)
    }
}
