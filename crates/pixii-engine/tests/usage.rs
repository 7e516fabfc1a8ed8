//! What was consumed: by operation and index, minute by minute, over restarts.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use pixii_engine::audit;
use pixii_engine::keyspace::Key;
use pixii_model::admin::{Administration, ResourceUsage, Since, UsageReport, UsageRequest};
use pixii_store::{Freshness, Store};
use serde_json::{Value, json};
use std::time::Duration;
use support::World;

const MINUTE: Duration = Duration::from_secs(60);
/// When the clock of a world begins, 2023-11-14 22:13:20: at the beginning of its minute and of its hour.
const BEGIN_MINUTE: u64 = 1_699_999_980;
const BEGIN_HOUR: u64 = 1_699_999_200;

fn table() -> Value {
    json!({
        "TableName": "Music",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
        "AttributeDefinitions": [
            {"AttributeName": "p", "AttributeType": "S"}, {"AttributeName": "g", "AttributeType": "S"}
        ],
        "GlobalSecondaryIndexes": [{
            "IndexName": "by-g", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"}
        }]
    })
}

fn put(key: &str) -> Value {
    json!({"TableName": "Music", "Item": {"p": {"S": key}, "g": {"S": "jazz"}}})
}

fn get(key: &str) -> Value {
    json!({"TableName": "Music", "Key": {"p": {"S": key}}})
}

async fn usage(world: &World, since: Since) -> UsageReport {
    let request = UsageRequest { table_name: "Music".to_owned(), since };
    world.engine.usage(request).await.unwrap()
}

/// Operations with their read and write units.
fn operations(resource: &ResourceUsage) -> Vec<(&str, f64, f64)> {
    let operations = resource.operations.iter();
    operations.map(|(name, units)| (name.as_str(), units.read_units, units.write_units)).collect()
}

/// Lets the background see that time has passed.
async fn pass(world: &World, time: Duration) {
    world.clock.advance(time);
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_was_consumed_is_told_by_operation_and_index_and_outlives_a_restart() {
    let world = World::new().await;
    world.ok("CreateTable", table()).await;
    assert_eq!(usage(&world, Since::Ever).await.resources[0].operations.len(), 0);
    for at in 0..4 {
        world.ok("PutItem", put(&format!("{at}"))).await;
        world.ok("GetItem", get("1")).await;
    }
    let query = json!({
        "TableName": "Music", "IndexName": "by-g", "KeyConditionExpression": "g = :g",
        "ExpressionAttributeValues": {":g": {"S": "jazz"}}
    });
    world.ok("Query", query).await;
    let mut failing = put("1");
    failing["ConditionExpression"] = json!("attribute_not_exists(p)");
    world.call("PutItem", failing).await.unwrap_err();
    let statement = "SELECT * FROM Music WHERE p = '1'";
    world.ok("ExecuteStatement", json!({"Statement": statement})).await;
    world.ok("ExecuteStatement", json!({"Statement": "DELETE FROM Music WHERE p = '3'"})).await;
    world.ok("TransactWriteItems", json!({"TransactItems": [{"Put": put("2")}]})).await;
    // A minute that is over is saved by itself; what is running when the report is asked for, then.
    pass(&world, MINUTE).await;
    assert!(world.stored_keys().await.iter().any(|key| matches!(key, Key::Usage { .. })));
    world.ok("GetItem", get("1")).await;

    let told = usage(&world, Since::Ever).await;
    assert_eq!((told.from, told.to), (BEGIN_MINUTE, 1_700_000_060));
    let [table, index] = &told.resources[..] else { panic!("{told:?}") };
    assert_eq!(
        operations(table),
        [
            ("ExecuteStatement", 0.5, 1.0),
            ("GetItem", 2.5, 0.0),
            ("PutItem", 0.0, 5.0),
            ("TransactWriteItems", 0.0, 2.0)
        ]
    );
    assert_eq!(index.index_name.as_deref(), Some("by-g"));
    assert_eq!(
        operations(index),
        [("ExecuteStatement", 0.0, 1.0), ("PutItem", 0.0, 4.0), ("Query", 0.5, 0.0)]
    );
    assert_eq!((table.item_count, index.item_count), (3, 3));
    let hour = table.hours[0];
    assert_eq!((hour.start, hour.total.read_units, hour.total.write_units), (BEGIN_HOUR, 3.0, 8.0));
    assert_eq!((hour.busiest_minute.read_units, hour.busiest_minute.write_units), (2.5, 8.0));

    let world = world.restarted(Duration::ZERO).await;
    assert_eq!(usage(&world, Since::Ever).await, told);
    world.ok("GetItem", get("1")).await;
    // Since then: the minute in which that is, and those behind it.
    let since = usage(&world, Since::At(BEGIN_MINUTE + 60 + 15)).await;
    assert_eq!(operations(&since.resources[0]), [("GetItem", 1.0, 0.0)]);
    assert_eq!(since.from, BEGIN_MINUTE + 75);
    assert_eq!(usage(&world, Since::Ago(5)).await.resources, since.resources);
    let mut found = Vec::new();
    let snapshot = world.store.snapshot(Freshness::Latest).await.unwrap();
    let report = audit::audit(&snapshot, &mut |finding| found.push(finding)).await.unwrap();
    assert_eq!(report.problems, 0, "{found:?}");
}

#[tokio::test]
async fn hours_are_kept_for_a_month_and_go_with_their_table() {
    let world = World::new().await;
    world.ok("CreateTable", table()).await;
    let day = Duration::from_secs(24 * 60 * 60);
    for _ in 0..40 {
        world.ok("PutItem", put("1")).await;
        pass(&world, day).await;
    }
    let told = usage(&world, Since::Ever).await;
    assert_eq!(told.resources[0].hours.len(), 36, "the day before 35 days ago is gone");
    let total: f64 = told.resources[0].hours.iter().map(|hour| hour.total.write_units).sum();
    assert_eq!(total, 36.0);

    // A table that is made anew begins anew.
    world.ok("DeleteTable", json!({"TableName": "Music"})).await;
    pass(&world, MINUTE).await;
    assert!(!world.stored_keys().await.iter().any(|key| matches!(key, Key::Usage { .. })));
    world.ok("CreateTable", table()).await;
    assert_eq!(usage(&world, Since::Ever).await.resources[0].hours, []);
}

#[tokio::test]
async fn nothing_is_written_where_nothing_was_consumed() {
    let world = World::new().await;
    world.ok("CreateTable", table()).await;
    let before = world.stored_keys().await;
    for _ in 0..5 {
        pass(&world, MINUTE).await;
    }
    usage(&world, Since::Ever).await;
    assert_eq!(world.stored_keys().await, before);
    let request = UsageRequest { table_name: "Missing".to_owned(), since: Since::Ever };
    assert!(world.engine.usage(request).await.is_err());
}
