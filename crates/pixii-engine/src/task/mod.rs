//! Background work: one worker for each engine, which takes tables through their states, fills new indexes and clears data
//! that nobody wants any more.
//!
//! What is to be done is in the store, and each step is small and leaves it saying what remains. So work goes on after a
//! restart, and two processes that do the same step do no harm: one of them conflicts.

mod tokens;

use crate::engine::{Engine, WeakEngine};
use crate::env::{Env, Micros};
use parking_lot::Mutex;
use pixii_store::Store;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

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
    /// When something changes.
    WhenWoken,
}

impl<S: Store> Engine<S> {
    /// Says that there may be something to do.
    pub(crate) fn wake_tasks(&self) {
        self.tasks.wake.notify_one();
    }

    /// Starts the worker.
    pub(crate) fn start_tasks(&self) {
        let worker = tokio::spawn(work(self.downgrade(), Arc::clone(&self.tasks.wake), self.env.clone()));
        *self.tasks.worker.lock() = Some(worker.abort_handle());
    }

    /// Does a little of everything there is to do.
    async fn step(&self) -> Next {
        match self.try_step().await {
            Ok(next) => next,
            Err(detail) => {
                tracing::warn!(detail, "background work failed and will be tried again");
                Next::At(self.env.now().after(PAUSE_AFTER_FAILURE))
            }
        }
    }

    async fn try_step(&self) -> Result<Next, String> {
        let mut next = match self.store.shared() {
            true => Next::At(self.env.now().after(SHARED_ROUND)),
            false => Next::At(self.env.now().after(TOKENS_ROUND)),
        };
        if self.forget_tokens().await.map_err(|error| error.to_string())? {
            next = Next::Now;
        }
        for pending in self.pending_tables().await.map_err(|error| error.to_string())? {
            if let Some(due) = pending.due {
                if due <= self.env.now() {
                    self.settle(&pending.name).await.map_err(|error| format!("{error:?}"))?;
                    next = Next::Now;
                } else {
                    next = next.sooner(Next::At(due));
                }
            }
        }
        Ok(next)
    }
}

impl Next {
    fn sooner(self, other: Self) -> Self {
        match (self, other) {
            (Self::Now, _) | (_, Self::Now) => Self::Now,
            (Self::At(one), Self::At(other)) => Self::At(one.min(other)),
            (Self::At(time), Self::WhenWoken) | (Self::WhenWoken, Self::At(time)) => Self::At(time),
            (Self::WhenWoken, Self::WhenWoken) => Self::WhenWoken,
        }
    }
}

async fn work<S: Store>(engine: WeakEngine<S>, wake: Arc<Notify>, env: Env) {
    loop {
        let Some(held) = engine.upgrade() else { return };
        let next = held.step().await;
        // Between steps the worker must not keep the engine alive.
        drop(held);
        match next {
            Next::Now => tokio::task::yield_now().await,
            Next::WhenWoken => wake.notified().await,
            Next::At(time) => {
                tokio::select! {
                    () = env.sleep(Duration::from_micros(time.0.saturating_sub(env.now().0))) => {}
                    () = wake.notified() => {}
                }
            }
        }
    }
}
