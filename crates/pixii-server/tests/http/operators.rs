//! What operators see of a server: beside it, on a port and a thread of their own.

use crate::client::{Client, get_item};
use crate::fake::{FAILING, GATE, Running, WEDGING};
use pixii_model::ApiError;
use pixii_model::admin::{Administration, TopKeysReport, TopKeysRequest, UsageReport, UsageRequest};
use pixii_server::{AdminServer, HealthCheck, Opened};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::time::Instant;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// Knows no tables.
struct Nothing;

impl Administration for Nothing {
    async fn top_keys(&self, _: TopKeysRequest) -> Result<TopKeysReport, ApiError> {
        Err(ApiError::internal("there is nothing"))
    }

    async fn usage(&self, _: UsageRequest) -> Result<UsageReport, ApiError> {
        panic!("as the test asked")
    }
}

/// The operators' port of a server, on a thread of its own as in the program.
struct Operators {
    address: SocketAddr,
    server: AdminServer<Nothing>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Operators {
    fn start(watched: &Running) -> Self {
        let watchdog = watched.watchdog.clone();
        let server = AdminServer::new(watchdog.clone(), || br#"{"Name":"a test"}"#.to_vec());
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a socket");
        let address = listener.local_addr().expect("bound");
        let (stop, stopped) = oneshot::channel();
        let serving = server.clone();
        let thread = std::thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
                serving.opened(Opened {
                    administration: Arc::new(Nothing),
                    requests: Handle::current(),
                    health: HealthCheck::default(),
                    figures: Arc::new(|page| page.gauge("pixii_of_a_test", "One.", 1)),
                });
                tokio::select! {
                    () = watchdog.watch() => {}
                    () = serving.serve(listener) => {}
                    _ = stopped => {}
                }
            });
        });
        Self { address, server, stop: Some(stop), thread: Some(thread) }
    }

    fn ask(&self, path: &str) -> (u16, String) {
        self.ask_as(path, "localhost")
    }

    fn ask_as(&self, path: &str, host: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, body.to_owned())
    }

    /// Asks until that is the status.
    fn wait_for(&self, path: &str, status: u16) -> String {
        let began = Instant::now();
        loop {
            let (found, body) = self.ask(path);
            if found == status {
                return body;
            }
            assert!(began.elapsed() < PATIENCE, "{path} is still {found}: {body}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Operators {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            _ = thread.join();
        }
    }
}

/// Two transactions with one token hung all threads that serve requests, and with them health, the operators' port and
/// signals: nothing outside could tell, and nothing was in the log.
#[test]
fn a_server_that_hangs_says_so_and_says_when_it_goes_on() {
    let running = Running::start();
    let operators = Operators::start(&running);
    operators.wait_for("/livez", 200);
    operators.wait_for("/readyz", 200);
    // More than there are threads that serve: some may wait behind one that hangs.
    let mut clients: Vec<Client> = (0..8).map(|_| Client::connect(&running)).collect();
    clients.iter_mut().for_each(|client| client.send(&get_item(WEDGING, "")));
    let said = operators.wait_for("/livez", 503);
    assert!(said.contains("no request is being answered"), "{said}");
    assert_eq!(operators.ask("/readyz").0, 503);
    let (_, figures) = operators.ask("/metrics");
    assert!(
        figures.contains("\npixii_stalled 1\n") && figures.contains("\npixii_figures_complete 1\n"),
        "{figures}"
    );
    GATE.open();
    for client in &mut clients {
        assert_eq!(client.response().status, 200);
    }
    operators.wait_for("/livez", 200);
}

#[test]
fn what_is_not_ready_says_why() {
    let running = Running::start();
    let operators = Operators::start(&running);
    operators.wait_for("/readyz", 200);
    operators.server.stopping();
    assert_eq!(operators.ask("/readyz"), (503, "stopping\n".to_owned()));
    operators.wait_for("/livez", 200);
    operators.server.closed();
    assert_eq!(operators.ask("/usage?table=t").0, 503);
}

#[test]
fn requests_are_counted_by_operation_table_and_error() {
    let running = Running::start();
    let operators = Operators::start(&running);
    let mut client = Client::connect(&running);
    for _ in 0..3 {
        assert_eq!(client.ask(&get_item("Music", "")).status, 200);
    }
    assert_eq!(client.ask(&get_item(FAILING, "")).status, 500);
    let (status, figures) = operators.ask("/metrics");
    assert_eq!(status, 200);
    for line in [
        "pixii_connections 1",
        "pixii_connections_total 1",
        "pixii_request_duration_seconds_count{operation=\"GetItem\"} 4",
        "pixii_request_errors_total{operation=\"GetItem\",code=\"InternalServerError\"} 1",
        "pixii_table_requests_total{table=\"Music\",operation=\"GetItem\"} 3",
        "pixii_table_requests_total{table=\"(other)\",operation=\"GetItem\"} 1",
        "pixii_of_a_test 1",
        "pixii_figures_complete 1",
    ] {
        assert!(figures.lines().any(|found| found == line), "{line} is not in {figures}");
    }
    // Whoever scrapes reads it line by line, and takes a name twice for an error.
    let mut names = std::collections::HashSet::new();
    for line in figures.lines() {
        if let Some(name) = line.strip_prefix("# TYPE ") {
            assert!(names.insert(name), "{name} is there twice");
        } else if !line.starts_with('#') {
            let value = line.rsplit(' ').next().and_then(|value| value.parse::<f64>().ok());
            assert!(value.is_some(), "no figure: {line}");
        }
    }
}

#[test]
fn whoever_comes_by_a_name_of_its_own_or_asks_for_what_is_not_there_is_refused() {
    let running = Running::start();
    let operators = Operators::start(&running);
    assert_eq!(operators.ask_as("/metrics", "rebound.example").0, 403);
    assert_eq!(operators.ask("/info"), (200, r#"{"Name":"a test"}"#.to_owned()));
    assert_eq!(operators.ask("/nothing").0, 404);
    assert_eq!(operators.ask("/usage").0, 400);
    // A panic is the answer of one question.
    assert_eq!(operators.ask("/usage?table=t").0, 500);
    assert_eq!(operators.ask("/top-keys?table=t").0, 500);
    operators.wait_for("/livez", 200);
}
