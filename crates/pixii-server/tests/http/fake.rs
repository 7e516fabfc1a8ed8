//! A service whose answer depends on the table's name, and a server in front of it.

use pixii_auth::Credentials;
use pixii_model::operation::{Execute, GetItemInput, GetItemOutput, Operation};
use pixii_model::{ApiError, AttributeValue, Item, RequestContext};
use pixii_server::{Drained, HealthCheck, Limits, Metrics, Options, RequestIds, Server, Watchdog};
use std::any::Any;
use std::net::SocketAddr;
use std::sync::{Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Answers `{}` to a GetItem from every table but these, and no other operation.
struct Fake;

/// Its items have 20,000 characters in one attribute.
pub const LARGE: &str = "Large";
/// Its reads take a third of a second.
pub const SLOW: &str = "Slow";
/// Its reads take longer than any test.
pub const STUCK: &str = "Stuck";
/// Its reads keep the thread that serves them until [`Gate::open`].
pub const WEDGING: &str = "Wedging";
/// Reading it panics.
pub const PANICKING: &str = "Panicking";
/// Reading it fails.
pub const FAILING: &str = "Failing";

/// What reads of [`WEDGING`] wait for.
pub struct Gate(Mutex<bool>, Condvar);

pub static GATE: Gate = Gate(Mutex::new(false), Condvar::new());

impl Gate {
    pub fn open(&self) {
        *self.0.lock().expect("no panic") = true;
        self.1.notify_all();
    }

    fn wait(&self) {
        let is_open = self.0.lock().expect("no panic");
        drop(self.1.wait_while(is_open, |is_open| !*is_open).expect("no panic"));
    }
}

impl<Op: Operation> Execute<Op> for Fake
where
    Op::Input: 'static,
    Op::Output: 'static,
{
    async fn execute(&self, _: &RequestContext, input: Op::Input) -> Result<Op::Output, ApiError> {
        let mut output = GetItemOutput::default();
        let table = (&input as &dyn Any).downcast_ref().map(|input: &GetItemInput| input.table_name.clone());
        drop(input);
        match table.as_deref() {
            Some(LARGE) => {
                let value = AttributeValue::S("abcde".repeat(4000));
                output.item = Some(Item::from_iter([("attribute".to_owned(), value)]).into());
            }
            Some(SLOW) => tokio::time::sleep(Duration::from_millis(300)).await,
            Some(STUCK) => std::future::pending().await,
            Some(WEDGING) => GATE.wait(),
            Some(PANICKING) => panic!("as the test asked"),
            Some(FAILING) => return Err(ApiError::internal("the disk is on fire")),
            _ => {}
        }
        let output: Box<dyn Any> = Box::new(output);
        match output.downcast() {
            Ok(output) => Ok(*output),
            Err(_) => Err(ApiError::internal("this service answers to GetItem alone")),
        }
    }
}

/// A server on a port of its own; it stops when this is dropped.
pub struct Running {
    pub address: SocketAddr,
    pub watchdog: Watchdog,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<Drained>>,
}

/// How long no request may be answered before that counts as a stall.
const STALL: Duration = Duration::from_secs(1);

impl Running {
    pub fn start() -> Self {
        Self::start_with(Limits::default())
    }

    pub fn start_with(limits: Limits) -> Self {
        let (stop, stopping) = oneshot::channel();
        let (bound, address) = std::sync::mpsc::channel();
        let metrics = Metrics::default();
        let watchdog = Watchdog::new(STALL, metrics.clone());
        let heart = watchdog.heart();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.spawn(heart.beat());
            runtime.block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
                bound.send(listener.local_addr().expect("bound")).expect("the test waits");
                let options = Options {
                    region: "us-east-1".to_owned(),
                    credentials: Credentials::Any,
                    limits,
                    health: HealthCheck::default(),
                    metrics,
                    slow: None,
                };
                let server = Server::new(Fake, options, RequestIds::from_seed(7));
                server.serve(listener, async { _ = stopping.await }).await
            })
        });
        let address = address.recv().expect("the server binds");
        Self { address, watchdog, stop: Some(stop), thread: Some(thread) }
    }

    /// Asks the server to stop.
    pub fn ask_to_stop(&mut self) {
        self.stop = None;
    }

    /// Waits until it has.
    pub fn stopped(mut self) -> Drained {
        self.stop = None;
        self.thread.take().expect("joined once").join().expect("the server does not panic")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            _ = thread.join();
        }
    }
}
