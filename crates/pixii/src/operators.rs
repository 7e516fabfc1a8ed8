//! The thread that stays when requests hang: signals, the watchdog and the operators' port, in a runtime of their own.

use crate::signals::Signals;
use pixii_model::admin::Administration;
use pixii_server::{AdminServer, Watchdog};
use std::io;
use std::net::TcpListener;
use std::thread::{self, JoinHandle};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

/// How many threads may wait for figures that somebody locks.
const WAITING_THREADS_MAX: usize = 8;

/// What the thread will run.
pub struct Operators {
    runtime: Runtime,
    signals: Signals,
}

/// The thread, which ends when this is dropped.
pub struct Running {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Operators {
    /// Takes the signals over.
    ///
    /// # Errors
    /// The operating system's.
    pub fn new() -> io::Result<Self> {
        let runtime =
            Builder::new_current_thread().enable_all().max_blocking_threads(WAITING_THREADS_MAX).build()?;
        let entered = runtime.enter();
        let signals = Signals::listen()?;
        drop(entered);
        Ok(Self { runtime, signals })
    }

    /// Starts the thread. What it answers with comes to be when somebody asks it to stop.
    ///
    /// # Errors
    /// The operating system's.
    pub fn start<A: Administration>(
        self,
        watchdog: Watchdog,
        server: AdminServer<A>,
        listener: Option<TcpListener>,
    ) -> io::Result<(Running, oneshot::Receiver<()>)> {
        let Self { runtime, signals } = self;
        let listener = match listener {
            None => None,
            Some(listener) => {
                listener.set_nonblocking(true)?;
                let _entered = runtime.enter();
                Some(tokio::net::TcpListener::from_std(listener)?)
            }
        };
        let (first, asked) = oneshot::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::Builder::new().name("pixii-operators".to_owned()).spawn(move || {
            runtime.block_on(async move {
                let serving = async {
                    match listener {
                        Some(listener) => server.serve(listener).await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    () = watchdog.watch() => {}
                    () = signals.watch(first) => {}
                    () = serving => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        })?;
        Ok((Running { stop: Some(stop), thread: Some(thread) }, asked))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the operators' thread panicked");
        }
    }
}
