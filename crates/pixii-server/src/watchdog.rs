//! A watch over the runtime that answers requests, from a thread outside of it.
//!
//! A task in that runtime counts its beats. Whoever watches looks at regular times whether it has counted on, and counts the
//! times that it has not: so a process that was stopped and went on is not taken for one that hangs.

use crate::metrics::Metrics;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval, sleep};

/// How often to look at the most.
const TICK_MAX: Duration = Duration::from_secs(1);
const TICK_MIN: Duration = Duration::from_millis(10);
/// How many of the requests in work are named.
const REQUESTS_NAMED: usize = 20;
/// How long until the log is told again.
const TOLD_AGAIN_AFTER: Duration = Duration::from_secs(60);

/// Tells whether requests are being answered. Clones are the same.
#[derive(Clone, Debug)]
pub struct Watchdog(Arc<Watched>);

#[derive(Debug)]
struct Watched {
    beats: AtomicU64,
    stalled: AtomicBool,
    stalls: AtomicU64,
    tolerance: Duration,
    metrics: Metrics,
}

/// What beats in the runtime that is watched.
#[derive(Debug)]
pub struct Heart(Arc<Watched>);

impl Heart {
    /// Beats for as long as it is polled.
    pub async fn beat(self) {
        let pause = self.0.tick() / 2;
        loop {
            self.0.beats.fetch_add(1, Relaxed);
            sleep(pause).await;
        }
    }
}

impl Watched {
    /// How often to look.
    fn tick(&self) -> Duration {
        (self.tolerance / 10).clamp(TICK_MIN, TICK_MAX)
    }
}

impl Watchdog {
    /// A watch that tolerates so long a silence.
    pub fn new(tolerance: Duration, metrics: Metrics) -> Self {
        let (beats, stalls) = (AtomicU64::new(0), AtomicU64::new(0));
        Self(Arc::new(Watched { beats, stalled: AtomicBool::new(false), stalls, tolerance, metrics }))
    }

    /// What is to be spawned in the runtime that is watched.
    pub fn heart(&self) -> Heart {
        Heart(Arc::clone(&self.0))
    }

    /// Whether the runtime has not answered for longer than is tolerated.
    pub fn is_stalled(&self) -> bool {
        self.0.stalled.load(Relaxed)
    }

    /// How often that has happened.
    pub(crate) fn stalls(&self) -> u64 {
        self.0.stalls.load(Relaxed)
    }

    /// What it counts and sees.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Watches, in another runtime than the one that is watched.
    pub async fn watch(&self) {
        let tick = self.0.tick();
        let mut ticks = interval(tick);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut seen, mut silent, mut told) = (0, Duration::ZERO, Duration::ZERO);
        loop {
            ticks.tick().await;
            let beats = self.0.beats.load(Relaxed);
            if beats != seen {
                seen = beats;
                if self.is_stalled() {
                    self.0.stalled.store(false, Relaxed);
                    let seconds = silent.as_secs();
                    tracing::warn!(seconds, "requests are answered again");
                }
                (silent, told) = (Duration::ZERO, Duration::ZERO);
                continue;
            }
            silent += tick;
            if silent >= self.0.tolerance && !self.is_stalled() {
                self.0.stalled.store(true, Relaxed);
                self.0.stalls.fetch_add(1, Relaxed);
                told = silent;
                self.tell(silent);
            } else if self.is_stalled() && silent - told >= TOLD_AGAIN_AFTER {
                told = silent;
                self.tell(silent);
            }
        }
    }

    fn tell(&self, silent: Duration) {
        let requests = self.0.metrics.work().requests();
        let (seconds, in_work) = (silent.as_secs(), requests.len());
        tracing::error!(
            seconds,
            in_work,
            "no request is being answered, which is a defect of Pixii: /livez fails until one is, a second signal ends the process"
        );
        for (peer, request) in requests.iter().take(REQUESTS_NAMED) {
            tracing::error!(%peer, "in work: {request}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_silence_beyond_what_is_tolerated_is_a_stall_until_it_ends() {
        let watchdog = Watchdog::new(Duration::from_secs(10), Metrics::default());
        let watching = watchdog.clone();
        tokio::spawn(async move { watching.watch().await });
        let beating = tokio::spawn(watchdog.heart().beat());
        sleep(Duration::from_secs(60)).await;
        assert!(!watchdog.is_stalled());
        beating.abort();
        sleep(Duration::from_secs(9)).await;
        assert!(!watchdog.is_stalled());
        sleep(Duration::from_secs(3)).await;
        assert!(watchdog.is_stalled());
        tokio::spawn(watchdog.heart().beat());
        sleep(Duration::from_secs(2)).await;
        assert!(!watchdog.is_stalled());
        assert_eq!(watchdog.stalls(), 1);
    }
}
