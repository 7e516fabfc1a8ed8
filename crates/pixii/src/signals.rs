//! SIGTERM and SIGINT: the first asks, the second does not.

use std::io;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, timeout_at};

/// The exit code when a second signal comes.
const STOPPED_AT_ONCE: i32 = 130;
/// Signals this close together are one: whoever signals a process and its group, as `timeout` does, means it once.
const SAME_SIGNAL: Duration = Duration::from_millis(50);

/// The signals that ask the process to stop.
pub struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// Takes them over: from here on they do not end the process.
    pub fn listen() -> io::Result<Self> {
        let terminate = signal(SignalKind::terminate())?;
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { terminate, interrupt })
    }

    /// Resolves with the first. From then on another one ends the process at once.
    pub async fn first(mut self) {
        self.next().await;
        tracing::info!("stopping: letting requests in flight finish");
        tokio::spawn(async move {
            let until = Instant::now() + SAME_SIGNAL;
            while timeout_at(until, self.next()).await.is_ok() {}
            self.next().await;
            tracing::warn!("stopping at once");
            std::process::exit(STOPPED_AT_ONCE);
        });
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
