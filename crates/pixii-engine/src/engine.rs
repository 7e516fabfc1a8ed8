//! The engine: one per process, over one Store.

use crate::catalog::Catalog;
use crate::change_log::ClockMarks;
use crate::env::Env;
use crate::stream::Rates;
use crate::task::Tasks;
use crate::throughput::{Meters, PartitionSettings};
use crate::write::token::InProgress;
use pixii_model::ApiError;
use pixii_store::{Disposition, Store, StoreError};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How often a read is begun before it is given up.
const READ_ATTEMPTS_MAX: u32 = 24;

/// What an engine is told at its start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The region in ARNs.
    pub region: String,
    /// The account in ARNs.
    pub account: String,
    /// Whether ARNs of other regions and accounts name other tables than those here.
    pub strict_arns: bool,
    /// How long tables and indexes stay in their transient states (CREATING, UPDATING, DELETING). Zero is allowed.
    pub transition_delay: Duration,
    /// After how long a shard of a stream is closed and followed by another.
    pub shard_age: Duration,
    /// For how long the records of a stream are kept, and those of a stream that was disabled.
    pub stream_retention: Duration,
    /// What partitions can do before they split.
    pub partitions: PartitionSettings,
    /// Whether quotas are enforced that tests rarely want.
    pub enforce: bool,
    /// How long a period of auto scaling is: how often consumption is looked at.
    pub scaling_period: Duration,
    /// How often what was consumed is saved: whole minutes.
    pub usage_interval: Duration,
    /// How often expired items are looked for.
    pub ttl_sweep_delay: Duration,
    /// How many expired items are deleted in a second at most.
    pub ttl_deletes_per_second: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            region: "us-east-1".to_owned(),
            account: "000000000000".to_owned(),
            strict_arns: true,
            transition_delay: Duration::ZERO,
            shard_age: Duration::from_secs(4 * 60 * 60),
            stream_retention: Duration::from_secs(24 * 60 * 60),
            partitions: PartitionSettings::default(),
            enforce: false,
            scaling_period: Duration::from_secs(60),
            usage_interval: Duration::from_secs(60),
            ttl_sweep_delay: Duration::from_secs(2),
            ttl_deletes_per_second: 500,
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
    /// When the clock was last marked in the change log.
    pub clock_marks: ClockMarks,
    /// What tables, indexes and their partitions have left of their throughput.
    pub meters: Meters,
    /// How often streams were read of late.
    pub stream_rates: Rates,
    /// The background work.
    pub tasks: Tasks,
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
    /// An engine over a store, with the tables that it holds. Background work that an earlier one left goes on.
    ///
    /// Must be called within a Tokio runtime.
    pub async fn open(store: S, env: Env, settings: Settings) -> Result<Self, StoreError> {
        let catalog = Catalog::open(&store).await?;
        let (tokens, tasks) = (InProgress::default(), Tasks::default());
        let meters = Meters::new(env.now());
        let (clock_marks, stream_rates) = (ClockMarks::default(), Rates::default());
        let engine = Self(Arc::new(Shared {
            store,
            env,
            settings,
            catalog,
            tokens,
            clock_marks,
            meters,
            stream_rates,
            tasks,
        }));
        engine.start_tasks();
        Ok(engine)
    }

    /// A hold on the engine that does not keep it alive.
    pub(crate) fn downgrade(&self) -> WeakEngine<S> {
        WeakEngine(Arc::downgrade(&self.0))
    }

    /// Reads until the store lets it: one that got too old, or met a commit, is begun anew.
    pub(crate) async fn read<T, F>(&self, attempt: impl Fn() -> F + Send) -> Result<T, ApiError>
    where
        F: Future<Output = Result<T, StoreError>> + Send,
    {
        let mut attempts = 1;
        loop {
            match attempt().await {
                Err(error) if error.disposition() == Disposition::Retry && attempts < READ_ATTEMPTS_MAX => {
                    attempts += 1;
                }
                outcome => return outcome.map_err(|error| self.store_failed(error)),
            }
        }
    }

    /// What a client is told of a failure in the store.
    pub fn store_failed(&self, error: StoreError) -> ApiError {
        match error {
            StoreError::Throttled => ApiError::Throttled,
            error => ApiError::internal(error.to_string()),
        }
    }
}

/// A hold on an engine that does not keep it alive.
pub(crate) struct WeakEngine<S: Store>(Weak<Shared<S>>);

impl<S: Store> WeakEngine<S> {
    /// The engine, if it is still in use.
    pub(crate) fn upgrade(&self) -> Option<Engine<S>> {
        self.0.upgrade().map(Engine)
    }
}
