//! Contributor Insights: their states, and which keys they tell of.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use pixii_engine::Settings;
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
