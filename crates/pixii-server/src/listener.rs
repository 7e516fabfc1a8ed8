//! Accepting connections, watching over them, and letting them go.

use crate::activity::{Activity, CoarseClock, Phase};
use crate::http::{Connection, Front};
use crate::request_id::RequestIds;
use crate::{Limits, Options};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use pixii_model::operation::Service;
use std::collections::HashMap;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{self, AbortHandle, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout_at};

/// How much of a connection is buffered: above the largest head, so that we refuse that ourselves.
const BUFFER_BYTES_MAX: usize = 64 * 1024;
/// How long to wait when the process has no file descriptor left for a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A service behind HTTP.
pub struct Server<S> {
    front: Arc<Front<S>>,
    limits: Limits,
    request_ids: RequestIds,
}

/// How a server stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// Connections that were cut off because they took longer than [`Limits::drain`].
    pub cut_off: usize,
}

/// A connection as the listener sees it.
struct Watched {
    activity: Arc<Activity>,
    /// Dropping it asks the connection to close after the request it is working on.
    close: Option<oneshot::Sender<()>>,
    task: AbortHandle,
}

impl<S: Service> Server<S> {
    /// A server that answers from `service`.
    pub fn new(service: S, options: Options, request_ids: RequestIds) -> Self {
        Self { front: Arc::new(Front::new(service, &options)), limits: options.limits, request_ids }
    }

    /// Serves until `stop` resolves, then lets the requests in flight finish.
    pub async fn serve(mut self, listener: TcpListener, stop: impl Future<Output = ()>) -> Drained {
        let mut stop = pin!(stop);
        let start = Instant::now();
        let clock = Arc::new(CoarseClock::default());
        let mut sweep = interval(self.limits.timeouts.sweep_interval());
        sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut tasks = JoinSet::new();
        let mut watched: HashMap<task::Id, Watched> = HashMap::new();
        loop {
            tokio::select! {
                accepted = listener.accept(), if tasks.len() < self.limits.connections_max => match accepted {
                    Ok((stream, peer)) => {
                        let activity = Arc::new(Activity::new(clock.clone()));
                        let (close, closing) = oneshot::channel();
                        let connection = Connection {
                            front: self.front.clone(),
                            activity: activity.clone(),
                            request_ids: Mutex::new(self.request_ids.fork()),
                            place: self.front.metrics.work().place(peer),
                        };
                        self.front.metrics.count_connection();
                        let task = tasks.spawn(drive(stream, connection, closing));
                        watched.insert(task.id(), Watched { activity, close: Some(close), task });
                    }
                    Err(error) => pause_after(error).await,
                },
                Some(ended) = tasks.join_next_with_id() => {
                    watched.remove(&ended_id(ended));
                }
                _ = sweep.tick() => {
                    clock.set(start.elapsed());
                    self.close_overdue(&watched);
                }
                () = &mut stop => break,
            }
        }
        drop(listener);
        for connection in watched.values_mut() {
            connection.close = None;
        }
        let deadline = Instant::now() + self.limits.drain;
        while let Ok(Some(_)) = timeout_at(deadline, tasks.join_next()).await {}
        let cut_off = tasks.len();
        tasks.shutdown().await;
        Drained { cut_off }
    }

    fn close_overdue(&self, watched: &HashMap<task::Id, Watched>) {
        for connection in watched.values() {
            if let Some(phase) = connection.activity.overdue(&self.limits.timeouts) {
                connection.task.abort();
                if phase != Phase::Idle {
                    tracing::debug!(?phase, "closed a connection that was too slow");
                }
            }
        }
    }
}

/// Runs one connection to its end.
async fn drive<S: Service>(stream: TcpStream, connection: Connection<S>, closing: oneshot::Receiver<()>) {
    // Answers are written whole; waiting to fill a packet would only delay them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "connection lost");
        return;
    }
    let connection = Arc::new(connection);
    let service = service_fn(move |request| {
        let connection = connection.clone();
        async move { connection.answer(request).await }
    });
    let mut http = http1::Builder::new();
    http.half_close(true).max_buf_size(BUFFER_BYTES_MAX);
    let mut serving = pin!(http.serve_connection(TokioIo::new(stream), service));
    let served = tokio::select! {
        biased;
        served = &mut serving => served,
        _ = closing => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = served {
        tracing::debug!(%error, "connection closed");
    }
}

fn ended_id(ended: Result<(task::Id, ()), task::JoinError>) -> task::Id {
    match ended {
        Ok((id, ())) => id,
        Err(error) => error.id(),
    }
}

/// A client that left while it was being accepted is no trouble; a process without file descriptors is, for a while.
async fn pause_after(error: io::Error) {
    match error.kind() {
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::Interrupted => {}
        _ => {
            tracing::warn!(%error, "cannot accept connections");
            sleep(ACCEPT_PAUSE).await;
        }
    }
}
