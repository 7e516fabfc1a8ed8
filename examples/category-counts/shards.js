// Reads a stream shard by shard: a shard when the one before it, its parent, has been read to its end. In that order each
// item's changes come as they were made.

import {
  DescribeStreamCommand,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from "@aws-sdk/client-dynamodb-streams";

/** All shards of a stream, page by page. */
async function describe(streams, StreamArn) {
  const shards = [];
  let ExclusiveStartShardId;
  do {
    const page = await streams.send(new DescribeStreamCommand({ StreamArn, ExclusiveStartShardId }));
    shards.push(...page.StreamDescription.Shards);
    ExclusiveStartShardId = page.StreamDescription.LastEvaluatedShardId;
  } while (ExclusiveStartShardId);
  return shards;
}

/** Reads a stream on from checkpoints, which say of each shard what has become of it: `sequenceNumber` is its last record
 * that was handled, `ended` whether there will be no more. */
export class ShardReader {
  /** `checkpoint(shardId)` looks one up; `handle(shardId, records, ended)` handles records and moves it, or returns false
   * if it does not stand before them. */
  constructor(streams, StreamArn, { checkpoint, handle, limit }) {
    Object.assign(this, { streams, StreamArn, checkpoint, handle, limit, iterators: new Map(), ended: new Set() });
  }

  /** Reads a page of every shard that may be read, and returns how many of them had something to tell. */
  async poll() {
    const shards = await describe(this.streams, this.StreamArn);
    const present = new Set(shards.map((shard) => shard.ShardId));
    let count = 0;
    for (const { ShardId, ParentShardId } of shards) {
      const waits = present.has(ParentShardId) && !(await this.hasEnded(ParentShardId));
      if (!waits && !(await this.hasEnded(ShardId))) count += await this.read(ShardId);
    }
    return count;
  }

  async hasEnded(shardId) {
    if (!this.ended.has(shardId) && (await this.checkpoint(shardId))?.ended) this.ended.add(shardId);
    return this.ended.has(shardId);
  }

  async read(shardId) {
    try {
      const ShardIterator = this.iterators.get(shardId) ?? (await this.iterator(shardId));
      const page = await this.streams.send(new GetRecordsCommand({ ShardIterator, Limit: this.limit }));
      const ended = !page.NextShardIterator;
      this.iterators.delete(shardId);
      const tells = page.Records.length > 0 || ended;
      const handled = !tells || (await this.handle(shardId, page.Records, ended));
      if (handled && !ended) this.iterators.set(shardId, page.NextShardIterator);
      return tells ? 1 : 0;
    } catch (error) {
      // Iterators are good for 15 minutes. The next one begins at the checkpoint.
      if (!(error instanceof ExpiredIteratorException)) throw error;
      this.iterators.delete(shardId);
      return 0;
    }
  }

  async iterator(ShardId) {
    const SequenceNumber = (await this.checkpoint(ShardId))?.sequenceNumber;
    const { ShardIterator } = await this.streams.send(
      new GetShardIteratorCommand({
        StreamArn: this.StreamArn,
        ShardId,
        ShardIteratorType: SequenceNumber ? "AFTER_SEQUENCE_NUMBER" : "TRIM_HORIZON",
        SequenceNumber,
      }),
    );
    return ShardIterator;
  }
}
