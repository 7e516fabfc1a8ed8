//! Throughput that is enforced, against the limits that AWS documents; and partitions that split where it is hot.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use pixii_engine::Settings;
use pixii_engine::throughput::PartitionSettings;
use serde_json::{Value, json};
use std::time::Duration;
use support::World;

const PROVISIONED: &str = "ProvisionedThroughputExceededException: The level of configured provisioned throughput for the \
                           table was exceeded. Consider increasing your provisioning level with the UpdateTable API.";

async fn enforcing() -> World {
    World::with_settings(Settings { enforce: true, ..Settings::default() }).await
}

fn table(read: u32, write: u32) -> Value {
    json!({
        "TableName": "Hot",
        "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
        "ProvisionedThroughput": {"ReadCapacityUnits": read, "WriteCapacityUnits": write}
    })
}

fn put(key: &str) -> Value {
    json!({"TableName": "Hot", "Item": {"k": {"S": key}}})
}

/// How many puts of a kilobyte are let in before one is not.
async fn puts_until_throttled(world: &World) -> usize {
    for at in 0..100_000 {
        match world.call("PutItem", put(&format!("key {at}"))).await {
            Ok(_) => {}
            Err(error) => {
                assert_eq!(error, PROVISIONED);
                return at;
            }
        }
    }
    panic!("never throttled");
}

#[tokio::test]
async fn a_provisioned_table_takes_its_units_and_what_it_saved_up() {
    let world = enforcing().await;
    world.ok("CreateTable", table(5, 10)).await;
    world.clock.advance(Duration::from_secs(2));
    // It has saved up since it was created.
    assert_eq!(puts_until_throttled(&world).await, 20);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(puts_until_throttled(&world).await, 10);
    world.clock.advance(Duration::from_secs(7));
    assert_eq!(puts_until_throttled(&world).await, 70);
    // Five minutes of it at the most.
    world.clock.advance(Duration::from_secs(4_000));
    assert_eq!(puts_until_throttled(&world).await, 3_000);
    // Reads have an account of their own.
    let get = json!({"TableName": "Hot", "Key": {"k": {"S": "key 1"}}, "ConsistentRead": true});
    for _ in 0..5 * 300 {
        world.ok("GetItem", get.clone()).await;
    }
    assert_eq!(world.call("GetItem", get).await, Err(PROVISIONED.to_owned()));
}

#[tokio::test]
async fn nothing_is_throttled_unless_that_is_asked_for() {
    let world = World::new().await;
    world.ok("CreateTable", table(1, 1)).await;
    for at in 0..500 {
        world.ok("PutItem", put(&format!("key {at}"))).await;
    }
    let tag = json!({"Key": "pixii:enforce-throughput", "Value": "true"});
    let arn = "arn:aws:dynamodb:us-east-1:000000000000:table/Hot";
    world.ok("TagResource", json!({"ResourceArn": arn, "Tags": [tag]})).await;
    assert_eq!(world.call("PutItem", put("one more")).await, Err(PROVISIONED.to_owned()));
}

#[tokio::test]
async fn batches_come_back_in_part_and_fail_only_whole() {
    let world = enforcing().await;
    world.ok("CreateTable", table(1, 4)).await;
    world.ok("PutItem", put("first")).await;
    world.clock.advance(Duration::from_secs(3));
    let requests: Vec<_> =
        (0..25).map(|at| json!({"PutRequest": {"Item": {"k": {"S": format!("b{at}")}}}})).collect();
    let answer = world.ok("BatchWriteItem", json!({"RequestItems": {"Hot": requests}})).await;
    let left = answer["UnprocessedItems"]["Hot"].as_array().unwrap().len();
    assert_eq!(left, 10);
    let error = world.call("BatchWriteItem", json!({"RequestItems": {"Hot": requests}})).await;
    assert_eq!(error, Err(PROVISIONED.to_owned()));

    let keys: Vec<_> = (0..25).map(|at| json!({"k": {"S": format!("b{at}")}})).collect();
    let batch = json!({"RequestItems": {"Hot": {"Keys": keys, "ConsistentRead": true}}});
    let answer = world.ok("BatchGetItem", batch.clone()).await;
    assert!(!answer["UnprocessedKeys"]["Hot"]["Keys"].as_array().unwrap().is_empty());
    assert_eq!(world.call("BatchGetItem", batch).await, Err(PROVISIONED.to_owned()));

    let transaction = json!({"TransactItems": [{"Put": put("t1")}, {"Put": put("t2")}]});
    let error = world.call("TransactWriteItems", transaction).await.unwrap_err();
    assert!(error.contains("[ProvisionedThroughputExceeded, ProvisionedThroughputExceeded]"), "{error}");
}

#[tokio::test]
async fn an_index_without_throughput_throttles_its_table() {
    let world = enforcing().await;
    let mut table = table(100, 1_000);
    table["AttributeDefinitions"]
        .as_array_mut()
        .unwrap()
        .push(json!({"AttributeName": "g", "AttributeType": "S"}));
    table["GlobalSecondaryIndexes"] = json!([{
        "IndexName": "by-g",
        "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
        "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
    }]);
    world.ok("CreateTable", table).await;
    world.clock.advance(Duration::from_secs(2));
    let mut throttled = None;
    for at in 0..1_000 {
        world.clock.advance(Duration::from_millis(10));
        let item = json!({"k": {"S": format!("{at}")}, "g": {"S": "g"}});
        if let Err(error) = world.call("PutItem", json!({"TableName": "Hot", "Item": item})).await {
            throttled = Some(error);
            break;
        }
    }
    let error = throttled.expect("the index takes one write a second");
    assert!(error.contains("global secondary indexes of the table was exceeded"), "{error}");
    // What is not in the index is not held up by it.
    world.ok("PutItem", put("outside")).await;
}

fn small_partitions() -> Settings {
    let partitions = PartitionSettings {
        read_units: 30,
        write_units: 10,
        heat: Duration::from_secs(2),
        ..PartitionSettings::default()
    };
    Settings { enforce: true, partitions, ..Settings::default() }
}

async fn partitions(world: &World) -> usize {
    world.engine.table("Hot").await.unwrap().partitions.iter().len()
}

/// Asks for each of these keys so often each second, for so many seconds. Answers what was let in during the last.
async fn load(world: &World, keys: &[&str], per_second: usize, seconds: usize) -> usize {
    let mut admitted = 0;
    for _ in 0..seconds {
        admitted = 0;
        for _ in 0..per_second {
            world.clock.advance(Duration::from_micros(1_000_000 / per_second as u64));
            for key in keys {
                admitted += usize::from(world.call("PutItem", put(key)).await.is_ok());
            }
            // Let the background see to it.
            tokio::task::yield_now().await;
        }
    }
    admitted
}

#[tokio::test]
async fn a_partition_splits_between_its_hot_keys_and_a_lone_hot_key_stays_limited() {
    let world = World::with_settings(small_partitions()).await;
    world.ok("CreateTable", table(1_000, 1_000)).await;
    let before = partitions(&world).await;
    let keys = ["a", "b", "c", "d", "e", "f", "g", "h"];
    load(&world, &keys, 5, 60).await;
    assert!(partitions(&world).await > before, "{}", partitions(&world).await);
    // Forty a second over what were a few partitions of ten each: none is in the other's way any more.
    assert!(load(&world, &keys, 5, 5).await >= 36);
    // One alone is never faster than a partition.
    load(&world, &["hot"], 40, 30).await;
    assert!(load(&world, &["hot"], 40, 5).await <= 12);
}

/// Puts so many different keys each second, for so many seconds. Answers how many were throttled.
async fn spread(world: &World, per_second: u64, seconds: u64) -> usize {
    let mut throttled = 0;
    for second in 0..seconds {
        for at in 0..per_second {
            world.clock.advance(Duration::from_micros(1_000_000 / per_second));
            let key = format!("{}", second * per_second + at);
            if let Err(error) = world.call("PutItem", put(&key)).await {
                assert!(
                    error.starts_with("ThrottlingException: Throughput exceeds the current capacity"),
                    "{error}"
                );
                throttled += 1;
            }
        }
        // Let the background see to it.
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
    }
    throttled
}

#[tokio::test]
async fn on_demand_grows_to_twice_its_load_and_doubles_in_half_an_hour_at_most() {
    // A tenth of the sizes, and a minute for half an hour.
    let world = World::with_settings(small_partitions()).await;
    let mut input = table(1, 1);
    input.as_object_mut().unwrap().remove("ProvisionedThroughput");
    input["BillingMode"] = json!("PAY_PER_REQUEST");
    world.ok("CreateTable", input).await;
    let warm =
        async || world.describe("Hot").await["WarmThroughput"]["WriteUnitsPerSecond"].as_f64().unwrap();
    assert_eq!((partitions(&world).await, warm().await), (4, 4_000.0));
    // Half of what it can do is nothing to grow for.
    assert_eq!(spread(&world, 18, 20).await, 0);
    assert_eq!((partitions(&world).await, warm().await), (4, 4_000.0));
    // More than half is: it grows to twice that.
    assert_eq!(spread(&world, 30, 10).await, 0);
    assert_eq!(partitions(&world).await, 8);
    let grown = warm().await;
    assert!((5_500.0..6_500.0).contains(&grown), "{grown}");
    // Which it can take at once. Within half an hour it doubles, and no more.
    assert_eq!(spread(&world, 60, 10).await, 0);
    assert_eq!((partitions(&world).await, warm().await), (8, 8_000.0));
    spread(&world, 60, 50).await;
    assert!((11_500.0..12_500.0).contains(&warm().await), "{}", warm().await);
    assert_eq!(partitions(&world).await, 16);
}

#[tokio::test]
async fn a_ceiling_on_demand_is_kept() {
    let world = enforcing().await;
    let mut input = table(1, 1);
    input.as_object_mut().unwrap().remove("ProvisionedThroughput");
    input["BillingMode"] = json!("PAY_PER_REQUEST");
    input["OnDemandThroughput"] = json!({"MaxWriteRequestUnits": 20});
    world.ok("CreateTable", input).await;
    // Nothing is saved up for longer than a second.
    world.clock.advance(Duration::from_secs(300));
    let mut through = 0;
    for at in 0..400 {
        world.clock.advance(Duration::from_millis(25));
        through += usize::from(world.call("PutItem", put(&format!("{at}"))).await.is_ok());
    }
    assert_eq!(through, 20 + 20 * 10);
    let refused = world.call("PutItem", put("more")).await.unwrap_err();
    assert_eq!(
        refused,
        "ThrottlingException: Throughput exceeds the maximum OnDemandThroughput configured on table or index"
    );
}

#[tokio::test]
async fn a_failed_condition_costs_what_the_write_would() {
    let world = enforcing().await;
    world.ok("CreateTable", table(5, 10)).await;
    let item = json!({"k": {"S": "large"}, "v": {"S": "v".repeat(2_500)}});
    world.ok("PutItem", json!({"TableName": "Hot", "Item": item})).await;
    world.clock.advance(Duration::from_secs(1_000));
    // Three units each, of 3,000.
    let refused = json!({"TableName": "Hot", "Item": item, "ConditionExpression": "attribute_not_exists(k)"});
    let deleted = json!({"TableName": "Hot", "Key": {"k": {"S": "large"}}, "ConditionExpression": "attribute_not_exists(k)"});
    for at in 0..1_000 {
        let (operation, input) = if at % 2 == 0 { ("PutItem", &refused) } else { ("DeleteItem", &deleted) };
        let error = world.call(operation, input.clone()).await.unwrap_err();
        assert!(error.starts_with("ConditionalCheckFailedException"), "{at}: {error}");
    }
    assert_eq!(world.call("PutItem", refused).await, Err(PROVISIONED.to_owned()));
}

#[tokio::test]
async fn a_page_ends_where_throughput_does() {
    let world = enforcing().await;
    world.ok("CreateTable", table(10, 1_000)).await;
    world.clock.advance(Duration::from_secs(3));
    for at in 0..60 {
        let item = json!({"k": {"S": format!("{at}")}, "v": {"S": "v".repeat(10_000)}});
        world.ok("PutItem", json!({"TableName": "Hot", "Item": item})).await;
    }
    // 600 KB cost 73.5 units; 30 are saved up.
    let scan = json!({"TableName": "Hot", "Select": "COUNT", "ReturnConsumedCapacity": "TOTAL"});
    let first = world.ok("Scan", scan.clone()).await;
    let units = first["ConsumedCapacity"]["CapacityUnits"].as_f64().unwrap();
    assert!((30.0..40.0).contains(&units), "{units}");
    assert!(first["LastEvaluatedKey"].is_object());
    assert_eq!(world.call("Scan", scan.clone()).await, Err(PROVISIONED.to_owned()));
    // Where there is enough, it goes on to the end.
    world.clock.advance(Duration::from_secs(30));
    let mut rest = scan;
    rest["ExclusiveStartKey"] = first["LastEvaluatedKey"].clone();
    let second = world.ok("Scan", rest).await;
    assert!(second.get("LastEvaluatedKey").is_none());
    assert_eq!(first["Count"].as_i64().unwrap() + second["Count"].as_i64().unwrap(), 60);
}

#[tokio::test]
async fn statements_are_throttled_each_for_itself() {
    let world = enforcing().await;
    world.ok("CreateTable", table(1, 2)).await;
    let insert = |key: &str| json!({"Statement": format!("INSERT INTO Hot VALUE {{'k': '{key}'}}")});
    let batch = json!({"Statements": [insert("a"), insert("b"), insert("c")]});
    let answer = world.ok("BatchExecuteStatement", batch).await;
    let codes: Vec<_> =
        answer["Responses"].as_array().unwrap().iter().map(|one| one["Error"]["Code"].clone()).collect();
    assert_eq!(codes, [Value::Null, Value::Null, json!("ProvisionedThroughputExceeded")]);
    assert_eq!(world.call("ExecuteStatement", insert("d")).await, Err(PROVISIONED.to_owned()));
    let error =
        world.call("ExecuteTransaction", json!({"TransactStatements": [insert("e")]})).await.unwrap_err();
    assert!(error.contains("[ProvisionedThroughputExceeded]"), "{error}");
    // A transaction costs twice as much.
    world.clock.advance(Duration::from_secs(2));
    world.ok("ExecuteTransaction", json!({"TransactStatements": [insert("f"), insert("g")]})).await;
    assert_eq!(world.call("ExecuteStatement", insert("h")).await, Err(PROVISIONED.to_owned()));
}

#[tokio::test]
async fn an_item_collection_parts_by_sort_key_unless_it_has_local_indexes() {
    let attribute = |name: &str| json!({"AttributeName": name, "AttributeType": "S"});
    let key = |sort: &str| json!([{"AttributeName": "k", "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]);
    for has_local_index in [false, true] {
        let world = World::with_settings(small_partitions()).await;
        let mut input = table(300, 900);
        input["KeySchema"] = key("s");
        input["AttributeDefinitions"] = json!([attribute("k"), attribute("s")]);
        if has_local_index {
            input["AttributeDefinitions"] = json!([attribute("k"), attribute("s"), attribute("l")]);
            input["LocalSecondaryIndexes"] = json!([
                {"IndexName": "by-l", "KeySchema": key("l"), "Projection": {"ProjectionType": "KEYS_ONLY"}}
            ]);
        }
        world.ok("CreateTable", input).await;
        // Forty a second, of partitions of ten.
        let mut through = 0;
        for _ in 0..60 {
            through = 0;
            for at in 0..40 {
                world.clock.advance(Duration::from_millis(25));
                let item = json!({"k": {"S": "one"}, "s": {"S": format!("{}", at % 8)}});
                through += usize::from(
                    world.call("PutItem", json!({"TableName": "Hot", "Item": item})).await.is_ok(),
                );
            }
            tokio::task::yield_now().await;
        }
        let parted = partitions(&world).await;
        match has_local_index {
            false => assert!(parted >= 4 && through >= 36, "{parted} {through}"),
            true => assert!(parted <= 3 && through <= 12, "{parted} {through}"),
        }
    }
}
