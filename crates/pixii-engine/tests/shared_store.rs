//! Several engines over one store that behaves like a cluster: stale definitions, lost and doubtful commits.

mod support;

use pixii_engine::env::{Clock, ManualClock, Micros};
use pixii_engine::{Engine, Env, Settings};
use pixii_store::MemoryStore;
use pixii_store::memory::ClusterBehaviour;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use support::{World, add_index, simple_table};

fn cluster(seed: u64, change: impl FnOnce(&mut ClusterBehaviour)) -> (MemoryStore, Arc<ManualClock>) {
    let clock = ManualClock::new(Micros(1_700_000_000_000_000));
    let time = Arc::clone(&clock);
    let mut behaviour = ClusterBehaviour::new(seed, Arc::new(move || time.now().millis()));
    change(&mut behaviour);
    (MemoryStore::cluster_like(behaviour), clock)
}

async fn node(store: &MemoryStore, clock: &Arc<ManualClock>, seed: u64) -> World {
    let env = Env::simulated(Arc::new(Arc::clone(clock)), seed);
    let settings = Settings { transition_delay: Duration::ZERO, ..Settings::default() };
    for _ in 0..20 {
        if let Ok(engine) = Engine::open(store.clone(), env.clone(), settings.clone()).await {
            return World { store: store.clone(), clock: Arc::clone(clock), engine };
        }
    }
    panic!("the engine does not open")
}

#[tokio::test]
async fn one_node_sees_what_another_defines() {
    let (store, clock) = cluster(1, |behaviour| behaviour.recent_lag_ms = 50);
    let (one, other) = (node(&store, &clock, 1).await, node(&store, &clock, 2).await);
    one.ok("CreateTable", simple_table("Music")).await;
    let put = |pk: &str| json!({"TableName": "Music", "Item": {"pk": {"S": pk}, "sk": {"N": "1"}, "group": {"S": "g"}}});
    // At once, although snapshots that may lag do not show the table yet.
    other.ok("PutItem", put("a")).await;
    one.ok("PutItem", put("b")).await;
    // An index that one node adds is kept up by writes through the other, which still knows the table without it.
    one.ok("UpdateTable", add_index("Music", "by-group")).await;
    other.ok("PutItem", put("c")).await;
    one.until_active("Music").await;
    clock.advance(Duration::from_millis(60));
    let query = json!({
        "TableName": "Music", "IndexName": "by-group", "KeyConditionExpression": "#g = :g",
        "ExpressionAttributeNames": {"#g": "group"}, "ExpressionAttributeValues": {":g": {"S": "g"}}
    });
    assert_eq!(other.ok("Query", query.clone()).await["Count"], 3);
    assert_eq!(one.describe("Music").await["GlobalSecondaryIndexes"][0]["ItemCount"], 3);

    // A table that is made again is another table.
    other.ok("DeleteTable", json!({"TableName": "Music"})).await;
    other.ok("CreateTable", simple_table("Music")).await;
    one.ok("PutItem", put("d")).await;
    clock.advance(Duration::from_millis(60));
    let scanned = other.ok("Scan", json!({"TableName": "Music", "ConsistentRead": true})).await;
    assert_eq!(scanned["Count"], 1);
}

#[tokio::test]
async fn changes_of_tables_survive_a_moody_store() {
    for seed in 0..10 {
        let (store, clock) = cluster(seed, |behaviour| {
            behaviour.conflict = 0.1;
            behaviour.too_old = 0.002;
            behaviour.unknown_committed = 0.1;
            behaviour.unknown_lost = 0.1;
        });
        let world = node(&store, &clock, seed).await;
        // A read that fails is answered with an error; asked again, the outcome is the same.
        let insist = async |operation: &str, input: serde_json::Value| {
            for _ in 0..50 {
                match world.call(operation, input.clone()).await {
                    Err(error) if error.starts_with("InternalServerError") => {}
                    outcome => return outcome,
                }
            }
            panic!("{operation} never worked")
        };
        for name in ["Music", "Films"] {
            match insist("CreateTable", simple_table(name)).await {
                Ok(created) => assert_eq!(created["TableDescription"]["TableStatus"], "CREATING"),
                Err(error) => panic!("{error}"),
            }
        }
        for at in 0..60 {
            let item = json!({"pk": {"S": format!("p{at}")}, "sk": {"N": "1"}, "group": {"S": "g"}});
            insist("PutItem", json!({"TableName": "Music", "Item": item})).await.unwrap();
        }
        insist("UpdateTable", add_index("Music", "by-group")).await.unwrap();
        let mut index;
        let mut round = 0;
        loop {
            round += 1;
            assert!(round < 5000, "the index never became ACTIVE");
            // Slow enough for transactions not to grow too old.
            clock.advance(Duration::from_millis(20));
            tokio::task::yield_now().await;
            let described = insist("DescribeTable", json!({"TableName": "Music"})).await.unwrap();
            index = described["Table"]["GlobalSecondaryIndexes"][0].clone();
            if index["IndexStatus"] == "ACTIVE" {
                break;
            }
        }
        assert_eq!(index["ItemCount"], 60, "seed {seed}");
        insist("DeleteTable", json!({"TableName": "Films"})).await.unwrap();
        assert_eq!(insist("ListTables", json!({})).await.unwrap(), json!({"TableNames": ["Music"]}));
    }
}
