//! What Terraform's `aws_dynamodb_table` asks in the life of a table: create, refresh, add an index, change capacity, destroy.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::{Value, json};
use std::time::Duration;
use support::World;

const DELAY: Duration = Duration::from_secs(3);

/// The table as its configuration first has it.
fn configuration() -> Value {
    json!({
        "TableName": "GameScores",
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": {"ReadCapacityUnits": 20, "WriteCapacityUnits": 20},
        "AttributeDefinitions": [
            {"AttributeName": "UserId", "AttributeType": "S"},
            {"AttributeName": "GameTitle", "AttributeType": "S"},
            {"AttributeName": "TopScore", "AttributeType": "N"}
        ],
        "KeySchema": [
            {"AttributeName": "UserId", "KeyType": "HASH"},
            {"AttributeName": "GameTitle", "KeyType": "RANGE"}
        ],
        "LocalSecondaryIndexes": [{
            "IndexName": "TopScoreByUser",
            "KeySchema": [
                {"AttributeName": "UserId", "KeyType": "HASH"},
                {"AttributeName": "TopScore", "KeyType": "RANGE"}
            ],
            "Projection": {"ProjectionType": "ALL"}
        }],
        "GlobalSecondaryIndexes": [{
            "IndexName": "GameTitleIndex",
            "KeySchema": [
                {"AttributeName": "GameTitle", "KeyType": "HASH"},
                {"AttributeName": "TopScore", "KeyType": "RANGE"}
            ],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["Country"]},
            "ProvisionedThroughput": {"ReadCapacityUnits": 10, "WriteCapacityUnits": 10}
        }],
        "SSESpecification": {"Enabled": false},
        "StreamSpecification": {"StreamEnabled": false},
        "DeletionProtectionEnabled": false,
        "TableClass": "STANDARD",
        "Tags": [{"Key": "Name", "Value": "game-scores"}, {"Key": "Environment", "Value": "test"}]
    })
}

/// Asks as the provider does while it waits, moving the clock instead of sleeping.
async fn wait_until_active(world: &World) -> Value {
    for _ in 0..1000 {
        let table = world.describe("GameScores").await;
        let indexes = table["GlobalSecondaryIndexes"].as_array().map_or(&[][..], Vec::as_slice);
        if table["TableStatus"] == "ACTIVE" && indexes.iter().all(|index| index["IndexStatus"] == "ACTIVE") {
            return table;
        }
        world.clock.advance(Duration::from_secs(1));
        tokio::task::yield_now().await;
    }
    panic!("the table never became ACTIVE")
}

/// The calls of a refresh. Answers what the configuration is compared with.
async fn refresh(world: &World) -> Value {
    let table = world.describe("GameScores").await;
    let arn = table["TableArn"].as_str().unwrap();
    assert_eq!(
        world.ok("DescribeContinuousBackups", json!({"TableName": "GameScores"})).await,
        json!({"ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"}
        }})
    );
    let time_to_live = world.ok("DescribeTimeToLive", json!({"TableName": "GameScores"})).await;
    let tags = world.ok("ListTagsOfResource", json!({"ResourceArn": arn})).await;
    assert_eq!(
        world.ok("DescribeKinesisStreamingDestination", json!({"TableName": "GameScores"})).await,
        json!({"TableName": "GameScores", "KinesisDataStreamDestinations": []})
    );
    assert_eq!(
        world.ok("DescribeContributorInsights", json!({"TableName": "GameScores"})).await,
        json!({"TableName": "GameScores", "ContributorInsightsStatus": "DISABLED"})
    );
    let scaling = world.ok("DescribeTableReplicaAutoScaling", json!({"TableName": "GameScores"})).await;
    let replica = &scaling["TableAutoScalingDescription"]["Replicas"][0];
    assert_eq!(
        replica["ReplicaProvisionedWriteCapacityAutoScalingSettings"],
        json!({"AutoScalingDisabled": true, "ScalingPolicies": []})
    );
    assert_eq!(
        world.refused("GetResourcePolicy", json!({"ResourceArn": arn})).await,
        format!(
            "PolicyNotFoundException: Resource-based policy not found for the provided ResourceArn: {arn}"
        )
    );
    json!({"table": table, "time_to_live": time_to_live, "tags": tags})
}

#[tokio::test]
async fn a_table_lives_under_terraform() {
    let world = World::with_delay(DELAY).await;

    // Create.
    let created = world.ok("CreateTable", configuration()).await;
    assert_eq!(created["TableDescription"]["TableStatus"], "CREATING");
    wait_until_active(&world).await;
    let specification = json!({"Enabled": true, "AttributeName": "TimeToExist"});
    assert_eq!(
        world
            .ok(
                "UpdateTimeToLive",
                json!({"TableName": "GameScores", "TimeToLiveSpecification": specification})
            )
            .await,
        json!({"TimeToLiveSpecification": specification})
    );
    let described = world.ok("DescribeTimeToLive", json!({"TableName": "GameScores"})).await;
    assert_eq!(described["TimeToLiveDescription"]["TimeToLiveStatus"], "ENABLING");
    world.clock.advance(DELAY);

    // Refresh: what comes back is what was configured, so that no change is planned.
    let state = refresh(&world).await;
    let (table, configured) = (&state["table"], configuration());
    for same in ["AttributeDefinitions", "KeySchema"] {
        assert_eq!(table[same], configured[same]);
    }
    assert_eq!(table["ProvisionedThroughput"]["ReadCapacityUnits"], 20);
    assert_eq!(table.get("BillingModeSummary"), None);
    for (list, at) in [("LocalSecondaryIndexes", 0), ("GlobalSecondaryIndexes", 0)] {
        for same in ["IndexName", "KeySchema", "Projection"] {
            assert_eq!(table[list][at][same], configured[list][at][same]);
        }
    }
    assert_eq!(table["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["WriteCapacityUnits"], 10);
    assert_eq!(table["GlobalSecondaryIndexes"][0]["WarmThroughput"]["WriteUnitsPerSecond"], 10);
    assert_eq!(table["TableClassSummary"], json!({"TableClass": "STANDARD"}));
    for absent in
        ["StreamSpecification", "LatestStreamArn", "SSEDescription", "Replicas", "OnDemandThroughput"]
    {
        assert_eq!(table.get(absent), None, "{absent}");
    }
    assert_eq!(
        state["time_to_live"],
        json!({"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "TimeToExist"}})
    );
    assert_eq!(
        state["tags"],
        json!({"Tags": [{"Key": "Environment", "Value": "test"}, {"Key": "Name", "Value": "game-scores"}]})
    );
    assert_eq!(refresh(&world).await, state);

    // Another index: the provider sends all definitions again.
    let mut definitions = configuration()["AttributeDefinitions"].take();
    definitions.as_array_mut().unwrap().push(json!({"AttributeName": "Country", "AttributeType": "S"}));
    let answer = world
        .ok(
            "UpdateTable",
            json!({
                "TableName": "GameScores",
                "AttributeDefinitions": definitions,
                "GlobalSecondaryIndexUpdates": [{"Create": {
                    "IndexName": "CountryIndex",
                    "KeySchema": [{"AttributeName": "Country", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                    "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
                }}]
            }),
        )
        .await;
    assert_eq!(answer["TableDescription"]["TableStatus"], "UPDATING");
    let table = wait_until_active(&world).await;
    assert_eq!(table["GlobalSecondaryIndexes"].as_array().unwrap().len(), 2);
    assert_eq!(table["AttributeDefinitions"], definitions);

    // Capacity, of table and index, and tags.
    world
        .ok(
            "UpdateTable",
            json!({
                "TableName": "GameScores",
                "BillingMode": "PROVISIONED",
                "ProvisionedThroughput": {"ReadCapacityUnits": 30, "WriteCapacityUnits": 10},
                "GlobalSecondaryIndexUpdates": [{"Update": {
                    "IndexName": "GameTitleIndex",
                    "ProvisionedThroughput": {"ReadCapacityUnits": 15, "WriteCapacityUnits": 10}
                }}]
            }),
        )
        .await;
    let table = wait_until_active(&world).await;
    assert_eq!(table["ProvisionedThroughput"]["ReadCapacityUnits"], 30);
    assert_eq!(table["ProvisionedThroughput"]["NumberOfDecreasesToday"], 1);
    assert_eq!(table["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["ReadCapacityUnits"], 15);
    let arn = table["TableArn"].clone();
    let tags = json!([{"Key": "Name", "Value": "renamed"}]);
    assert_eq!(world.ok("TagResource", json!({"ResourceArn": arn, "Tags": tags})).await, Value::Null);
    assert_eq!(
        world.ok("UntagResource", json!({"ResourceArn": arn, "TagKeys": ["Environment"]})).await,
        Value::Null
    );
    assert_eq!(refresh(&world).await["tags"], json!({"Tags": tags}));

    // Destroy.
    let deleted = world.ok("DeleteTable", json!({"TableName": "GameScores"})).await;
    assert_eq!(deleted["TableDescription"]["TableStatus"], "DELETING");
    assert_eq!(world.describe("GameScores").await["TableStatus"], "DELETING");
    world.clock.advance(DELAY);
    assert_eq!(
        world.refused("DescribeTable", json!({"TableName": "GameScores"})).await,
        "ResourceNotFoundException: Requested resource not found: Table: GameScores not found"
    );
    assert_eq!(
        world.refused("DescribeContinuousBackups", json!({"TableName": "GameScores"})).await,
        "TableNotFoundException: Table not found: GameScores"
    );
}
