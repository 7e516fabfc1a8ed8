//! SIGTERM and SIGINT: the first asks, the second does not. SIGHUP asks for nothing there is, and ends nothing.

use crate::log;
use std::io;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until, timeout_at};

/// The exit code when a second signal comes, or a stop takes too long.
const STOPPED_AT_ONCE: i32 = 130;
/// Signals this close together are one: whoever signals a process and its group, as `timeout` does, means it once.
const SAME_SIGNAL: Duration = Duration::from_millis(50);
/// How long a stop may take in all. Container runtimes kill after ten seconds.
const STOP_MAX: Duration = Duration::from_millis(9_200);

/// The signals that somebody may send the process.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    /// Takes them over: from here on they do not end the process. Must be called within the runtime that watches them.
    ///
    /// # Errors
    /// The operating system's.
    pub fn listen() -> io::Result<Self> {
        let terminate = signal(SignalKind::terminate())?;
        let interrupt = signal(SignalKind::interrupt())?;
        let hang_up = signal(SignalKind::hangup())?;
        Ok(Self { terminate, interrupt, hang_up })
    }

    /// Tells of the first that asks to stop. From then on another one ends the process at once, and so does a stop that
    /// takes too long.
    pub async fn watch(mut self, first: oneshot::Sender<()>) {
        self.asked().await;
        tracing::info!("stopping: letting requests in flight finish");
        // Without a receiver it is stopping already.
        _ = first.send(());
        let now = Instant::now();
        let (again, too_late) = (now + SAME_SIGNAL, now + STOP_MAX);
        while timeout_at(again, self.asked()).await.is_ok() {}
        tokio::select! {
            () = self.asked() => tracing::warn!("stopping at once"),
            () = sleep_until(too_late) => tracing::error!(
                "stopping at once, because it took too long; the next start has more to replay, and no acknowledged write is lost"
            ),
        }
        log::finish();
        std::process::exit(STOPPED_AT_ONCE);
    }

    /// Waits for a signal that asks to stop.
    async fn asked(&mut self) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return,
                _ = self.interrupt.recv() => return,
                _ = self.hang_up.recv() => {
                    tracing::info!("SIGHUP: there is nothing to read anew; serving goes on");
                }
            }
        }
    }
}
