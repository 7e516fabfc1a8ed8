//! The operators' port: what they ask of a server, over HTTP at an address of its own.
//!
//! ```text
//! GET /livez     200, or 503 where a supervisor should start the process anew
//! GET /readyz    200, or 503 where no requests should be sent
//! GET /info      what it is, in JSON
//! GET /metrics   figures in Prometheus' text form
//! GET /top-keys?table=T[&index=I][&minutes=60][&keys=10]
//! GET /usage?table=T[&since=SECONDS SINCE 1970 | &last=SECONDS]
//! ```
//!
//! It is served by a runtime of its own, and only the last two need that of requests: the others are answered whatever
//! requests do.
//!
//! The last two show keys, which are data, to whoever reaches them: so the port belongs on loopback. A web page that reaches
//! loopback through a name of its own is refused by that name.

mod parameters;

use crate::HealthCheck;
use crate::exposition::{self, Exposition, Kind};
use crate::metrics::Figures;
use crate::watchdog::Watchdog;
use arc_swap::ArcSwapOption;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use parameters::Parameters;
use pixii_model::ApiError;
use pixii_model::admin::{self, Administration, Since, TopKeysRequest, UsageRequest};
use pixii_model::wire::fault;
use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::task::{self, JoinSet};
use tokio::time::{sleep, timeout};

/// How many may ask at the same time; whoever has been there longest makes room for the next.
const CONNECTIONS_MAX: usize = 32;
/// How long one may take to ask and to be answered.
const TIME_MAX: Duration = Duration::from_secs(30);
/// How long the engine may take to answer.
const ENGINE_TIME_MAX: Duration = Duration::from_secs(25);
/// How long the engine and the Store may take to tell their figures, which they have in memory.
const FIGURES_TIME_MAX: Duration = Duration::from_secs(2);
/// How long to wait when a connection cannot be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
const MINUTES_MAX: u64 = 60;
const KEYS_MAX: u64 = 100;
const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";
/// What there is.
const PATHS: &str = "there are /livez, /readyz, /info, /metrics, /top-keys and /usage";

/// What operators see of a server. Clones are the same.
pub struct AdminServer<A>(Arc<Shared<A>>);

struct Shared<A> {
    watchdog: Watchdog,
    info: Box<dyn Fn() -> Vec<u8> + Send + Sync>,
    opened: ArcSwapOption<Opened<A>>,
    stopping: AtomicBool,
}

/// What there is once tables are open.
pub struct Opened<A> {
    /// What answers questions about tables.
    pub administration: Arc<A>,
    /// Where it does: in the runtime of requests, so that a long answer holds up no other.
    pub requests: Handle,
    /// Why requests cannot be answered, if they cannot.
    pub health: HealthCheck,
    /// What the engine and the Store count.
    pub figures: Arc<Figures>,
}

/// Why there is no answer: a status, and a sentence.
struct Refusal(StatusCode, String);

/// An answer.
struct Page {
    status: StatusCode,
    content_type: &'static str,
    body: Vec<u8>,
}

impl Page {
    fn json(body: Vec<u8>) -> Self {
        Self { status: StatusCode::OK, content_type: JSON, body }
    }

    fn text(status: StatusCode, text: &str) -> Self {
        Self { status, content_type: TEXT, body: format!("{text}\n").into_bytes() }
    }
}

impl<A> Clone for AdminServer<A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<A: Administration> AdminServer<A> {
    /// A server that tells what that watchdog sees, and of which `info` says in JSON what it is.
    pub fn new(watchdog: Watchdog, info: impl Fn() -> Vec<u8> + Send + Sync + 'static) -> Self {
        let (opened, stopping) = (ArcSwapOption::empty(), AtomicBool::new(false));
        Self(Arc::new(Shared { watchdog, info: Box::new(info), opened, stopping }))
    }

    /// Tables are open: from here on there is more to tell.
    pub fn opened(&self, opened: Opened<A>) {
        self.0.opened.store(Some(Arc::new(opened)));
    }

    /// Lets go of what was opened.
    pub fn closed(&self) {
        self.stopping();
        self.0.opened.store(None);
    }

    /// The server lets its last requests finish: it is no longer ready for others.
    pub fn stopping(&self) {
        self.0.stopping.store(true, Relaxed);
    }

    /// Serves for as long as it is polled.
    pub async fn serve(self, listener: TcpListener) {
        let mut connections = JoinSet::new();
        let mut by_age = VecDeque::new();
        // Whoever reaches no more than this machine might be a web page that came by a name of its own.
        let on_loopback = listener.local_addr().is_ok_and(|address| address.ip().is_loopback());
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                Some(_) = connections.join_next() => {
                    by_age.retain(|task: &task::AbortHandle| !task.is_finished());
                    continue;
                }
            };
            match accepted {
                Ok((stream, _)) => {
                    if by_age.len() >= CONNECTIONS_MAX
                        && let Some(oldest) = by_age.pop_front()
                    {
                        oldest.abort();
                    }
                    let server = self.clone();
                    by_age.push_back(connections.spawn(async move {
                        _ = timeout(TIME_MAX, server.converse(stream, on_loopback)).await;
                    }));
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept connections of operators");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    async fn converse(self, stream: TcpStream, on_loopback: bool) {
        let service = service_fn(move |request: Request<Incoming>| {
            let server = self.clone();
            async move { Ok::<_, Infallible>(server.respond(&request, on_loopback).await) }
        });
        let mut http = http1::Builder::new();
        if let Err(error) = http.keep_alive(false).serve_connection(TokioIo::new(stream), service).await {
            tracing::debug!(%error, "connection of an operator closed");
        }
    }

    async fn respond(&self, request: &Request<Incoming>, on_loopback: bool) -> Response<Full<Bytes>> {
        let page = self.answer(request, on_loopback).await.unwrap_or_else(|Refusal(status, message)| {
            let body = admin::to_json(&BTreeMap::from([("Message", message)]));
            Page { status, content_type: JSON, body }
        });
        let mut response = Response::new(Full::new(page.body.into()));
        *response.status_mut() = page.status;
        let content_type = HeaderValue::from_static(page.content_type);
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        response
    }

    async fn answer(&self, request: &Request<Incoming>, on_loopback: bool) -> Result<Page, Refusal> {
        let path = request.uri().path();
        let shows_data = matches!(path, "/top-keys" | "/usage");
        if (on_loopback || shows_data) && !is_addressed_directly(request.headers()) {
            let message = "ask by an address or as localhost".to_owned();
            return Err(Refusal(StatusCode::FORBIDDEN, message));
        }
        if request.method() != Method::GET {
            return Err(Refusal(StatusCode::METHOD_NOT_ALLOWED, "only GET is answered".to_owned()));
        }
        let parameters = Parameters::parse(request.uri().query().unwrap_or_default())?;
        match path {
            "/livez" => Ok(verdict(self.not_live())),
            "/readyz" => Ok(verdict(self.not_ready())),
            "/info" => Ok(Page::json((self.0.info)())),
            "/metrics" => Ok(self.metrics().await),
            "/top-keys" => {
                parameters.only(&["table", "index", "minutes", "keys"])?;
                let request = TopKeysRequest {
                    table_name: parameters.table()?,
                    index_name: parameters.text("index"),
                    minutes: parameters.number("minutes", 1, MINUTES_MAX)?.unwrap_or(MINUTES_MAX),
                    keys_max: parameters.number("keys", 1, KEYS_MAX)?.unwrap_or(10) as usize,
                };
                self.ask(|engine| async move {
                    engine.top_keys(request).await.map(|report| admin::to_json(&report))
                })
                .await
            }
            "/usage" => {
                parameters.only(&["table", "since", "last"])?;
                let seconds = |name| parameters.number(name, 0, u64::MAX / 2);
                let since = match (seconds("since")?, seconds("last")?) {
                    (None, None) => Since::Ever,
                    (Some(time), None) => Since::At(time),
                    (None, Some(seconds)) => Since::Ago(seconds),
                    (Some(_), Some(_)) => return Err(bad("since and last exclude each other")),
                };
                let request = UsageRequest { table_name: parameters.table()?, since };
                self.ask(
                    |engine| async move { engine.usage(request).await.map(|report| admin::to_json(&report)) },
                )
                .await
            }
            _ => Err(Refusal(StatusCode::NOT_FOUND, PATHS.to_owned())),
        }
    }

    /// Asks the engine, in the runtime of requests.
    async fn ask<F>(&self, question: impl FnOnce(Arc<A>) -> F) -> Result<Page, Refusal>
    where
        F: Future<Output = Result<Vec<u8>, ApiError>> + Send + 'static,
    {
        let unavailable = |message: &str| Refusal(StatusCode::SERVICE_UNAVAILABLE, message.to_owned());
        let opened = self.0.opened.load_full().ok_or_else(|| unavailable("starting"))?;
        let mut asked = JoinSet::new();
        // What is not waited for any more ends with this set.
        asked.spawn_on(question(Arc::clone(&opened.administration)), &opened.requests);
        match timeout(ENGINE_TIME_MAX, asked.join_next()).await {
            Ok(Some(Ok(answered))) => answered.map(Page::json).map_err(refused),
            Ok(_) => {
                let message = "panicked; the log says where".to_owned();
                Err(Refusal(StatusCode::INTERNAL_SERVER_ERROR, message))
            }
            Err(_) => Err(unavailable("the engine took too long")),
        }
    }

    /// Why a supervisor should start it anew.
    fn not_live(&self) -> Option<String> {
        self.0
            .watchdog
            .is_stalled()
            .then(|| "no request is being answered; the log says what is in work".to_owned())
    }

    /// Why no requests should be sent to it.
    fn not_ready(&self) -> Option<String> {
        if self.0.stopping.load(Relaxed) {
            return Some("stopping".to_owned());
        }
        let Some(opened) = self.0.opened.load_full() else { return Some("starting".to_owned()) };
        self.not_live().or_else(|| opened.health.ailment())
    }

    async fn metrics(&self) -> Page {
        let mut page = Exposition::default();
        let stalled = u8::from(self.0.watchdog.is_stalled());
        page.gauge("pixii_stalled", "Whether no request is being answered: 1 if so.", stalled);
        page.counter("pixii_stalls_total", "How often that has been so.", self.0.watchdog.stalls());
        page.gauge("pixii_ready", "Whether /readyz says so: 1 if so.", u8::from(self.not_ready().is_none()));
        self.0.watchdog.metrics().expose(&mut page);
        let mut complete = false;
        if let Some(opened) = self.0.opened.load_full() {
            // They lock what requests lock: if that hangs, all the rest is told.
            let figures = Arc::clone(&opened.figures);
            let telling = task::spawn_blocking(move || {
                let mut page = Exposition::default();
                figures(&mut page);
                page
            });
            if let Ok(Ok(figures)) = timeout(FIGURES_TIME_MAX, telling).await {
                page.append(figures);
                complete = true;
            }
        }
        let help = "Whether the engine and the Store told their figures: 1 if so.";
        page.family("pixii_figures_complete", Kind::Gauge, help).value(&[], u8::from(complete));
        let body = page.into_text().into_bytes();
        Page { status: StatusCode::OK, content_type: exposition::CONTENT_TYPE, body }
    }
}

fn verdict(ailment: Option<String>) -> Page {
    match ailment {
        None => Page::text(StatusCode::OK, "ok"),
        Some(ailment) => Page::text(StatusCode::SERVICE_UNAVAILABLE, &ailment),
    }
}

fn bad(message: &str) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, message.to_owned())
}

fn refused(error: ApiError) -> Refusal {
    let status = match &error {
        ApiError::ResourceNotFound(_) => StatusCode::NOT_FOUND,
        ApiError::Internal(detail) => {
            tracing::error!(failure = detail.detail, "an operator's request failed");
            StatusCode::INTERNAL_SERVER_ERROR
        }
        _ => StatusCode::BAD_REQUEST,
    };
    Refusal(status, format!("{}: {error}", fault::code(&error)))
}

/// Whether the host that was asked for is an address or `localhost`: no name that somebody else decides about.
fn is_addressed_directly(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return false };
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_and_localhost_are_answered() {
        for (host, answered) in [
            ("127.0.0.1:8010", true),
            ("[::1]:8010", true),
            ("LOCALHOST", true),
            ("localhost:8010", true),
            ("rebound.example:8010", false),
            ("localhost.example", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().expect("a header"));
            assert_eq!(is_addressed_directly(&headers), answered, "{host}");
        }
        assert!(!is_addressed_directly(&HeaderMap::new()));
    }
}
