//! What each connection is doing and since when, so that one sweep can find those that take too long.
//!
//! A timer for each request would cost more than parsing it. Instead a connection notes its phase with one relaxed store
//! on a word of its own, and the listener compares all of them with a coarse clock now and then.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// How long clients may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// From the connection to the end of its first request's head.
    pub head: Duration,
    /// For each 128 KiB of a body, or for the rest of it.
    pub body: Duration,
    /// From an answer to the end of the next request's head; taking the answer in counts too.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { head: Duration::from_secs(20), body: Duration::from_secs(30), idle: Duration::from_secs(300) }
    }
}

impl Timeouts {
    /// How often to sweep so that no limit is passed by much.
    pub(crate) fn sweep_interval(&self) -> Duration {
        let shortest = self.head.min(self.body).min(self.idle);
        (shortest / 8).clamp(Duration::from_millis(5), Duration::from_secs(1))
    }
}

/// How much of a body must come within [`Timeouts::body`].
pub(crate) const BODY_PROGRESS_BYTES: usize = 128 * 1024;

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Nothing has come yet.
    Head = 0,
    /// A request's body is coming.
    Body = 1,
    /// We are at work: no limit on the client's side.
    Answering = 2,
    /// Waiting for the next request, or sending the answer.
    Idle = 3,
}

/// A clock that moves when it is told to: milliseconds since the server started.
#[derive(Debug, Default)]
pub(crate) struct CoarseClock(AtomicU64);

impl CoarseClock {
    pub(crate) fn set(&self, since_start: Duration) {
        self.0.store(since_start.as_millis() as u64, Relaxed);
    }

    fn millis(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// One connection's phase and when it began: `millis << 2 | phase`.
#[derive(Debug)]
pub(crate) struct Activity {
    word: AtomicU64,
    clock: Arc<CoarseClock>,
}

impl Activity {
    pub(crate) fn new(clock: Arc<CoarseClock>) -> Self {
        let activity = Self { word: AtomicU64::new(0), clock };
        activity.enter(Phase::Head);
        activity
    }

    /// Begins a phase, or begins it anew.
    pub(crate) fn enter(&self, phase: Phase) {
        self.word.store(self.clock.millis() << 2 | phase as u64, Relaxed);
    }

    /// The phase that has lasted too long, if one has.
    pub(crate) fn overdue(&self, timeouts: &Timeouts) -> Option<Phase> {
        let word = self.word.load(Relaxed);
        let (phase, limit) = match word & 3 {
            0 => (Phase::Head, timeouts.head),
            1 => (Phase::Body, timeouts.body),
            2 => return None,
            _ => (Phase::Idle, timeouts.idle),
        };
        let lasted = self.clock.millis().saturating_sub(word >> 2);
        (u128::from(lasted) > limit.as_millis()).then_some(phase)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_phase_has_its_limit_and_our_own_work_has_none() {
        let clock = Arc::new(CoarseClock::default());
        let activity = Activity::new(clock.clone());
        let timeouts = Timeouts {
            head: Duration::from_secs(1),
            body: Duration::from_secs(2),
            idle: Duration::from_secs(3),
        };
        let phases = [(Phase::Head, 1), (Phase::Body, 2), (Phase::Idle, 3)];
        let mut now = Duration::ZERO;
        for (phase, seconds) in phases {
            activity.enter(phase);
            now += Duration::from_secs(seconds);
            clock.set(now);
            assert_eq!(activity.overdue(&timeouts), None, "{phase:?} at its limit");
            now += Duration::from_millis(1);
            clock.set(now);
            assert_eq!(activity.overdue(&timeouts), Some(phase));
        }
        activity.enter(Phase::Answering);
        clock.set(now * 1000);
        assert_eq!(activity.overdue(&timeouts), None);
    }
}
