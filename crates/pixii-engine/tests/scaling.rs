//! Auto scaling on a clock that stands still: what is consumed in minutes that a test makes, and what is provisioned for it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use pixii_engine::audit::{Finding, audit};
use pixii_engine::{Engine, Env, Settings};
use pixii_store::{Freshness, MemoryStore, Store};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use support::World;

const WRITES: &str = "dynamodb:table:WriteCapacityUnits";
const READS: &str = "dynamodb:table:ReadCapacityUnits";
const INDEX_WRITES: &str = "dynamodb:index:WriteCapacityUnits";

async fn world() -> World {
    let world = World::new().await;
    at_full_minute(&world);
    world
}

/// Minutes are counted from 1970.
fn at_full_minute(world: &World) {
    world.clock.advance(Duration::from_secs(40));
}

async fn create(world: &World, read: u32, write: u32) {
    let units = json!({"ReadCapacityUnits": read, "WriteCapacityUnits": write});
    let request = json!({
        "TableName": "Music",
        "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
        "AttributeDefinitions": [
            {"AttributeName": "k", "AttributeType": "S"}, {"AttributeName": "g", "AttributeType": "S"}
        ],
        "ProvisionedThroughput": units,
        "GlobalSecondaryIndexes": [{
            "IndexName": "by-g",
            "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
            "ProvisionedThroughput": units
        }]
    });
    world.ok("CreateTable", request).await;
}

fn resource(dimension: &str) -> &'static str {
    if dimension.contains("index") { "table/Music/index/by-g" } else { "table/Music" }
}

fn target(dimension: &str, more: Value) -> Value {
    let mut request = json!({
        "ServiceNamespace": "dynamodb", "ResourceId": resource(dimension), "ScalableDimension": dimension
    });
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    request
}

async fn register(world: &World, dimension: &str, min: i32, max: i32) {
    let request = target(dimension, json!({"MinCapacity": min, "MaxCapacity": max}));
    world.ok("RegisterScalableTarget", request).await;
}

/// A policy that keeps half of what is provisioned consumed, with more settings.
async fn keep_half(world: &World, dimension: &str, more: Value) {
    let metric = if dimension.contains("Read") {
        "DynamoDBReadCapacityUtilization"
    } else {
        "DynamoDBWriteCapacityUtilization"
    };
    let mut configuration =
        json!({"TargetValue": 50.0, "PredefinedMetricSpecification": {"PredefinedMetricType": metric}});
    configuration.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let policy = json!({
        "PolicyName": "half", "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": configuration
    });
    world.ok("PutScalingPolicy", target(dimension, policy)).await;
    settle().await;
}

/// Lets the background do what there is to do.
async fn settle() {
    for _ in 0..300 {
        tokio::task::yield_now().await;
    }
}

/// A minute with so many writes of one unit.
async fn minute(world: &World, writes: usize) {
    for at in 0..writes {
        let item = json!({"k": {"S": format!("key {at}")}, "n": {"N": at.to_string()}});
        world.ok("PutItem", json!({"TableName": "Music", "Item": item})).await;
    }
    pass(world, 60).await;
}

async fn pass(world: &World, seconds: u64) {
    world.clock.advance(Duration::from_secs(seconds));
    settle().await;
}

async fn write_units(world: &World) -> Value {
    world.describe("Music").await["ProvisionedThroughput"]["WriteCapacityUnits"].clone()
}

/// Descriptions, causes without ids, statuses and messages of the activities, latest first.
async fn activities(world: &World) -> Vec<[String; 4]> {
    let request = json!({"ServiceNamespace": "dynamodb"});
    let answer = world.ok("DescribeScalingActivities", request).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let told = |activity: &Value| {
        let cause = text(&activity["Cause"]);
        // An alarm's name ends with a UUID.
        let cause: Vec<&str> = cause.split(' ').collect();
        let cause: Vec<&str> = cause.iter().map(|word| word.split("-0").next().unwrap_or(word)).collect();
        let cause = cause.join(" ");
        let cause = match cause.split_once("Alarm") {
            Some((before, after)) => {
                let kind = if after.starts_with("High") { "High" } else { "Low" };
                let rest = after.split_once(' ').unwrap().1;
                format!("{before}Alarm{kind} {rest}")
            }
            None => cause,
        };
        [
            text(&activity["Description"]),
            cause,
            text(&activity["StatusCode"]),
            text(&activity["StatusMessage"]),
        ]
    };
    answer["ScalingActivities"].as_array().unwrap().iter().map(told).collect()
}

async fn audited(store: &MemoryStore) {
    let mut problems = Vec::new();
    let snapshot = store.snapshot(Freshness::Latest).await.unwrap();
    let mut tell = |finding| {
        if let Finding::Problem(problem) = finding {
            problems.push(problem);
        }
    };
    audit(&snapshot, &mut tell).await.unwrap();
    assert_eq!(problems, Vec::<String>::new());
}

#[tokio::test]
async fn two_minutes_above_the_target_scale_out() {
    let world = world().await;
    create(&world, 5, 5).await;
    register(&world, WRITES, 2, 40).await;
    keep_half(&world, WRITES, json!({})).await;
    // 2.5 units a second are half of 5; 150 in a minute.
    minute(&world, 150).await;
    minute(&world, 151).await;
    assert_eq!(write_units(&world).await, 5);
    // Five units a second are half of ten.
    minute(&world, 300).await;
    assert_eq!(write_units(&world).await, 10);
    let described = world.describe("Music").await;
    assert_eq!(described["ProvisionedThroughput"]["ReadCapacityUnits"], 5);
    let alarm = "monitor alarm TargetTracking-table/Music-AlarmHigh in state ALARM triggered policy half";
    let done = "Successfully set write capacity units to 10. Change successfully fulfilled by dynamodb.";
    let expect = ["Setting write capacity units to 10.", alarm, "Successful", done].map(str::to_owned);
    assert_eq!(activities(&world).await, [expect]);
    // At its target it stays; what a bound allows is the most.
    minute(&world, 300).await;
    minute(&world, 300).await;
    assert_eq!(write_units(&world).await, 10);
    minute(&world, 3000).await;
    minute(&world, 3000).await;
    assert_eq!(write_units(&world).await, 40);
    audited(&world.store).await;
}

#[tokio::test]
async fn fifteen_idle_minutes_scale_in() {
    let world = world().await;
    create(&world, 5, 20).await;
    register(&world, WRITES, 3, 40).await;
    keep_half(&world, WRITES, json!({})).await;
    for _ in 0..14 {
        minute(&world, 0).await;
    }
    assert_eq!(write_units(&world).await, 20);
    minute(&world, 0).await;
    assert_eq!(write_units(&world).await, 3);
    assert_eq!(
        activities(&world).await[0][1],
        "monitor alarm TargetTracking-table/Music-AlarmLow in state ALARM triggered policy half"
    );
}

#[tokio::test]
async fn a_busy_minute_in_fifteen_decides_how_far() {
    let world = world().await;
    create(&world, 5, 20).await;
    register(&world, WRITES, 1, 40).await;
    keep_half(&world, WRITES, json!({})).await;
    // Below 30 % of 20 units, 360 in a minute, is little. Four a second were the most.
    for at in 0..15 {
        minute(&world, if at == 7 { 240 } else { 10 }).await;
    }
    assert_eq!(write_units(&world).await, 8);
}

#[tokio::test]
async fn scaling_in_can_be_disabled_suspended_and_cooled_down() {
    let world = world().await;
    create(&world, 20, 20).await;
    register(&world, WRITES, 1, 40).await;
    register(&world, READS, 1, 40).await;
    keep_half(&world, WRITES, json!({"DisableScaleIn": true})).await;
    keep_half(&world, READS, json!({"ScaleInCooldown": 1200})).await;
    for _ in 0..20 {
        minute(&world, 0).await;
    }
    let units = |described: Value| {
        let throughput = &described["ProvisionedThroughput"];
        (throughput["ReadCapacityUnits"].clone(), throughput["WriteCapacityUnits"].clone())
    };
    assert_eq!(units(world.describe("Music").await), (json!(1), json!(20)));
    // Enabled again, it scales in with the next minute; but not while that is suspended.
    keep_half(&world, WRITES, json!({})).await;
    let suspend =
        |suspended: bool| target(WRITES, json!({"SuspendedState": {"DynamicScalingInSuspended": suspended}}));
    world.ok("RegisterScalableTarget", suspend(true)).await;
    minute(&world, 0).await;
    assert_eq!(write_units(&world).await, 20);
    world.ok("RegisterScalableTarget", suspend(false)).await;
    minute(&world, 0).await;
    assert_eq!(write_units(&world).await, 1);
    // The reads were scaled in six minutes ago: what somebody raises meanwhile stays for twenty minutes.
    let raise = json!({"ReadCapacityUnits": 20, "WriteCapacityUnits": 1});
    world.ok("UpdateTable", json!({"TableName": "Music", "ProvisionedThroughput": raise})).await;
    for _ in 0..12 {
        minute(&world, 0).await;
        assert_eq!(units(world.describe("Music").await).0, 20);
    }
    minute(&world, 0).await;
    assert_eq!(units(world.describe("Music").await).0, 1);
}

#[tokio::test]
async fn new_bounds_hold_at_once_without_a_policy() {
    let world = world().await;
    create(&world, 5, 5).await;
    register(&world, WRITES, 8, 40).await;
    settle().await;
    assert_eq!(write_units(&world).await, 8);
    pass(&world, 1).await;
    world.ok("RegisterScalableTarget", target(WRITES, json!({"MinCapacity": 2, "MaxCapacity": 4}))).await;
    settle().await;
    assert_eq!(write_units(&world).await, 4);
    let told = activities(&world).await;
    let causes: Vec<_> = told.iter().map(|activity| activity[1].as_str()).collect();
    assert_eq!(causes, ["maximum capacity was set to 4", "minimum capacity was set to 8"]);
    // Somebody who sets less than the minimum is not stopped, as on AWS.
    let less = json!({"ReadCapacityUnits": 5, "WriteCapacityUnits": 1});
    world.ok("UpdateTable", json!({"TableName": "Music", "ProvisionedThroughput": less})).await;
    pass(&world, 600).await;
    assert_eq!(write_units(&world).await, 1);
}

#[tokio::test]
async fn an_index_scales_by_itself() {
    let world = world().await;
    create(&world, 5, 5).await;
    register(&world, INDEX_WRITES, 5, 100).await;
    keep_half(&world, INDEX_WRITES, json!({})).await;
    let index = |described: Value| {
        described["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["WriteCapacityUnits"].clone()
    };
    for _ in 0..2 {
        for at in 0..300 {
            let item = json!({"k": {"S": format!("key {at}")}, "g": {"S": "g"}});
            world.ok("PutItem", json!({"TableName": "Music", "Item": item})).await;
            world
                .ok("DeleteItem", json!({"TableName": "Music", "Key": {"k": {"S": format!("key {at}")}}}))
                .await;
        }
        pass(&world, 60).await;
    }
    // An entry put and one deleted for each pair: ten a second.
    assert_eq!(index(world.describe("Music").await), 20);
    assert_eq!(write_units(&world).await, 5);
    audited(&world.store).await;
}

#[tokio::test]
async fn scheduled_actions_change_bounds() {
    let world = world().await;
    create(&world, 5, 5).await;
    register(&world, WRITES, 1, 40).await;
    // It is 2023-11-14T22:14:00.
    for (name, schedule, action) in [
        ("up", "at(2023-11-14T22:30:00)", json!({"MinCapacity": 15, "MaxCapacity": 20})),
        ("down", "cron(0 23 * * ? *)", json!({"MinCapacity": 5, "MaxCapacity": 10})),
        ("never", "at(2023-11-14T22:00:00)", json!({"MinCapacity": 39})),
        ("crossed", "at(2023-11-14T22:40:00)", json!({"MinCapacity": 30})),
    ] {
        let request =
            json!({"ScheduledActionName": name, "Schedule": schedule, "ScalableTargetAction": action});
        world.ok("PutScheduledAction", target(WRITES, request)).await;
    }
    settle().await;
    pass(&world, 959).await;
    assert_eq!(write_units(&world).await, 5);
    pass(&world, 1).await;
    assert_eq!(write_units(&world).await, 15);
    let expect = [
        [
            "Setting write capacity units to 15.",
            "minimum capacity was set to 15",
            "Successful",
            "Successfully set write capacity units to 15. Change successfully fulfilled by dynamodb.",
        ],
        [
            "Setting min capacity to 15 and max capacity to 20",
            "scheduled action name up was triggered",
            "Successful",
            "Successfully set min capacity to 15 and max capacity to 20",
        ],
    ];
    assert_eq!(activities(&world).await, expect.map(|activity| activity.map(str::to_owned)));
    pass(&world, 600).await;
    assert_eq!(activities(&world).await[0][2], "Failed");
    pass(&world, 1200).await;
    assert_eq!(write_units(&world).await, 10);
    let targets = world.ok("DescribeScalableTargets", json!({"ServiceNamespace": "dynamodb"})).await;
    assert_eq!(targets["ScalableTargets"][0]["MinCapacity"], 5);
}

#[tokio::test]
async fn scheduled_actions_can_be_suspended() {
    let world = world().await;
    create(&world, 5, 5).await;
    register(&world, WRITES, 1, 40).await;
    let action = json!({
        "ScheduledActionName": "often", "Schedule": "rate(1 minute)", "ScalableTargetAction": {"MinCapacity": 9}
    });
    world.ok("PutScheduledAction", target(WRITES, action)).await;
    let suspend =
        |suspended: bool| target(WRITES, json!({"SuspendedState": {"ScheduledScalingSuspended": suspended}}));
    world.ok("RegisterScalableTarget", suspend(true)).await;
    pass(&world, 61).await;
    assert_eq!(write_units(&world).await, 5);
    world.ok("RegisterScalableTarget", suspend(false)).await;
    pass(&world, 61).await;
    assert_eq!(write_units(&world).await, 9);
}

#[tokio::test]
async fn what_was_consumed_survives_a_restart() {
    let world = world().await;
    create(&world, 5, 5).await;
    register(&world, WRITES, 1, 40).await;
    keep_half(&world, WRITES, json!({})).await;
    minute(&world, 300).await;
    let world = world.restarted(Duration::ZERO).await;
    settle().await;
    minute(&world, 300).await;
    assert_eq!(write_units(&world).await, 10);
    // Minutes in which it does not run are passed over.
    for _ in 0..7 {
        minute(&world, 0).await;
    }
    world.clock.advance(Duration::from_secs(130));
    let world = world.restarted(Duration::ZERO).await;
    settle().await;
    for _ in 0..7 {
        minute(&world, 0).await;
    }
    assert_eq!(write_units(&world).await, 10);
    minute(&world, 0).await;
    assert_eq!(write_units(&world).await, 1);
}

#[tokio::test]
async fn a_change_that_takes_time_is_under_way_until_it_is_done_even_through_a_restart() {
    let world = World::with_delay(Duration::from_secs(5)).await;
    at_full_minute(&world);
    create(&world, 5, 5).await;
    pass(&world, 5).await;
    register(&world, WRITES, 9, 40).await;
    settle().await;
    assert_eq!(world.describe("Music").await["TableStatus"], "UPDATING");
    let told = &activities(&world).await[0];
    assert_eq!(told[2], "InProgress");
    assert_eq!(
        told[3],
        "Successfully set write capacity units to 9. Waiting for change to be fulfilled by dynamodb."
    );
    let world = world.restarted(Duration::from_secs(5)).await;
    for _ in 0..20 {
        pass(&world, 1).await;
    }
    assert_eq!(write_units(&world).await, 9);
    assert_eq!(activities(&world).await[0][2], "Successful");
    audited(&world.store).await;
}

#[tokio::test]
async fn a_target_outlives_its_table_and_does_nothing() {
    let world = world().await;
    create(&world, 5, 5).await;
    register(&world, WRITES, 5, 40).await;
    keep_half(&world, WRITES, json!({})).await;
    minute(&world, 300).await;
    world.ok("DeleteTable", json!({"TableName": "Music"})).await;
    pass(&world, 60).await;
    let targets = world.ok("DescribeScalableTargets", json!({"ServiceNamespace": "dynamodb"})).await;
    assert_eq!(targets["ScalableTargets"].as_array().unwrap().len(), 1);
    audited(&world.store).await;
    // One that comes again under its name begins anew, and is not brought within the bounds by itself.
    create(&world, 2, 2).await;
    pass(&world, 60).await;
    assert_eq!(write_units(&world).await, 2);
    minute(&world, 150).await;
    assert_eq!(write_units(&world).await, 2);
    minute(&world, 150).await;
    assert_eq!(write_units(&world).await, 5);
}

#[tokio::test]
async fn a_table_on_demand_has_nothing_to_scale() {
    let world = world().await;
    create(&world, 5, 5).await;
    register(&world, WRITES, 1, 40).await;
    keep_half(&world, WRITES, json!({})).await;
    world.ok("UpdateTable", json!({"TableName": "Music", "BillingMode": "PAY_PER_REQUEST"})).await;
    minute(&world, 300).await;
    minute(&world, 300).await;
    assert_eq!(activities(&world).await.len(), 0);
    let scaling = world.ok("DescribeTableReplicaAutoScaling", json!({"TableName": "Music"})).await;
    let write = &scaling["TableAutoScalingDescription"]["Replicas"][0]["ReplicaProvisionedWriteCapacityAutoScalingSettings"];
    assert_eq!((&write["AutoScalingDisabled"], &write["MaximumUnits"]), (&json!(true), &json!(40)));
    let refused = world
        .refused("RegisterScalableTarget", target(READS, json!({"MinCapacity": 1, "MaxCapacity": 2})))
        .await;
    assert_eq!(
        refused,
        "ValidationException: Validation failed for scalable target. Reason: PAY_PER_REQUEST table mode is not scalable."
    );
}

#[tokio::test]
async fn what_dynamodbs_own_api_sets_is_the_same() {
    let world = world().await;
    create(&world, 5, 5).await;
    let policy = json!({"TargetTrackingScalingPolicyConfiguration": {"TargetValue": 50.0}});
    let settings = json!({"MinimumUnits": 5, "MaximumUnits": 40, "ScalingPolicyUpdate": policy});
    let update = json!({"TableName": "Music", "ProvisionedWriteCapacityAutoScalingUpdate": settings});
    world.ok("UpdateTableReplicaAutoScaling", update).await;
    settle().await;
    minute(&world, 300).await;
    minute(&world, 300).await;
    assert_eq!(write_units(&world).await, 10);
    let disable = json!({"TableName": "Music", "ProvisionedWriteCapacityAutoScalingUpdate": {"AutoScalingDisabled": true}});
    world.ok("UpdateTableReplicaAutoScaling", disable).await;
    let targets = world.ok("DescribeScalableTargets", json!({"ServiceNamespace": "dynamodb"})).await;
    assert_eq!(targets["ScalableTargets"], json!([]));
}

#[tokio::test]
async fn activities_are_forgotten_after_six_weeks() {
    let world = world().await;
    create(&world, 5, 5).await;
    register(&world, WRITES, 8, 40).await;
    settle().await;
    world.ok("DeregisterScalableTarget", target(WRITES, json!({}))).await;
    pass(&world, 42 * 86_400 - 1).await;
    assert_eq!(activities(&world).await.len(), 1);
    pass(&world, 10).await;
    assert_eq!(activities(&world).await.len(), 0);
    let keys = world.stored_keys().await;
    assert!(!keys.iter().any(|key| format!("{key:?}").starts_with("Scaling")), "{keys:?}");
}

#[tokio::test]
async fn several_processes_add_up_what_they_see_and_scale_once() {
    several_processes(|_| {}).await;
}

#[tokio::test]
async fn several_processes_scale_once_however_the_store_fails() {
    for seed in 0..5 {
        several_processes(|behaviour| {
            behaviour.seed = seed;
            behaviour.gates = false;
            (behaviour.conflict, behaviour.too_old) = (0.1, 0.05);
            (behaviour.unknown_committed, behaviour.unknown_lost) = (0.05, 0.05);
        })
        .await;
    }
}

/// Waits for something while time passes, as whoever meets others pauses.
async fn passing<T>(clock: &pixii_engine::env::ManualClock, waited: impl Future<Output = T>) -> T {
    let mut waited = std::pin::pin!(waited);
    loop {
        tokio::select! {
            biased;
            done = &mut waited => return done,
            () = settle() => clock.advance(Duration::from_micros(100)),
        }
    }
}

async fn several_processes(change: impl FnOnce(&mut pixii_store::memory::ClusterBehaviour)) {
    let clock = pixii_engine::env::ManualClock::new(pixii_engine::env::Micros(1_700_000_040_000_000));
    let time = Arc::clone(&clock);
    let mut behaviour = pixii_store::memory::ClusterBehaviour::new(
        3,
        Arc::new(move || pixii_engine::env::Clock::now(&time).millis()),
    );
    change(&mut behaviour);
    let store = MemoryStore::cluster_like(behaviour);
    let mut nodes = Vec::new();
    for seed in 1..=2 {
        let env = Env::simulated(Arc::new(Arc::clone(&clock)), seed);
        let engine = loop {
            if let Ok(engine) = Engine::open(store.clone(), env.clone(), Settings::default()).await {
                break engine;
            }
        };
        nodes.push(World { store: store.clone(), clock: Arc::clone(&clock), engine });
    }
    passing(&clock, create(&nodes[0], 5, 5)).await;
    register(&nodes[0], WRITES, 1, 40).await;
    keep_half(&nodes[0], WRITES, json!({})).await;
    // The other one looks now and then for what it has not been told of.
    pass(&nodes[1], 60).await;
    for _ in 0..4 {
        for (node, count) in nodes.iter().zip([100, 200]) {
            for at in 0..count {
                let item = json!({"k": {"S": format!("key {at}")}});
                // A commit of unknown outcome is one that a client makes again.
                let put = json!({"TableName": "Music", "Item": item});
                while passing(&clock, node.call("PutItem", put.clone())).await.is_err() {}
            }
        }
        clock.advance(Duration::from_secs(50));
        for _ in 0..10 {
            // What failed is tried again after a second.
            clock.advance(Duration::from_secs(1));
            settle().await;
        }
    }
    assert_eq!(write_units(&nodes[1]).await, 10);
    assert_eq!(activities(&nodes[0]).await.len(), 1);
}

#[tokio::test]
async fn what_updatetable_refuses_has_failed_and_says_why() {
    let world = World::with_settings(Settings { enforce: true, ..Settings::default() }).await;
    at_full_minute(&world);
    create(&world, 5, 50).await;
    register(&world, WRITES, 1, 40).await;
    pass(&world, 1).await;
    for max in [30, 20, 10, 5] {
        register(&world, WRITES, 1, max).await;
        pass(&world, 1).await;
    }
    // The fifth decrease of the day came too soon.
    assert_eq!(write_units(&world).await, 10);
    let [_, cause, status, message] = &activities(&world).await[0];
    assert_eq!((cause.as_str(), status.as_str()), ("maximum capacity was set to 5", "Failed"));
    let begin = "Failed to set write capacity units to 5. Reason: Failed updating table: Subscriber limit exceeded: \
                 Provisioned throughput decreases are limited within a given UTC day.";
    assert!(message.starts_with(begin), "{message}");
    audited(&world.store).await;
}
