//! The engine: one per process, over one Store.

use crate::catalog::Catalog;
use crate::env::Env;
use crate::write::token::InProgress;
use pixii_model::ApiError;
use pixii_store::{Store, StoreError};
use std::sync::Arc;
use std::time::Duration;

/// What an engine is told at its start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The region in ARNs.
    pub region: String,
    /// The account in ARNs.
    pub account: String,
    /// How long tables and indexes stay in their transient states (CREATING, UPDATING, DELETING). Zero is allowed.
    pub transition_delay: Duration,
    /// Whether quotas are enforced that tests rarely want.
    pub enforce: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            region: "us-east-1".to_owned(),
            account: "000000000000".to_owned(),
            transition_delay: Duration::ZERO,
            enforce: false,
        }
    }
}

/// DynamoDB's semantics over one Store. Clones are the same engine.
pub struct Engine<S: Store>(Arc<Shared<S>>);

/// What all clones of an engine share.
pub struct Shared<S: Store> {
    /// Where everything is.
    pub store: S,
    /// Time and chance.
    pub env: Env,
    /// What it was told at its start.
    pub settings: Settings,
    /// The tables.
    pub catalog: Catalog,
    /// The ClientRequestTokens being worked on.
    pub tokens: InProgress,
}

impl<S: Store> Clone for Engine<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Store> std::ops::Deref for Engine<S> {
    type Target = Shared<S>;
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<S: Store> Engine<S> {
    /// What a client is told of a failure in the store.
    pub fn store_failed(&self, error: StoreError) -> ApiError {
        match error {
            StoreError::Throttled => ApiError::Throttled,
            error => ApiError::internal(error.to_string()),
        }
    }
}
