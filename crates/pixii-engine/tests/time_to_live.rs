//! Items that expire, from the attribute that says when to their deletion by the background.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use pixii_engine::Settings;
use pixii_engine::audit::{Finding, audit};
use pixii_engine::catalog::TableRecord;
use pixii_engine::change_log::Actor;
use pixii_engine::env::{Clock, ManualClock, Micros};
use pixii_engine::keyspace::{self, Key};
use pixii_engine::stored::{StoredItem, Written};
use pixii_engine::write::{Origin, WriteIntent, decide};
use pixii_model::{AttributeValue, EncodedItem, Item};
use pixii_store::memory::ClusterBehaviour;
use pixii_store::{Freshness, MemoryStore, Read, Store, Transaction};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use support::{World, add_index, simple_table};

/// What the clock of a new world shows, in seconds.
const START: u64 = 1_700_000_000;

fn specification(attribute: &str, enabled: bool) -> Value {
    json!({
        "TableName": "Sessions",
        "TimeToLiveSpecification": {"AttributeName": attribute, "Enabled": enabled}
    })
}

fn key(at: usize) -> Value {
    json!({"pk": {"S": format!("session {at}")}, "sk": {"N": "0"}})
}

async fn put(world: &World, at: usize, attributes: Value) {
    let mut item = key(at);
    item.as_object_mut().unwrap().extend(attributes.as_object().unwrap().clone());
    world.ok("PutItem", json!({"TableName": "Sessions", "Item": item})).await;
}

fn seconds(seconds: u64) -> Value {
    json!({"N": seconds.to_string()})
}

async fn is_there(world: &World, at: usize) -> bool {
    let get = json!({"TableName": "Sessions", "Key": key(at), "ConsistentRead": true});
    world.ok("GetItem", get).await.get("Item").is_some()
}

async fn count(world: &World, of: fn(&Key) -> bool) -> usize {
    world.stored_keys().await.iter().filter(|key| of(key)).count()
}

fn is_expiry(key: &Key) -> bool {
    matches!(key, Key::Expiry { .. })
}

fn is_item(key: &Key) -> bool {
    matches!(key, Key::Item { .. })
}

/// Lets the background work until there are so many.
async fn until(world: &World, number: usize, of: fn(&Key) -> bool) {
    for _ in 0..10_000 {
        if count(world, of).await == number {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("there are still {}, and not {number}", count(world, of).await);
}

/// Lets the background do what it can without the clock being moved.
async fn rest() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

async fn check_store(world: &World) {
    let mut problems = Vec::new();
    let mut tell = |finding| {
        if let Finding::Problem(problem) = finding {
            problems.push(problem);
        }
    };
    let snapshot = world.store.snapshot(Freshness::Latest).await.unwrap();
    audit(&snapshot, &mut tell).await.unwrap();
    assert_eq!(problems, Vec::<String>::new());
}

async fn status(world: &World) -> Value {
    world.ok("DescribeTimeToLive", json!({"TableName": "Sessions"})).await["TimeToLiveDescription"].take()
}

#[tokio::test]
async fn an_expired_item_disappears_with_its_entries() {
    let world = World::new().await;
    world.ok("CreateTable", simple_table("Sessions")).await;
    world.ok("UpdateTable", add_index("Sessions", "by-group")).await;
    world.until_active("Sessions").await;
    world.ok("UpdateTimeToLive", specification("expires", true)).await;
    let group = json!({"S": "g"});
    put(&world, 0, json!({"group": group, "expires": seconds(START + 60)})).await;
    put(&world, 1, json!({"group": group, "expires": seconds(START + 120)})).await;
    put(&world, 2, json!({"group": group, "expires": seconds((START + 60) * 1000)})).await;
    put(&world, 3, json!({"group": group, "expires": {"S": (START + 60).to_string()}})).await;
    put(&world, 4, json!({"group": group})).await;
    assert_eq!(count(&world, is_expiry).await, 3);

    world.clock.advance(Duration::from_secs(60));
    rest().await;
    assert!(is_there(&world, 0).await, "the second is not over");
    world.clock.advance(Duration::from_secs(3));
    until(&world, 4, is_item).await;
    assert!(!is_there(&world, 0).await);
    let query = json!({
        "TableName": "Sessions",
        "IndexName": "by-group",
        "KeyConditionExpression": "#g = :g",
        "ExpressionAttributeNames": {"#g": "group"},
        "ExpressionAttributeValues": {":g": group},
    });
    assert_eq!(world.ok("Query", query).await["Count"], 4);
    check_store(&world).await;

    world.clock.advance(Duration::from_secs(24 * 60 * 60));
    until(&world, 3, is_item).await;
    rest().await;
    assert_eq!(count(&world, is_item).await, 3, "what is no time, or far ahead, stays");
    assert_eq!(world.describe("Sessions").await["ItemCount"], 3);
    check_store(&world).await;
}

/// Until it is deleted, an expired item is like any other.
#[tokio::test]
async fn an_expired_item_may_live_on() {
    let world = World::new().await;
    world.ok("CreateTable", simple_table("Sessions")).await;
    world.ok("UpdateTimeToLive", specification("expires", true)).await;
    put(&world, 0, json!({"expires": seconds(START + 60)})).await;
    rest().await;
    // The next sweep is two seconds after the last.
    world.clock.advance(Duration::from_millis(500));
    put(&world, 1, json!({"expires": seconds(START - 1)})).await;
    rest().await;
    assert!(is_there(&world, 1).await, "it has expired, and is returned");
    let update = json!({
        "TableName": "Sessions",
        "Key": key(1),
        "UpdateExpression": "SET expires = :later",
        "ExpressionAttributeValues": {":later": seconds(START + 100)},
    });
    world.ok("UpdateItem", update).await;
    world.clock.advance(Duration::from_secs(70));
    until(&world, 1, is_item).await;
    assert!(is_there(&world, 1).await);
    check_store(&world).await;
}

#[tokio::test]
async fn items_that_were_there_before_expire_too() {
    let world = World::new().await;
    world.ok("CreateTable", simple_table("Sessions")).await;
    for at in 0..220 {
        put(&world, at, json!({"expires": seconds(START + 60 + at as u64 % 2 * 600)})).await;
    }
    world.ok("UpdateTimeToLive", specification("expires", true)).await;
    // The table is used, and the server restarted, while the background is at it.
    put(&world, 0, json!({})).await;
    world.ok("DeleteItem", json!({"TableName": "Sessions", "Key": key(219)})).await;
    let world = world.restarted(Duration::ZERO).await;
    put(&world, 220, json!({"expires": seconds(START + 60)})).await;
    until(&world, 219, is_expiry).await;
    rest().await;
    let work = |key: &Key| matches!(key, Key::TableWork { .. });
    assert_eq!(count(&world, work).await, 0);
    check_store(&world).await;
    world.clock.advance(Duration::from_secs(63));
    // All but the odd ones and the first, which has lost its time.
    for _ in 0..100 {
        rest().await;
        world.clock.advance(Duration::from_millis(100));
    }
    until(&world, 110, is_item).await;
    check_store(&world).await;
}

#[tokio::test]
async fn disabling_keeps_items_and_clears_what_was_kept_of_their_times() {
    let world = World::new().await;
    world.ok("CreateTable", simple_table("Sessions")).await;
    world.ok("UpdateTimeToLive", specification("expires", true)).await;
    for at in 0..100 {
        put(&world, at, json!({"expires": seconds(START + 60), "other": seconds(START + 6000)})).await;
    }
    until(&world, 100, is_expiry).await;
    world.ok("UpdateTimeToLive", specification("expires", false)).await;
    until(&world, 0, is_expiry).await;
    world.clock.advance(Duration::from_secs(100));
    rest().await;
    assert_eq!(count(&world, is_item).await, 100);
    check_store(&world).await;

    // By another attribute; and the table goes with all of it.
    world.ok("UpdateTimeToLive", specification("other", true)).await;
    until(&world, 100, is_expiry).await;
    check_store(&world).await;
    world.ok("DeleteTable", json!({"TableName": "Sessions"})).await;
    until(&world, 0, is_expiry).await;
    until(&world, 0, is_item).await;
    check_store(&world).await;
}

#[tokio::test]
async fn states_of_time_to_live_take_their_time() {
    let world = World::with_delay(Duration::from_secs(30)).await;
    world.ok("CreateTable", simple_table("Sessions")).await;
    world.clock.advance(Duration::from_secs(30));
    world.until_active("Sessions").await;
    put(&world, 0, json!({"expires": seconds(START - 60)})).await;
    world.ok("UpdateTimeToLive", specification("expires", true)).await;
    rest().await;
    assert_eq!(status(&world).await, json!({"AttributeName": "expires", "TimeToLiveStatus": "ENABLING"}));
    world.clock.advance(Duration::from_secs(25));
    rest().await;
    assert!(is_there(&world, 0).await, "nothing is deleted before it is ENABLED");
    world.clock.advance(Duration::from_secs(10));
    until(&world, 0, is_item).await;
    assert_eq!(status(&world).await, json!({"AttributeName": "expires", "TimeToLiveStatus": "ENABLED"}));
    world.ok("UpdateTimeToLive", specification("expires", false)).await;
    assert_eq!(status(&world).await, json!({"AttributeName": "expires", "TimeToLiveStatus": "DISABLING"}));
    world.clock.advance(Duration::from_secs(30));
    assert_eq!(status(&world).await, json!({"TimeToLiveStatus": "DISABLED"}));
}

/// A hundred items a second: ten in a tenth of one, however many have expired.
#[tokio::test]
async fn no_more_is_deleted_in_a_second_than_is_set() {
    let settings = Settings { ttl_deletes_per_second: 100, ..Settings::default() };
    let world = World::with_settings(settings).await;
    world.ok("CreateTable", simple_table("Sessions")).await;
    world.ok("UpdateTimeToLive", specification("expires", true)).await;
    rest().await;
    for at in 0..60 {
        put(&world, at, json!({"expires": seconds(START + 1)})).await;
    }
    world.clock.advance(Duration::from_secs(5));
    for left in [50, 40, 30, 20, 10, 0] {
        until(&world, left, is_item).await;
        rest().await;
        assert_eq!(count(&world, is_item).await, left);
        world.clock.advance(Duration::from_millis(100));
    }
}

/// Records of tables from before items expired have no order of expiry.
#[tokio::test]
async fn a_table_from_before_gets_its_order_of_expiry() {
    let world = World::new().await;
    world.ok("CreateTable", simple_table("Sessions")).await;
    put(&world, 0, json!({"expires": seconds(START + 60)})).await;
    let name = keyspace::table_record("Sessions");
    let snapshot = world.store.snapshot(Freshness::Latest).await.unwrap();
    let mut record = TableRecord::from_stored(&snapshot.get(&name).await.unwrap().unwrap()).unwrap();
    record.time_to_live.attribute = Some("expires".to_owned());
    record.time_to_live.changed = Some(Micros(START * 1_000_000));
    assert!(!String::from_utf8_lossy(&record.to_stored()).contains("order"));
    let mut transaction = world.store.begin(std::slice::from_ref(&name)).await.unwrap();
    transaction.set(name, record.to_stored());
    transaction.commit().await.unwrap();
    let world = world.restarted(Duration::ZERO).await;
    until(&world, 1, is_expiry).await;
    world.clock.advance(Duration::from_secs(70));
    until(&world, 0, is_item).await;
    check_store(&world).await;
}

#[tokio::test]
async fn deletions_cost_nothing() {
    let world = World::new().await;
    world.ok("CreateTable", simple_table("Sessions")).await;
    world.ok("UpdateTable", add_index("Sessions", "by-group")).await;
    world.until_active("Sessions").await;
    world.ok("UpdateTimeToLive", specification("expires", true)).await;
    let table = world.engine.table("Sessions").await.unwrap();
    let key = Item::from_iter([
        ("pk".to_owned(), "session".into()),
        ("sk".to_owned(), AttributeValue::number("0").unwrap()),
    ]);
    let origin =
        Origin { now: Micros(START * 1_000_000), region: 0, actor: Actor::TimeToLive, body_id: None };
    for (expires, deleted) in [(START - 1, true), (START, false)] {
        let mut item = key.clone();
        item.insert("group".to_owned(), "g".into());
        item.insert("expires".to_owned(), AttributeValue::N(expires.into()));
        let item = EncodedItem::encode(&item);
        let before = StoredItem { written: Written::default(), item, chunked: None };
        let intent = WriteIntent::expire(&table, key.clone());
        let write_set = decide(&table, &intent, Some(before), &origin).unwrap();
        assert_eq!(write_set.after.is_none(), deleted);
        assert_eq!(write_set.mutations.is_empty(), !deleted);
        assert_eq!(write_set.units, 0.0);
        assert!(write_set.index_costs.iter().all(|cost| cost.units == 0.0));
        assert_eq!(write_set.index_costs.len(), usize::from(deleted));
    }
    let intent = WriteIntent::expire(&table, key);
    assert!(decide(&table, &intent, None, &origin).unwrap().mutations.is_empty(), "it is gone already");
}

/// Two processes over one store sweep it both: each item is deleted once.
#[tokio::test]
async fn several_nodes_sweep_one_store() {
    let clock = ManualClock::new(Micros(START * 1_000_000));
    let behaviour = ClusterBehaviour::new(1, Arc::new(move || clock.now().millis()));
    let store = MemoryStore::cluster_like(behaviour);
    let one = World::over(store.clone(), Duration::ZERO).await;
    let other = World::over(store, Duration::ZERO).await;
    one.ok("CreateTable", simple_table("Sessions")).await;
    one.ok("UpdateTimeToLive", specification("expires", true)).await;
    for at in 0..120 {
        put(
            &other,
            at,
            json!({"expires": seconds(START - 1 - at as u64), "data": {"S": "x".repeat(at * 100)}}),
        )
        .await;
    }
    put(&other, 120, json!({"expires": seconds(START)})).await;
    let (by_one, by_other) = tokio::join!(one.engine.sweep_expired(), other.engine.sweep_expired());
    assert_eq!(by_one.unwrap() + by_other.unwrap(), 120);
    assert_eq!(count(&one, is_item).await, 1);
    check_store(&one).await;
}

/// Some let items live on while the sweep takes them: whoever was told that an item lives on still has it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_item_that_is_extended_in_time_survives() {
    let world = World::new().await;
    world.ok("CreateTable", simple_table("Sessions")).await;
    world.ok("UpdateTimeToLive", specification("expires", true)).await;
    let number = 300;
    for round in 0..4 {
        let expired = START - 10 + round;
        for at in 0..number {
            put(&world, at, json!({"expires": seconds(expired)})).await;
        }
        let extend = |at: usize| {
            json!({
                "TableName": "Sessions",
                "Key": key(at),
                "UpdateExpression": "SET expires = :later",
                "ConditionExpression": "attribute_exists(pk)",
                "ExpressionAttributeValues": {":later": seconds(START + 1000)},
            })
        };
        let (mut extended, mut deleted) = (Vec::new(), 0);
        let extending = async {
            // From both ends, so that some meet the sweep.
            for at in (0..number / 2).flat_map(|at| [at, number - 1 - at]) {
                if world.call("UpdateItem", extend(at)).await.is_ok() {
                    extended.push(at);
                }
            }
        };
        let sweeping = async {
            while deleted == 0 {
                deleted += world.engine.sweep_expired().await.unwrap();
                tokio::task::yield_now().await;
            }
            deleted += world.engine.sweep_expired().await.unwrap();
        };
        tokio::join!(extending, sweeping);
        world.engine.sweep_expired().await.unwrap();
        for at in &extended {
            assert!(is_there(&world, *at).await, "round {round}: {at} was extended and is gone");
        }
        assert_eq!(count(&world, is_item).await, extended.len());
        check_store(&world).await;
    }
}
