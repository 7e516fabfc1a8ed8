//! Bugs that were found and what they were: each test tells its story and keeps the bug away.

use pixii_engine::Settings;
use pixii_engine::env::Clock;
use pixii_engine::keyspace::Key;
use pixii_model::operation::OperationName;
use pixii_store::faulty::{Call, FaultyStore};
use pixii_store::memory::ClusterBehaviour;
use pixii_store::{MemoryStore, Store, StoreError};
use pixii_testing::audit;
use pixii_testing::clock::SimulatedClock;
use pixii_testing::world::World;
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::time::Duration;

async fn world<S: Store + Clone>(store: S) -> World<S> {
    World::open(store, SimulatedClock::default(), 1, Settings::default()).await
}

fn cluster_like(clock: &SimulatedClock) -> ClusterBehaviour {
    let clock = clock.clone();
    ClusterBehaviour::new(1, Arc::new(move || clock.now().millis()))
}

async fn ok<S: Store + Clone>(world: &World<S>, operation: OperationName, body: Json) -> Json {
    world.call(operation, &body).await.unwrap_or_else(|refusal| panic!("{body}: {refusal:?}"))
}

fn plain() -> Json {
    json!({
        "TableName": "Plain",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
    })
}

/// An index on `a` that holds `b` beside the keys.
fn add_index() -> Json {
    json!({
        "TableName": "Plain",
        "AttributeDefinitions": [{ "AttributeName": "a", "AttributeType": "S" }],
        "GlobalSecondaryIndexUpdates": [{ "Create": {
            "IndexName": "ByA",
            "KeySchema": [{ "AttributeName": "a", "KeyType": "HASH" }],
            "Projection": { "ProjectionType": "INCLUDE", "NonKeyAttributes": ["b"] },
        } }],
    })
}

async fn wait_for_index<S: Store + Clone>(world: &World<S>) {
    for _ in 0..1000 {
        let description = ok(world, OperationName::DescribeTable, json!({ "TableName": "Plain" })).await;
        if description["Table"]["GlobalSecondaryIndexes"][0]["IndexStatus"] == "ACTIVE" {
            return;
        }
        world.clock.advance(Duration::from_secs(1));
        tokio::task::yield_now().await;
    }
    panic!("the index does not become ACTIVE");
}

/// Where a batch or transaction met a table whose definition had changed, only its first write to that table took in the new
/// one. The others were written under the old: into an index that was gone, or not into one that had come.
#[tokio::test]
async fn all_writes_of_a_batch_take_in_a_changed_table() {
    let clock = SimulatedClock::default();
    // What another node changed is seen a second later by reads that need not be up to date.
    let behaviour = ClusterBehaviour { recent_lag_ms: 1_000, ..cluster_like(&clock) };
    let store = MemoryStore::cluster_like(behaviour);
    let one = World::open(store.clone(), clock.clone(), 1, Settings::default()).await;
    let other = World::open(store, clock.clone(), 2, Settings::default()).await;
    ok(&one, OperationName::CreateTable, plain()).await;
    clock.advance(Duration::from_secs(2));
    ok(&other, OperationName::GetItem, json!({ "TableName": "Plain", "Key": { "pk": { "S": "x" } } })).await;
    ok(&one, OperationName::UpdateTable, add_index()).await;

    let put = |key: &str| json!({ "PutRequest": { "Item": { "pk": { "S": key }, "a": { "S": "a" } } } });
    let batch = json!({ "RequestItems": { "Plain": [put("1"), put("2"), put("3")] } });
    ok(&other, OperationName::BatchWriteItem, batch).await;
    let entries = audit::everything(&one.store).await;
    let entries = entries.keys().filter(|key| matches!(Key::parse(key), Some(Key::IndexEntry { .. })));
    assert_eq!(entries.count(), 3);
}

/// The large body of an entry lay under the table's id, so that nobody cleared it when its index was deleted.
#[tokio::test]
async fn large_bodies_of_an_index_go_with_it() {
    let clock = SimulatedClock::default();
    let store = MemoryStore::cluster_like(cluster_like(&clock));
    let world = World::open(store, clock, 1, Settings::default()).await;
    ok(&world, OperationName::CreateTable, plain()).await;
    let item = json!({ "pk": { "S": "k" }, "a": { "S": "a" }, "b": { "S": "b".repeat(10_000) } });
    ok(&world, OperationName::PutItem, json!({ "TableName": "Plain", "Item": item })).await;
    let bodies = async || {
        let all = audit::everything(&world.store).await;
        all.keys().filter(|key| matches!(Key::parse(key), Some(Key::BodyChunk { .. }))).count()
    };
    assert_eq!(bodies().await, 1, "the item's");
    ok(&world, OperationName::UpdateTable, add_index()).await;
    wait_for_index(&world).await;
    assert_eq!(bodies().await, 2, "the item's and the entry's");
    let delete = json!({ "TableName": "Plain", "GlobalSecondaryIndexUpdates": [{ "Delete": { "IndexName": "ByA" } }] });
    ok(&world, OperationName::UpdateTable, delete).await;
    for _ in 0..1000 {
        if bodies().await == 1 {
            return;
        }
        world.clock.advance(Duration::from_secs(1));
        tokio::task::yield_now().await;
    }
    panic!("the entry's body is still there");
}

/// A snapshot that got too old made an internal error of a read, which only had to be begun anew. Worse, a write that was asked
/// for the size of its item collection ended so after it was committed.
#[tokio::test]
async fn reads_are_begun_anew_when_their_snapshot_gets_too_old() {
    let world = world(FaultyStore::new(MemoryStore::new())).await;
    ok(&world, OperationName::CreateTable, plain()).await;
    let key = json!({ "pk": { "S": "k" } });
    let requests = [
        (OperationName::GetItem, json!({ "TableName": "Plain", "Key": key })),
        (OperationName::BatchGetItem, json!({ "RequestItems": { "Plain": { "Keys": [key] } } })),
        (
            OperationName::TransactGetItems,
            json!({ "TransactItems": [{ "Get": { "TableName": "Plain", "Key": key } }] }),
        ),
        (OperationName::DescribeTable, json!({ "TableName": "Plain" })),
    ];
    for (operation, body) in requests {
        world.store.fail(Call::Get, 0, StoreError::TooOld);
        ok(&world, operation, body).await;
    }
    let query = json!({
        "TableName": "Plain",
        "KeyConditionExpression": "pk = :k",
        "ExpressionAttributeValues": { ":k": { "S": "k" } },
    });
    for (operation, body) in
        [(OperationName::Query, query), (OperationName::Scan, json!({ "TableName": "Plain" }))]
    {
        world.store.fail(Call::Scan, 0, StoreError::TooOld);
        ok(&world, operation, body).await;
    }
}

/// A large item with an index or two is several large bodies, where indexes hold large attributes of their own choice. What was more
/// than a cluster's store takes at once was answered with an internal error, which clients try again and again.
#[tokio::test]
async fn what_a_store_cannot_take_at_once_is_refused_as_too_large() {
    let clock = SimulatedClock::default();
    let store = MemoryStore::cluster_like(cluster_like(&clock));
    let world = World::open(store, clock, 1, Settings::default()).await;
    let key = |partition: &str, sort: &str| json!([{ "AttributeName": partition, "KeyType": "HASH" }, { "AttributeName": sort, "KeyType": "RANGE" }]);
    let index = |name: String, partition: &str| {
        let projection = json!({ "ProjectionType": "INCLUDE", "NonKeyAttributes": ["data"] });
        json!({ "IndexName": name, "KeySchema": key(partition, "a"), "Projection": projection })
    };
    let definition = |name: &str| json!({ "AttributeName": name, "AttributeType": "S" });
    let create = json!({
        "TableName": "Wide",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [definition("pk"), definition("sk"), definition("a")],
        "KeySchema": key("pk", "sk"),
        "LocalSecondaryIndexes": (0..5).map(|at| index(format!("local{at}"), "pk")).collect::<Vec<_>>(),
        "GlobalSecondaryIndexes": (0..20).map(|at| index(format!("global{at}"), "sk")).collect::<Vec<_>>(),
    });
    ok(&world, OperationName::CreateTable, create).await;
    let put = |key: &str, bytes: usize| {
        let text = |text: &str| json!({ "S": text });
        let item =
            json!({ "pk": text(key), "sk": text("s"), "a": text("a"), "data": text(&"x".repeat(bytes)) });
        json!({ "TableName": "Wide", "Item": item })
    };
    ok(&world, OperationName::PutItem, put("x", 200_000)).await;
    let update = json!({
        "TableName": "Wide",
        "Key": { "pk": { "S": "x" }, "sk": { "S": "s" } },
        "UpdateExpression": "SET #d = :d",
        "ExpressionAttributeNames": { "#d": "data" },
        "ExpressionAttributeValues": { ":d": { "S": "y".repeat(400_000) } },
    });
    let two = ["y", "z"].map(|key| json!({ "Put": put(key, 250_000) }));
    for (operation, request, message) in [
        (OperationName::PutItem, put("y", 400_000), "Item size has exceeded the maximum allowed size"),
        (OperationName::UpdateItem, update, "Item size to update has exceeded the maximum allowed size"),
        (
            OperationName::TransactWriteItems,
            json!({ "TransactItems": two }),
            "Collection size of items exceeded",
        ),
    ] {
        let refusal = world.call(operation, &request).await.unwrap_err();
        assert_eq!((refusal.status, refusal.code.as_str()), (400, "ValidationException"), "{refusal:?}");
        assert!(refusal.message.starts_with(message), "{refusal:?}");
    }
    assert_eq!(ok(&world, OperationName::Scan, json!({ "TableName": "Wide" })).await["Count"], 1);
}

/// A transaction whose commit was of unknown outcome found its token's record on the next attempt and took itself for a repeated
/// request: it told read units, as replays do.
#[tokio::test]
async fn a_lost_reply_does_not_make_a_replay_of_the_first_request() {
    let world = world(FaultyStore::new(MemoryStore::new())).await;
    ok(&world, OperationName::CreateTable, plain()).await;
    let request = json!({
        "ClientRequestToken": "token",
        "TransactItems": [{ "Put": { "TableName": "Plain", "Item": { "pk": { "S": "k" } } } }],
        "ReturnConsumedCapacity": "TOTAL",
    });
    world.store.fail(Call::CommitReply, 0, StoreError::Unknown);
    let first = ok(&world, OperationName::TransactWriteItems, request.clone()).await;
    assert_eq!(first["ConsumedCapacity"][0]["WriteCapacityUnits"], 2.0);
    let again = ok(&world, OperationName::TransactWriteItems, request).await;
    assert_eq!(again["ConsumedCapacity"][0]["ReadCapacityUnits"], 2.0);
}
