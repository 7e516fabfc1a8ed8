//! Tables through the whole engine: states, delays, restarts.

mod support;

use serde_json::json;
use support::World;

#[tokio::test]
async fn a_table_is_created_listed_and_deleted() {
    let world = World::new().await;
    let created = world
        .call(
            "CreateTable",
            json!({
                "TableName": "Music",
                "AttributeDefinitions": [{"AttributeName": "Artist", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "Artist", "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST"
            }),
        )
        .await
        .unwrap();
    assert_eq!(created["TableDescription"]["TableStatus"], "CREATING");
    let described = world.call("DescribeTable", json!({"TableName": "Music"})).await.unwrap();
    assert_eq!(described["Table"]["TableStatus"], "ACTIVE");
    world.call("PutItem", json!({"TableName": "Music", "Item": {"Artist": {"S": "A"}}})).await.unwrap();
    let described = world.call("DescribeTable", json!({"TableName": "Music"})).await.unwrap();
    assert_eq!(described["Table"]["ItemCount"], 1);
    let arn = described["Table"]["TableArn"].as_str().unwrap();
    let got = world.call("GetItem", json!({"TableName": arn, "Key": {"Artist": {"S": "A"}}})).await.unwrap();
    assert_eq!(got["Item"]["Artist"]["S"], "A");
    assert_eq!(world.call("ListTables", json!({})).await.unwrap(), json!({"TableNames": ["Music"]}));
    let deleted = world.call("DeleteTable", json!({"TableName": "Music"})).await.unwrap();
    assert_eq!(deleted["TableDescription"]["TableStatus"], "DELETING");
    assert_eq!(world.call("ListTables", json!({})).await.unwrap(), json!({"TableNames": []}));
    let gone = world.call("PutItem", json!({"TableName": "Music", "Item": {"Artist": {"S": "A"}}})).await;
    assert_eq!(gone.unwrap_err(), "ResourceNotFoundException: Requested resource not found");
}
