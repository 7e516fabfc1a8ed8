//! An engine in memory, asked in JSON.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use pixii_engine::env::{ManualClock, Micros};
use pixii_engine::keyspace::Key;
use pixii_engine::{Engine, Env, Settings};
use pixii_model::RequestContext;
use pixii_model::operation::{OperationName, dispatch};
use pixii_model::wire::{fault, json};
use pixii_store::{Direction, Freshness, KeyRange, MemoryStore, Read, ScanLimit, Store};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// An engine, its store and its clock.
pub struct World {
    pub store: MemoryStore,
    pub clock: Arc<ManualClock>,
    pub engine: Engine<MemoryStore>,
}

impl World {
    /// A new one, whose tables change their state at once.
    pub async fn new() -> Self {
        Self::with_delay(Duration::ZERO).await
    }

    /// A new one, whose tables take that long to change their state.
    pub async fn with_delay(delay: Duration) -> Self {
        Self::over(MemoryStore::new(), delay).await
    }

    /// A new one with these settings.
    pub async fn with_settings(settings: Settings) -> Self {
        let clock = ManualClock::new(Micros(1_700_000_000_000_000));
        Self::open_with(MemoryStore::new(), clock, settings).await
    }

    /// A new engine over a store that may hold something.
    pub async fn over(store: MemoryStore, delay: Duration) -> Self {
        let clock = ManualClock::new(Micros(1_700_000_000_000_000));
        Self::open(store, clock, delay).await
    }

    /// The same world after a restart.
    pub async fn restarted(self, delay: Duration) -> Self {
        let Self { store, clock, engine } = self;
        drop(engine);
        Self::open(store, clock, delay).await
    }

    async fn open(store: MemoryStore, clock: Arc<ManualClock>, delay: Duration) -> Self {
        let settings = Settings { transition_delay: delay, ..Settings::default() };
        Self::open_with(store, clock, settings).await
    }

    async fn open_with(store: MemoryStore, clock: Arc<ManualClock>, settings: Settings) -> Self {
        let env = Env::simulated(Arc::new(Arc::clone(&clock)), 7);
        let engine = Engine::open(store.clone(), env, settings).await.unwrap();
        Self { store, clock, engine }
    }

    /// Runs an operation; an error is `Code: message`.
    pub async fn call(&self, operation: &str, input: Value) -> Result<Value, String> {
        let named = OperationName::ALL.iter().copied().find(|known| known.unique_name() == operation);
        let operation = named.expect("an operation");
        let body = input.to_string();
        let input = json::parse(body.as_bytes()).unwrap();
        match dispatch(&self.engine, &RequestContext::new("test"), operation, input).await {
            Ok(output) if output.is_empty() => Ok(Value::Null),
            Ok(output) => Ok(serde_json::from_slice(&output).unwrap()),
            Err(error) => Err(format!("{}: {error}", fault::code(&error))),
        }
    }

    /// Runs an operation that works.
    pub async fn ok(&self, operation: &str, input: Value) -> Value {
        self.call(operation, input.clone())
            .await
            .unwrap_or_else(|error| panic!("{operation} {input}: {error}"))
    }

    /// Runs an operation that is refused, and answers in which words.
    pub async fn refused(&self, operation: &str, input: Value) -> String {
        match self.call(operation, input.clone()).await {
            Ok(output) => panic!("{operation} {input} answered {output}"),
            Err(error) => error,
        }
    }

    /// A table as DescribeTable describes it.
    pub async fn describe(&self, table: &str) -> Value {
        self.ok("DescribeTable", json!({"TableName": table})).await["Table"].take()
    }

    /// Lets the background work until the table and its indexes are ACTIVE.
    pub async fn until_active(&self, table: &str) -> Value {
        for _ in 0..10_000 {
            let described = self.describe(table).await;
            let indexes = described["GlobalSecondaryIndexes"].as_array().map_or(&[][..], Vec::as_slice);
            let indexes_are_active = indexes.iter().all(|index| index["IndexStatus"] == "ACTIVE");
            if indexes_are_active && described["TableStatus"] == "ACTIVE" {
                return described;
            }
            tokio::task::yield_now().await;
        }
        panic!("{table} never became ACTIVE")
    }

    /// Every stored key.
    pub async fn stored_keys(&self) -> Vec<Key> {
        let snapshot = self.store.snapshot(Freshness::Latest).await.unwrap();
        let limit = ScanLimit { entries: usize::MAX, bytes: usize::MAX };
        let all = snapshot.scan(&KeyRange::all(), Direction::Forward, limit).await.unwrap();
        all.entries.iter().map(|(key, _)| Key::parse(key).expect("a known key")).collect()
    }
}

/// A CreateTable request for a table with a partition key `pk` and a sort key `sk`, on demand.
pub fn simple_table(name: &str) -> Value {
    json!({
        "TableName": name,
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "N"}
        ],
        "KeySchema": [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"}
        ],
        "BillingMode": "PAY_PER_REQUEST"
    })
}

/// An UpdateTable request that adds an index by the attribute `group`.
pub fn add_index(table: &str, index: &str) -> Value {
    json!({
        "TableName": table,
        "AttributeDefinitions": [{"AttributeName": "group", "AttributeType": "S"}],
        "GlobalSecondaryIndexUpdates": [{"Create": {
            "IndexName": index,
            "KeySchema": [{"AttributeName": "group", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"}
        }}]
    })
}
