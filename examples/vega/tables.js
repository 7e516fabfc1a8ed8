// The tables of the example: made anew at each run, then filled.

import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateTableCommand,
  DeleteTableCommand,
  ResourceNotFoundException,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";
import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";

const BATCH_REQUESTS_MAX = 25;
const WAIT = { maxWaitTime: 300, minDelay: 1, maxDelay: 5 };

/** `keys` are "name:type"; each index is `{ name, keys, include }`, and projects everything unless it says what. */
export async function createTable(client, TableName, keys, indexes = []) {
  try {
    await client.send(new DeleteTableCommand({ TableName }));
    await waitUntilTableNotExists({ client, ...WAIT }, { TableName });
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  const types = new Map([keys, ...indexes.map((index) => index.keys)].flat().map((key) => key.split(":")));
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: keySchema(keys),
      AttributeDefinitions: [...types].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
      GlobalSecondaryIndexes: indexes.length
        ? indexes.map(({ name, keys, include }) => ({
            IndexName: name,
            KeySchema: keySchema(keys),
            Projection: include
              ? { ProjectionType: "INCLUDE", NonKeyAttributes: include }
              : { ProjectionType: "ALL" },
          }))
        : undefined,
    }),
  );
  await waitUntilTableExists({ client, ...WAIT }, { TableName });
}

function keySchema(keys) {
  return keys.map((key, position) => ({
    AttributeName: key.split(":")[0],
    KeyType: position === 0 ? "HASH" : "RANGE",
  }));
}

/** Puts all items, in batches; what a batch leaves unprocessed is sent again. */
export async function fill(documents, table, items) {
  for (let start = 0; start < items.length; start += BATCH_REQUESTS_MAX) {
    const batch = items.slice(start, start + BATCH_REQUESTS_MAX);
    let requests = { [table]: batch.map((Item) => ({ PutRequest: { Item } })) };
    for (let pause = 50; Object.keys(requests).length > 0; pause *= 2) {
      const { UnprocessedItems = {} } = await documents.send(new BatchWriteCommand({ RequestItems: requests }));
      requests = UnprocessedItems;
      if (Object.keys(requests).length > 0) await sleep(pause);
    }
  }
}
