//! A clock that a test owns, for engines that also rest a little between attempts.

use pixii_engine::env::{Clock, ManualClock, Micros};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// Sleeps up to this long pass by themselves: pauses between attempts. Longer ones are for the test to end.
const NAP_MAX: Duration = Duration::from_millis(100);

/// Noon on 1 November 2026, UTC.
pub const START: Micros = Micros(1_793_534_400_000_000);

/// How far a test moves the clock that wants items to expire which nothing else lets expire.
pub const LEAP: Duration = Duration::from_secs(500_000);

/// A clock that moves when a test moves it, and by the naps that others take on it.
#[derive(Clone)]
pub struct SimulatedClock(Arc<ManualClock>);

impl Default for SimulatedClock {
    fn default() -> Self {
        Self(ManualClock::new(START))
    }
}

impl SimulatedClock {
    /// Moves it forward.
    pub fn advance(&self, duration: Duration) {
        self.0.advance(duration);
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> Micros {
        self.0.now()
    }

    fn sleep_until(&self, time: Micros) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        if time > self.now().after(NAP_MAX) {
            return self.0.sleep_until(time);
        }
        let clock = self.clone();
        Box::pin(async move {
            // Whoever is being waited for gets a turn first.
            tokio::task::yield_now().await;
            let left = time.0.saturating_sub(clock.now().0);
            clock.advance(Duration::from_micros(left));
        })
    }
}
