//! Tables through the whole engine: states, delays, restarts.

mod support;

use pixii_engine::Settings;
use pixii_engine::keyspace::Key;
use serde_json::{Value, json};
use std::time::Duration;
use support::{World, add_index, simple_table};

const DELAY: Duration = Duration::from_secs(5);

fn item(pk: &str, sk: u32, group: Option<Value>) -> Value {
    let mut item = json!({"pk": {"S": pk}, "sk": {"N": sk.to_string()}});
    if let Some(group) = group {
        item["group"] = group;
    }
    item
}

async fn put(world: &World, table: &str, item: Value) {
    world.ok("PutItem", json!({"TableName": table, "Item": item})).await;
}

#[tokio::test]
async fn a_table_is_created_described_and_deleted() {
    let world = World::new().await;
    let created = world.ok("CreateTable", simple_table("Music")).await;
    let description = &created["TableDescription"];
    let id = description["TableId"].as_str().unwrap();
    assert_eq!(id.len(), 36);
    assert_eq!(
        *description,
        json!({
            "TableName": "Music",
            "TableStatus": "CREATING",
            "AttributeDefinitions": [
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "N"}
            ],
            "KeySchema": [
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"}
            ],
            "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
            "ProvisionedThroughput": {"NumberOfDecreasesToday": 0, "ReadCapacityUnits": 0, "WriteCapacityUnits": 0},
            "CreationDateTime": 1_700_000_000.0,
            "TableSizeBytes": 0,
            "ItemCount": 0,
            "TableArn": "arn:aws:dynamodb:us-east-1:000000000000:table/Music",
            "TableId": id,
            "DeletionProtectionEnabled": false,
        })
    );

    put(&world, "Music", item("A", 1, None)).await;
    let described = world.describe("Music").await;
    assert_eq!(described["TableStatus"], "ACTIVE");
    assert_eq!(described["ItemCount"], 1);
    assert_eq!(described["TableSizeBytes"], 7);
    assert_eq!(described["TableId"], id);
    assert_eq!(described["BillingModeSummary"]["LastUpdateToPayPerRequestDateTime"], 1_700_000_000.0);
    assert_eq!(
        described["WarmThroughput"],
        json!({"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000, "Status": "ACTIVE"})
    );
    let arn = described["TableArn"].as_str().unwrap();
    let got = world.ok("GetItem", json!({"TableName": arn, "Key": item("A", 1, None)})).await;
    assert_eq!(got["Item"]["pk"]["S"], "A");

    assert_eq!(
        world.refused("CreateTable", simple_table("Music")).await,
        "ResourceInUseException: Table already exists: Music"
    );
    let deleted = world.ok("DeleteTable", json!({"TableName": "Music"})).await;
    assert_eq!(
        deleted["TableDescription"],
        json!({
            "TableName": "Music",
            "TableStatus": "DELETING",
            "BillingModeSummary": {
                "BillingMode": "PAY_PER_REQUEST",
                "LastUpdateToPayPerRequestDateTime": 1_700_000_000.0
            },
            "ProvisionedThroughput": {"NumberOfDecreasesToday": 0, "ReadCapacityUnits": 0, "WriteCapacityUnits": 0},
            "TableSizeBytes": 7,
            "ItemCount": 1,
            "TableArn": arn,
            "TableId": id,
            "DeletionProtectionEnabled": false,
        })
    );
    assert_eq!(
        world.refused("DescribeTable", json!({"TableName": "Music"})).await,
        "ResourceNotFoundException: Requested resource not found: Table: Music not found"
    );
    assert_eq!(
        world.refused("PutItem", json!({"TableName": "Music", "Item": item("A", 1, None)})).await,
        "ResourceNotFoundException: Requested resource not found"
    );
}

#[tokio::test]
async fn an_arn_of_elsewhere_names_no_table() {
    let world = World::new().await;
    world.ok("CreateTable", simple_table("Music")).await;
    for arn in [
        "arn:aws:dynamodb:eu-west-1:000000000000:table/Music",
        "arn:aws:dynamodb:us-east-1:111111111111:table/Music",
        "arn:aws:dynamodb:us-east-1:000000000000:table/Music/index/x",
    ] {
        let refused = world.refused("GetItem", json!({"TableName": arn, "Key": item("A", 1, None)})).await;
        assert_eq!(refused, "ResourceNotFoundException: Requested resource not found");
    }
}

/// Programs whose settings name the ARNs of a real account found none of their tables in a server for development.
#[tokio::test]
async fn where_arns_are_not_taken_strictly_any_account_and_region_is_this_one() {
    let world = World::with_settings(Settings { strict_arns: false, ..Settings::default() }).await;
    world.ok("CreateTable", simple_table("Music")).await;
    let enable = json!({"TableName": "Music", "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "KEYS_ONLY"}});
    world.ok("UpdateTable", enable).await;
    let label = world.describe("Music").await["LatestStreamLabel"].take();
    for (region, account) in
        [("eu-west-1", "000000000000"), ("us-east-1", "111111111111"), ("ap-south-1", "123456789012")]
    {
        let arn = format!("arn:aws:dynamodb:{region}:{account}:table/Music");
        world.ok("GetItem", json!({"TableName": arn, "Key": item("A", 1, None)})).await;
        world.ok("ListTagsOfResource", json!({"ResourceArn": arn})).await;
        let own = "arn:aws:dynamodb:us-east-1:000000000000:table/Music";
        let described = world.ok("DescribeTable", json!({"TableName": arn})).await;
        assert_eq!(described["Table"]["TableArn"], own, "it is described as what it is");
        let stream = format!("{arn}/stream/{}", label.as_str().unwrap());
        world.ok("DescribeStream", json!({"StreamArn": stream})).await;
        let index = json!({"TableName": format!("{arn}/index/x"), "Key": item("A", 1, None)});
        assert!(world.refused("GetItem", index).await.starts_with("ResourceNotFoundException"));
    }
}

#[tokio::test]
async fn states_take_their_time() {
    let world = World::with_delay(DELAY).await;
    world.ok("CreateTable", simple_table("Music")).await;
    let busy = "Attempt to change a resource which is still in use: Table is being created: Music";
    assert_eq!(world.describe("Music").await["TableStatus"], "CREATING");
    assert_eq!(world.describe("Music").await.get("WarmThroughput"), None);
    assert_eq!(
        world.refused("PutItem", json!({"TableName": "Music", "Item": item("A", 1, None)})).await,
        "ResourceNotFoundException: Requested resource not found"
    );
    for (operation, input) in [
        ("DeleteTable", json!({"TableName": "Music"})),
        ("UpdateTable", json!({"TableName": "Music", "TableClass": "STANDARD"})),
    ] {
        assert_eq!(world.refused(operation, input).await, format!("ResourceInUseException: {busy}"));
    }
    world.clock.advance(DELAY);
    put(&world, "Music", item("A", 1, None)).await;
    assert_eq!(world.describe("Music").await["TableStatus"], "ACTIVE");

    let updated = world.ok("UpdateTable", json!({"TableName": "Music", "TableClass": "STANDARD"})).await;
    assert_eq!(updated["TableDescription"]["TableStatus"], "UPDATING");
    put(&world, "Music", item("A", 2, None)).await;
    world.clock.advance(DELAY);

    world.ok("DeleteTable", json!({"TableName": "Music"})).await;
    assert_eq!(world.describe("Music").await["TableStatus"], "DELETING");
    assert_eq!(
        world.refused("DeleteTable", json!({"TableName": "Music"})).await,
        "ResourceInUseException: Attempt to change a resource which is still in use: Table is being deleted: Music"
    );
    world.clock.advance(DELAY);
    world.refused("DescribeTable", json!({"TableName": "Music"})).await;
    world.ok("CreateTable", simple_table("Music")).await;
}

#[tokio::test]
async fn states_pass_without_anybody_looking() {
    let world = World::with_delay(DELAY).await;
    world.ok("CreateTable", simple_table("Music")).await;
    world.ok("CreateTable", simple_table("Films")).await;
    world.clock.advance(DELAY);
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    // A world whose clock was never moved sees what is stored.
    let other = World::over(world.store.clone(), Duration::ZERO).await;
    for table in ["Music", "Films"] {
        assert_eq!(other.describe(table).await["TableStatus"], "ACTIVE");
    }
}

#[tokio::test]
async fn states_survive_a_restart() {
    let world = World::with_delay(DELAY).await;
    world.ok("CreateTable", simple_table("Music")).await;
    let world = world.restarted(DELAY).await;
    assert_eq!(world.describe("Music").await["TableStatus"], "CREATING");
    world.clock.advance(DELAY);
    put(&world, "Music", item("A", 1, None)).await;
    world.ok("DeleteTable", json!({"TableName": "Music"})).await;
    let world = world.restarted(DELAY).await;
    assert_eq!(world.describe("Music").await["TableStatus"], "DELETING");
    world.clock.advance(DELAY);
    let world = world.restarted(DELAY).await;
    assert_eq!(world.ok("ListTables", json!({})).await, json!({"TableNames": []}));
}

#[tokio::test]
async fn a_dropped_table_leaves_nothing_behind() {
    let world = World::new().await;
    world.ok("CreateTable", simple_table("Music")).await;
    world.ok("UpdateTable", add_index("Music", "by-group")).await;
    world.until_active("Music").await;
    for at in 0..2500 {
        put(&world, "Music", item("A", at, Some(json!({"S": "g"})))).await;
    }
    world.ok("DeleteTable", json!({"TableName": "Music"})).await;
    // The data goes in steps, and a restart in between does not lose track.
    let world = world.restarted(Duration::ZERO).await;
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    let left = world.stored_keys().await;
    assert_eq!(left, [Key::CatalogVersion, Key::NextDataId]);

    // Nothing of the old table shines through in a new one of its name.
    world.ok("CreateTable", simple_table("Music")).await;
    assert_eq!(world.describe("Music").await["ItemCount"], 0);
}

#[tokio::test]
async fn tables_are_listed_in_pages() {
    let world = World::new().await;
    for at in 0..103 {
        world.ok("CreateTable", simple_table(&format!("table-{at:03}"))).await;
    }
    let first = world.ok("ListTables", json!({})).await;
    assert_eq!(first["TableNames"].as_array().unwrap().len(), 100);
    assert_eq!(first["LastEvaluatedTableName"], "table-099");
    let rest = world.ok("ListTables", json!({"ExclusiveStartTableName": "table-099", "Limit": 3})).await;
    assert_eq!(rest, json!({"TableNames": ["table-100", "table-101", "table-102"]}));
    let between = world.ok("ListTables", json!({"ExclusiveStartTableName": "table-050x", "Limit": 1})).await;
    assert_eq!(between, json!({"TableNames": ["table-051"], "LastEvaluatedTableName": "table-051"}));
}

#[tokio::test]
async fn a_protected_table_cannot_be_deleted() {
    let world = World::new().await;
    let mut table = simple_table("Music");
    table["DeletionProtectionEnabled"] = json!(true);
    world.ok("CreateTable", table).await;
    assert_eq!(
        world.refused("DeleteTable", json!({"TableName": "Music"})).await,
        "ValidationException: Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first."
    );
    world.ok("UpdateTable", json!({"TableName": "Music", "DeletionProtectionEnabled": false})).await;
    world.ok("DeleteTable", json!({"TableName": "Music"})).await;
}
