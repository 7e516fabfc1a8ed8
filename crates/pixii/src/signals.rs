//! SIGTERM and SIGINT: the first asks, the second does not.

use std::io;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The exit code when a second signal comes.
const STOPPED_AT_ONCE: i32 = 130;

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
