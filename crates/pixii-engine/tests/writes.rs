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

/// A TransactWriteItems that is refused.
async fn refused_transaction(world: &World, actions: Vec<Value>) -> String {
    world.refused("TransactWriteItems", json!({"TransactItems": actions})).await
}

/// AWS does not look for a second action that does not fit its table, nor at conditions.
#[tokio::test]
async fn one_action_that_does_not_fit_is_to_blame() {
    let world = world().await;
    let put = |pk: Value| json!({"Put": {"TableName": "Music", "Item": {"pk": pk, "sk": {"N": "1"}}}});
    let mut unmet = put(json!({"S": "b"}));
    unmet["Put"]["ConditionExpression"] = json!("attribute_exists(pk)");
    let actions = vec![unmet, put(json!({"N": "7"})), put(json!({"N": "8"}))];
    assert_eq!(
        refused_transaction(&world, actions).await,
        "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons [None, ValidationError, None]"
    );
}

/// The limit of 4 MB is on what comes with the request: large items can be deleted by it.
#[tokio::test]
async fn the_payload_of_a_transaction_is_limited() {
    let world = world().await;
    let large = json!({"S": "x".repeat(380_000)});
    let items = |count: u32| {
        let large = &large;
        (0..count).map(move |sk| {
            let mut item = key(sk);
            item["x"] = large.clone();
            item
        })
    };
    let put = |item: Value| json!({"Put": {"TableName": "Music", "Item": item}});
    let too_large = "ValidationException: Transaction payload size cannot exceed 4194304 bytes";
    assert_eq!(refused_transaction(&world, items(12).map(put).collect()).await, too_large);
    let set = |item: Value| {
        json!({"Update": {
            "TableName": "Music", "Key": {"pk": item["pk"], "sk": item["sk"]},
            "UpdateExpression": "SET x = :x", "ExpressionAttributeValues": {":x": item["x"]}
        }})
    };
    assert_eq!(refused_transaction(&world, items(12).map(set).collect()).await, too_large);
    for item in items(12) {
        world.ok("PutItem", json!({"TableName": "Music", "Item": item})).await;
    }
    // What is written counts also where the request does not bring it.
    let touch = |sk: u32| {
        json!({"Update": {
            "TableName": "Music", "Key": key(sk),
            "UpdateExpression": "SET y = :y", "ExpressionAttributeValues": {":y": {"N": "1"}}
        }})
    };
    let refused = refused_transaction(&world, (0..12).map(touch).collect()).await;
    assert!(refused.contains("exceeding the 4MB limit"), "{refused}");
    let delete = |sk: u32| json!({"Delete": {"TableName": "Music", "Key": key(sk)}});
    let actions: Vec<Value> = (0..12).map(delete).collect();
    world.ok("TransactWriteItems", json!({"TransactItems": actions})).await;
    assert_eq!(world.ok("Scan", json!({"TableName": "Music"})).await["Count"], 0);
}

/// TransactGetItems answers no item where a projection leaves nothing of one, GetItem an empty one.
#[tokio::test]
async fn a_projection_that_leaves_nothing_hides_the_item_from_a_transaction() {
    let world = world().await;
    world.ok("PutItem", json!({"TableName": "Music", "Item": key(1)})).await;
    let get = |projection: &str| about_item(json!({"ProjectionExpression": projection}));
    let gets: Vec<Value> =
        ["x", "x.y", "pk, x"].iter().map(|projection| json!({"Get": get(projection)})).collect();
    for get in &gets[..2] {
        let answer = world.ok("TransactGetItems", json!({"TransactItems": [get]})).await;
        assert_eq!(answer, json!({"Responses": [{}]}));
    }
    let answer = world.ok("TransactGetItems", json!({"TransactItems": gets[2..]})).await;
    assert_eq!(answer, json!({"Responses": [{"Item": {"pk": {"S": "a"}}}]}));
    assert_eq!(world.ok("GetItem", get("x")).await, json!({"Item": {}}));
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
