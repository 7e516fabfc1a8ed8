// ElectroDB: single-table design above the SDK. Entities share one table and its indexes, collections span entities.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import electrodb from "electrodb";
import { clientOptions, startServer } from "./server.js";
import { attributes, createTable, eventually, index, keySchema } from "./tables.js";

const { Entity, Service } = electrodb;

function shop(client, table) {
  const customer = new Entity(
    {
      model: { entity: "customer", version: "1", service: "shop" },
      attributes: {
        customerId: { type: "string", required: true },
        email: { type: "string", required: true },
        visits: { type: "number", default: 0 },
        tags: { type: "set", items: "string" },
      },
      indexes: {
        primary: { pk: { field: "pk", composite: ["customerId"] }, sk: { field: "sk", composite: [] }, collection: "account" },
        byEmail: { index: "gsi1", pk: { field: "gsi1pk", composite: ["email"] }, sk: { field: "gsi1sk", composite: [] } },
      },
    },
    { client, table },
  );
  const order = new Entity(
    {
      model: { entity: "order", version: "1", service: "shop" },
      attributes: {
        customerId: { type: "string", required: true },
        orderId: { type: "string", required: true },
        status: { type: ["open", "paid", "sent"], required: true },
        placed: { type: "string", required: true },
        total: { type: "number", required: true },
        lines: {
          type: "list",
          items: { type: "map", properties: { sku: { type: "string" }, count: { type: "number" } } },
        },
      },
      indexes: {
        primary: {
          pk: { field: "pk", composite: ["customerId"] },
          sk: { field: "sk", composite: ["orderId"] },
          collection: "account",
        },
        byStatus: {
          index: "gsi1",
          pk: { field: "gsi1pk", composite: ["status"] },
          sk: { field: "gsi1sk", composite: ["placed", "orderId"] },
        },
      },
    },
    { client, table },
  );
  return new Service({ customer, order });
}

describe("ElectroDB", () => {
  let server, client;

  before(async () => {
    server = await startServer();
    client = new DynamoDBClient(clientOptions(server.endpoint));
  });

  after(async () => {
    client.destroy();
    assert.equal(await server.stop(), 0);
  });

  const open = async (t) =>
    shop(
      client,
      await createTable(t, client, {
        KeySchema: keySchema("pk", "sk"),
        AttributeDefinitions: attributes({ pk: "S", sk: "S", gsi1pk: "S", gsi1sk: "S" }),
        GlobalSecondaryIndexes: [index("gsi1", "gsi1pk", "gsi1sk")],
      }),
    );

  const orders = (customerId, count) =>
    Array.from({ length: count }, (_, n) => ({
      customerId,
      orderId: `o${String(n).padStart(3, "0")}`,
      status: ["open", "paid", "sent"][n % 3],
      placed: `2026-11-${String(1 + (n % 28)).padStart(2, "0")}`,
      total: n * 10,
      lines: [{ sku: "x", count: n + 1 }],
    }));

  test("an entity is created, read, patched and removed", async (t) => {
    const { customer } = (await open(t)).entities;
    const ann = { customerId: "c1", email: "ann@example.com", tags: ["new"] };
    await customer.create(ann).go();
    await assert.rejects(customer.create(ann).go(), (error) => /conditional request failed/i.test(error.message));
    const patched = await customer
      .patch({ customerId: "c1" })
      .add({ visits: 2, tags: ["loyal"] })
      .where(({ visits }, { lt }) => lt(visits, 5))
      .go({ response: "all_new" });
    assert.equal(patched.data.visits, 2);
    assert.deepEqual(patched.data.tags.sort(), ["loyal", "new"]);
    await assert.rejects(customer.patch({ customerId: "none" }).set({ visits: 1 }).go());
    await eventually(async () => {
      const found = await customer.query.byEmail({ email: "ann@example.com" }).go();
      assert.deepEqual(
        found.data.map((each) => each.customerId),
        ["c1"],
      );
    });
    await customer.delete({ customerId: "c1" }).go();
    assert.equal((await customer.get({ customerId: "c1" }).go({ consistent: true })).data, null);
  });

  test("batches, queries with conditions, pages and an index", async (t) => {
    const { order } = (await open(t)).entities;
    const all = orders("c1", 70);
    assert.deepEqual((await order.put(all).go()).unprocessed, []);
    const read = await order.get(all.map(({ customerId, orderId }) => ({ customerId, orderId }))).go({ consistent: true });
    assert.equal(read.data.length, 70);

    const some = await order.query
      .primary({ customerId: "c1" })
      .between({ orderId: "o010" }, { orderId: "o019" })
      .where(({ total, status }, { gte, eq }) => `${gte(total, 120)} AND ${eq(status, "open")}`)
      .go({ consistent: true });
    assert.deepEqual(
      some.data.map((each) => each.orderId),
      ["o012", "o015", "o018"],
    );

    const pages = [];
    let cursor = null;
    do {
      const page = await order.query.primary({ customerId: "c1" }).go({ cursor, limit: 20, consistent: true });
      pages.push(page.data.length);
      cursor = page.cursor;
    } while (cursor);
    assert.equal(
      pages.reduce((sum, length) => sum + length),
      70,
    );

    await eventually(async () => {
      const early = await order.query.byStatus({ status: "paid" }).lt({ placed: "2026-11-06" }).go({ pages: "all" });
      assert.deepEqual(
        new Set(early.data.map((each) => each.orderId)),
        new Set(all.filter((o) => o.status === "paid" && o.placed < "2026-11-06").map((o) => o.orderId)),
      );
    });
    await order.delete(all.map(({ customerId, orderId }) => ({ customerId, orderId }))).go();
    assert.deepEqual((await order.query.primary({ customerId: "c1" }).go({ consistent: true })).data, []);
  });

  test("a collection spans entities", async (t) => {
    const service = await open(t);
    await service.entities.customer.put({ customerId: "c1", email: "ann@example.com" }).go();
    await service.entities.order.put(orders("c1", 5)).go();
    await service.entities.order.put(orders("c2", 5)).go();
    const { data } = await service.collections.account({ customerId: "c1" }).go({ consistent: true });
    assert.deepEqual([data.customer.length, data.order.length], [1, 5]);
  });

  test("a transaction is whole", async (t) => {
    const service = await open(t);
    const { customer, order } = service.entities;
    await customer.put({ customerId: "c1", email: "ann@example.com" }).go();
    const place = (id) =>
      service.transaction
        .write(({ customer, order }) => [
          customer
            .patch({ customerId: "c1" })
            .add({ visits: 1 })
            .where(({ visits }, { lt }) => lt(visits, 1))
            .commit(),
          order.create(orders("c1", id + 1)[id]).commit(),
        ])
        .go();
    assert.equal((await place(0)).canceled, false);
    const second = await place(1);
    assert.equal(second.canceled, true);
    assert.deepEqual(
      second.data.map((each) => each.code),
      ["ConditionalCheckFailed", "None"],
    );
    const found = await order.query.primary({ customerId: "c1" }).go({ consistent: true });
    assert.equal(found.data.length, 1);
    assert.equal((await customer.get({ customerId: "c1" }).go({ consistent: true })).data.visits, 1);
  });
});
