//! What a change of a table's record means for its stream: pure.

use super::{ShardEvent, ShardId, StreamRecord};
use crate::catalog::TableRecord;
use crate::env::Micros;
use crate::keyspace;
use crate::partition::PartitionId;
use crate::table::DataId;
use crate::write::write_set::Mutation;
use bytes::Bytes;

/// What changes in the store when a table's record becomes another, or comes or goes. `open` tells the open shard of each
/// partition of the stream that was on before.
pub(crate) fn stream_mutations(
    before: Option<&TableRecord>,
    after: Option<&TableRecord>,
    open: impl Fn(PartitionId) -> Option<ShardId>,
    now: Micros,
) -> Vec<Mutation> {
    let (old, new) = (before.and_then(StreamRecord::of), after.and_then(StreamRecord::of));
    let mut mutations = Vec::new();
    let partitions =
        |record: Option<&TableRecord>| record.map(|record| record.partitions.clone()).unwrap_or_default();
    let (left, come) = (partitions(before), partitions(after));
    match (old, new) {
        (Some(old), Some(new)) if old.id == new.id => {
            let gone = left.iter().filter(|partition| !come.contains(partition.id));
            mutations.extend(gone.map(|partition| ends(old.id, partition.id, now)));
            for partition in come.iter().filter(|partition| !left.contains(partition.id)) {
                // It is a part of the partition that its first key was in.
                let whole = left.at(&partition.start);
                mutations.push(begins(new.id, partition.id, open(whole), now));
            }
        }
        (old, new) => {
            if let Some(old) = old {
                mutations.extend(left.iter().map(|partition| ends(old.id, partition.id, now)));
                let disabled = StreamRecord { disabled: Some(now), ..old };
                mutations.push(Mutation::Set(disabled.key(), disabled.to_stored()));
            }
            if let Some(new) = new {
                mutations.push(Mutation::Set(new.key(), new.to_stored()));
                mutations.extend(come.iter().map(|partition| begins(new.id, partition.id, None, now)));
            }
        }
    }
    mutations
}

fn begins(stream: DataId, partition: PartitionId, parent: Option<ShardId>, time: Micros) -> Mutation {
    event(stream, partition, &ShardEvent::Begins { time, parent })
}

fn ends(stream: DataId, partition: PartitionId, time: Micros) -> Mutation {
    event(stream, partition, &ShardEvent::Ends { time })
}

fn event(stream: DataId, partition: PartitionId, event: &ShardEvent) -> Mutation {
    let value: Bytes = event.to_stored();
    Mutation::Append(keyspace::shard_prefix(stream, partition), value)
}
