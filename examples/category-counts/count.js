// Keeps a count of movies per genre, from the stream of changes of the movies' table.
//
//   npm run count
//
// Each page of changes is one transaction: it adds to the counts and moves the checkpoint of its shard, on the condition
// that the checkpoint is where it was read. So every change counts once, whenever this program is killed, and however many
// of it run. It prints the counts when it has caught up; with --follow it goes on waiting for changes.

import { setTimeout as sleep } from "node:timers/promises";
import { DescribeTableCommand, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { GetCommand, QueryCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { COUNTS, MOVIES, client, documents, streams } from "./clients.js";
import { ShardReader } from "./shards.js";

// A change takes from one count and adds to another, and a transaction has 100 actions.
const CHANGES_MAX = 49;

async function checkpoint(shardId) {
  const Key = { kind: "shard", name: shardId };
  return (await documents.send(new GetCommand({ TableName: COUNTS, Key, ConsistentRead: true }))).Item;
}

/** What the changes add to each genre's count. */
function differences(records) {
  const sums = new Map();
  const add = (image, by) => {
    const genre = image && (image.genre?.S ?? "(none)");
    if (genre) sums.set(genre, (sums.get(genre) ?? 0) + by);
  };
  for (const { dynamodb } of records) {
    add(dynamodb.OldImage, -1);
    add(dynamodb.NewImage, +1);
  }
  return [...sums].filter(([, by]) => by !== 0);
}

async function handle(shardId, records, ended) {
  const before = (await checkpoint(shardId))?.sequenceNumber;
  const first = records[0]?.dynamodb.SequenceNumber;
  // Another of us was faster: what it counted is not counted again.
  if (first && before && BigInt(before) >= BigInt(first)) return false;
  const move = {
    TableName: COUNTS,
    Item: { kind: "shard", name: shardId, sequenceNumber: records.at(-1)?.dynamodb.SequenceNumber ?? before, ended },
    ...(before
      ? { ConditionExpression: "sequenceNumber = :before", ExpressionAttributeValues: { ":before": before } }
      : { ConditionExpression: "attribute_not_exists(sequenceNumber)" }),
  };
  const counts = differences(records).map(([genre, by]) => ({
    Update: {
      TableName: COUNTS,
      Key: { kind: "genre", name: genre },
      UpdateExpression: "ADD movies :by",
      ExpressionAttributeValues: { ":by": by },
    },
  }));
  try {
    await documents.send(new TransactWriteCommand({ TransactItems: [{ Put: move }, ...counts] }));
    return true;
  } catch (error) {
    const reason = error instanceof TransactionCanceledException && error.CancellationReasons[0].Code;
    if (reason !== "ConditionalCheckFailed") throw error;
    return false;
  }
}

async function printCounts() {
  const { Items } = await documents.send(
    new QueryCommand({
      TableName: COUNTS,
      KeyConditionExpression: "kind = :genre",
      ExpressionAttributeValues: { ":genre": "genre" },
      ConsistentRead: true,
    }),
  );
  const genres = Items.filter(({ movies }) => movies !== 0).sort((a, b) => b.movies - a.movies);
  for (const { name, movies } of genres) console.log(`${String(movies).padStart(5)}  ${name}`);
}

const follow = process.argv.includes("--follow");
const { Table } = await client.send(new DescribeTableCommand({ TableName: MOVIES }));
const reader = new ShardReader(streams, Table.LatestStreamArn, { checkpoint, handle, limit: CHANGES_MAX });
if (follow) console.log(`following the changes of ${MOVIES}`);
while ((await reader.poll()) > 0);
await printCounts();
while (follow) {
  await sleep(500);
  if ((await reader.poll()) === 0) continue;
  while ((await reader.poll()) > 0);
  console.log();
  await printCounts();
}
