//! Quotas on throughput, where they are enforced; and how warm throughput is kept. Numbers and messages are those that AWS was
//! recorded to answer in October 2026, where nothing else is said.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use pixii_engine::Settings;
use serde_json::{Value, json};
use std::time::Duration;
use support::World;

const DELAY: Duration = Duration::from_secs(2);
/// Until midnight UTC from the time at which worlds begin: 22:13:20.
const TO_MIDNIGHT: Duration = Duration::from_secs(6_400);

async fn enforcing() -> World {
    World::with_settings(Settings { enforce: true, transition_delay: DELAY, ..Settings::default() }).await
}

fn units(read: i64, write: i64) -> Value {
    json!({"ReadCapacityUnits": read, "WriteCapacityUnits": write})
}

fn warm(read: i64, write: i64) -> Value {
    json!({"ReadUnitsPerSecond": read, "WriteUnitsPerSecond": write})
}

fn table(name: &str, read: i64, write: i64) -> Value {
    json!({
        "TableName": name,
        "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
        "ProvisionedThroughput": units(read, write)
    })
}

fn indexed(name: &str, table_units: Value, index_units: Value) -> Value {
    let mut input = table(name, 1, 1);
    input["ProvisionedThroughput"] = table_units;
    input["AttributeDefinitions"]
        .as_array_mut()
        .unwrap()
        .push(json!({"AttributeName": "g", "AttributeType": "S"}));
    input["GlobalSecondaryIndexes"] = json!([{
        "IndexName": "gsi1",
        "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
        "ProvisionedThroughput": index_units
    }]);
    input
}

async fn create(world: &World, input: Value) {
    world.ok("CreateTable", input).await;
    world.clock.advance(DELAY);
}

/// Updates a table and waits until that is done.
async fn update(world: &World, mut change: Value) -> Result<Value, String> {
    if change.get("TableName").is_none() {
        change["TableName"] = json!("Units");
    }
    let answer = world.call("UpdateTable", change).await;
    world.clock.advance(DELAY);
    answer
}

async fn decrease(world: &World, read: i64, write: i64) -> Result<Value, String> {
    update(world, json!({"ProvisionedThroughput": units(read, write)})).await
}

fn index_units(read: i64, write: i64) -> Value {
    json!([{"Update": {"IndexName": "gsi1", "ProvisionedThroughput": units(read, write)}}])
}

fn too_often(today: i64, last: &str, next: &str) -> Result<Value, String> {
    Err(format!(
        "LimitExceededException: Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC \
         day. After the first 4 decreases, each subsequent decrease in the same UTC day can be performed at most once every \
         3600 seconds. Number of decreases today: {today}. Last decrease at {last} Coordinated Universal Time. Next decrease \
         can be made at {next} Coordinated Universal Time"
    ))
}

#[tokio::test]
async fn a_day_has_four_decreases_and_then_one_each_hour() {
    let world = enforcing().await;
    create(&world, table("Units", 10, 10)).await;
    // Both at once are one decrease, and one beside an increase counts too.
    let answer = decrease(&world, 9, 9).await.unwrap();
    let told = &answer["TableDescription"]["ProvisionedThroughput"];
    assert_eq!((&told["ReadCapacityUnits"], &told["NumberOfDecreasesToday"]), (&json!(10), &json!(0)));
    assert_eq!(told["LastDecreaseDateTime"], json!(1_700_000_002.0));
    decrease(&world, 8, 20).await.unwrap();
    decrease(&world, 8, 19).await.unwrap();
    decrease(&world, 8, 18).await.unwrap();
    let refused = too_often(
        4,
        "Tuesday, November 14, 2023 at 10:13:30 PM",
        "Tuesday, November 14, 2023 at 11:13:30 PM",
    );
    assert_eq!(decrease(&world, 7, 18).await, refused);
    assert_eq!(decrease(&world, 7, 30).await, refused);
    decrease(&world, 8, 30).await.unwrap();
    let described = world.describe("Units").await["ProvisionedThroughput"].clone();
    assert_eq!(
        described,
        json!({
            "LastIncreaseDateTime": 1_700_000_016.0, "LastDecreaseDateTime": 1_700_000_010.0,
            "NumberOfDecreasesToday": 4, "ReadCapacityUnits": 8, "WriteCapacityUnits": 30
        })
    );
    // An hour after the last, not at the top of the hour; and then no more than one.
    world.clock.advance(Duration::from_secs(3_600 - 7));
    assert_eq!(decrease(&world, 7, 30).await, refused);
    decrease(&world, 7, 30).await.unwrap();
    // Midnight is less than an hour away, and gives back all four.
    let at_midnight = too_often(
        5,
        "Tuesday, November 14, 2023 at 11:13:33 PM",
        "Wednesday, November 15, 2023 at 12:00:00 AM",
    );
    assert_eq!(decrease(&world, 6, 30).await, at_midnight);
    world.clock.advance(TO_MIDNIGHT - Duration::from_secs(3_615));
    let described = world.describe("Units").await["ProvisionedThroughput"].clone();
    assert_eq!(described["NumberOfDecreasesToday"], 0);
    assert_eq!(described["LastDecreaseDateTime"], json!(1_700_003_613.0));
    for read in [6, 5, 4, 3] {
        decrease(&world, read, 30).await.unwrap();
    }
    assert!(decrease(&world, 2, 30).await.is_err());
}

#[tokio::test]
async fn a_day_has_at_most_27_decreases() {
    let world = enforcing().await;
    create(&world, table("Units", 100, 100)).await;
    world.clock.advance(TO_MIDNIGHT);
    let mut decreases = 0;
    // Every minute of a day somebody asks for one.
    for _ in 0..24 * 60 {
        decreases += usize::from(decrease(&world, 99 - decreases as i64, 100).await.is_ok());
        world.clock.advance(Duration::from_secs(60) - DELAY);
    }
    assert_eq!(decreases, 27);
}

#[tokio::test]
async fn tables_and_indexes_have_decreases_of_their_own_and_a_request_is_refused_whole() {
    let world = enforcing().await;
    create(&world, indexed("Units", units(50, 50), units(50, 50))).await;
    for read in [40, 30, 20, 10] {
        decrease(&world, read, 50).await.unwrap();
    }
    let both =
        json!({"ProvisionedThroughput": units(5, 5), "GlobalSecondaryIndexUpdates": index_units(40, 40)});
    assert!(update(&world, both).await.unwrap_err().contains("Number of decreases today: 4."));
    let of_index =
        |described: &Value| described["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"].clone();
    let untouched = of_index(&world.describe("Units").await);
    assert_eq!(
        untouched,
        json!({"NumberOfDecreasesToday": 0, "ReadCapacityUnits": 50, "WriteCapacityUnits": 50})
    );
    for read in [40, 30, 20, 10] {
        update(&world, json!({"GlobalSecondaryIndexUpdates": index_units(read, 50)})).await.unwrap();
    }
    let refused = update(&world, json!({"GlobalSecondaryIndexUpdates": index_units(5, 50)})).await;
    assert!(refused.unwrap_err().contains("Number of decreases today: 4."));
    assert_eq!(of_index(&world.describe("Units").await)["NumberOfDecreasesToday"], 4);
    let unchanged = update(&world, json!({"GlobalSecondaryIndexUpdates": index_units(10, 50)})).await;
    assert_eq!(
        unchanged.unwrap_err(),
        "ValidationException: The provisioned throughput for the index gsi1 will not change. The requested value equals the \
         current value. Current ReadCapacityUnits provisioned for index gsi1: 10. Requested ReadCapacityUnits: 10. Current \
         WriteCapacityUnits provisioned for index gsi1: 50. Requested WriteCapacityUnits: 50. Refer to the Amazon DynamoDB \
         Developer Guide for current limits and how to request higher limits."
    );
}

#[tokio::test]
async fn tables_indexes_and_the_account_have_so_many_units() {
    const REFER: &str =
        "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.";
    let world = enforcing().await;
    let over = format!(
        "LimitExceededException: The requested ReadCapacityUnits, 40001, is above the per table maximum for the account in \
         us-east-1. Per table maximum: 40000. {REFER}"
    );
    assert_eq!(world.call("CreateTable", table("Units", 40_001, 1)).await, Err(over.clone()));
    let index_over = format!(
        "LimitExceededException: The requested WriteCapacityUnits for index gsi1, 40001, is above the per index maximum for \
         the account in us-east-1. Per table maximum: 40000. {REFER}"
    );
    let input = indexed("Units", units(1, 1), units(1, 40_001));
    assert_eq!(world.call("CreateTable", input).await, Err(index_over));
    // Indexes are not a part of their table's.
    create(&world, indexed("Units", units(39_900, 1), units(200, 1))).await;
    assert_eq!(decrease(&world, 40_001, 1).await, Err(over));
    decrease(&world, 40_000, 1).await.unwrap();
    let account = format!(
        "LimitExceededException: This request would have caused the ReadCapacityUnits limit to be exceeded for the account in \
         us-east-1. Current ReadCapacityUnits reserved by the account: 40200. Limit: 80000. Requested: 39801. {REFER}"
    );
    assert_eq!(world.call("CreateTable", table("Other", 39_801, 1)).await, Err(account));
    create(&world, table("Other", 39_800, 1)).await;
    let more = update(&world, json!({"GlobalSecondaryIndexUpdates": index_units(201, 1)})).await;
    assert!(more.unwrap_err().contains("reserved by the account: 80000. Limit: 80000. Requested: 1."));
    // What is less is let in, however full the account is.
    decrease(&world, 39_000, 1).await.unwrap();

    let ceiling =
        json!({"BillingMode": "PAY_PER_REQUEST", "OnDemandThroughput": {"MaxReadRequestUnits": 40_001}});
    assert_eq!(
        update(&world, ceiling).await.unwrap_err(),
        "LimitExceededException: Subscriber limit exceeded: Requested MaxReadRequestUnits for OnDemandThroughput for table \
         exceeds TableMaxReadCapacityUnits of the account in region us-east-1"
    );
    let too_warm = json!([{"Update": {"IndexName": "gsi1", "WarmThroughput": warm(40_001, 5_000)}}]);
    assert_eq!(
        update(&world, json!({"GlobalSecondaryIndexUpdates": too_warm})).await.unwrap_err(),
        "LimitExceededException: Subscriber limit exceeded: Requested ReadUnitsPerSecond for WarmThroughput for index gsi1 \
         exceeds TableMaxReadCapacityUnits of the account in region us-east-1"
    );
}

#[tokio::test]
async fn nothing_of_that_holds_where_quotas_are_not_enforced() {
    let world = World::new().await;
    create(&world, table("Units", 100_000, 100_000)).await;
    for read in (1..20).rev() {
        decrease(&world, read, 100_000).await.unwrap();
    }
    assert_eq!(world.describe("Units").await["ProvisionedThroughput"]["NumberOfDecreasesToday"], 19);
    for _ in 0..6 {
        update(&world, json!({"BillingMode": "PAY_PER_REQUEST"})).await.unwrap();
        let back = json!({"BillingMode": "PROVISIONED", "ProvisionedThroughput": units(1, 1)});
        update(&world, back).await.unwrap();
    }
}

#[tokio::test]
async fn four_times_a_day_a_table_goes_to_on_demand() {
    let world = enforcing().await;
    create(&world, table("Units", 1, 1)).await;
    let to_on_demand = json!({"BillingMode": "PAY_PER_REQUEST"});
    let back = json!({"BillingMode": "PROVISIONED", "ProvisionedThroughput": units(1, 1)});
    for _ in 0..4 {
        update(&world, to_on_demand.clone()).await.unwrap();
        // It is so already, which AWS takes for an answer.
        update(&world, to_on_demand.clone()).await.unwrap();
        update(&world, back.clone()).await.unwrap();
        world.clock.advance(Duration::from_secs(3_600));
    }
    // The limit is documented, the sentence is not.
    let refused = update(&world, to_on_demand.clone()).await.unwrap_err();
    assert!(
        refused
            .starts_with("LimitExceededException: Subscriber limit exceeded: Update to PayPerRequest mode"),
        "{refused}"
    );
    world.clock.advance(Duration::from_secs(20 * 3_600));
    update(&world, to_on_demand).await.unwrap();
}

#[tokio::test]
async fn warm_throughput_follows_what_was_provisioned_and_never_falls() {
    let world = World::with_delay(DELAY).await;
    create(&world, table("Units", 1, 1)).await;
    let warmth = async || world.describe("Units").await["WarmThroughput"].clone();
    let of = |read: i64, write: i64| json!({"ReadUnitsPerSecond": read, "WriteUnitsPerSecond": write, "Status": "ACTIVE"});
    assert_eq!(warmth().await, of(1, 1));
    decrease(&world, 3, 3).await.unwrap();
    decrease(&world, 2, 1).await.unwrap();
    assert_eq!(warmth().await, of(3, 3));
    let lower = "ValidationException: One or more parameter values were invalid: Requested ReadUnitsPerSecond for \
                 WarmThroughput for table is lower than current WarmThroughput, decreasing WarmThroughput is not supported";
    assert_eq!(update(&world, json!({"WarmThroughput": warm(2, 50)})).await, Err(lower.to_owned()));

    // The table is ACTIVE while it is warmed, and shows what it was until it is done. The last request wins.
    let answer = world.ok("UpdateTable", json!({"TableName": "Units", "WarmThroughput": warm(50, 50)})).await;
    let told = &answer["TableDescription"];
    assert_eq!(told["TableStatus"], "ACTIVE");
    let warming = json!({"ReadUnitsPerSecond": 3, "WriteUnitsPerSecond": 3, "Status": "UPDATING"});
    assert_eq!(told["WarmThroughput"], warming);
    world.clock.advance(DELAY / 2);
    assert_eq!(warmth().await, warming);
    world
        .ok("UpdateTable", json!({"TableName": "Units", "WarmThroughput": {"ReadUnitsPerSecond": 60}}))
        .await;
    world.clock.advance(DELAY);
    assert_eq!(warmth().await, of(60, 3));
    update(&world, json!({"WarmThroughput": warm(60, 3)})).await.unwrap();

    // On demand it is as warm as what is new, and stays so. While that is under way it is what it was.
    let answer = update(&world, json!({"BillingMode": "PAY_PER_REQUEST"})).await.unwrap();
    assert_eq!(answer["TableDescription"]["WarmThroughput"], of(60, 3));
    assert_eq!(warmth().await, of(12_000, 4_000));
    let back = json!({"BillingMode": "PROVISIONED", "ProvisionedThroughput": units(1, 1)});
    update(&world, back).await.unwrap();
    assert_eq!(warmth().await, of(12_000, 4_000));
    assert_eq!(world.engine.table("Units").await.unwrap().partitions.iter().len(), 4);

    // Partitions are there for it: each of the four was too wide, and its halves too.
    update(&world, json!({"WarmThroughput": warm(12_000, 9_500)})).await.unwrap();
    assert_eq!(world.engine.table("Units").await.unwrap().partitions.iter().len(), 16);
}

#[tokio::test]
async fn indexes_are_warmed_alike() {
    let world = World::with_delay(DELAY).await;
    create(&world, indexed("Units", units(5, 5), units(13_000, 4_500))).await;
    let index = async || world.describe("Units").await["GlobalSecondaryIndexes"][0].clone();
    update(&world, json!({"GlobalSecondaryIndexUpdates": index_units(1, 1)})).await.unwrap();
    let of = |read: i64, write: i64| json!({"ReadUnitsPerSecond": read, "WriteUnitsPerSecond": write, "Status": "ACTIVE"});
    assert_eq!(index().await["WarmThroughput"], of(13_000, 4_500));
    let change = |throughput: Value| json!({"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "gsi1", "WarmThroughput": throughput}}]});
    let lower = "ValidationException: One or more parameter values were invalid: Requested ReadUnitsPerSecond for \
                 WarmThroughput for index gsi1 is lower than current WarmThroughput, decreasing WarmThroughput is not supported";
    assert_eq!(update(&world, change(warm(100, 5_000))).await, Err(lower.to_owned()));
    let empty = "ValidationException: One or more parameter values were invalid: WarmThroughput must have at least one of \
                 ReadUnitsPerSecond or WriteUnitsPerSecond specified for index: gsi1";
    assert_eq!(update(&world, change(json!({}))).await, Err(empty.to_owned()));
    let answer = update(&world, change(warm(14_000, 5_000))).await.unwrap();
    let told = &answer["TableDescription"];
    assert_eq!(told["TableStatus"], "ACTIVE");
    assert_eq!(told["GlobalSecondaryIndexes"][0]["IndexStatus"], "ACTIVE");
    assert_eq!(told["GlobalSecondaryIndexes"][0]["WarmThroughput"]["Status"], "UPDATING");
    assert_eq!(index().await["WarmThroughput"], of(14_000, 5_000));
}

#[tokio::test]
async fn warm_throughput_and_ceilings_are_changed_by_themselves() {
    let world = World::new().await;
    create(&world, indexed("Units", units(5, 5), units(5, 5))).await;
    update(
        &world,
        json!({"BillingMode": "PAY_PER_REQUEST", "OnDemandThroughput": {"MaxReadRequestUnits": 7}}),
    )
    .await
    .unwrap();
    let ceiling = json!({"MaxReadRequestUnits": 10});
    for (change, message) in [
        (
            json!({"WarmThroughput": warm(20_000, 5_000), "TableClass": "STANDARD"}),
            "WarmThroughput must be the only operation in the request",
        ),
        (
            json!({"WarmThroughput": warm(20_000, 5_000), "OnDemandThroughput": ceiling}),
            "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request",
        ),
        (
            json!({"OnDemandThroughput": ceiling, "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "KEYS_ONLY"}}),
            "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request",
        ),
        (
            json!({"GlobalSecondaryIndexUpdates": index_units(1, 1)}),
            "The only Updates for index: gsi1 when TableThroughputMode is PAY_PER_REQUEST can be to OnDemandThroughput, WarmThroughput",
        ),
    ] {
        let expect = format!("ValidationException: One or more parameter values were invalid: {message}");
        assert_eq!(update(&world, change).await, Err(expect));
    }
}
