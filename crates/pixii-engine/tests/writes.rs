//! What writes of items answer and refuse, in which words.

mod support;

use serde_json::{Value, json};
use support::{World, simple_table};

/// A table `Music` whose items have an S `pk` and an N `sk`.
async fn world() -> World {
    let world = World::new().await;
    world.ok("CreateTable", simple_table("Music")).await;
    world
}

/// A request about the item `a`, 1 of the table.
fn about_item(members: Value) -> Value {
    let mut input = members;
    input["TableName"] = json!("Music");
    input["Key"] = key(1);
    input
}

fn key(sk: u32) -> Value {
    json!({"pk": {"S": "a"}, "sk": {"N": sk.to_string()}})
}

/// AWS refuses a ConditionalOperator with nothing to join even where there is no map of conditions at all.
#[tokio::test]
async fn a_conditional_operator_needs_conditions() {
    let world = world().await;
    let refused = "ValidationException: ConditionalOperator cannot be used without Filter or Expected";
    let put = json!({"Item": key(1), "TableName": "Music", "ConditionalOperator": "OR"});
    let select = json!({"TableName": "Music", "ConditionalOperator": "AND"});
    let mut query = select.clone();
    query["KeyConditions"] = json!({"pk": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "a"}]}});
    for (operation, input) in [
        ("PutItem", put),
        ("UpdateItem", about_item(json!({"ConditionalOperator": "OR"}))),
        ("DeleteItem", about_item(json!({"ConditionalOperator": "AND"}))),
        ("Scan", select),
        ("Query", query),
    ] {
        assert_eq!(world.refused(operation, input).await, refused, "{operation}");
    }
}
