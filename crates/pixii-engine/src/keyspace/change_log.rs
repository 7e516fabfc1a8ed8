//! Keys of the change log and of what is read from it. Those that end with a [`Position`] are completed by the store.

use super::{CHANGE_RECORD, CLOCK_MARK, SHARD, STREAM, TRIMMED, tagged};
use crate::change_log::Position;
use crate::env::Micros;
use crate::partition::PartitionId;
use crate::table::DataId;
use bytes::{BufMut, Bytes, BytesMut};
use pixii_store::{APPEND_SUFFIX_BYTES, KeyRange};

/// Between the name of a table and the label of its stream. Names and labels have no such byte.
const SEPARATOR: u8 = 0;

/// Key of a stream's record.
pub fn stream(table_name: &str, label: &str, id: DataId) -> Bytes {
    tagged(STREAM, &[table_name.as_bytes(), &[SEPARATOR], label.as_bytes(), &id.0.to_be_bytes()].concat())
}

/// The records of all streams, by table name and label.
pub fn streams() -> KeyRange {
    KeyRange::prefix(&[STREAM])
}

/// The records of the streams that a table of that name has or had.
pub fn streams_of(table_name: &str) -> KeyRange {
    KeyRange::prefix(&tagged(STREAM, &[table_name.as_bytes(), &[SEPARATOR]].concat()))
}

/// The records of the streams of that table name and label: more than one only if the clock stood still between them.
pub fn streams_labelled(table_name: &str, label: &str) -> KeyRange {
    KeyRange::prefix(&tagged(STREAM, &[table_name.as_bytes(), &[SEPARATOR], label.as_bytes()].concat()))
}

/// What comes before the position in the key of a beginning or end of a stream's shard.
pub fn shard_prefix(stream: DataId, partition: PartitionId) -> Bytes {
    numbered(SHARD, stream, partition)
}

/// The beginnings and ends of all shards of a stream, by partition and in commit order.
pub fn shards(stream: DataId) -> KeyRange {
    KeyRange::prefix(&tagged(SHARD, &stream.0.to_be_bytes()))
}

/// The beginnings and ends of the shards of a stream that belong to a partition, in commit order.
pub fn shards_of(stream: DataId, partition: PartitionId) -> KeyRange {
    KeyRange::prefix(&shard_prefix(stream, partition))
}

/// What comes before the position in the key of a change record.
pub fn change_prefix(table: DataId, partition: PartitionId) -> Bytes {
    numbered(CHANGE_RECORD, table, partition)
}

/// Key of a change record.
pub fn change(table: DataId, partition: PartitionId, position: Position) -> Bytes {
    [&change_prefix(table, partition)[..], &position.to_bytes()].concat().into()
}

/// The change records of a table's partition, in commit order.
pub fn changes(table: DataId, partition: PartitionId) -> KeyRange {
    KeyRange::prefix(&change_prefix(table, partition))
}

/// All change records of a table, by partition and in commit order.
pub fn all_changes(table: DataId) -> KeyRange {
    KeyRange::prefix(&tagged(CHANGE_RECORD, &table.0.to_be_bytes()))
}

/// What comes before the position in the key of a mark that pairs the clock with a position.
pub fn clock_mark_prefix(time: Micros) -> Bytes {
    tagged(CLOCK_MARK, &time.0.to_be_bytes())
}

/// The marks that were made before that time.
pub fn clock_marks_before(time: Micros) -> KeyRange {
    KeyRange::new(tagged(CLOCK_MARK, &[]), clock_mark_prefix(time))
}

/// Key of the position up to which the change records of a partition are trimmed.
pub fn trimmed(table: DataId, partition: PartitionId) -> Bytes {
    numbered(TRIMMED, table, partition)
}

/// The positions up to which a table's change records are trimmed.
pub fn all_trimmed(table: DataId) -> KeyRange {
    KeyRange::prefix(&tagged(TRIMMED, &table.0.to_be_bytes()))
}

/// `tag id partition`
fn numbered(tag: u8, id: DataId, partition: PartitionId) -> Bytes {
    let mut key = BytesMut::with_capacity(13 + APPEND_SUFFIX_BYTES);
    key.put_u8(tag);
    key.put_u64(id.0);
    key.put_u32(partition.0);
    key.freeze()
}

/// Takes `id partition rest` apart.
pub(super) fn take_numbered(bytes: &[u8]) -> Option<(DataId, PartitionId, &[u8])> {
    let (id, rest) = bytes.split_first_chunk::<8>()?;
    let (partition, rest) = rest.split_first_chunk::<4>()?;
    Some((DataId(u64::from_be_bytes(*id)), PartitionId(u32::from_be_bytes(*partition)), rest))
}

/// Takes `name 00 label id` apart.
pub(super) fn take_stream(bytes: &[u8]) -> Option<(String, String, DataId)> {
    let (name, rest) = bytes.split_at(bytes.iter().position(|byte| *byte == SEPARATOR)?);
    let (label, id) = rest.get(1..)?.split_last_chunk::<8>()?;
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    Some((text(name)?, text(label)?, DataId(u64::from_be_bytes(*id))))
}
