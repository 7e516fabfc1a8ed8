//! UpdateTable and the settings of tables: what it changes, what it refuses, in which words.

mod support;

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use support::{World, add_index, simple_table};

const DELAY: Duration = Duration::from_secs(5);

fn update(members: Value) -> Value {
    let mut input = members;
    input["TableName"] = json!("Music");
    input
}

fn units(read: i64, write: i64) -> Value {
    json!({"ReadCapacityUnits": read, "WriteCapacityUnits": write})
}

/// A provisioned table with an index.
fn provisioned_table() -> Value {
    let mut table = simple_table("Music");
    table["BillingMode"] = json!("PROVISIONED");
    table["ProvisionedThroughput"] = units(5, 5);
    table["GlobalSecondaryIndexes"] = json!([{
        "IndexName": "by-sk",
        "KeySchema": [{"AttributeName": "sk", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
        "ProvisionedThroughput": units(5, 5)
    }]);
    table
}

async fn check_refused(world: &World, cases: &[(Value, &str)]) {
    for (members, expect) in cases {
        let refused = world.refused("UpdateTable", update(members.clone())).await;
        assert_eq!(refused, *expect, "{members}");
    }
}

#[tokio::test]
async fn requests_that_cannot_be_are_refused() {
    let world = World::new().await;
    world.ok("CreateTable", provisioned_table()).await;
    let unchanged = "ValidationException: The provisioned throughput for the table will not change. The requested value equals the current value. \
         Current ReadCapacityUnits provisioned for the table: 5. Requested ReadCapacityUnits: 5. \
         Current WriteCapacityUnits provisioned for the table: 5. Requested WriteCapacityUnits: 5. \
         Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.";
    let nothing = "ValidationException: At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required";
    let only_one = "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table";
    let blocked = "ValidationException: This operation cannot be performed with given input values. Please contact DynamoDB service team for more info: Action Blocked: IndexUpdate";
    let create = |name: &str| add_index("Music", name)["GlobalSecondaryIndexUpdates"][0].take();
    check_refused(&world, &[
        (json!({}), nothing),
        (json!({"GlobalSecondaryIndexUpdates": []}), nothing),
        (json!({"ProvisionedThroughput": units(5, 5)}), unchanged),
        (json!({"BillingMode": "PROVISIONED", "ProvisionedThroughput": units(5, 5)}), unchanged),
        (
            json!({"BillingMode": "PROVISIONED"}),
            "ValidationException: One or more parameter values were invalid: ProvisionedThroughput must be specified when BillingMode is PROVISIONED",
        ),
        (
            json!({"BillingMode": "PAY_PER_REQUEST", "ProvisionedThroughput": units(6, 6)}),
            "ValidationException: One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
        ),
        (
            json!({"ProvisionedThroughput": units(1_000_000_000_001, 1)}),
            "ValidationException: Given value 1000000000001 for ReadCapacityUnits is out of bounds",
        ),
        (
            json!({"GlobalSecondaryIndexUpdates": [{}]}),
            "ValidationException: One or more parameter values were invalid: One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null",
        ),
        (
            json!({"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "abc"}}, {"Delete": {"IndexName": "abc"}}]}),
            "ValidationException: One or more parameter values were invalid: Only one global secondary index update per index is allowed simultaneously. Index: abc",
        ),
        (json!({"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by-sk"}}, create("abc")]}), only_one),
        (json!({"GlobalSecondaryIndexUpdates": [create("abc"), create("abd")]}), only_one),
        (
            json!({"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "abc", "ProvisionedThroughput": units(9, 9)}}]}),
            blocked,
        ),
        (
            json!({"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "by-sk", "ProvisionedThroughput": units(1_000_000_000_001, 9)}}]}),
            blocked,
        ),
        (
            json!({"GlobalSecondaryIndexUpdates": [create("by-sk")]}),
            "ValidationException: Attempting to create an index which already exists",
        ),
        // The request must define the keys of a new index, even those that the table has.
        (
            json!({"GlobalSecondaryIndexUpdates": [create("abc")]}),
            "ValidationException: One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [group], AttributeDefinitions: []",
        ),
        (
            json!({
                "GlobalSecondaryIndexUpdates": [{"Create": {
                    "IndexName": "abc",
                    "KeySchema": [
                        {"AttributeName": "group", "KeyType": "HASH"},
                        {"AttributeName": "sk", "KeyType": "RANGE"}
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                    "ProvisionedThroughput": units(5, 5)
                }}],
                "AttributeDefinitions": [{"AttributeName": "sk", "AttributeType": "N"}]
            }),
            "ValidationException: Invalid KeySchema: Some index key attribute have no definition",
        ),
        (
            json!({
                "GlobalSecondaryIndexUpdates": [{"Create": {
                    "IndexName": "abc",
                    "KeySchema": [{"AttributeName": "sk", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                    "ProvisionedThroughput": units(5, 5)
                }}],
                "AttributeDefinitions": [{"AttributeName": "sk", "AttributeType": "S"}]
            }),
            "ValidationException: One or more parameter values were invalid: Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. \
             Existing schema: Schema:[SchemaElement: key{sk:N:HASH}] New schema: Schema:[SchemaElement: key{sk:S:HASH}]",
        ),
        (
            json!({
                "GlobalSecondaryIndexUpdates": [create("abc")],
                "AttributeDefinitions": [
                    {"AttributeName": "group", "AttributeType": "S"},
                    {"AttributeName": "group", "AttributeType": "N"}
                ]
            }),
            "ValidationException: Attribute Name is duplicated: group",
        ),
        (
            json!({"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by-sk"}, "Create": create("abc")["Create"]}]}),
            "ValidationException: One or more parameter values were invalid: Only one of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null",
        ),
        (
            json!({
                "GlobalSecondaryIndexUpdates": [create("abc")],
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}]
            }),
            "ValidationException: One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [group], AttributeDefinitions: [pk]",
        ),
        (
            json!({"OnDemandThroughput": {"MaxWriteRequestUnits": 7}}),
            "ValidationException: One or more parameter values were invalid: MaxWriteRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED",
        ),
        (
            json!({"StreamSpecification": {"StreamEnabled": false}}),
            "ValidationException: Table has no stream to disable: TableName: Music",
        ),
        (
            json!({"ReplicaUpdates": [{"Create": {"RegionName": "eu-west-1"}}]}),
            "ValidationException: One or more parameter values were invalid: ReplicaUpdates is not supported",
        ),
    ])
    .await;
    assert_eq!(
        world.refused("UpdateTable", json!({"TableName": "abc", "TableClass": "STANDARD"})).await,
        "ResourceNotFoundException: Requested resource not found: Table: abc not found"
    );
    assert_eq!(
        world
            .refused(
                "UpdateTable",
                json!({"TableName": "Music", "GlobalSecondaryIndexUpdates": [{"Update": {}}]})
            )
            .await,
        "ValidationException: 2 validation errors detected: \
         Value null at 'globalSecondaryIndexUpdates.1.member.update.indexName' failed to satisfy constraint: Member must not be null; \
         Value null at 'globalSecondaryIndexUpdates.1.member.update.provisionedThroughput' failed to satisfy constraint: Member must not be null"
    );
    // Nothing of all this left a trace.
    assert_eq!(world.describe("Music").await["TableStatus"], "ACTIVE");
}

#[tokio::test]
async fn capacity_changes_when_the_table_is_active_again() {
    let world = World::with_delay(DELAY).await;
    world.ok("CreateTable", provisioned_table()).await;
    world.clock.advance(DELAY);
    let answer = world.ok("UpdateTable", update(json!({"ProvisionedThroughput": units(3, 10)}))).await;
    assert_eq!(
        answer["TableDescription"]["ProvisionedThroughput"],
        json!({
            "NumberOfDecreasesToday": 0, "ReadCapacityUnits": 5, "WriteCapacityUnits": 5,
            "LastIncreaseDateTime": 1_700_000_005.0, "LastDecreaseDateTime": 1_700_000_005.0
        })
    );
    world.clock.advance(DELAY);
    assert_eq!(
        world.describe("Music").await["ProvisionedThroughput"],
        json!({
            "NumberOfDecreasesToday": 1, "ReadCapacityUnits": 3, "WriteCapacityUnits": 10,
            "LastIncreaseDateTime": 1_700_000_010.0, "LastDecreaseDateTime": 1_700_000_010.0
        })
    );
    world.clock.advance(Duration::from_secs(24 * 60 * 60));
    assert_eq!(world.describe("Music").await["ProvisionedThroughput"]["NumberOfDecreasesToday"], 0);
}

#[tokio::test]
async fn billing_goes_to_on_demand_and_back() {
    let world = World::with_delay(DELAY).await;
    world.ok("CreateTable", provisioned_table()).await;
    world.clock.advance(DELAY);
    let answer = world.ok("UpdateTable", update(json!({"BillingMode": "PAY_PER_REQUEST"}))).await;
    let description = &answer["TableDescription"];
    assert_eq!(description["TableStatus"], "UPDATING");
    assert_eq!(description["BillingModeSummary"], json!({"BillingMode": "PAY_PER_REQUEST"}));
    assert_eq!(description["ProvisionedThroughput"]["ReadCapacityUnits"], 0);
    assert_eq!(description["GlobalSecondaryIndexes"][0]["IndexStatus"], "UPDATING");
    assert_eq!(description["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["ReadCapacityUnits"], 0);
    world.clock.advance(DELAY);
    let described = world.describe("Music").await;
    assert_eq!(
        described["BillingModeSummary"],
        json!({"BillingMode": "PAY_PER_REQUEST", "LastUpdateToPayPerRequestDateTime": 1_700_000_010.0})
    );
    assert_eq!(described["GlobalSecondaryIndexes"][0]["IndexStatus"], "ACTIVE");
    assert_eq!(described["WarmThroughput"]["ReadUnitsPerSecond"], 12000);

    check_refused(&world, &[
        (
            json!({"ProvisionedThroughput": units(1, 1)}),
            "ValidationException: One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
        ),
        (
            json!({"BillingMode": "PROVISIONED", "ProvisionedThroughput": units(2, 2)}),
            "ValidationException: One or more parameter values were invalid: ProvisionedThroughput must be specified for index: by-sk",
        ),
        (
            json!({"OnDemandThroughput": {"MaxReadRequestUnits": 0}}),
            "ValidationException: One or more parameter values were invalid: Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range",
        ),
        (
            json!({"WarmThroughput": {"ReadUnitsPerSecond": 11999}}),
            "ValidationException: One or more parameter values were invalid: Requested ReadUnitsPerSecond for WarmThroughput for table is lower than current WarmThroughput, decreasing WarmThroughput is not supported",
        ),
    ])
    .await;

    world
        .ok(
            "UpdateTable",
            update(json!({
                "OnDemandThroughput": {"MaxReadRequestUnits": 100, "MaxWriteRequestUnits": 50}
            })),
        )
        .await;
    world.ok("UpdateTable", update(json!({"WarmThroughput": {"ReadUnitsPerSecond": 15000}}))).await;
    world.clock.advance(DELAY);
    world.ok("UpdateTable", update(json!({"OnDemandThroughput": {"MaxReadRequestUnits": -1}}))).await;
    world.clock.advance(DELAY);
    let described = world.describe("Music").await;
    assert_eq!(described["OnDemandThroughput"], json!({"MaxWriteRequestUnits": 50}));
    assert_eq!(
        described["WarmThroughput"],
        json!({"ReadUnitsPerSecond": 15000, "WriteUnitsPerSecond": 4000, "Status": "ACTIVE"})
    );

    let answer = world
        .ok("UpdateTable", update(json!({
            "BillingMode": "PROVISIONED", "ProvisionedThroughput": units(2, 3),
            "GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "by-sk", "ProvisionedThroughput": units(4, 5)}}]
        })))
        .await;
    assert_eq!(answer["TableDescription"]["BillingModeSummary"]["BillingMode"], "PROVISIONED");
    assert_eq!(answer["TableDescription"]["ProvisionedThroughput"]["WriteCapacityUnits"], 3);
    world.clock.advance(DELAY);
    let described = world.describe("Music").await;
    assert_eq!(described["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["WriteCapacityUnits"], 5);
    assert_eq!(described.get("OnDemandThroughput"), None);
    assert!(described["BillingModeSummary"]["LastUpdateToPayPerRequestDateTime"].is_number());
}

#[tokio::test]
async fn streams_have_labels_of_their_own() {
    let world = World::new().await;
    let mut table = simple_table("Music");
    table["StreamSpecification"] = json!({"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"});
    let created = world.ok("CreateTable", table).await;
    let arn = "arn:aws:dynamodb:us-east-1:000000000000:table/Music/stream/2023-11-14T22:13:20.000";
    assert_eq!(created["TableDescription"]["LatestStreamArn"], arn);
    assert_eq!(created["TableDescription"]["LatestStreamLabel"], "2023-11-14T22:13:20.000");
    let enable = json!({"StreamSpecification": {"StreamEnabled": true, "StreamViewType": "KEYS_ONLY"}});
    check_refused(&world, &[
        (enable.clone(), "ValidationException: Table already has an enabled stream: TableName: Music"),
        (
            json!({"StreamSpecification": {"StreamEnabled": true}}),
            "ValidationException: One or more parameter values were invalid: StreamViewType must be specified when StreamEnabled is true",
        ),
    ])
    .await;
    world.ok("UpdateTable", update(json!({"StreamSpecification": {"StreamEnabled": false}}))).await;
    let described = world.describe("Music").await;
    assert_eq!(described.get("StreamSpecification"), None);
    assert_eq!(described["LatestStreamArn"], arn);
    world.clock.advance(Duration::from_millis(1500));
    world.ok("UpdateTable", update(enable)).await;
    let described = world.describe("Music").await;
    assert_eq!(
        described["StreamSpecification"],
        json!({"StreamEnabled": true, "StreamViewType": "KEYS_ONLY"})
    );
    assert_eq!(described["LatestStreamLabel"], "2023-11-14T22:13:21.500");
}

/// Tables were described as encrypted while their items lay in plain text: the key is kept and told, but not as in use.
#[tokio::test]
async fn class_is_told_as_set_and_encryption_as_not_there() {
    let world = World::new().await;
    world.ok("CreateTable", simple_table("Music")).await;
    world
        .ok(
            "UpdateTable",
            update(json!({
                "SSESpecification": {"Enabled": true, "SSEType": "KMS", "KMSMasterKeyId": "my-key"},
                "TableClass": "STANDARD_INFREQUENT_ACCESS"
            })),
        )
        .await;
    let described = world.describe("Music").await;
    assert_eq!(
        described["SSEDescription"],
        json!({
            "Status": "DISABLED", "SSEType": "KMS", "KMSMasterKeyArn": "arn:aws:kms:us-east-1:000000000000:key/my-key"
        })
    );
    assert_eq!(
        described["TableClassSummary"],
        json!({"TableClass": "STANDARD_INFREQUENT_ACCESS", "LastUpdateDateTime": 1_700_000_000.0})
    );
    let answer = world.ok("UpdateTable", update(json!({"SSESpecification": {"Enabled": false}}))).await;
    assert_eq!(answer["TableDescription"]["SSEDescription"]["Status"], "UPDATING");
    assert_eq!(world.describe("Music").await.get("SSEDescription"), None);
    world.ok("UpdateTable", update(json!({"SSESpecification": {"Enabled": true}}))).await;
    let arn = world.describe("Music").await["SSEDescription"]["KMSMasterKeyArn"].take();
    assert!(arn.as_str().unwrap().starts_with("arn:aws:kms:us-east-1:000000000000:key/"));
}

#[tokio::test]
async fn time_to_live_is_set_once() {
    let world = World::new().await;
    world.ok("CreateTable", simple_table("Music")).await;
    let set = |enabled: bool, attribute: &str| json!({"TableName": "Music", "TimeToLiveSpecification": {"Enabled": enabled, "AttributeName": attribute}});
    let told = || world.ok("DescribeTimeToLive", json!({"TableName": "Music"}));
    let disabled = json!({"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}});
    assert_eq!(told().await, disabled);
    assert_eq!(
        world.refused("UpdateTimeToLive", set(false, "ttl")).await,
        "ValidationException: TimeToLive is already disabled"
    );
    world.ok("UpdateTimeToLive", set(true, "ttl")).await;
    assert_eq!(
        told().await,
        json!({"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}})
    );
    for (input, expect) in [
        (set(true, "ttl"), "TimeToLive is already enabled"),
        (
            set(true, "other"),
            "TimeToLive is active on a different AttributeName: current AttributeName is ttl",
        ),
        (
            set(false, "other"),
            "TimeToLive is active on a different AttributeName: current AttributeName is ttl",
        ),
        (
            set(true, ""),
            "1 validation error detected: Value '' at 'timeToLiveSpecification.attributeName' failed to satisfy constraint: Member must have length greater than or equal to 1",
        ),
    ] {
        assert_eq!(world.refused("UpdateTimeToLive", input).await, format!("ValidationException: {expect}"));
    }
    world.ok("UpdateTimeToLive", set(false, "ttl")).await;
    assert_eq!(told().await, disabled);
    assert_eq!(
        world.refused("DescribeTimeToLive", json!({"TableName": "abc"})).await,
        "ResourceNotFoundException: Requested resource not found: Table: abc not found"
    );
}

#[tokio::test]
async fn tags_are_checked_in_the_order_of_aws() {
    let world = World::new().await;
    world.ok("CreateTable", simple_table("Music")).await;
    let arn = "arn:aws:dynamodb:us-east-1:000000000000:table/Music";
    let missing = "arn:aws:dynamodb:us-east-1:000000000000:table/abc";
    let denied = |on: &str| {
        format!(
            "AccessDeniedException: User: arn:aws:iam::000000000000:root is not authorized to perform: dynamodb:TagResource on resource: {on}"
        )
    };
    for (input, expect) in [
        (json!({}), "ValidationException: Invalid TableArn".to_owned()),
        (json!({"ResourceArn": ""}), denied("*")),
        (json!({"ResourceArn": "not-a-valid-arn"}), "ValidationException: ARNs must start with 'arn:'".to_owned()),
        (json!({"ResourceArn": "arn:b:c:d:e:f"}), denied("arn:b:c:d:e:f")),
        (json!({"ResourceArn": "arn:b:c:d:e/f"}), denied("arn:b:c:d:e/f")),
        (
            json!({"ResourceArn": "a:b:c:d:e:f/g"}),
            "ValidationException: 1 validation error detected: Value null at 'tags' failed to satisfy constraint: Member must not be null".to_owned(),
        ),
        (
            json!({"ResourceArn": "a:b:c:d:e:f/g", "Tags": []}),
            "ValidationException: Invalid TableArn: Invalid ResourceArn provided as input a:b:c:d:e:f/g".to_owned(),
        ),
        (
            json!({"ResourceArn": arn, "Tags": []}),
            "ValidationException: Atleast one Tag needs to be provided as Input.".to_owned(),
        ),
        (
            json!({"ResourceArn": missing, "Tags": [{"Key": "a", "Value": "b"}]}),
            format!("ResourceNotFoundException: Requested resource not found: ResourcArn: {missing} not found"),
        ),
    ] {
        assert_eq!(world.refused("TagResource", input.clone()).await, expect, "{input}");
    }
    let tags = |range: std::ops::Range<u32>| -> Value {
        range.map(|at| json!({"Key": format!("key-{at:02}"), "Value": ""})).collect()
    };
    world.ok("TagResource", json!({"ResourceArn": arn, "Tags": tags(0..50)})).await;
    world.refused("TagResource", json!({"ResourceArn": arn, "Tags": tags(50..51)})).await;
    for (key, value) in [("hi!", "dog"), ("dog", "d%g"), ("\"dog\"", "")] {
        assert_eq!(
            world
                .refused("TagResource", json!({"ResourceArn": arn, "Tags": [{"Key": key, "Value": value}]}))
                .await,
            "ValidationException: One or more parameter values were invalid: Tags can only contain letters, numbers, spaces, and the following special characters: _ . : / = + - @"
        );
    }
    assert_eq!(
        world
            .refused("TagResource", json!({"ResourceArn": arn, "Tags": [{"Key": "aws:a", "Value": ""}]}))
            .await,
        "ValidationException: One or more parameter values were invalid: aws: prefixed tag key names are not allowed for external use."
    );
    world.ok("UntagResource", json!({"ResourceArn": arn, "TagKeys": ["key-00"]})).await;
    world
        .ok("TagResource", json!({"ResourceArn": arn, "Tags": [{"Key": "ключ +-=._:/@ 1", "Value": "aws:"}]}))
        .await;
    world.ok("TagResource", json!({"ResourceArn": arn, "Tags": tags(49..50)})).await;
    let listed = world.ok("ListTagsOfResource", json!({"ResourceArn": arn})).await;
    assert_eq!(listed["Tags"].as_array().unwrap().len(), 50);
    assert_eq!(
        world.refused("UntagResource", json!({"ResourceArn": missing, "TagKeys": ["a"]})).await,
        "ResourceNotFoundException: Requested resource not found"
    );
}

/// Each change of tags starts from what the others have left.
#[tokio::test]
async fn tags_that_come_and_go_at_once_do_not_overwrite_each_other() {
    let world = Arc::new(World::new().await);
    world.ok("CreateTable", simple_table("Music")).await;
    let arn = "arn:aws:dynamodb:us-east-1:000000000000:table/Music";
    let tagger = |name: u32| {
        let world = Arc::clone(&world);
        async move {
            for turn in 0..10 {
                let key = format!("{name}-{turn}");
                let tags = json!([{"Key": key, "Value": ""}]);
                world.ok("TagResource", json!({"ResourceArn": arn, "Tags": tags})).await;
                if turn != name {
                    world.ok("UntagResource", json!({"ResourceArn": arn, "TagKeys": [key]})).await;
                }
            }
        }
    };
    let taggers: Vec<_> = (0..8).map(|name| tokio::spawn(tagger(name))).collect();
    for tagger in taggers {
        tagger.await.unwrap();
    }
    let listed = world.ok("ListTagsOfResource", json!({"ResourceArn": arn})).await;
    let left: BTreeSet<&str> =
        listed["Tags"].as_array().unwrap().iter().map(|tag| tag["Key"].as_str().unwrap()).collect();
    assert_eq!(left, BTreeSet::from(["0-0", "1-1", "2-2", "3-3", "4-4", "5-5", "6-6", "7-7"]));
}

/// Of a policy AWS says that there is none, or that there is no table.
#[tokio::test]
async fn no_resource_has_a_policy() {
    let world = World::new().await;
    world.ok("CreateTable", simple_table("Music")).await;
    let arn = |resource: &str| format!("arn:aws:dynamodb:us-east-1:000000000000:table/{resource}");
    for (resource, expect) in [
        (
            "Music",
            format!(
                "PolicyNotFoundException: Resource-based policy not found for the provided ResourceArn: {}",
                arn("Music")
            ),
        ),
        (
            "Musicunknown",
            "ResourceNotFoundException: Requested resource not found: Table: Musicunknown not found"
                .to_owned(),
        ),
    ] {
        let refused = world.refused("GetResourcePolicy", json!({"ResourceArn": arn(resource)})).await;
        assert_eq!(refused, expect);
    }
}

#[tokio::test]
async fn lists_of_what_is_not_there_are_empty() {
    let world = World::new().await;
    for (operation, list) in [
        ("ListBackups", "BackupSummaries"),
        ("ListExports", "ExportSummaries"),
        ("ListImports", "ImportSummaryList"),
        ("ListGlobalTables", "GlobalTables"),
        ("ListContributorInsights", "ContributorInsightsSummaries"),
        ("ListBulkOperations", "BulkOperationsSummaryList"),
    ] {
        assert_eq!(world.ok(operation, json!({})).await, json!({list: []}));
    }
    assert_eq!(
        world.ok("DescribeLimits", json!({})).await,
        json!({
            "AccountMaxReadCapacityUnits": 80000, "AccountMaxWriteCapacityUnits": 80000,
            "TableMaxReadCapacityUnits": 40000, "TableMaxWriteCapacityUnits": 40000
        })
    );
    assert_eq!(
        world.ok("DescribeEndpoints", json!({})).await,
        json!({"Endpoints": [{"Address": "dynamodb.us-east-1.amazonaws.com", "CachePeriodInMinutes": 1440}]})
    );
}
