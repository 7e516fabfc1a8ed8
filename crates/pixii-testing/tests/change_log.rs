//! The change log by a simulated clock: splits and lineage, places to begin at, what is kept and for how long, and what
//! trimming takes away. What many do at once is for `streams.rs`.
#![allow(clippy::unwrap_used, reason = "a test that is answered something else fails")]

use pixii_embedded::{Durability, EmbeddedStore, Options};
use pixii_engine::Settings;
use pixii_engine::env::Clock;
use pixii_engine::keyspace::Key;
use pixii_engine::partition::PartitionId;
use pixii_engine::table::DataId;
use pixii_model::operation::OperationName;
use pixii_store::memory::ClusterBehaviour;
use pixii_store::recording::RecordingStore;
use pixii_store::{MemoryStore, Store};
use pixii_testing::audit::everything;
use pixii_testing::clock::SimulatedClock;
use pixii_testing::consumer::Consumer;
use pixii_testing::naive::{Item, Value};
use pixii_testing::world::World;
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const SECOND: Duration = Duration::from_secs(1);

async fn world<S: Store + Clone>(store: S, clock: SimulatedClock, seed: u64) -> World<S> {
    let settings = Settings { ttl_sweep_delay: Duration::from_secs(1 << 32), ..Settings::default() };
    World::open(store, clock, seed, settings).await
}

async fn ok<S: Store + Clone>(world: &World<S>, operation: OperationName, body: Json) -> Json {
    world.call(operation, &body).await.unwrap_or_else(|refusal| panic!("{body}: {refusal:?}"))
}

/// A table of one partition with a stream. Answers the stream's ARN.
async fn create<S: Store + Clone>(world: &World<S>) -> String {
    let created = ok(
        world,
        OperationName::CreateTable,
        json!({
            "TableName": "Log",
            "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
            "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
            "ProvisionedThroughput": { "ReadCapacityUnits": 1, "WriteCapacityUnits": 1 },
            "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES" },
        }),
    )
    .await;
    created["TableDescription"]["LatestStreamArn"].as_str().expect("it has a stream").to_owned()
}

async fn put<S: Store + Clone>(world: &World<S>, pk: &str, n: usize, filler: usize) {
    let item =
        json!({ "pk": { "S": pk }, "n": { "N": n.to_string() }, "filler": { "S": "x".repeat(filler) } });
    ok(world, OperationName::PutItem, json!({ "TableName": "Log", "Item": item })).await;
}

async fn switch<S: Store + Clone>(world: &World<S>, on: bool) -> Json {
    let specification = match on {
        true => json!({ "StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES" }),
        false => json!({ "StreamEnabled": false }),
    };
    let body = json!({ "TableName": "Log", "StreamSpecification": specification });
    ok(world, OperationName::UpdateTable, body).await
}

async fn shards<S: Store + Clone>(world: &World<S>, arn: &str) -> Vec<Json> {
    let description = ok(world, OperationName::DescribeStream, json!({ "StreamArn": arn })).await;
    description["StreamDescription"]["Shards"].as_array().expect("shards are a list").clone()
}

/// What a reader gets that begins there: the attribute `n` of the new images, and whether it can go on.
async fn read<S: Store + Clone>(world: &World<S>, arn: &str, shard: &Json, begin: Json) -> (Vec<u64>, bool) {
    let mut body = begin;
    body["StreamArn"] = json!(arn);
    body["ShardId"] = shard["ShardId"].clone();
    let iterator = ok(world, OperationName::GetShardIterator, body).await;
    let page = ok(world, OperationName::GetRecords, iterator).await;
    let n = |record: &Json| record["dynamodb"]["NewImage"]["n"]["N"].as_str()?.parse().ok();
    let records = page["Records"].as_array().expect("records are a list");
    (records.iter().filter_map(n).collect(), page.get("NextShardIterator").is_some())
}

fn begin(kind: &str) -> Json {
    json!({ "ShardIteratorType": kind })
}

/// Lets background work run that needs no more time.
async fn settle() {
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// How many stored keys are such.
async fn count(store: &impl Store, wanted: impl Fn(&Key) -> bool) -> usize {
    everything(store).await.keys().filter(|key| Key::parse(key).is_some_and(|key| wanted(&key))).count()
}

fn cluster_like(seed: u64, clock: &SimulatedClock) -> ClusterBehaviour {
    let clock = clock.clone();
    ClusterBehaviour::new(seed, Arc::new(move || clock.now().millis()))
}

async fn splits_and_places<S: Store + Clone>(store: S) {
    let world = world(store, SimulatedClock::default(), 1).await;
    let arn = create(&world).await;
    put(&world, "a", 1, 0).await;
    world.clock.advance(SECOND);
    put(&world, "a", 2, 0).await;
    let whole = shards(&world, &arn).await;
    assert_eq!(whole.len(), 1);

    world.clock.advance(SECOND);
    let middle = vec![0x80, 0, 0, 0, 0, 0, 0, 0];
    let table = DataId(1);
    let split = async |table, partition, place| {
        world.engine.split_partition("Log", table, PartitionId(partition), place).await.unwrap()
    };
    assert!(split(table, 0, middle.clone()).await);
    // It is split already; there is no such partition, table, place.
    assert!(!split(table, 0, middle.clone()).await);
    assert!(!split(table, 7, middle.clone()).await);
    assert!(!split(DataId(9), 1, vec![1]).await);
    assert!(!split(table, 1, middle).await);
    let other = world.engine.split_partition("Other", table, PartitionId(1), vec![1]).await;
    assert_eq!(other, Ok(false));

    for (at, pk) in ["a", "b", "c", "d", "e", "f"].into_iter().enumerate() {
        put(&world, pk, 3 + at, 0).await;
    }
    let all = shards(&world, &arn).await;
    let (parent, children) = all.split_first().unwrap();
    assert_eq!(children.len(), 2);
    assert!(children.iter().all(|child| child["ParentShardId"] == parent["ShardId"]));
    assert!(children.iter().all(|child| child["SequenceNumberRange"].get("EndingSequenceNumber").is_none()));
    let filter = json!({ "Type": "CHILD_SHARDS", "ShardId": parent["ShardId"] });
    let body = json!({ "StreamArn": arn, "ShardFilter": filter });
    let filtered = ok(&world, OperationName::DescribeStream, body).await;
    assert_eq!(filtered["StreamDescription"]["Shards"], json!(children));

    // The parent can be read to its end, from anywhere in it; nothing of what came later is in it.
    assert_eq!(read(&world, &arn, parent, begin("TRIM_HORIZON")).await, (vec![1, 2], false));
    assert_eq!(read(&world, &arn, parent, begin("LATEST")).await, (vec![], false));
    let numbered = |kind: &str, number: &Json| json!({ "ShardIteratorType": kind, "SequenceNumber": number });
    let range = &parent["SequenceNumberRange"];
    let (first, last) = (&range["StartingSequenceNumber"], &range["EndingSequenceNumber"]);
    for (kind, number, expect) in [
        ("AT_SEQUENCE_NUMBER", first, vec![1, 2]),
        ("AFTER_SEQUENCE_NUMBER", first, vec![1, 2]),
        ("AT_SEQUENCE_NUMBER", last, vec![]),
        ("AFTER_SEQUENCE_NUMBER", last, vec![]),
    ] {
        assert_eq!(
            read(&world, &arn, parent, numbered(kind, number)).await,
            (expect, false),
            "{kind} {number}"
        );
    }
    let now = world.clock.now().seconds();
    for (time, expect) in [(now - 2, vec![1, 2]), (now - 1, vec![2]), (now, vec![])] {
        let at = json!({ "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": time });
        assert_eq!(read(&world, &arn, parent, at).await, (expect, false), "{time}");
    }
    let mut of_children = Vec::new();
    for child in children {
        let (read, goes_on) = read(&world, &arn, child, begin("TRIM_HORIZON")).await;
        assert!(goes_on && !read.is_empty(), "{read:?}");
        of_children.extend(read);
    }
    of_children.sort_unstable();
    assert_eq!(of_children, [3, 4, 5, 6, 7, 8]);

    // Both parts get too old, and have a child each in their partition.
    world.clock.advance(Duration::from_secs(4 * 60 * 60));
    settle().await;
    put(&world, "a", 9, 0).await;
    let mut consumer = Consumer::new(&arn, 1);
    let seen = consumer.poll(&world).await.unwrap();
    assert_eq!(consumer.shards(), 5);
    let of_a = seen.iter().filter(|seen| seen.keys["pk"] == Value::S("a".to_owned()));
    let of_a: Vec<_> = of_a.map(|seen| seen.new.as_ref().unwrap()["n"].clone()).collect();
    assert_eq!(of_a, ["1", "2", "3", "9"].map(Value::number));
    assert_eq!(seen.len(), 9);

    ok(&world, OperationName::DeleteTable, json!({ "TableName": "Log" })).await;
    assert!(!split(table, 1, vec![1]).await);
    assert!(consumer.poll(&world).await.unwrap().is_empty() && consumer.is_finished());
}

#[tokio::test]
async fn a_split_ends_a_shard_and_begins_two_on_memory() {
    splits_and_places(MemoryStore::new()).await;
}

#[tokio::test]
async fn a_split_ends_a_shard_and_begins_two_on_a_store_like_the_cluster() {
    let clock = SimulatedClock::default();
    splits_and_places(MemoryStore::cluster_like(cluster_like(1, &clock))).await;
}

#[tokio::test]
async fn a_split_ends_a_shard_and_begins_two_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { durability: Durability::Relaxed, reserve_bytes: 0, ..Options::default() };
    splits_and_places(EmbeddedStore::open(dir.path(), options).unwrap()).await;
}

/// An iterator at a point in time begins with the first record that is not older, wherever the marks of the clock are.
#[tokio::test]
async fn points_in_time_are_found_between_marks() {
    let world = world(MemoryStore::new(), SimulatedClock::default(), 1).await;
    let arn = create(&world).await;
    let start = world.clock.now().millis();
    let mut written = Vec::new();
    for n in 0..200 {
        let pause = if n % 50 == 49 { 70_000 } else { 130 + 37 * (n as u64 % 11) };
        world.clock.advance(Duration::from_millis(pause));
        written.push(world.clock.now().millis());
        put(&world, &format!("k{}", n % 7), n, 0).await;
    }
    assert!(count(&world.store, |key| matches!(key, Key::ClockMark { .. })).await > 20);
    let shard = &shards(&world, &arn).await[0];
    let end = world.clock.now().millis();
    for time in (start..=end).step_by(977).chain(written.iter().copied()) {
        // In seconds, with milliseconds as a fraction.
        let timestamp = time as f64 / 1000.0;
        let at = json!({ "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": timestamp });
        let expect: Vec<u64> = (0..200).filter(|n| written[*n as usize] >= time).collect();
        assert_eq!(read(&world, &arn, shard, at).await.0, expect, "{time}");
    }
    // Marks that are older than all records go.
    world.clock.advance(DAY + SECOND);
    settle().await;
    assert_eq!(count(&world.store, |key| matches!(key, Key::ClockMark { .. })).await, 0);
}

/// Where bodies lie in parts, an image is the item's own body: kept as long as the log needs it, and no longer.
#[tokio::test]
async fn trimming_frees_just_the_bodies_that_nothing_needs() {
    let clock = SimulatedClock::default();
    let world = world(MemoryStore::cluster_like(cluster_like(1, &clock)), clock, 1).await;
    let arn = create(&world).await;
    let parts = async || count(&world.store, |key| matches!(key, Key::BodyChunk { .. })).await;
    let records = async || count(&world.store, |key| matches!(key, Key::Change { .. })).await;
    // Three parts each.
    for n in 0..10 {
        put(&world, "a", n, 200_000).await;
    }
    assert_eq!((records().await, parts().await), (10, 30));
    let read_all = async || {
        let mut consumer = Consumer::new(&arn, 1);
        let seen = consumer.poll(&world).await.unwrap();
        let large = |image: &Option<_>| image.as_ref().is_none_or(|item: &Item| item.len() == 3);
        assert!(seen.iter().all(|seen| seen.new.is_some() && large(&seen.old) && large(&seen.new)));
        seen.len()
    };
    assert_eq!(read_all().await, 10);

    world.clock.advance(DAY / 2);
    for n in 10..15 {
        put(&world, "a", n, 200_000).await;
    }
    assert_eq!((records().await, parts().await, read_all().await), (15, 45, 15));

    // The first ten go, and with them the bodies that they replaced. The tenth body is the old image of the eleventh.
    world.clock.advance(DAY / 2 + SECOND * 600);
    settle().await;
    assert_eq!((records().await, parts().await, read_all().await), (5, 18, 5));

    // Turned off, the log still takes the bodies that its images may point to.
    switch(&world, false).await;
    put(&world, "a", 15, 200_000).await;
    put(&world, "a", 16, 10).await;
    put(&world, "a", 17, 10).await;
    assert_eq!((records().await, parts().await, read_all().await), (7, 21, 5));
    world.clock.advance(DAY);
    settle().await;
    assert_eq!((records().await, parts().await), (0, 0));
    // And after that, nobody keeps anything.
    put(&world, "a", 18, 200_000).await;
    put(&world, "a", 19, 10).await;
    assert_eq!((records().await, parts().await), (0, 0));
    let left = count(&world.store, |key| {
        matches!(key, Key::Stream { .. } | Key::Shard { .. } | Key::Trimmed { .. } | Key::ClockMark { .. })
    });
    assert_eq!(left.await, 0);
}

/// The items of a deleted table go at once; what its stream shows of them stays until it cannot be read.
#[tokio::test]
async fn a_deleted_tables_stream_keeps_its_images() {
    let clock = SimulatedClock::default();
    let world = world(MemoryStore::cluster_like(cluster_like(2, &clock)), clock, 1).await;
    let arn = create(&world).await;
    put(&world, "a", 1, 200_000).await;
    put(&world, "a", 2, 200_000).await;
    ok(&world, OperationName::DeleteTable, json!({ "TableName": "Log" })).await;
    // A table of the same name is another.
    world.clock.advance(SECOND);
    let other = create(&world).await;
    put(&world, "a", 3, 0).await;
    settle().await;
    for (arn, expect) in [(&arn, 2), (&other, 1)] {
        assert_eq!(Consumer::new(arn, 1).poll(&world).await.unwrap().len(), expect);
    }
    assert_eq!(count(&world.store, |key| matches!(key, Key::BodyChunk { .. })).await, 6);
    assert_eq!(count(&world.store, |key| matches!(key, Key::Item { .. })).await, 1);
    world.clock.advance(DAY - SECOND);
    settle().await;
    let describe = json!({ "StreamArn": arn });
    let refusal = world.call(OperationName::DescribeStream, &describe).await.unwrap_err();
    assert_eq!(refusal.code, "ResourceNotFoundException");
    assert_eq!(count(&world.store, |key| matches!(key, Key::BodyChunk { .. })).await, 0);
    assert_eq!(Consumer::new(&other, 1).poll(&world).await.unwrap().len(), 1);
}

/// However much there is to trim, a step takes so much, and writers are not held up.
#[tokio::test]
async fn trimming_goes_in_steps() {
    let clock = SimulatedClock::default();
    let store = RecordingStore::new(MemoryStore::cluster_like(cluster_like(3, &clock)));
    let world = world(store, clock, 1).await;
    create(&world).await;
    for n in 0..2500 {
        put(&world, &format!("k{}", n % 40), n, if n % 10 == 0 { 300_000 } else { 10 }).await;
    }
    world.store.take();
    world.clock.advance(DAY + SECOND * 600);
    for _ in 0..200 {
        settle().await;
        if count(&world.store, |key| matches!(key, Key::Change { .. })).await == 0 {
            break;
        }
    }
    assert_eq!(count(&world.store, |key| matches!(key, Key::Change { .. })).await, 0);
    let sizes: Vec<usize> = world.store.take().iter().map(|commit| commit.mutations.len()).collect();
    assert!(sizes.iter().all(|size| *size < 5000) && sizes.iter().sum::<usize>() > 2500, "{sizes:?}");
    assert!(sizes.iter().filter(|size| **size > 100).count() > 1, "{sizes:?}");
}

/// A day after a stream was turned off, all that is left of it goes, and with it the log, to the last record. Whoever turned a
/// stream on in that very moment had its first records trimmed with the rest.
#[tokio::test]
async fn a_stream_that_is_turned_on_while_the_last_one_goes_loses_nothing() {
    for seed in 0..150 {
        let clock = SimulatedClock::default();
        let store =
            MemoryStore::cluster_like(ClusterBehaviour { gates: false, ..cluster_like(seed, &clock) });
        let world = world(store, clock, seed).await;
        create(&world).await;
        put(&world, "a", 1, 0).await;
        switch(&world, false).await;
        let is_on = Arc::new(AtomicBool::new(false));
        let writer = |pk: String| {
            let (world, is_on) = (world.clone(), Arc::clone(&is_on));
            tokio::spawn(async move {
                // What is written from the moment on when the stream is known to be on.
                let mut recorded = Vec::new();
                let mut n = 0;
                while recorded.len() < 3 {
                    n += 1;
                    let begun = is_on.load(Ordering::Acquire);
                    put(&world, &pk, n, 0).await;
                    if begun {
                        recorded.push((pk.clone(), n));
                    }
                }
                recorded
            })
        };
        let writers: Vec<_> = (0..4).map(|at| writer(format!("w{at}"))).collect();
        world.clock.advance(DAY);
        for _ in 0..seed % 40 {
            tokio::task::yield_now().await;
        }
        let on = switch(&world, true).await;
        is_on.store(true, Ordering::Release);
        let mut expect = Vec::new();
        for writer in writers {
            expect.extend(writer.await.unwrap());
        }
        settle().await;
        let arn = on["TableDescription"]["LatestStreamArn"].as_str().unwrap().to_owned();
        let seen = Consumer::new(&arn, seed).poll(&world).await.unwrap();
        for (pk, n) in expect {
            let is_it =
                |new: &Item| new["pk"] == Value::S(pk.clone()) && new["n"] == Value::number(&n.to_string());
            let is_there = seen.iter().any(|seen| seen.new.as_ref().is_some_and(is_it));
            assert!(is_there, "seed {seed}: {pk} {n} is not told");
        }
    }
}
