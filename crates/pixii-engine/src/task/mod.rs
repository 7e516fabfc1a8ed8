//! Background work: one worker for each engine, which takes tables through their states, fills new indexes, deletes items that
//! have expired, scales what is provisioned, saves what was consumed and clears data that nobody wants any more.
//!
//! What is to be done is in the store, and each step is small and leaves it saying what remains. So work goes on after a
//! restart, and two processes that do the same step do no harm: one of them conflicts.

pub(crate) mod backfill;
pub(crate) mod clearing;
pub(crate) mod partition;
mod progress;
mod scaling;
mod stream;
mod sweep;
mod tokens;
mod usage;

use crate::catalog::Pending;
use crate::engine::{Engine, WeakEngine};
use crate::env::{Env, Micros};
use crate::throughput::usage::MinuteNumber;
use parking_lot::Mutex;
use pixii_model::ApiError;
use pixii_store::Store;
pub use progress::TaskStatistics;
use progress::{Part, Progress};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinSet};

/// How long to wait after a step that failed.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);
/// How often to look for tokens to forget.
const TOKENS_ROUND: Duration = Duration::from_secs(300);
/// How often to look for what other processes left undone.
const SHARED_ROUND: Duration = Duration::from_secs(30);

/// The background work of an engine. It ends when this is dropped.
#[derive(Debug, Default)]
pub struct Tasks {
    wake: Arc<Notify>,
    worker: Mutex<Option<AbortHandle>>,
    /// Whether a partition has become hot.
    partition_hot: AtomicBool,
    /// When the sizes of partitions are to be looked at again, in microseconds.
    sizes_due: AtomicU64,
    /// When the load of what is on demand is to be looked at again, in microseconds.
    loads_due: AtomicU64,
    /// When the streams are to be looked at again, in microseconds.
    streams_due: AtomicU64,
    progress: Progress,
    sweep: sweep::Sweep,
    scaling: scaling::Scaling,
    /// The minute that was running when what was consumed was last saved.
    usage: tokio::sync::Mutex<Option<MinuteNumber>>,
}

impl Tasks {
    /// How each part of it goes.
    pub(crate) fn statistics(&self) -> Vec<TaskStatistics> {
        self.progress.statistics()
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        if let Some(worker) = self.worker.lock().take() {
            worker.abort();
        }
    }
}

/// When to do the next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// There is more to do.
    Now,
    /// Not before that time, or before something changes.
    At(Micros),
}

impl<S: Store> Engine<S> {
    /// Says that there may be something to do.
    pub(crate) fn wake_tasks(&self) {
        self.tasks.wake.notify_one();
    }

    /// Says that streams have changed.
    pub(crate) fn wake_stream_tasks(&self) {
        self.tasks.streams_due.store(0, Ordering::Relaxed);
        self.wake_tasks();
    }

    /// Says that a partition has become hot.
    pub(crate) fn wake_partition_tasks(&self) {
        self.tasks.partition_hot.store(true, Ordering::Relaxed);
        self.wake_tasks();
    }

    /// Says that something is to be scaled otherwise.
    pub(crate) fn wake_scaling_tasks(&self) {
        self.tasks.scaling.wake();
        self.wake_tasks();
    }

    /// Starts the worker.
    pub(crate) fn start_tasks(&self) {
        let worker = tokio::spawn(work(self.downgrade(), Arc::clone(&self.tasks.wake), self.env.clone()));
        *self.tasks.worker.lock() = Some(worker.abort_handle());
    }

    /// Runs a part of the work, and notes how it went.
    async fn part<T, E>(&self, part: Part, run: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        self.tasks.progress.begin(part);
        let outcome = run.await;
        self.tasks.progress.end(part, outcome.is_ok(), self.env.now());
        outcome
    }

    /// Does a little of everything there is to do. What fails does not keep the rest from being done.
    async fn step(&self) -> Next {
        let round = if self.store.shared() { SHARED_ROUND } else { TOKENS_ROUND };
        let mut next = Next::At(self.env.now().after(round));
        match self.part(Part::Tables, self.pending_tables()).await {
            Ok(pending) => {
                for pending in pending {
                    next = next.sooner(
                        self.part(Part::Tables, self.table_step(&pending))
                            .await
                            .unwrap_or_else(|error| self.failed(error)),
                    );
                }
            }
            Err(error) => next = next.sooner(self.failed(self.store_failed(error))),
        }
        if self.tasks.streams_due.load(Ordering::Relaxed) <= self.env.now().0 {
            // Whoever turns a stream on meanwhile makes it due again.
            self.tasks.streams_due.store(u64::MAX, Ordering::Relaxed);
            let streams =
                self.part(Part::Streams, self.stream_step()).await.unwrap_or_else(|error| self.failed(error));
            let mut due = if let Next::At(due) = streams { due.0 } else { 0 };
            if self.store.shared() {
                // Another process may turn one on.
                due = due.min(self.env.now().after(SHARED_ROUND).0);
            }
            self.tasks.streams_due.fetch_min(due, Ordering::Relaxed);
        }
        next = next.sooner(Next::At(Micros(self.tasks.streams_due.load(Ordering::Relaxed))));
        next = next.sooner(
            self.part(Part::Partitions, self.partition_step())
                .await
                .unwrap_or_else(|error| self.failed(error)),
        );
        next = next.sooner(
            self.part(Part::Scaling, self.scaling_step()).await.unwrap_or_else(|error| self.failed(error)),
        );
        next = next.sooner(
            self.part(Part::Usage, self.usage_step()).await.unwrap_or_else(|error| self.failed(error)),
        );
        match self.part(Part::TimeToLive, self.sweep_step()).await {
            Ok(Some(due)) => next = next.sooner(Next::At(due)),
            Ok(None) => {}
            Err(error) => next = next.sooner(self.failed(error)),
        }
        let tokens = self.part(Part::Tokens, self.forget_tokens()).await;
        let clearing = self.part(Part::Clearing, self.clear_step()).await;
        for outcome in [tokens, clearing] {
            match outcome {
                Ok(true) => next = Next::Now,
                Ok(false) => {}
                Err(error) => next = next.sooner(self.failed(self.store_failed(error))),
            }
        }
        next
    }

    async fn table_step(&self, pending: &Pending) -> Result<Next, ApiError> {
        if let Some(due) = pending.due {
            if due > self.env.now() {
                return Ok(Next::At(due));
            }
            self.settle(&pending.name).await?;
            return Ok(Next::Now);
        }
        // If it is done, the change that ended it has woken us.
        self.backfill_step(&pending.name).await?;
        Ok(Next::Now)
    }

    fn failed(&self, error: ApiError) -> Next {
        tracing::warn!(?error, "background work failed and will be tried again");
        Next::At(self.env.now().after(PAUSE_AFTER_FAILURE))
    }
}

impl Next {
    fn sooner(self, other: Self) -> Self {
        match (self, other) {
            (Self::At(one), Self::At(other)) => Self::At(one.min(other)),
            _ => Self::Now,
        }
    }
}

async fn work<S: Store>(engine: WeakEngine<S>, wake: Arc<Notify>, env: Env) {
    let mut steps = JoinSet::new();
    loop {
        let Some(held) = engine.upgrade() else { return };
        // Each step is a task of its own, so that one that panics does not end all background work, and ends with this one.
        // Between steps the worker must not keep the engine alive.
        steps.spawn(async move { held.step().await });
        let next = match steps.join_next().await {
            Some(Ok(next)) => next,
            _ => {
                let task = engine.upgrade().and_then(|engine| engine.tasks.progress.panicked());
                tracing::error!(
                    task,
                    "background work panicked, which is a defect of Pixii; it goes on after a pause"
                );
                Next::At(env.now().after(PAUSE_AFTER_FAILURE))
            }
        };
        match next {
            Next::Now => tokio::task::yield_now().await,
            Next::At(time) => {
                tokio::select! {
                    () = env.sleep(Duration::from_micros(time.0.saturating_sub(env.now().0))) => {}
                    () = wake.notified() => {}
                }
            }
        }
    }
}
