//! An engine in memory, asked in JSON.

#![allow(dead_code, reason = "each test file uses its part")]

use pixii_engine::env::{ManualClock, Micros};
use pixii_engine::{Engine, Env, Settings};
use pixii_model::RequestContext;
use pixii_model::operation::{OperationName, dispatch};
use pixii_model::wire::{fault, json};
use pixii_store::MemoryStore;
use serde_json::Value;
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
        let env = Env::simulated(Arc::new(Arc::clone(&clock)), 7);
        let settings = Settings { transition_delay: delay, ..Settings::default() };
        let engine = Engine::open(store.clone(), env, settings).await.unwrap();
        Self { store, clock, engine }
    }

    /// Runs an operation; an error is `Code: message`.
    pub async fn call(&self, operation: &str, input: Value) -> Result<Value, String> {
        let target = format!("DynamoDB_20120810.{operation}");
        let operation = OperationName::from_target(&target).expect("an operation");
        let body = input.to_string();
        let input = json::parse(body.as_bytes()).unwrap();
        match dispatch(&self.engine, &RequestContext::new("test"), operation, input).await {
            Ok(output) if output.is_empty() => Ok(Value::Null),
            Ok(output) => Ok(serde_json::from_slice(&output).unwrap()),
            Err(error) => Err(format!("{}: {error}", fault::code(&error))),
        }
    }
}
