// DynamoDB Toolbox: schemas, computed keys, update expressions, batches and transactions above lib-dynamodb.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import {
  $add,
  $append,
  BatchPutRequest,
  BatchWriteCommand,
  ConditionCheck,
  DeleteItemCommand,
  Entity,
  GetItemCommand,
  PutItemCommand,
  PutTransaction,
  QueryCommand,
  ScanCommand,
  Table,
  UpdateItemCommand,
  executeBatchWrite,
  executeTransactWrite,
  item,
  list,
  number,
  set,
  string,
} from "dynamodb-toolbox";
import { clientOptions, startServer } from "./server.js";
import { attributes, createTable, eventually, index, keySchema } from "./tables.js";

describe("DynamoDB Toolbox", () => {
  let server, client;

  before(async () => {
    server = await startServer();
    client = new DynamoDBClient(clientOptions(server.endpoint));
  });

  after(async () => {
    client.destroy();
    assert.equal(await server.stop(), 0);
  });

  async function pokedex(t) {
    const table = new Table({
      documentClient: DynamoDBDocumentClient.from(client),
      name: await createTable(t, client, {
        KeySchema: keySchema("pk", "sk"),
        AttributeDefinitions: attributes({ pk: "S", sk: "S", kind: "S", level: "N" }),
        GlobalSecondaryIndexes: [index("by-kind", "kind", "level")],
      }),
      partitionKey: { name: "pk", type: "string" },
      sortKey: { name: "sk", type: "string" },
      indexes: {
        "by-kind": {
          type: "global",
          partitionKey: { name: "kind", type: "string" },
          sortKey: { name: "level", type: "number" },
        },
      },
    });
    const creature = new Entity({
      name: "Creature",
      table,
      schema: item({
        trainer: string().key(),
        name: string().key(),
        kind: string().enum("fire", "water"),
        level: number().default(1),
        moves: list(string()).default(() => []),
        badges: set(string()).optional(),
      }),
      computeKey: ({ trainer, name }) => ({ pk: `TRAINER#${trainer}`, sk: `CREATURE#${name}` }),
    });
    return { table, creature };
  }

  test("an item is put, read, updated and deleted", async (t) => {
    const { creature } = await pokedex(t);
    const key = { trainer: "ash", name: "ember" };
    await creature.build(PutItemCommand).item({ ...key, kind: "fire", badges: new Set(["new"]) }).send();
    await assert.rejects(
      creature
        .build(PutItemCommand)
        .item({ ...key, kind: "water" })
        .options({ condition: { attr: "name", exists: false } })
        .send(),
      { name: "ConditionalCheckFailedException" },
    );
    const { Attributes } = await creature
      .build(UpdateItemCommand)
      .item({ ...key, level: $add(4), moves: $append(["bite"]), badges: $add(new Set(["bronze"])) })
      .options({ returnValues: "ALL_NEW", condition: { attr: "level", lt: 5 } })
      .send();
    assert.equal(Attributes.level, 5);
    assert.deepEqual(Attributes.moves, ["bite"]);
    assert.deepEqual(Attributes.badges, new Set(["new", "bronze"]));

    const { Item } = await creature.build(GetItemCommand).key(key).options({ consistent: true }).send();
    assert.deepEqual([Item.kind, Item.level], ["fire", 5]);
    await creature.build(DeleteItemCommand).key(key).send();
    assert.equal((await creature.build(GetItemCommand).key(key).options({ consistent: true }).send()).Item, undefined);
  });

  test("a batch is queried by key and by index, and scanned", async (t) => {
    const { table, creature } = await pokedex(t);
    const requests = Array.from({ length: 20 }, (_, n) =>
      creature
        .build(BatchPutRequest)
        .item({ trainer: "ash", name: `c${String(n).padStart(2, "0")}`, kind: n % 2 ? "fire" : "water", level: n }),
    );
    await executeBatchWrite(table.build(BatchWriteCommand).requests(...requests));

    const some = await table
      .build(QueryCommand)
      .entities(creature)
      .query({ partition: "TRAINER#ash", range: { beginsWith: "CREATURE#c1" } })
      .options({ consistent: true, filters: { Creature: { attr: "kind", eq: "fire" } } })
      .send();
    assert.deepEqual(
      some.Items.map((each) => each.name),
      ["c11", "c13", "c15", "c17", "c19"],
    );
    await eventually(async () => {
      const strong = await table
        .build(QueryCommand)
        .entities(creature)
        .query({ index: "by-kind", partition: "water", range: { gte: 10 } })
        .options({ reverse: true })
        .send();
      assert.deepEqual(
        strong.Items.map((each) => each.level),
        [18, 16, 14, 12, 10],
      );
    });
    const all = await table.build(ScanCommand).entities(creature).options({ consistent: true, maxPages: Infinity }).send();
    assert.equal(all.Items.length, 20);
  });

  test("a transaction is whole", async (t) => {
    const { creature } = await pokedex(t);
    const put = (name) => creature.build(PutTransaction).item({ trainer: "ash", name, kind: "fire" });
    const exists = (name) =>
      creature.build(ConditionCheck).key({ trainer: "ash", name }).condition({ attr: "kind", exists: true });
    await executeTransactWrite(put("one"), put("two"));
    await assert.rejects(executeTransactWrite(put("three"), exists("nobody")), (error) => {
      assert.equal(error.name, "TransactionCanceledException");
      assert.deepEqual(
        error.CancellationReasons.map((reason) => reason.Code),
        ["None", "ConditionalCheckFailed"],
      );
      return true;
    });
    await executeTransactWrite(put("three"), exists("one"));
    const { Item } = await creature
      .build(GetItemCommand)
      .key({ trainer: "ash", name: "three" })
      .options({ consistent: true })
      .send();
    assert.equal(Item.kind, "fire");
  });
});
