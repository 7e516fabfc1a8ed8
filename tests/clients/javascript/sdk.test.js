// The AWS SDK for JavaScript v3: plain commands, DocumentClient, paginators, waiters, errors as classes.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  TagResourceCommand,
  TransactionCanceledException,
  IdempotentParameterMismatchException,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  DescribeTimeToLiveCommand,
  paginateListTables,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  NumberValue,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactGetCommand,
  TransactWriteCommand,
  UpdateCommand,
  paginateQuery,
  paginateScan,
} from "@aws-sdk/lib-dynamodb";
import { clientOptions, startServer } from "./server.js";
import { attributes, createTable, eventually, index, keySchema } from "./tables.js";

describe("AWS SDK for JavaScript", () => {
  let server, client, documents;

  before(async () => {
    server = await startServer();
    client = new DynamoDBClient(clientOptions(server.endpoint));
    documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  });

  after(async () => {
    client.destroy();
    assert.equal(await server.stop(), 0);
  });

  const songs = (t) =>
    createTable(t, client, {
      KeySchema: keySchema("artist", "title"),
      AttributeDefinitions: attributes({ artist: "S", title: "S", genre: "S", year: "N" }),
      GlobalSecondaryIndexes: [index("by-genre", "genre", "year")],
    });

  test("a table is described, listed, tagged, changed", async (t) => {
    const TableName = await songs(t);
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    assert.equal(Table.TableStatus, "ACTIVE");
    assert.ok(Table.CreationDateTime instanceof Date);
    assert.deepEqual(Table.GlobalSecondaryIndexes[0].KeySchema, keySchema("genre", "year"));

    const names = [];
    for await (const page of paginateListTables({ client, pageSize: 2 }, {})) names.push(...page.TableNames);
    assert.ok(names.includes(TableName));

    const ResourceArn = Table.TableArn;
    await client.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: "team", Value: "red" }] }));
    await eventually(async () => {
      const { Tags } = await client.send(new ListTagsOfResourceCommand({ ResourceArn }));
      assert.deepEqual(Tags, [{ Key: "team", Value: "red" }]);
    });

    const setting = { Enabled: true, AttributeName: "expires" };
    await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: setting }));
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
    assert.equal(TimeToLiveDescription.AttributeName, "expires");

    await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }));
    await assert.rejects(client.send(new DeleteTableCommand({ TableName })), (error) => {
      assert.ok(error instanceof DynamoDBServiceException);
      assert.equal(error.name, "ValidationException");
      return true;
    });
    await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
    await waitUntilTableExists({ client, maxWaitTime: 300, minDelay: 1, maxDelay: 2 }, { TableName });
  });

  test("errors are instances of their classes, with what the server said", async (t) => {
    const TableName = await songs(t);
    await assert.rejects(
      client.send(new DescribeTableCommand({ TableName: "pixii-test-no-such-table" })),
      (error) =>
        error instanceof ResourceNotFoundException &&
        error.message === "Requested resource not found: Table: pixii-test-no-such-table not found" &&
        error.$metadata.httpStatusCode === 400 &&
        error.$metadata.requestId.length === 52,
    );
    await assert.rejects(
      client.send(
        new CreateTableCommand({
          TableName,
          KeySchema: keySchema("p"),
          AttributeDefinitions: attributes({ p: "S" }),
          BillingMode: "PAY_PER_REQUEST",
        }),
      ),
      ResourceInUseException,
    );
    const item = { artist: { S: "a" }, title: { S: "t" } };
    await client.send(new PutItemCommand({ TableName, Item: { ...item, kept: { N: "1" } } }));
    await assert.rejects(
      client.send(
        new PutItemCommand({
          TableName,
          Item: item,
          ConditionExpression: "attribute_not_exists(artist)",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      ),
      (error) => {
        assert.ok(error instanceof ConditionalCheckFailedException);
        assert.equal(error.message, "The conditional request failed");
        assert.deepEqual(error.Item, { ...item, kept: { N: "1" } });
        return true;
      },
    );
    await assert.rejects(
      client.send(new GetItemCommand({ TableName, Key: { artist: { S: "a" } } })),
      (error) =>
        error.name === "ValidationException" &&
        error.message === "The provided key element does not match the schema",
    );
  });

  test("documents return as they were written", async (t) => {
    const TableName = await songs(t);
    const Item = {
      artist: "a",
      title: "t ✓ 😀",
      text: "",
      number: -12.5,
      big: 12345678901234567890n,
      yes: true,
      nothing: null,
      bytes: new Uint8Array([0, 1, 255]),
      words: new Set(["x", "y"]),
      numbers: new Set([1, 2.5]),
      list: [1, "two", { three: [3] }],
      map: { empty: {}, none: [] },
    };
    await documents.send(new PutCommand({ TableName, Item }));
    const Key = { artist: "a", title: "t ✓ 😀" };
    const { Item: found } = await documents.send(
      new GetCommand({ TableName, Key, ConsistentRead: true }),
    );
    // Numbers that a double cannot hold come back as bigint.
    assert.deepEqual(found, Item);

    const digits = "1234567890.1234567890123456789012345678";
    await documents.send(
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression: "SET exact = :n",
        ExpressionAttributeValues: { ":n": NumberValue.from(digits) },
      }),
    );
    // A client of its own: `from` changes the client it is given.
    const another = new DynamoDBClient(clientOptions(server.endpoint));
    t.after(() => another.destroy());
    const wrapping = DynamoDBDocumentClient.from(another, { unmarshallOptions: { wrapNumbers: true } });
    const wrapped = await wrapping.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    assert.equal(wrapped.Item.exact.toString(), digits);
  });

  test("updates and deletes return what was asked for", async (t) => {
    const TableName = await songs(t);
    const Key = { artist: "a", title: "t" };
    const update = (UpdateExpression, ExpressionAttributeValues, ReturnValues) =>
      documents.send(
        new UpdateCommand({ TableName, Key, UpdateExpression, ExpressionAttributeValues, ReturnValues }),
      );
    await update("SET plays = if_not_exists(plays, :zero) + :one, tags = :tags", {
      ":zero": 0,
      ":one": 1,
      ":tags": ["a"],
    });
    const { Attributes } = await update(
      "SET tags = list_append(tags, :more) ADD plays :two",
      { ":more": ["b"], ":two": 2 },
      "UPDATED_NEW",
    );
    assert.deepEqual(Attributes, { plays: 3, tags: ["a", "b"] });
    const removed = await documents.send(new DeleteCommand({ TableName, Key, ReturnValues: "ALL_OLD" }));
    assert.deepEqual(removed.Attributes, { ...Key, plays: 3, tags: ["a", "b"] });
    assert.equal((await documents.send(new GetCommand({ TableName, Key }))).Item, undefined);
  });

  test("queries and scans page through tables and indexes", async (t) => {
    const TableName = await songs(t);
    const all = Array.from({ length: 60 }, (_, n) => ({
      artist: `artist ${n % 3}`,
      title: `title ${String(n).padStart(2, "0")}`,
      year: 1960 + n,
      ...(n % 2 ? { genre: "rock" } : {}),
    }));
    for (let start = 0; start < all.length; start += 25) {
      const puts = all.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
      const { UnprocessedItems } = await documents.send(new BatchWriteCommand({ RequestItems: { [TableName]: puts } }));
      assert.deepEqual(UnprocessedItems, {});
    }

    const collected = async (pages) => {
      const items = [];
      for await (const page of pages) items.push(...page.Items);
      return items;
    };
    const ofArtist = {
      TableName,
      KeyConditionExpression: "artist = :a",
      ExpressionAttributeValues: { ":a": "artist 1" },
      ConsistentRead: true,
    };
    const expected = all.filter((item) => item.artist === "artist 1");
    // Paginators write into the input they are given, hence copies.
    const pages = paginateQuery({ client: documents, pageSize: 7 }, { ...ofArtist });
    assert.deepEqual(await collected(pages), expected);
    const backward = await documents.send(new QueryCommand({ ...ofArtist, ScanIndexForward: false, Limit: 2 }));
    assert.deepEqual(backward.Items, expected.slice(-2).reverse());
    assert.deepEqual(backward.LastEvaluatedKey, { artist: "artist 1", title: expected.at(-2).title });

    const rock = {
      TableName,
      IndexName: "by-genre",
      KeyConditionExpression: "genre = :g AND #y BETWEEN :from AND :to",
      FilterExpression: "artist <> :a",
      ExpressionAttributeNames: { "#y": "year" },
      ExpressionAttributeValues: { ":g": "rock", ":from": 1970, ":to": 1999, ":a": "artist 0" },
    };
    const wanted = all.filter((i) => i.genre && i.year >= 1970 && i.year <= 1999 && i.artist !== "artist 0");
    await eventually(async () =>
      assert.deepEqual(await collected(paginateQuery({ client: documents, pageSize: 4 }, { ...rock })), wanted),
    );

    const segments = await Promise.all(
      [0, 1, 2, 3].map((Segment) =>
        collected(
          paginateScan(
            { client: documents, pageSize: 5 },
            { TableName, Segment, TotalSegments: 4, ConsistentRead: true },
          ),
        ),
      ),
    );
    assert.deepEqual(
      segments.flat().sort((a, b) => a.year - b.year),
      all,
    );
    const counted = await documents.send(new ScanCommand({ TableName, Select: "COUNT", ConsistentRead: true }));
    assert.deepEqual([counted.Count, counted.ScannedCount, counted.Items], [60, 60, undefined]);

    const keys = all.slice(0, 10).map(({ artist, title }) => ({ artist, title }));
    const { Responses, UnprocessedKeys } = await documents.send(
      new BatchGetCommand({ RequestItems: { [TableName]: { Keys: keys, ConsistentRead: true } } }),
    );
    assert.deepEqual(
      Responses[TableName].sort((a, b) => a.year - b.year),
      all.slice(0, 10),
    );
    assert.deepEqual(UnprocessedKeys, {});
  });

  test("transactions happen whole or are cancelled with reasons", async (t) => {
    const TableName = await songs(t);
    const key = (title) => ({ artist: "a", title });
    const put = (title) => ({ Put: { TableName, Item: key(title) } });
    await documents.send(new TransactWriteCommand({ TransactItems: [put("one"), put("two")] }));
    const read = await documents.send(
      new TransactGetCommand({
        TransactItems: ["one", "none", "two"].map((title) => ({ Get: { TableName, Key: key(title) } })),
      }),
    );
    assert.deepEqual(
      read.Responses.map((response) => response.Item?.title),
      ["one", undefined, "two"],
    );

    const absent = {
      ConditionCheck: { TableName, Key: key("two"), ConditionExpression: "attribute_not_exists(artist)" },
    };
    await assert.rejects(
      documents.send(new TransactWriteCommand({ TransactItems: [put("three"), absent] })),
      (error) => {
        assert.ok(error instanceof TransactionCanceledException);
        assert.deepEqual(
          error.CancellationReasons.map((reason) => reason.Code),
          ["None", "ConditionalCheckFailed"],
        );
        return true;
      },
    );
    const three = await documents.send(new GetCommand({ TableName, Key: key("three"), ConsistentRead: true }));
    assert.equal(three.Item, undefined);

    const add = (amount) => ({
      TransactItems: [
        {
          Update: {
            TableName,
            Key: key("counter"),
            UpdateExpression: "ADD n :amount",
            ExpressionAttributeValues: { ":amount": amount },
          },
        },
      ],
      ClientRequestToken: `once-${TableName}`.slice(0, 36),
    });
    await documents.send(new TransactWriteCommand(add(1)));
    await documents.send(new TransactWriteCommand(add(1)));
    await assert.rejects(documents.send(new TransactWriteCommand(add(2))), IdempotentParameterMismatchException);
    const counter = await documents.send(new GetCommand({ TableName, Key: key("counter"), ConsistentRead: true }));
    assert.equal(counter.Item.n, 1);
  });

  test("sixty-four requests at a time count right", async (t) => {
    const TableName = await songs(t);
    const Key = { artist: "hot", title: "counter" };
    await Promise.all(
      Array.from({ length: 256 }, () =>
        documents.send(
          new UpdateCommand({
            TableName,
            Key,
            UpdateExpression: "ADD n :one",
            ExpressionAttributeValues: { ":one": 1 },
          }),
        ),
      ),
    );
    const { Item } = await documents.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    assert.equal(Item.n, 256);
  });

  test("a batch may not name an item twice", async (t) => {
    const TableName = await songs(t);
    const request = { PutRequest: { Item: { artist: { S: "a" }, title: { S: "t" } } } };
    await assert.rejects(
      client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: [request, request] } })),
      (error) => error.message === "Provided list of item keys contains duplicates",
    );
  });
});
