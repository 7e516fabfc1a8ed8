//! How a memory Store plays the cluster: FoundationDB's limits and age, and its failures on a seeded dice.

use crate::dice::Dice;
use crate::{Limits, StoreError};
use parking_lot::Mutex;
use std::fmt;
use std::sync::Arc;

/// Milliseconds on a clock that the test owns.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// What a memory Store that behaves like the cluster does to its users. Probabilities are from 0 to 1.
#[derive(Clone)]
pub struct ClusterBehaviour {
    /// Decides everything below: one seed, one history (as far as the caller is deterministic too).
    pub seed: u64,
    /// Limits, age included. [`ClusterBehaviour::new`] sets FoundationDB's.
    pub limits: Limits,
    /// What age is measured by.
    pub clock: Clock,
    /// Whether the keys named to `begin` are held, as one node's in-process gates would. Without, writers of one key
    /// meet only at commit, as they do on several nodes.
    pub gates: bool,
    /// How far snapshots that need only be recent lag behind, in milliseconds of the clock.
    pub recent_lag_ms: u64,
    /// Commits that fail although nothing touched what they read.
    pub conflict: f64,
    /// Reads and commits that fail although they are not old.
    pub too_old: f64,
    /// Commits that happen and are reported as unknown.
    pub unknown_committed: f64,
    /// Commits that do not happen and are reported as unknown.
    pub unknown_lost: f64,
    /// Calls that let other tasks run first.
    pub pause: f64,
}

impl ClusterBehaviour {
    /// FoundationDB on a good day: its limits, gates, and no failure without a cause.
    pub fn new(seed: u64, clock: Clock) -> Self {
        Self {
            seed,
            limits: Limits {
                key_bytes_max: 10_000,
                value_bytes_max: 100_000,
                transaction_bytes_max: 10_000_000,
                transaction_age_ms_max: Some(5_000),
            },
            clock,
            gates: true,
            recent_lag_ms: 0,
            conflict: 0.0,
            too_old: 0.0,
            unknown_committed: 0.0,
            unknown_lost: 0.0,
            pause: 0.5,
        }
    }
}

impl fmt::Debug for ClusterBehaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClusterBehaviour").field("seed", &self.seed).finish_non_exhaustive()
    }
}

/// A behaviour and its dice.
#[derive(Debug)]
pub(super) struct Cluster {
    pub(super) behaviour: ClusterBehaviour,
    dice: Mutex<Dice>,
}

/// What the dice say about a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CommitFate {
    Fails,
    Lost,
    CommittedUnknown,
    Committed,
}

impl Cluster {
    pub(super) fn new(behaviour: ClusterBehaviour) -> Self {
        let dice = Mutex::new(Dice::new(behaviour.seed));
        Self { behaviour, dice }
    }

    pub(super) fn now_ms(&self) -> u64 {
        (self.behaviour.clock)()
    }

    /// Lets other tasks run, if the dice say so.
    pub(super) async fn pause(&self) {
        if self.roll(self.behaviour.pause) {
            tokio::task::yield_now().await;
        }
    }

    /// Refuses what began too long ago, and some that did not.
    pub(super) fn check_age(&self, began_ms: u64) -> Result<(), StoreError> {
        let age = self.now_ms().saturating_sub(began_ms);
        let too_old = self.behaviour.limits.transaction_age_ms_max.is_some_and(|max| age > max);
        if too_old || self.roll(self.behaviour.too_old) { Err(StoreError::TooOld) } else { Ok(()) }
    }

    pub(super) fn fate(&self) -> CommitFate {
        if self.roll(self.behaviour.conflict) {
            CommitFate::Fails
        } else if self.roll(self.behaviour.unknown_lost) {
            CommitFate::Lost
        } else if self.roll(self.behaviour.unknown_committed) {
            CommitFate::CommittedUnknown
        } else {
            CommitFate::Committed
        }
    }

    fn roll(&self, probability: f64) -> bool {
        probability > 0.0 && self.dice.lock().unit() < probability
    }
}
