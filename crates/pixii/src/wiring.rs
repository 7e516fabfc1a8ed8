//! The one place that names concrete types: which Store, under which engine, behind which front door.

use crate::cli::Failure;
use crate::figures;
use crate::info::Info;
use crate::operators::Operators;
use pixii_auth::Credentials;
use pixii_embedded::{Durability, EmbeddedStore};
use pixii_engine::audit::{self, Finding, Report};
use pixii_engine::{Engine, Env, Settings};
use pixii_server::{
    AdminServer, Exposition, HealthCheck, Limits, Metrics, Opened, Options, RequestIds, Server, Watchdog,
};
use pixii_store::{Freshness, MemoryStore, Store};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fmt;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::time::timeout;

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
#[derive(Clone, Debug)]
pub struct Addresses {
    /// For clients.
    pub host: String,
    /// Their port; 0 is a free one.
    pub port: u16,
    /// For operators.
    pub admin_host: String,
    /// Their port, if they must have one.
    pub admin_port: Option<u16>,
}

/// All that a server is told at its start.
#[derive(Debug)]
pub struct Setup {
    /// Where to listen.
    pub addresses: Addresses,
    /// Where tables are kept.
    pub storage: Storage,
    /// What the engine is told.
    pub settings: Settings,
    /// How long no request may be answered before the server is said to hang.
    pub stall: Duration,
    /// From when on a request is named in the log.
    pub slow: Option<Duration>,
    /// How many tables have figures of their own.
    pub metrics_tables: usize,
}

/// How far above the clients' port the operators' is.
const ADMIN_PORT_DISTANCE: u16 = 10;
/// How long what was consumed may take to be saved when stopping: it is a minute of reports.
const USAGE_WAIT: Duration = Duration::from_secs(1);
/// How long tasks may take to end when all else has.
const TASKS_WAIT: Duration = Duration::from_millis(500);

impl Addresses {
    /// Listens for operators. If they may do without it, a port that is taken is no failure.
    fn listen_to_operators(&self) -> Result<io::Result<std::net::TcpListener>, Failure> {
        let above = || match self.port {
            0 => 0,
            port => port.checked_add(ADMIN_PORT_DISTANCE).unwrap_or(0),
        };
        let (host, port) = (self.admin_host.as_str(), self.admin_port.unwrap_or_else(above));
        match std::net::TcpListener::bind((host, port)) {
            Err(source) if self.admin_port.is_some() => {
                Err(Failure::Listen { address: format!("{host}:{port}"), option: "--admin-port", source })
            }
            listening => Ok(listening),
        }
    }
}

/// Tells the log where operators are answered, if they are.
fn log_admin(address: &io::Result<SocketAddr>) {
    match address {
        Ok(address) if address.ip().is_loopback() => tracing::info!("admin endpoint at http://{address}"),
        Ok(address) => {
            tracing::warn!(
                "admin endpoint at http://{address}: beyond loopback it shows keys to whoever reaches it"
            );
        }
        Err(error) => tracing::warn!(%error, "no admin endpoint: choose its port with --admin-port"),
    }
}

/// Serves at an address until a signal comes.
pub fn serve(setup: Setup) -> Result<(), Failure> {
    let operators = Operators::new().map_err(Failure::System)?;
    raise_file_limit();
    match &setup.storage {
        Storage::Memory => run(operators, setup, || Ok(MemoryStore::default()), |_, _| {}),
        Storage::Directory { dir, options } => {
            let (dir, options) = (dir.clone(), options.clone());
            let open = || EmbeddedStore::open(dir, options).map_err(Failure::Data);
            run(operators, setup, open, figures::of_store)
        }
    }
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

/// Runs a server over a Store from its opening to its closing.
fn run<S: Store + Clone>(
    operators: Operators,
    setup: Setup,
    open: impl FnOnce() -> Result<S, Failure>,
    figures: impl Fn(&S, &mut Exposition) + Send + Sync + 'static,
) -> Result<(), Failure> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::System)?;
    let metrics = Metrics::new(setup.metrics_tables);
    let watchdog = Watchdog::new(setup.stall, metrics.clone());
    // The address first: a second `pixii dev` is told about the port, and has touched no data.
    let (host, port) = (setup.addresses.host.as_str(), setup.addresses.port);
    let listener = runtime.block_on(TcpListener::bind((host, port))).map_err(|source| Failure::Listen {
        address: format!("{host}:{port}"),
        option: "--port",
        source,
    })?;
    let address = listener.local_addr().map_err(Failure::System)?;
    let admin_listener = setup.addresses.listen_to_operators()?;
    let (admin_listener, admin_address) = match admin_listener {
        Ok(listener) => {
            let address = listener.local_addr();
            (Some(listener), address)
        }
        Err(error) => (None, Err(error)),
    };
    let info = Arc::new(Info::new(&setup, address, admin_address.as_ref().ok().copied()));
    info.log();
    log_admin(&admin_address);
    let told = Arc::clone(&info);
    let admin = AdminServer::new(watchdog.clone(), move || told.to_json());
    let (thread, asked_to_stop) =
        operators.start(watchdog.clone(), admin.clone(), admin_listener).map_err(Failure::System)?;
    runtime.spawn(watchdog.heart().beat());
    let served = runtime.block_on(async {
        let store = open()?;
        let watched = store.clone();
        let options = Options {
            region: setup.settings.region.clone(),
            credentials: Credentials::Any,
            limits: Limits::default(),
            health: HealthCheck::asking(move || watched.stopped().map(|error| error.to_string())),
            metrics,
            slow: setup.slow,
        };
        let engine = Engine::open(store.clone(), Env::system(), setup.settings.clone())
            .await
            .map_err(|error| Failure::Tables(error.to_string()))?;
        let (counting, requests, tables_max) = (engine.clone(), Handle::current(), setup.metrics_tables);
        admin.opened(Opened {
            administration: Arc::new(engine.clone()),
            requests: Handle::current(),
            health: options.health.clone(),
            figures: Arc::new(move |page| {
                figures::of_engine(&counting, tables_max, page);
                match requests.block_on(counting.sizes(tables_max)) {
                    Ok(sizes) => figures::of_sizes(&sizes, page),
                    Err(error) => tracing::debug!(?error, "the sizes of tables cannot be read"),
                }
                figures(&store, page);
            }),
        });
        let server = Server::new(engine.clone(), options, RequestIds::from_os());
        announce(&format!("pixii dev ready at http://{address} ({})", setup.storage));
        let stop = async {
            // Without a sender the operators' thread has panicked: nobody else can ask.
            _ = asked_to_stop.await;
            admin.stopping();
        };
        let drained = server.serve(listener, stop).await;
        match timeout(USAGE_WAIT, engine.save_usage()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(?error, "what was consumed in the last minute is not saved"),
            Err(_) => tracing::warn!("what was consumed in the last minute is not saved: it takes too long"),
        }
        if drained.cut_off > 0 {
            tracing::warn!(connections = drained.cut_off, "cut off connections that took too long to finish");
        }
        Ok(())
    });
    // The Store closes here, with the last who hold it, while the operators' thread still minds signals.
    admin.closed();
    runtime.shutdown_timeout(TASKS_WAIT);
    drop(thread);
    if served.is_ok() {
        tracing::info!("stopped");
    }
    served
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
