//! An engine over some Store, with a clock and chance that a seed decides, called as front doors call it: JSON in, JSON out.

use crate::clock::SimulatedClock;
use pixii_engine::{Engine, Env, Settings};
use pixii_model::operation::{OperationName, dispatch};
use pixii_model::wire::{fault, json};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;
use serde_json::Value as Json;
use std::sync::Arc;

/// An engine and what it stands on. Clones are the same world.
#[derive(Clone)]
pub struct World<S: Store + Clone> {
    /// The engine.
    pub engine: Engine<S>,
    /// Its Store.
    pub store: S,
    /// Its clock.
    pub clock: SimulatedClock,
}

/// What a request is answered; null where the body is empty.
pub type Answer = Result<Json, Refusal>;

/// An error as a client sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The exception's name, without its namespace.
    pub code: String,
    /// What it says.
    pub message: String,
    /// The other members of the body.
    pub rest: serde_json::Map<String, Json>,
    /// What only the log is told, of internal errors.
    pub detail: Option<String>,
}

impl<S: Store + Clone> World<S> {
    /// Opens an engine over a Store.
    pub async fn open(store: S, clock: SimulatedClock, seed: u64, settings: Settings) -> Self {
        let env = Env::simulated(Arc::new(clock.clone()), seed);
        let engine = Engine::open(store.clone(), env, settings).await.expect("the engine opens");
        Self { engine, store, clock }
    }

    /// Sends one request.
    pub async fn call(&self, operation: OperationName, input: &Json) -> Answer {
        self.call_text(operation, &input.to_string()).await
    }

    /// Sends one request whose body is this text.
    pub async fn call_text(&self, operation: OperationName, body: &str) -> Answer {
        let context = RequestContext::new("a-test");
        let parsed = json::parse(body.as_bytes()).map_err(|fault| Refusal::from(ApiError::from(fault)))?;
        let answer = dispatch(&self.engine, &context, operation, parsed).await?;
        if answer.is_empty() {
            return Ok(Json::Null);
        }
        Ok(serde_json::from_slice(&answer).expect("an answer is JSON"))
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        let wire = fault::to_wire(&error);
        let mut rest: serde_json::Map<String, Json> =
            serde_json::from_slice(&wire.body).expect("an error's body is an object");
        let mut take = |name: &str| rest.remove(name).and_then(|text| Some(text.as_str()?.to_owned()));
        let code = take("__type").expect("an error has a type");
        let message = take("message").or_else(|| take("Message")).unwrap_or_default();
        let detail = match error {
            ApiError::Internal(fault) => Some(fault.detail),
            _ => None,
        };
        let code = code.split_once('#').map_or(code.as_str(), |(_, code)| code).to_owned();
        Self { status: wire.status, code, message, rest, detail }
    }
}

/// The operation of that name.
pub fn operation(name: &str) -> Option<OperationName> {
    OperationName::ALL.iter().copied().find(|operation| operation.unique_name() == name)
}
