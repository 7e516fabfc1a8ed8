//! Global secondary indexes that come and go under a live table.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use pixii_engine::keyspace::Key;
use serde_json::{Value, json};
use std::time::Duration;
use support::{World, add_index, simple_table};

const DELAY: Duration = Duration::from_secs(5);

fn item(pk: &str, sk: u32, group: &Value) -> Value {
    json!({"pk": {"S": pk}, "sk": {"N": sk.to_string()}, "group": group, "data": {"S": "x".repeat(10)}})
}

async fn put(world: &World, pk: &str, sk: u32, group: &Value) {
    world.ok("PutItem", json!({"TableName": "Music", "Item": item(pk, sk, group)})).await;
}

async fn query(world: &World, group: &str) -> Result<Vec<u32>, String> {
    let answer = world
        .call(
            "Query",
            json!({
                "TableName": "Music",
                "IndexName": "by-group",
                "KeyConditionExpression": "#g = :g",
                "ExpressionAttributeNames": {"#g": "group"},
                "ExpressionAttributeValues": {":g": {"S": group}}
            }),
        )
        .await?;
    let items = answer["Items"].as_array().unwrap();
    let mut found: Vec<u32> =
        items.iter().map(|item| item["sk"]["N"].as_str().unwrap().parse().unwrap()).collect();
    found.sort_unstable();
    Ok(found)
}

#[tokio::test]
async fn an_index_passes_through_its_states() {
    let world = World::with_delay(DELAY).await;
    world.ok("CreateTable", simple_table("Music")).await;
    world.clock.advance(DELAY);
    for at in 0..200 {
        put(&world, "A", at, &json!({"S": "g"})).await;
    }
    let answer = world.ok("UpdateTable", add_index("Music", "by-group")).await;
    let description = &answer["TableDescription"];
    assert_eq!(description["TableStatus"], "UPDATING");
    assert_eq!(
        description["GlobalSecondaryIndexes"],
        json!([{
            "IndexName": "by-group",
            "KeySchema": [{"AttributeName": "group", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
            "IndexStatus": "CREATING",
            "ProvisionedThroughput": {"NumberOfDecreasesToday": 0, "ReadCapacityUnits": 0, "WriteCapacityUnits": 0},
            "IndexSizeBytes": 0,
            "ItemCount": 0,
            "IndexArn": "arn:aws:dynamodb:us-east-1:000000000000:table/Music/index/by-group"
        }])
    );
    world.refused("DeleteTable", json!({"TableName": "Music"})).await;

    // The table is ACTIVE again before the index is.
    world.clock.advance(DELAY);
    let described = world.describe("Music").await;
    assert_eq!(described["TableStatus"], "ACTIVE");
    assert_eq!(described["GlobalSecondaryIndexes"][0]["IndexStatus"], "CREATING");
    assert_eq!(described["GlobalSecondaryIndexes"][0]["Backfilling"], true);
    assert!(query(&world, "g").await.is_err());
    assert_eq!(
        world.refused("DeleteTable", json!({"TableName": "Music"})).await,
        "ResourceInUseException: Attempt to change a resource which is still in use: Cannot delete table while indexes are being created, updated, or deleted."
    );
    let mut other = add_index("Music", "another");
    other["GlobalSecondaryIndexUpdates"][0]["Create"]["IndexName"] = json!("another");
    assert_eq!(
        world.refused("UpdateTable", other).await,
        "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table"
    );

    let described = world.until_active("Music").await;
    let index = &described["GlobalSecondaryIndexes"][0];
    assert_eq!(index.get("Backfilling"), None);
    assert_eq!(index["ItemCount"], 200);
    assert_eq!(query(&world, "g").await.unwrap(), (0..200).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_index_is_filled_while_writes_go_on() {
    let world = World::new().await;
    world.ok("CreateTable", simple_table("Music")).await;
    for at in 0..600 {
        // Every third has a value that no key of the index can be; it is left out.
        let group = if at % 3 == 0 { json!({"N": "1"}) } else { json!({"S": "old"}) };
        put(&world, &format!("p{at}"), at, &group).await;
    }
    world.ok("UpdateTable", add_index("Music", "by-group")).await;
    let mut expect_old: Vec<u32> = Vec::new();
    let mut expect_new: Vec<u32> = Vec::new();
    for at in 0..600 {
        let key = json!({"pk": {"S": format!("p{at}")}, "sk": {"N": at.to_string()}});
        match at % 6 {
            // Written without touching the key, with another one, deleted, and new: before and behind the filling.
            1 => {
                world.ok("UpdateItem", json!({
                    "TableName": "Music", "Key": key, "UpdateExpression": "SET #d = :d",
                    "ExpressionAttributeNames": {"#d": "data"}, "ExpressionAttributeValues": {":d": {"S": "longer than before"}}
                })).await;
                expect_old.push(at);
            }
            2 => {
                put(&world, &format!("p{at}"), at, &json!({"S": "new"})).await;
                expect_new.push(at);
            }
            4 => {
                world.ok("DeleteItem", json!({"TableName": "Music", "Key": key})).await;
            }
            5 => {
                expect_old.push(at);
                put(&world, "fresh", 1000 + at, &json!({"S": "new"})).await;
                expect_new.push(1000 + at);
            }
            _ => {}
        }
    }
    let described = world.until_active("Music").await;
    expect_new.sort_unstable();
    assert_eq!(query(&world, "old").await.unwrap(), expect_old);
    assert_eq!(query(&world, "new").await.unwrap(), expect_new);
    let index = &described["GlobalSecondaryIndexes"][0];
    assert_eq!(index["ItemCount"], expect_old.len() + expect_new.len());
    // What it counts is what it holds: an index that is filled in peace counts the same.
    world.ok("UpdateTable", add_index("Music", "in-peace")).await;
    let described = world.until_active("Music").await;
    let other = &described["GlobalSecondaryIndexes"][1];
    assert_eq!(other["IndexName"], "in-peace");
    assert_eq!(
        (&index["ItemCount"], &index["IndexSizeBytes"]),
        (&other["ItemCount"], &other["IndexSizeBytes"])
    );
}

#[tokio::test]
async fn filling_goes_on_after_a_restart() {
    let world = World::new().await;
    world.ok("CreateTable", simple_table("Music")).await;
    for at in 0..500 {
        put(&world, "A", at, &json!({"S": "g"})).await;
    }
    world.ok("UpdateTable", add_index("Music", "by-group")).await;
    for _ in 0..4 {
        tokio::task::yield_now().await;
    }
    let described = world.describe("Music").await;
    assert_eq!(described["GlobalSecondaryIndexes"][0]["Backfilling"], true);
    let world = world.restarted(Duration::ZERO).await;
    let described = world.until_active("Music").await;
    assert_eq!(described["GlobalSecondaryIndexes"][0]["ItemCount"], 500);
    assert_eq!(query(&world, "g").await.unwrap().len(), 500);
    assert!(!world.stored_keys().await.iter().any(|key| matches!(key, Key::TableWork { .. })));
}

#[tokio::test]
async fn a_dropped_index_is_cleared_and_its_attribute_forgotten() {
    let world = World::new().await;
    world.ok("CreateTable", simple_table("Music")).await;
    world.ok("UpdateTable", add_index("Music", "by-group")).await;
    world.until_active("Music").await;
    for at in 0..50 {
        put(&world, "A", at, &json!({"S": "g"})).await;
    }
    let delete =
        json!({"TableName": "Music", "GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by-group"}}]});
    let answer = world.ok("UpdateTable", delete.clone()).await;
    assert_eq!(answer["TableDescription"]["GlobalSecondaryIndexes"][0]["IndexStatus"], "DELETING");
    let described = world.describe("Music").await;
    assert_eq!(described.get("GlobalSecondaryIndexes"), None);
    assert_eq!(described["AttributeDefinitions"].as_array().unwrap().len(), 2);
    assert_eq!(described["ItemCount"], 50);
    assert!(query(&world, "g").await.is_err());
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(
        !world
            .stored_keys()
            .await
            .iter()
            .any(|key| matches!(key, Key::IndexEntry { .. } | Key::DroppedData { .. }))
    );
    assert_eq!(
        world.refused("UpdateTable", delete).await,
        "ResourceNotFoundException: Requested resource not found: Index by-group for table Music"
    );
}

#[tokio::test]
async fn an_index_that_is_being_filled_can_be_given_up() {
    let world = World::new().await;
    world.ok("CreateTable", simple_table("Music")).await;
    for at in 0..300 {
        put(&world, "A", at, &json!({"S": "g"})).await;
    }
    world.ok("UpdateTable", add_index("Music", "by-group")).await;
    world
        .ok(
            "UpdateTable",
            json!({
                "TableName": "Music", "GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by-group"}}]
            }),
        )
        .await;
    assert_eq!(world.describe("Music").await.get("GlobalSecondaryIndexes"), None);
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
    assert!(
        !world
            .stored_keys()
            .await
            .iter()
            .any(|key| matches!(key, Key::IndexEntry { .. } | Key::TableWork { .. }))
    );
    // And made again.
    world.ok("UpdateTable", add_index("Music", "by-group")).await;
    world.until_active("Music").await;
    assert_eq!(query(&world, "g").await.unwrap().len(), 300);
}

#[tokio::test]
async fn an_index_by_several_attributes_is_filled_and_asked() {
    let world = World::new().await;
    world.ok("CreateTable", simple_table("Music")).await;
    put(&world, "A", 1, &json!({"S": "g"})).await;
    put(&world, "A", 2, &json!({"S": "g"})).await;
    world.ok("UpdateTable", json!({
        "TableName": "Music",
        "AttributeDefinitions": [
            {"AttributeName": "group", "AttributeType": "S"},
            {"AttributeName": "data", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "N"},
            {"AttributeName": "pk", "AttributeType": "S"}
        ],
        "GlobalSecondaryIndexUpdates": [{"Create": {
            "IndexName": "by-two",
            "KeySchema": [
                {"AttributeName": "group", "KeyType": "HASH"}, {"AttributeName": "data", "KeyType": "HASH"},
                {"AttributeName": "pk", "KeyType": "RANGE"}, {"AttributeName": "sk", "KeyType": "RANGE"}
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"}
        }}]
    })).await;
    let described = world.until_active("Music").await;
    assert_eq!(described["GlobalSecondaryIndexes"][0]["KeySchema"].as_array().unwrap().len(), 4);
    let answer = world
        .ok(
            "Query",
            json!({
                "TableName": "Music", "IndexName": "by-two",
                "KeyConditionExpression": "#g = :g AND #d = :d AND pk = :pk AND sk > :sk",
                "ExpressionAttributeNames": {"#g": "group", "#d": "data"},
                "ExpressionAttributeValues": {
                    ":g": {"S": "g"}, ":d": {"S": "xxxxxxxxxx"}, ":pk": {"S": "A"}, ":sk": {"N": "1"}
                }
            }),
        )
        .await;
    assert_eq!(answer["Count"], 1);
}
