//! Contributor Insights: their states, and which keys they tell of.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use pixii_engine::Settings;
use pixii_engine::throughput::PartitionSettings;
use pixii_model::admin::{Administration, ContributorReport, TopKeysRequest};
use serde_json::{Value, json};
use std::time::Duration;
use support::World;

async fn slow() -> World {
    World::with_settings(Settings { transition_delay: Duration::from_secs(2), ..Settings::default() }).await
}

fn table(name: &str) -> Value {
    json!({
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "s", "KeyType": "RANGE"}],
        "AttributeDefinitions": [
            {"AttributeName": "p", "AttributeType": "S"}, {"AttributeName": "s", "AttributeType": "N"}
        ]
    })
}

fn update(name: &str, action: &str) -> Value {
    json!({"TableName": name, "ContributorInsightsAction": action})
}

async fn described(world: &World, name: &str) -> Value {
    world.ok("DescribeContributorInsights", json!({"TableName": name})).await
}

#[tokio::test]
async fn insights_pass_through_their_states() {
    let world = slow().await;
    let unavailable = |status: &str| {
        format!(
            "ValidationException: Table or Index is not in a valid state to update Key Access Insights: {status} must be \
             ACTIVE to enable ContributorInsights."
        )
    };
    world.ok("CreateTable", table("Music")).await;
    let refused = world.call("UpdateContributorInsights", update("Music", "ENABLE")).await;
    assert_eq!(refused.unwrap_err(), unavailable("TableStatus"));
    assert_eq!(described(&world, "Music").await["ContributorInsightsStatus"], "DISABLED");
    world.clock.advance(Duration::from_secs(2));

    let answer = world.ok("UpdateContributorInsights", update("Music", "ENABLE")).await;
    assert_eq!(answer["ContributorInsightsStatus"], "ENABLING");
    let enabling = described(&world, "Music").await;
    assert_eq!(enabling["ContributorInsightsStatus"], "ENABLING");
    assert_eq!(enabling.get("ContributorInsightsRuleList"), None);
    // What is being turned on need not be turned on.
    let again = world.ok("UpdateContributorInsights", update("Music", "ENABLE")).await;
    assert_eq!(again["ContributorInsightsStatus"], "ENABLING");
    world.clock.advance(Duration::from_secs(2));
    let enabled = described(&world, "Music").await;
    assert_eq!(enabled["ContributorInsightsStatus"], "ENABLED");
    assert_eq!(enabled["ContributorInsightsRuleList"].as_array().unwrap().len(), 4);
    let waited =
        enabled["LastUpdateDateTime"].as_f64().unwrap() - enabling["LastUpdateDateTime"].as_f64().unwrap();
    assert_eq!(waited, 2.0);

    let answer = world.ok("UpdateContributorInsights", update("Music", "DISABLE")).await;
    assert_eq!(answer["ContributorInsightsStatus"], "DISABLING");
    let listed = world.ok("ListContributorInsights", json!({})).await;
    assert_eq!(listed["ContributorInsightsSummaries"][0]["ContributorInsightsStatus"], "DISABLING");
    world.clock.advance(Duration::from_secs(2));
    assert_eq!(described(&world, "Music").await["ContributorInsightsStatus"], "DISABLED");
    let listed = world.ok("ListContributorInsights", json!({})).await;
    assert_eq!(listed["ContributorInsightsSummaries"], json!([]));

    // An index that is being created has them only when it is there.
    let create = json!({
        "TableName": "Music",
        "AttributeDefinitions": [{"AttributeName": "s", "AttributeType": "N"}],
        "GlobalSecondaryIndexUpdates": [{"Create": {
            "IndexName": "by-s", "KeySchema": [{"AttributeName": "s", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"}
        }}]
    });
    world.ok("UpdateTable", create).await;
    let of_index = json!({"TableName": "Music", "IndexName": "by-s", "ContributorInsightsAction": "ENABLE"});
    let refused = world.call("UpdateContributorInsights", of_index.clone()).await;
    assert_eq!(refused.unwrap_err(), unavailable("IndexStatus"));
    // The table itself may have them meanwhile.
    world.ok("UpdateContributorInsights", update("Music", "ENABLE")).await;
    world.clock.advance(Duration::from_secs(2));
    world.until_active("Music").await;
    world.ok("UpdateContributorInsights", of_index).await;

    // A table that goes can only be rid of them.
    world.ok("DeleteTable", json!({"TableName": "Music"})).await;
    let throttled = json!({
        "TableName": "Music", "ContributorInsightsAction": "ENABLE", "ContributorInsightsMode": "THROTTLED_KEYS"
    });
    let refused = world.call("UpdateContributorInsights", throttled).await;
    assert_eq!(refused.unwrap_err(), unavailable("TableStatus"));
    assert_eq!(described(&world, "Music").await["ContributorInsightsStatus"], "ENABLED");
    let answer = world.ok("UpdateContributorInsights", update("Music", "DISABLE")).await;
    assert_eq!(answer["ContributorInsightsStatus"], "DISABLING");
}

#[tokio::test]
async fn where_quotas_are_enforced_the_101st_rule_fails() {
    let settings =
        Settings { enforce: true, transition_delay: Duration::from_secs(2), ..Settings::default() };
    let world = World::with_settings(settings).await;
    let names: Vec<String> = (0..26).map(|at| format!("Table{at:02}")).collect();
    for name in &names {
        world.ok("CreateTable", table(name)).await;
    }
    world.clock.advance(Duration::from_secs(2));
    for name in &names {
        let answer = world.ok("UpdateContributorInsights", update(name, "ENABLE")).await;
        assert_eq!(answer["ContributorInsightsStatus"], "ENABLING", "{name}");
    }
    world.clock.advance(Duration::from_secs(2));
    assert_eq!(described(&world, "Table24").await["ContributorInsightsStatus"], "ENABLED");
    let failed = described(&world, "Table25").await;
    assert_eq!(failed["ContributorInsightsStatus"], "FAILED");
    assert_eq!(failed["FailureException"]["ExceptionName"], "LimitExceededException");
    assert_eq!(failed.get("ContributorInsightsRuleList"), None);

    // It fails again while there is no room, and not once another has made some.
    world.ok("UpdateContributorInsights", update("Table25", "ENABLE")).await;
    world.clock.advance(Duration::from_secs(2));
    assert_eq!(described(&world, "Table25").await["ContributorInsightsStatus"], "FAILED");
    world.ok("UpdateContributorInsights", update("Table00", "DISABLE")).await;
    world.clock.advance(Duration::from_secs(2));
    assert_eq!(described(&world, "Table25").await["ContributorInsightsStatus"], "FAILED");
    world.ok("UpdateContributorInsights", update("Table25", "ENABLE")).await;
    world.clock.advance(Duration::from_secs(2));
    let enabled = described(&world, "Table25").await;
    assert_eq!(enabled["ContributorInsightsStatus"], "ENABLED");
    assert_eq!(enabled.get("FailureException"), None);

    // What failed is got rid of by turning it off; until it is, it says why it failed.
    world.ok("UpdateContributorInsights", update("Table00", "ENABLE")).await;
    world.clock.advance(Duration::from_secs(2));
    world.ok("UpdateContributorInsights", update("Table00", "DISABLE")).await;
    let disabling = described(&world, "Table00").await;
    assert_eq!(disabling["ContributorInsightsStatus"], "DISABLING");
    assert_eq!(disabling["FailureException"]["ExceptionName"], "LimitExceededException");
    world.clock.advance(Duration::from_secs(2));
    assert_eq!(described(&world, "Table00").await.get("FailureException"), None);
}

/// A table with a sort key and two global indexes, one of them with a sort key.
async fn games(settings: Settings) -> World {
    let world = World::with_settings(settings).await;
    let mut games = table("Games");
    games["AttributeDefinitions"] = json!([
        {"AttributeName": "p", "AttributeType": "S"}, {"AttributeName": "s", "AttributeType": "N"},
        {"AttributeName": "g", "AttributeType": "B"}, {"AttributeName": "t", "AttributeType": "S"},
        {"AttributeName": "l", "AttributeType": "S"}
    ]);
    let index = |name: &str, keys: Value| json!({"IndexName": name, "KeySchema": keys, "Projection": {"ProjectionType": "KEYS_ONLY"}});
    let hash = |name: &str| json!({"AttributeName": name, "KeyType": "HASH"});
    let range = |name: &str| json!({"AttributeName": name, "KeyType": "RANGE"});
    games["GlobalSecondaryIndexes"] =
        json!([index("by-g", json!([hash("g")])), index("by-g-t", json!([hash("g"), range("t")]))]);
    games["LocalSecondaryIndexes"] = json!([index("by-l", json!([hash("p"), range("l")]))]);
    world.ok("CreateTable", games).await;
    world
}

async fn enable(world: &World, index: Option<&str>) {
    let mut input = update("Games", "ENABLE");
    if let Some(index) = index {
        input["IndexName"] = json!(index);
    }
    world.ok("UpdateContributorInsights", input).await;
}

/// What a rule tells: keys as JSON, and their values.
async fn top(world: &World, index: Option<&str>, rule: &str) -> Vec<(Value, f64)> {
    let request = TopKeysRequest {
        table_name: "Games".to_owned(),
        index_name: index.map(str::to_owned),
        minutes: 60,
        keys_max: 100,
    };
    let report = world.engine.top_keys(request).await.unwrap();
    let found = report.rules.into_iter().find(|found| found.rule == rule).expect("there is such a rule");
    let told: f64 = found.contributors.iter().map(|key| key.value).sum();
    assert!(found.error > 0.0 || (told - found.total).abs() < 1e-9, "{found:?}");
    let key = |found: &ContributorReport| (serde_json::to_value(&found.key).unwrap(), found.value);
    found.contributors.iter().map(key).collect()
}

fn item(p: &str, s: u32) -> Value {
    json!({"p": {"S": p}, "s": {"N": s.to_string()}})
}

#[tokio::test]
async fn the_keys_that_consume_most_are_told_for_an_hour() {
    let world = games(Settings::default()).await;
    let put = |p: &str, s: u32, genre: &str| {
        let mut item = item(p, s);
        item["g"] = json!({"B": genre});
        item["t"] = json!({"S": "a\u{0}b"});
        item["l"] = json!({"S": "x"});
        json!({"TableName": "Games", "Item": item})
    };
    world.ok("PutItem", put("early", 1, "AAAA")).await;
    enable(&world, None).await;
    enable(&world, Some("by-g-t")).await;
    enable(&world, Some("by-g")).await;
    // Nothing is known of what was before; a key that is asked for in every way adds up.
    assert_eq!(top(&world, None, "PKC").await, []);
    world.ok("PutItem", put("hot", 1, "AAEC")).await;
    world.ok("PutItem", put("hot", 2, "AAEC")).await;
    let get = |p: &str, s: u32| json!({"TableName": "Games", "Key": item(p, s), "ConsistentRead": true});
    for _ in 0..10 {
        world.ok("GetItem", get("hot", 1)).await;
    }
    world.ok("GetItem", get("nobody", 7)).await;
    // One write of the table, one of its local index.
    assert_eq!(
        top(&world, None, "PKC").await,
        [(json!({"p": {"S": "hot"}}), 14.0), (json!({"p": {"S": "nobody"}}), 1.0)]
    );
    assert_eq!(
        top(&world, None, "SKC").await,
        [(item("hot", 1), 12.0), (item("hot", 2), 2.0), (item("nobody", 7), 1.0)]
    );
    assert_eq!(top(&world, None, "PKT").await, []);
    assert_eq!(top(&world, Some("by-g"), "PKC").await, [(json!({"g": {"B": "AAEC"}}), 2.0)]);
    let entry = json!({"g": {"B": "AAEC"}, "t": {"S": "a\u{0}b"}});
    assert_eq!(top(&world, Some("by-g-t"), "SKC").await, [(entry, 2.0)]);

    // A page is told of by what it examined; one that finds nothing, by its partition key alone.
    let query = |value: &str, limit: u32| {
        json!({
            "TableName": "Games", "KeyConditionExpression": "p = :p", "Limit": limit, "ConsistentRead": true,
            "ExpressionAttributeValues": {":p": {"S": value}}
        })
    };
    world.ok("Query", query("hot", 2)).await;
    world.ok("Query", query("empty", 2)).await;
    let mut of_local = query("hot", 1);
    of_local["IndexName"] = json!("by-l");
    world.ok("Query", of_local).await;
    let partitions = top(&world, None, "PKC").await;
    assert_eq!(partitions[0], (json!({"p": {"S": "hot"}}), 16.0));
    assert!(partitions.contains(&(json!({"p": {"S": "empty"}}), 1.0)));
    let request = TopKeysRequest { table_name: "Games".into(), index_name: None, minutes: 60, keys_max: 3 };
    let report = world.engine.top_keys(request).await.unwrap();
    let sorted = &report.rules[1];
    assert_eq!(
        (sorted.rule.as_str(), sorted.contributors[0].value, sorted.contributors[1].value),
        ("SKC", 12.5, 2.5)
    );
    assert_eq!(
        sorted.total, 16.0,
        "what has no sort key, and what local indexes are asked for, is not in it"
    );

    // A scan is spread over what it examined.
    world.ok("Scan", json!({"TableName": "Games", "ConsistentRead": true})).await;
    let sum: f64 = top(&world, None, "PKC").await.iter().map(|(_, units)| units).sum();
    assert_eq!(sum, 19.0);

    // An hour later it is forgotten; what is turned off forgets at once.
    world.clock.advance(Duration::from_secs(30 * 60));
    world.ok("GetItem", get("late", 1)).await;
    world.clock.advance(Duration::from_secs(31 * 60));
    assert_eq!(top(&world, None, "PKC").await, [(json!({"p": {"S": "late"}}), 1.0)]);
    world.ok("UpdateContributorInsights", update("Games", "DISABLE")).await;
    world.ok("GetItem", get("unseen", 1)).await;
    world.clock.advance(Duration::from_secs(60));
    enable(&world, None).await;
    assert_eq!(top(&world, None, "PKC").await, []);
    assert!(!top(&world, Some("by-g"), "PKC").await.iter().any(|(_, units)| *units > 2.0));
}

#[tokio::test]
async fn what_a_restart_forgot_is_not_told_to_be_nothing() {
    let world = games(Settings::default()).await;
    enable(&world, None).await;
    let since = async |world: &World| {
        let table_name = "Games".to_owned();
        let request = TopKeysRequest { table_name, index_name: None, minutes: 60, keys_max: 1 };
        world.engine.top_keys(request).await.unwrap().from
    };
    let enabled = since(&world).await;
    world.clock.advance(Duration::from_secs(600));
    assert_eq!(since(&world).await, enabled);
    let world = world.restarted(Duration::ZERO).await;
    world.clock.advance(Duration::from_secs(300));
    assert_eq!(since(&world).await, enabled + 600);
}

#[tokio::test]
async fn the_keys_that_are_throttled_most_are_told() {
    let partitions = PartitionSettings { read_units: 20, write_units: 1, ..PartitionSettings::default() };
    let world = games(Settings { enforce: true, partitions, ..Settings::default() }).await;
    let mut throttled = update("Games", "ENABLE");
    throttled["ContributorInsightsMode"] = json!("THROTTLED_KEYS");
    world.ok("UpdateContributorInsights", throttled).await;
    let mut refused = 0;
    for _ in 0..50 {
        let write = json!({"TableName": "Games", "Item": item("hot", 1)});
        refused += u32::from(world.call("PutItem", write).await.is_err());
    }
    assert!(refused > 10);
    assert_eq!(top(&world, None, "SKT").await, [(item("hot", 1), f64::from(refused))]);
    assert_eq!(top(&world, None, "PKT").await, [(json!({"p": {"S": "hot"}}), f64::from(refused))]);
    let request = TopKeysRequest { table_name: "Games".into(), index_name: None, minutes: 60, keys_max: 3 };
    let codes: Vec<String> =
        world.engine.top_keys(request).await.unwrap().rules.into_iter().map(|rule| rule.rule).collect();
    assert_eq!(codes, ["PKT", "SKT"], "what is accessed is nobody's business in this mode");
    // A batch that comes back in part, and a page that cannot begin.
    let keys: Vec<Value> = (0..40).map(|s| item("read", s)).collect();
    let batch = json!({"RequestItems": {"Games": {"Keys": keys, "ConsistentRead": true}}});
    let mut left = 0;
    for _ in 0..4 {
        match world.call("BatchGetItem", batch.clone()).await {
            Ok(answer) => {
                left += answer["UnprocessedKeys"]["Games"]["Keys"].as_array().map_or(0, Vec::len);
            }
            Err(_) => left += 40,
        }
    }
    assert!(left > 40);
    let query = json!({
        "TableName": "Games", "KeyConditionExpression": "p = :p AND s < :s",
        "ExpressionAttributeValues": {":p": {"S": "read"}, ":s": {"N": "9"}}
    });
    world.call("Query", query).await.unwrap_err();
    let partitions = top(&world, None, "PKT").await;
    assert!(
        partitions.contains(&(json!({"p": {"S": "read"}}), f64::from(left as u32) + 1.0)),
        "{partitions:?}"
    );
    let items: f64 = top(&world, None, "SKT").await.iter().map(|(_, count)| count).sum();
    assert_eq!(items, f64::from(refused) + f64::from(left as u32));
}

#[tokio::test]
async fn a_write_that_meets_others_is_told_of_once() {
    let world = games(Settings::default()).await;
    enable(&world, None).await;
    let update = json!({
        "TableName": "Games", "Key": item("counter", 1), "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}}
    });
    for _ in 0..5 {
        world.ok("UpdateItem", update.clone()).await;
    }
    let mut failing = update.clone();
    failing["ConditionExpression"] = json!("attribute_exists(nothing)");
    world.call("UpdateItem", failing).await.unwrap_err();
    let transaction = json!({"TransactItems": [{"Update": update}]});
    world.ok("TransactWriteItems", transaction).await;
    // What is refused by its condition costs its unit, and what is in a transaction costs two.
    assert_eq!(top(&world, None, "SKC").await, [(item("counter", 1), 8.0)]);
}
