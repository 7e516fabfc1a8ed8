//! The one place that names concrete types: which Store, under which engine, behind which front door.

use crate::cli::Failure;
use crate::signals::StopSignals;
use pixii_auth::Credentials;
use pixii_embedded::{Durability, EmbeddedStore};
use pixii_engine::audit::{self, Finding, Report};
use pixii_engine::{Engine, Env, Settings};
use pixii_server::{AdminServer, HealthCheck, Limits, Options, RequestIds, Server};
use pixii_store::{Freshness, MemoryStore, Store};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fmt;
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

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
                    Durability::Relaxed => {
                        f.write_str(", not durable: a power cut may take the last second's writes")
                    }
                }
            }
        }
    }
}

/// Where to listen.
#[derive(Debug)]
pub struct Addresses {
    /// For clients.
    pub host: String,
    /// Their port; 0 is a free one.
    pub port: u16,
    /// The port for operators, who must come from this machine.
    pub admin_port: Option<u16>,
}

/// How far above the clients' port the operators' is.
const ADMIN_PORT_DISTANCE: u16 = 10;

impl Addresses {
    /// Listens for operators. If they may do without it, a port that is taken is told in the log.
    async fn listen_to_operators(&self) -> Result<Option<TcpListener>, Failure> {
        let above = || match self.port {
            0 => 0,
            port => port.checked_add(ADMIN_PORT_DISTANCE).unwrap_or(0),
        };
        let address = (Ipv4Addr::LOCALHOST, self.admin_port.unwrap_or_else(above));
        match TcpListener::bind(address).await {
            Ok(listener) => Ok(Some(listener)),
            Err(source) if self.admin_port.is_some() => {
                let address = format!("{}:{}", address.0, address.1);
                Err(Failure::Listen { address, option: "--admin-port", source })
            }
            Err(error) => {
                tracing::warn!(
                    port = address.1,
                    %error,
                    "no admin endpoint: choose its port with --admin-port"
                );
                Ok(None)
            }
        }
    }
}

/// Serves at an address until a signal comes.
pub fn serve(addresses: Addresses, storage: Storage, settings: Settings) -> Result<(), Failure> {
    raise_file_limit();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::System)?;
    runtime.block_on(async move {
        let stop = StopSignals::listen().map_err(Failure::System)?;
        // The address first: a second `pixii dev` is told about the port, and has touched no data.
        let (host, port) = (addresses.host.as_str(), addresses.port);
        let listener = TcpListener::bind((host, port)).await.map_err(|source| Failure::Listen {
            address: format!("{host}:{port}"),
            option: "--port",
            source,
        })?;
        let operators = addresses.listen_to_operators().await?;
        let listeners = (listener, operators);
        let described = storage.to_string();
        match storage {
            Storage::Memory => run(MemoryStore::default(), listeners, &described, settings, stop).await,
            Storage::Directory { dir, options } => {
                let store = EmbeddedStore::open(dir, options).map_err(Failure::Data)?;
                run(store, listeners, &described, settings, stop).await
            }
        }
    })
}

/// Audits a data directory that no server has open.
pub fn audit(
    dir: &Path,
    trust_journals: bool,
    tell: &mut (dyn FnMut(Finding) + Send),
) -> Result<Report, Failure> {
    raise_file_limit();
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(Failure::System)?;
    runtime.block_on(async {
        let options = pixii_embedded::Options { create: false, trust_journals, ..Default::default() };
        let store = EmbeddedStore::open(dir, options).map_err(Failure::Unopened)?;
        let unreadable = |source| Failure::Unreadable { dir: dir.to_owned(), source };
        let snapshot = store.snapshot(Freshness::Latest).await.map_err(unreadable)?;
        audit::audit(&snapshot, tell).await.map_err(unreadable)
    })
}

async fn run<S: Store + Clone>(
    store: S,
    (listener, operators): (TcpListener, Option<TcpListener>),
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
    let server = Server::new(engine.clone(), options, RequestIds::from_os());
    let address = listener.local_addr().map_err(Failure::System)?;
    announce(&format!("pixii dev ready at http://{address} ({storage})"));
    let (stop_admin, stopped) = oneshot::channel::<()>();
    if let Some(operators) = operators {
        let address = operators.local_addr().map_err(Failure::System)?;
        tracing::info!("admin endpoint at http://{address}");
        let stopped = async { _ = stopped.await };
        tokio::spawn(AdminServer::new(engine.clone()).serve(operators, stopped));
    }
    let drained = server.serve(listener, stop.first()).await;
    drop(stop_admin);
    if let Err(error) = engine.save_usage().await {
        tracing::warn!(?error, "what was consumed in the last minute is not saved");
    }
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
