//! The one place that names concrete types: which Store, under which engine, behind which front door.

use crate::cli::Failure;
use crate::signals::StopSignals;
use pixii_auth::Credentials;
use pixii_embedded::{Durability, EmbeddedStore};
use pixii_engine::audit::{self, Finding, Report};
use pixii_engine::{Engine, Env, Settings};
use pixii_server::{HealthCheck, Limits, Options, RequestIds, Server};
use pixii_store::{Freshness, MemoryStore, Store};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tokio::net::TcpListener;

/// Where tables are kept.
#[derive(Debug)]
pub enum Storage {
    /// In memory, gone when the process ends.
    Memory,
    /// In a directory.
    Directory {
        /// Which.
        dir: PathBuf,
        /// How it is used.
        options: pixii_embedded::Options,
    },
}

impl fmt::Display for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("in memory"),
            Self::Directory { dir, options } => {
                write!(f, "data in {}", dir.display())?;
                match options.durability {
                    Durability::Durable => Ok(()),
                    Durability::Relaxed => f.write_str(", not durable: a power cut may take the last writes"),
                }
            }
        }
    }
}

/// Serves at an address until a signal comes.
pub fn serve(address: (String, u16), storage: Storage, settings: Settings) -> Result<(), Failure> {
    raise_file_limit();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::System)?;
    runtime.block_on(async move {
        let stop = StopSignals::listen().map_err(Failure::System)?;
        // The address first: a second `pixii dev` is told about the port, and has touched no data.
        let listener = TcpListener::bind((address.0.as_str(), address.1))
            .await
            .map_err(|source| Failure::Listen { address: format!("{}:{}", address.0, address.1), source })?;
        let described = storage.to_string();
        match storage {
            Storage::Memory => run(MemoryStore::default(), listener, &described, settings, stop).await,
            Storage::Directory { dir, options } => {
                let store = EmbeddedStore::open(dir, options).map_err(Failure::Data)?;
                run(store, listener, &described, settings, stop).await
            }
        }
    })
}

/// Audits a data directory that no server has open.
pub fn audit(dir: &Path, tell: &mut (dyn FnMut(Finding) + Send)) -> Result<Report, Failure> {
    raise_file_limit();
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(Failure::System)?;
    runtime.block_on(async {
        let options = pixii_embedded::Options { create: false, ..Default::default() };
        let store = EmbeddedStore::open(dir, options).map_err(Failure::Unopened)?;
        let unreadable = |source| Failure::Unreadable { dir: dir.to_owned(), source };
        let snapshot = store.snapshot(Freshness::Latest).await.map_err(unreadable)?;
        audit::audit(&snapshot, tell).await.map_err(unreadable)
    })
}

async fn run<S: Store + Clone>(
    store: S,
    listener: TcpListener,
    storage: &str,
    settings: Settings,
    stop: StopSignals,
) -> Result<(), Failure> {
    let watched = store.clone();
    let options = Options {
        region: settings.region.clone(),
        credentials: Credentials::Any,
        limits: Limits::default(),
        health: HealthCheck::asking(move || watched.stopped().map(|error| error.to_string())),
    };
    let engine = Engine::open(store, Env::system(), settings)
        .await
        .map_err(|error| Failure::Tables(error.to_string()))?;
    let server = Server::new(engine, options, RequestIds::from_os());
    let address = listener.local_addr().map_err(Failure::System)?;
    announce(&format!("pixii dev ready at http://{address} ({storage})"));
    let drained = server.serve(listener, stop.first()).await;
    if drained.cut_off > 0 {
        tracing::warn!(connections = drained.cut_off, "cut off connections that took too long to finish");
    }
    tracing::info!("stopped");
    Ok(())
}

/// One line on stdout, for whoever waits for it. A closed stdout is no reason not to serve.
fn announce(line: &str) {
    let mut stdout = io::stdout().lock();
    _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}

/// Allows as many open files, and so connections, as the system lets this process have.
fn raise_file_limit() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::debug!(%error, "cannot raise the limit on open files");
    }
}
