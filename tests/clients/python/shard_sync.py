"""A consumer of a stream, by the rules of the DynamoDB Streams Kinesis Adapter.

- It knows shards from DescribeStream, page by page, and looks for new ones whenever one ends.
- A shard is read once its parent has been read to its end, or is gone from the stream: so an item's changes come in order.
- A checkpoint says how far a shard has been read. Whoever begins anew goes on from the checkpoints.
- An iterator that has expired is replaced by one at the checkpoint.
- Where records behind the checkpoint have been trimmed, it goes on at the oldest that is there, and counts that as a gap.
- A shard that gives no next iterator has ended; its children are asked for with a ShardFilter.
"""

from dataclasses import dataclass, field

import botocore.exceptions

# Where a checkpoint stands that stands at no record.
BEGIN = "TRIM_HORIZON"
END = "SHARD_END"

# A server that is away comes back: the same call is made again.
AWAY = (botocore.exceptions.ConnectionError, botocore.exceptions.HTTPClientError)


@dataclass
class Progress:
    """How far a stream has been read: what a consumer keeps, so that another can go on."""

    checkpoints: dict = field(default_factory=dict)
    parents: dict = field(default_factory=dict)
    gaps: int = 0


class ShardSync:
    """Reads a stream; `deliver(shard_id, records)` is called before the checkpoint moves behind them."""

    def __init__(self, streams, stream_arn, deliver, progress=None, limit=None):
        self.streams = streams
        self.stream_arn = stream_arn
        self.deliver = deliver
        self.progress = progress or Progress()
        self.parameters = {"Limit": limit} if limit else {}
        self.iterators = {}
        self.expired = 0

    def poll(self):
        """Reads on in every shard that may be read; returns how many records came, or None if the server is away."""
        try:
            self.sync()
            return sum(self.read(shard) for shard in self.readable())
        except AWAY:
            return None

    def sync(self):
        """Takes note of shards that are new, and forgets those that are gone and have been read."""
        shards = self.describe()
        for shard in shards:
            self.take_on(shard)
        present = {shard["ShardId"] for shard in shards}
        for shard in self.progress.checkpoints.keys() - present:
            if self.progress.checkpoints[shard] == END:
                del self.progress.checkpoints[shard], self.progress.parents[shard]

    def describe(self, **parameters):
        """All shards of the stream, or those that a filter wants."""
        shards = []
        while True:
            page = self.streams.describe_stream(StreamArn=self.stream_arn, **parameters)["StreamDescription"]
            shards += page["Shards"]
            if "LastEvaluatedShardId" not in page:
                return shards
            parameters["ExclusiveStartShardId"] = page["LastEvaluatedShardId"]

    def take_on(self, shard):
        self.progress.checkpoints.setdefault(shard["ShardId"], BEGIN)
        self.progress.parents.setdefault(shard["ShardId"], shard.get("ParentShardId"))

    def readable(self):
        """The shards that are not read to their ends and whose parents are, or are gone."""
        at = self.progress.checkpoints
        return [
            shard
            for shard, parent in self.progress.parents.items()
            if at[shard] != END and at.get(parent, END) == END
        ]

    def read(self, shard):
        """Reads a page of a shard and moves its checkpoint; returns how many records came."""
        try:
            if shard not in self.iterators:
                self.iterators[shard] = self.iterator(shard)
            page = self.streams.get_records(ShardIterator=self.iterators[shard], **self.parameters)
        except self.streams.exceptions.ExpiredIteratorException:
            self.expired += 1
            del self.iterators[shard]
            return 0
        except self.streams.exceptions.TrimmedDataAccessException:
            self.progress.gaps += 1
            self.progress.checkpoints[shard] = BEGIN
            self.iterators.pop(shard, None)
            return 0
        except self.streams.exceptions.ResourceNotFoundException:
            # The shard is gone with what was left in it.
            self.progress.gaps += self.progress.checkpoints[shard] == BEGIN
            self.end(shard)
            return 0
        records = page["Records"]
        if records:
            self.deliver(shard, records)
            self.progress.checkpoints[shard] = records[-1]["dynamodb"]["SequenceNumber"]
        if "NextShardIterator" in page:
            self.iterators[shard] = page["NextShardIterator"]
        else:
            del self.iterators[shard]
            for child in self.describe(ShardFilter={"Type": "CHILD_SHARDS", "ShardId": shard}):
                self.take_on(child)
            self.end(shard)
        return len(records)

    def iterator(self, shard):
        """An iterator at the shard's checkpoint."""
        at = self.progress.checkpoints[shard]
        if at == BEGIN:
            position = {"ShardIteratorType": "TRIM_HORIZON"}
        else:
            position = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": at}
        return self.streams.get_shard_iterator(StreamArn=self.stream_arn, ShardId=shard, **position)["ShardIterator"]

    def end(self, shard):
        self.progress.checkpoints[shard] = END
        self.iterators.pop(shard, None)
