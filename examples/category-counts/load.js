// Loads the movies of the vega-datasets package and then tidies them up, so that there are changes of every kind to count.
//
//   npm run load
//
// It makes the tables if they are not there. Run again, it changes what it tidied up back, and tidies up again.

import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateTableCommand, ResourceInUseException, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { BatchWriteCommand, DeleteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { COUNTS, MOVIES, client, documents } from "./clients.js";

const PACKAGE = new URL("..", import.meta.resolve("vega-datasets"));
const BATCH_REQUESTS_MAX = 25;
const WAIT = { maxWaitTime: 300, minDelay: 1, maxDelay: 5 };

/** 3,201 movies; about 300 have no genre. */
async function movies() {
  const rows = JSON.parse(await readFile(new URL("data/movies.json", PACKAGE), "utf8"));
  return rows.map((row) => ({
    title: String(row.Title ?? "(no title)"),
    released: row["Release Date"],
    ...(row["Major Genre"] ? { genre: row["Major Genre"] } : {}),
  }));
}

async function createTable(TableName, keys, settings = {}) {
  try {
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: keys.map((AttributeName, at) => ({ AttributeName, KeyType: at ? "RANGE" : "HASH" })),
        AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
        ...settings,
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists({ client, ...WAIT }, { TableName });
}

async function putAll(items) {
  for (let start = 0; start < items.length; start += BATCH_REQUESTS_MAX) {
    const puts = items.slice(start, start + BATCH_REQUESTS_MAX).map((Item) => ({ PutRequest: { Item } }));
    let requests = { [MOVIES]: puts };
    for (let pause = 50; Object.keys(requests).length > 0; pause *= 2) {
      const { UnprocessedItems = {} } = await documents.send(new BatchWriteCommand({ RequestItems: requests }));
      requests = UnprocessedItems;
      if (Object.keys(requests).length > 0) await sleep(pause);
    }
  }
}

await createTable(COUNTS, ["kind", "name"]);
await createTable(MOVIES, ["title", "released"], {
  StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
});

const all = await movies();
await putAll(all);
console.log(`${all.length} movies`);

// Changes of an item's category: one genre goes by a shorter name.
const thrillers = all.filter((movie) => movie.genre === "Thriller/Suspense");
for (const { title, released } of thrillers) {
  await documents.send(
    new UpdateCommand({
      TableName: MOVIES,
      Key: { title, released },
      UpdateExpression: "SET genre = :thriller",
      ExpressionAttributeValues: { ":thriller": "Thriller" },
    }),
  );
}
console.log(`${thrillers.length} of them are thrillers now`);

// Items that go: concerts and performances are no movies.
const concerts = all.filter((movie) => movie.genre === "Concert/Performance");
for (const { title, released } of concerts) {
  await documents.send(new DeleteCommand({ TableName: MOVIES, Key: { title, released } }));
}
console.log(`${concerts.length} concerts are gone`);
