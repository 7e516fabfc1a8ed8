// DynamoDB Streams: the AWS SDK for JavaScript v3, and dynamodb-streams-readable, which makes a Node stream of a shard.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  BatchWriteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  DynamoDBStreams,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-dynamodb-streams";
import readableShard from "dynamodb-streams-readable";
import { clientOptions, startServer } from "./server.js";
import { attributes, createTable, keySchema } from "./tables.js";

describe("DynamoDB Streams", () => {
  let server, client, streams;

  before(async () => {
    // Short-lived shards, so that a reader meets some that end. AWS closes them after about four hours.
    server = await startServer("--shard-age", "1");
    client = new DynamoDBClient(clientOptions(server.endpoint));
    streams = new DynamoDBStreams(clientOptions(server.endpoint));
  });

  after(async () => {
    client.destroy();
    streams.destroy();
    assert.equal(await server.stop(), 0);
  });

  const watched = async (t) => {
    const TableName = await createTable(t, client, {
      KeySchema: keySchema("id"),
      AttributeDefinitions: attributes({ id: "S" }),
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    });
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    return { TableName, StreamArn: Table.LatestStreamArn };
  };

  const shards = async (StreamArn) => {
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
    return StreamDescription.Shards;
  };

  test("records have the SDK's types", async (t) => {
    const { TableName, StreamArn } = await watched(t);
    await client.send(new PutItemCommand({ TableName, Item: { id: { S: "a" }, b: { B: new Uint8Array([0, 255]) } } }));
    const { Streams } = await streams.send(new ListStreamsCommand({ TableName }));
    assert.deepEqual(Streams.map((stream) => stream.StreamArn), [StreamArn]);
    const records = [];
    for (const { ShardId } of await shards(StreamArn)) {
      const { ShardIterator } = await streams.send(
        new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" }),
      );
      const page = await streams.send(new GetRecordsCommand({ ShardIterator }));
      records.push(...page.Records);
    }
    assert.equal(records.length, 1);
    const [{ eventName, dynamodb }] = records;
    assert.equal(eventName, "INSERT");
    assert.ok(dynamodb.ApproximateCreationDateTime instanceof Date);
    assert.equal(dynamodb.ApproximateCreationDateTime.getMilliseconds(), 0);
    assert.equal(typeof dynamodb.SequenceNumber, "string");
    assert.equal(dynamodb.SizeBytes, 3 + 3 + 3);
    assert.deepEqual(dynamodb.NewImage, { id: { S: "a" }, b: { B: new Uint8Array([0, 255]) } });
  });

  test("errors are instances of their classes", async (t) => {
    const { StreamArn } = await watched(t);
    const ShardId = "shardId-00000000000000000001-00000001";
    await assert.rejects(
      streams.send(new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: "LATEST" })),
      (error) =>
        error instanceof ResourceNotFoundException &&
        error.message === "Requested resource not found: Shard does not exist",
    );
    await assert.rejects(
      streams.send(new GetRecordsCommand({ ShardIterator: "nonsense" })),
      (error) => error.name === "ValidationException" && error.$metadata.httpStatusCode === 400,
    );
  });

  test("dynamodb-streams-readable reads every shard to its end", { timeout: 60_000 }, async (t) => {
    const { TableName, StreamArn } = await watched(t);

    // One readable for each shard, and one for each that follows when a shard ends.
    const versions = new Map();
    const seen = new Set();
    let ended = 0;
    const follow = async (shardId) => {
      if (seen.has(shardId)) return;
      seen.add(shardId);
      const readable = readableShard(streams, StreamArn, { shardId, limit: 10, readInterval: 20 });
      for await (const records of readable) {
        for (const { dynamodb } of records) {
          const id = dynamodb.Keys.id.S;
          if (!versions.has(id)) versions.set(id, []);
          versions.get(id).push(Number(dynamodb.NewImage.version.N));
        }
      }
      ended++;
      const children = (await shards(StreamArn)).filter((shard) => shard.ParentShardId === shardId);
      await Promise.all(children.map((shard) => follow(shard.ShardId)));
    };

    const count = 80;
    const ids = Array.from({ length: 20 }, (_, n) => `item ${n}`);
    const write = async () => {
      for (let version = 1; version <= count; version++) {
        const puts = ids.map((id) => ({ PutRequest: { Item: { id: { S: id }, version: { N: `${version}` } } } }));
        await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: puts } }));
        await sleep(40);
      }
      // A stream that is turned off has no open shards, so that every reader comes to an end.
      await client.send(new UpdateTableCommand({ TableName, StreamSpecification: { StreamEnabled: false } }));
    };
    const roots = (await shards(StreamArn)).filter((shard) => !shard.ParentShardId);
    await Promise.all([write(), ...roots.map((shard) => follow(shard.ShardId))]);

    assert.ok(ended > roots.length * 2, `${ended} of ${roots.length} shards ended`);
    const expected = Array.from({ length: count }, (_, n) => n + 1);
    assert.deepEqual([...versions.keys()].sort(), [...ids].sort());
    for (const [id, found] of versions) assert.deepEqual(found, expected, id);
  });
});
