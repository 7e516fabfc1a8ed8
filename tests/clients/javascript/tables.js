// Tables that live as long as a test, and patience for what AWS serves eventually consistent.

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateTableCommand,
  DeleteTableCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";

/** Key schema of one partition key and, where named, one sort key. */
export function keySchema(partition, sort) {
  const schema = [{ AttributeName: partition, KeyType: "HASH" }];
  if (sort) schema.push({ AttributeName: sort, KeyType: "RANGE" });
  return schema;
}

/** Definitions from a short form: `{ pk: "S", n: "N" }`. */
export function attributes(types) {
  return Object.entries(types).map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }));
}

/** A global secondary index that projects everything. */
export function index(IndexName, partition, sort) {
  return { IndexName, KeySchema: keySchema(partition, sort), Projection: { ProjectionType: "ALL" } };
}

/** Creates a table, waits until it is there, and deletes it when the test `t` ends. */
export async function createTable(t, client, definition) {
  const TableName = `pixii-test-${randomUUID().slice(0, 13)}`;
  await client.send(new CreateTableCommand({ TableName, BillingMode: "PAY_PER_REQUEST", ...definition }));
  await waitUntilTableExists({ client, maxWaitTime: 300, minDelay: 1, maxDelay: 2 }, { TableName });
  t.after(async () => {
    await client.send(new DeleteTableCommand({ TableName }));
    await waitUntilTableNotExists({ client, maxWaitTime: 300, minDelay: 1, maxDelay: 2 }, { TableName });
  });
  return TableName;
}

/** Runs a check that throws until it does not, for reads that AWS serves eventually consistent. */
export async function eventually(check) {
  for (const giveUp = Date.now() + 20_000; ; await sleep(100)) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > giveUp) throw error;
    }
  }
}
