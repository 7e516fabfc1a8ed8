//! Shards, and their beginnings and ends as they are stored.

use crate::change_log::Position;
use crate::env::Micros;
use crate::keyspace::Key;
use crate::partition::PartitionId;
use crate::stored::damaged;
use bytes::Bytes;
use pixii_store::StoreError;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The id of a shard: when it began, and the partition it belongs to. `shardId-00000001763871234567-00000003`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShardId {
    /// Milliseconds since 1970.
    pub began: u64,
    /// Its partition.
    pub partition: PartitionId,
}

impl ShardId {
    /// The id of a shard that begins at that time.
    pub fn new(time: Micros, partition: PartitionId) -> Self {
        Self { began: time.millis(), partition }
    }
}

impl fmt::Display for ShardId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "shardId-{:020}-{:08x}", self.began, self.partition.0)
    }
}

/// What is no shard id of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidShardId;

impl FromStr for ShardId {
    type Err = InvalidShardId;

    fn from_str(text: &str) -> Result<Self, InvalidShardId> {
        let numbers = text.strip_prefix("shardId-").and_then(|rest| rest.split_once('-'));
        let id = numbers.and_then(|(began, partition)| {
            let partition = u32::from_str_radix(partition, 16).ok()?;
            Some(Self { began: began.parse().ok()?, partition: PartitionId(partition) })
        });
        id.filter(|id| id.to_string() == text).ok_or(InvalidShardId)
    }
}

impl Serialize for ShardId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ShardId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|InvalidShardId| serde::de::Error::custom("no shard id"))
    }
}

/// What happens to the shards of a stream at a position of a partition's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ShardEvent {
    /// A shard begins; the one before it in this partition, if there is one, ends.
    Begins {
        /// When.
        time: Micros,
        /// The shard it goes on from.
        parent: Option<ShardId>,
    },
    /// The shard of this partition ends, and none follows in this partition.
    Ends {
        /// When.
        time: Micros,
    },
}

impl ShardEvent {
    /// When it happened.
    pub fn time(&self) -> Micros {
        match self {
            Self::Begins { time, .. } | Self::Ends { time } => *time,
        }
    }

    /// As it is stored.
    pub fn to_stored(&self) -> Bytes {
        serde_json::to_vec(self).expect("an event is plain data").into()
    }

    /// Reads an event with its place.
    pub fn from_stored(key: &[u8], value: &[u8]) -> Result<(PartitionId, Position, Self), StoreError> {
        match (Key::parse(key), serde_json::from_slice(value)) {
            (Some(Key::Shard { partition, position, .. }), Ok(event)) => Ok((partition, position, event)),
            _ => Err(damaged("a shard of a stream cannot be read")),
        }
    }
}

/// A stretch of one partition's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Its id.
    pub id: ShardId,
    /// Its records lie behind this.
    pub begin: Position,
    /// Its records lie before this; `None` while it is open.
    pub end: Option<Position>,
    /// When it ended.
    pub ended: Option<Micros>,
    /// The shard it goes on from.
    pub parent: Option<ShardId>,
}

/// The shards that stored events tell of: by partition, and in order within one. An end whose beginning is forgotten tells of
/// none.
pub fn shards<'e>(events: impl IntoIterator<Item = &'e (Bytes, Bytes)>) -> Result<Vec<Shard>, StoreError> {
    let mut shards: Vec<Shard> = Vec::new();
    for (key, value) in events {
        let (partition, position, event) = ShardEvent::from_stored(key, value)?;
        if let Some(open) =
            shards.last_mut().filter(|last| last.id.partition == partition && last.end.is_none())
        {
            open.end = Some(position);
            open.ended = Some(event.time());
        }
        if let ShardEvent::Begins { time, parent } = event {
            let id = ShardId::new(time, partition);
            shards.push(Shard { id, begin: position, end: None, ended: None, parent });
        }
    }
    Ok(shards)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keyspace;
    use crate::table::DataId;

    #[test]
    fn shard_ids_are_of_the_form_and_length_that_clients_expect() {
        let id = ShardId::new(Micros(1_763_871_234_567_890), PartitionId(0x2a));
        assert_eq!(id.to_string(), "shardId-00000001763871234567-0000002a");
        assert_eq!(id.to_string().parse(), Ok(id));
        for wrong in
            ["", "shardId-1-2", "shardId-00000001763871234567-0000002A", "shardId-00000001763871234567"]
        {
            assert_eq!(wrong.parse::<ShardId>(), Err(InvalidShardId), "{wrong}");
        }
    }

    #[test]
    fn events_are_the_lineage_of_shards() {
        let event = |partition, commit: u64, event: ShardEvent| {
            let stamp = pixii_store::Stamp::from_sequence(commit).0;
            let prefix = keyspace::shard_prefix(DataId(1), PartitionId(partition));
            let key = [&prefix[..], &1u32.to_be_bytes(), &stamp, &[0, 0]].concat();
            (Bytes::from(key), event.to_stored())
        };
        let begins = |millis: u64, parent| ShardEvent::Begins { time: Micros(millis * 1000), parent };
        let id = |began, partition| ShardId { began, partition: PartitionId(partition) };
        let events = [
            event(0, 5, begins(10, None)),
            event(0, 9, begins(20, Some(id(10, 0)))),
            event(0, 12, ShardEvent::Ends { time: Micros(30_000) }),
            event(3, 4, ShardEvent::Ends { time: Micros(9_000) }),
            event(4, 12, begins(30, Some(id(20, 0)))),
        ];
        let shards = shards(&events).unwrap();
        let told: Vec<_> = shards.iter().map(|shard| (shard.id, shard.parent, shard.ended)).collect();
        assert_eq!(
            told,
            [
                (id(10, 0), None, Some(Micros(20_000))),
                (id(20, 0), Some(id(10, 0)), Some(Micros(30_000))),
                (id(30, 4), Some(id(20, 0)), None),
            ]
        );
        assert_eq!(shards[0].end, Some(shards[1].begin));
        assert!(shards[1].end > shards[0].end && shards[2].end.is_none());
    }
}
