//! How fast requests are answered, JSON to JSON over the memory Store, and what `decide` takes of it.
//!
//! `cargo bench -p pixii-engine`
#![allow(clippy::unwrap_used, reason = "a benchmark may stop")]

use divan::{AllocProfiler, Bencher};
use pixii_engine::change_log::Actor;
use pixii_engine::env::{ManualClock, Micros};
use pixii_engine::stored::{StoredItem, Written};
use pixii_engine::table::Table;
use pixii_engine::throughput::PartitionSettings;
use pixii_engine::write::{Origin, WriteIntent, decide};
use pixii_engine::{Engine, Env, Settings};
use pixii_expression::{Placeholders, Update};
use pixii_model::operation::{OperationName, dispatch};
use pixii_model::wire::json;
use pixii_model::{AttributeValue, EncodedItem, Item, RequestContext};
use pixii_store::MemoryStore;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::runtime::Runtime;

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

/// Items of one partition key.
const COLLECTION: u64 = 100;

fn main() {
    divan::main();
}

/// An engine with a table `Bench` of 1000 items of 200 bytes.
struct World {
    runtime: Runtime,
    engine: Engine<MemoryStore>,
}

impl World {
    fn new() -> Self {
        Self::with_settings(Settings::default())
    }

    fn with_settings(settings: Settings) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let env = Env::simulated(Arc::new(ManualClock::new(Micros(1_700_000_000_000_000))), 7);
        let engine = runtime.block_on(Engine::open(MemoryStore::new(), env, settings)).unwrap();
        let world = Self { runtime, engine };
        let create = r#"{"TableName":"Bench","BillingMode":"PAY_PER_REQUEST",
            "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"s","AttributeType":"N"}],
            "KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"s","KeyType":"RANGE"}]}"#;
        world.call(OperationName::CreateTable, create);
        world.runtime.block_on(tokio::task::yield_now());
        for number in 0..1000 {
            world.call(
                OperationName::PutItem,
                &format!(r#"{{"TableName":"Bench","Item":{}}}"#, item(number, 0)),
            );
        }
        world
    }

    fn call(&self, operation: OperationName, body: &str) -> Vec<u8> {
        let input = json::parse(body.as_bytes()).unwrap();
        let context = RequestContext::new("bench");
        self.runtime.block_on(dispatch(&self.engine, &context, operation, input)).unwrap()
    }

    fn table(&self) -> Arc<Table> {
        self.runtime.block_on(self.engine.table("Bench")).unwrap()
    }
}

fn key(number: u64) -> String {
    format!(r#""p":{{"S":"{:010}"}},"s":{{"N":"{}"}}"#, number / COLLECTION, number % COLLECTION)
}

fn item(number: u64, revision: u64) -> String {
    format!(r#"{{{},"hits":{{"N":"{revision}"}},"v":{{"S":"{}"}}}}"#, key(number), "x".repeat(150))
}

/// Counts up, so that no two writes are the same.
fn counter() -> impl Fn() -> u64 {
    let next = Cell::new(0);
    move || next.replace(next.get() + 1)
}

#[divan::bench]
fn get_item(bencher: Bencher) {
    let (world, body) = (World::new(), format!(r#"{{"TableName":"Bench","Key":{{{}}}}}"#, key(321)));
    bencher.bench_local(|| world.call(OperationName::GetItem, &body));
}

/// With throughput enforced: a partition as on AWS would let in but 3,000 a second.
#[divan::bench]
fn get_item_enforced(bencher: Bencher) {
    let partitions = PartitionSettings { read_units: 1 << 30, write_units: 1 << 30, ..Default::default() };
    let world = World::with_settings(Settings { enforce: true, partitions, ..Settings::default() });
    let body = format!(r#"{{"TableName":"Bench","Key":{{{}}}}}"#, key(321));
    bencher.bench_local(|| world.call(OperationName::GetItem, &body));
}

/// With Contributor Insights, of a thousand keys in turn.
#[divan::bench]
fn get_item_with_insights(bencher: Bencher) {
    let (world, next) = (World::new(), counter());
    let enable = r#"{"TableName":"Bench","ContributorInsightsAction":"ENABLE"}"#;
    world.call(OperationName::UpdateContributorInsights, enable);
    let bodies: Vec<String> =
        (0..1000).map(|number| format!(r#"{{"TableName":"Bench","Key":{{{}}}}}"#, key(number))).collect();
    bencher.bench_local(|| world.call(OperationName::GetItem, &bodies[next() as usize % 1000]));
}

#[divan::bench]
fn put_item(bencher: Bencher) {
    let (world, next) = (World::new(), counter());
    bencher.with_inputs(&next).bench_local_values(|n| {
        let body = format!(r#"{{"TableName":"Bench","Item":{}}}"#, item(n % 1000, n));
        world.call(OperationName::PutItem, &body)
    });
}

#[divan::bench]
fn update_item(bencher: Bencher) {
    let (world, next) = (World::new(), counter());
    bencher.with_inputs(&next).bench_local_values(|n| {
        let body = format!(
            r#"{{"TableName":"Bench","Key":{{{}}},"UpdateExpression":"ADD hits :one","ExpressionAttributeValues":{{":one":{{"N":"1"}}}}}}"#,
            key(n % 1000)
        );
        world.call(OperationName::UpdateItem, &body)
    });
}

#[divan::bench]
fn query_of_100(bencher: Bencher) {
    let world = World::new();
    let body = r#"{"TableName":"Bench","KeyConditionExpression":"p = :p","ExpressionAttributeValues":{":p":{"S":"0000000003"}},"Limit":100}"#;
    bencher.bench_local(|| world.call(OperationName::Query, body));
}

#[divan::bench]
fn scan_of_1000(bencher: Bencher) {
    let world = World::new();
    bencher.bench_local(|| world.call(OperationName::Scan, r#"{"TableName":"Bench"}"#));
}

#[divan::bench]
fn batch_write_of_25(bencher: Bencher) {
    let (world, next) = (World::new(), counter());
    bencher.with_inputs(&next).bench_local_values(|n| {
        let puts: Vec<String> = (0..25)
            .map(|at| format!(r#"{{"PutRequest":{{"Item":{}}}}}"#, item(at * 40 + n % 40, n)))
            .collect();
        world.call(
            OperationName::BatchWriteItem,
            &format!(r#"{{"RequestItems":{{"Bench":[{}]}}}}"#, puts.join(",")),
        )
    });
}

#[divan::bench]
fn decide_update(bencher: Bencher) {
    let table = World::new().table();
    let number = |text| AttributeValue::number(text).unwrap();
    let key: Item =
        [("p".to_owned(), "0000000003".into()), ("s".to_owned(), number("21"))].into_iter().collect();
    let mut item = key.clone();
    item.insert("hits".to_owned(), number("41"));
    item.insert("v".to_owned(), AttributeValue::S("x".repeat(150)));
    let values = BTreeMap::from([(":one".to_owned(), number("1"))]);
    let mut placeholders = Placeholders::new(None, Some(&values)).unwrap();
    let update = Update::parse("ADD hits :one", &mut placeholders).unwrap();
    let intent = WriteIntent::update(&table, key, update, None).unwrap();
    let before = StoredItem { written: Written::default(), item: EncodedItem::encode(&item), chunked: None };
    let origin = Origin { now: Micros(1), region: 0, actor: Actor::User, body_id: None };
    bencher
        .with_inputs(|| Some(before.clone()))
        .bench_values(|before| decide(&table, &intent, before, &origin).map_err(|_| ()).unwrap());
}
