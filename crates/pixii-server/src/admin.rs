//! The admin endpoint: what operators ask, as JSON over HTTP, at an address of its own.
//!
//! ```text
//! GET /top-keys?table=T[&index=I][&minutes=60][&keys=10]
//! GET /usage?table=T[&since=SECONDS SINCE 1970 | &last=SECONDS]
//! ```
//!
//! It shows keys, which are data, to whoever reaches it: so it belongs on loopback. A web page that reaches loopback through a
//! name of its own is refused by that name.

use crate::panic;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use pixii_model::ApiError;
use pixii_model::admin::{self, Administration, Since, TopKeysRequest, UsageRequest};
use pixii_model::wire::fault;
use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// How many may ask at the same time; others wait.
const CONNECTIONS_MAX: usize = 16;
/// How long one may take to ask and to be answered.
const TIME_MAX: Duration = Duration::from_secs(30);
/// How long to wait when a connection cannot be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
const MINUTES_MAX: u64 = 60;
const KEYS_MAX: u64 = 100;

/// An [`Administration`] behind HTTP.
pub struct AdminServer<A>(Arc<A>);

/// Why there is no answer: a status, and a sentence.
struct Refusal(StatusCode, String);

impl<A: Administration> AdminServer<A> {
    /// A server that answers from `administration`.
    pub fn new(administration: A) -> Self {
        Self(Arc::new(administration))
    }

    /// Serves until `stop` resolves. Whoever is being answered then is cut off.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        let mut connections = JoinSet::new();
        loop {
            let accept = async {
                let place = Arc::clone(&places).acquire_owned().await;
                (listener.accept().await, place)
            };
            let (accepted, place) = tokio::select! {
                accepted = accept => accepted,
                Some(_) = connections.join_next() => continue,
                () = &mut stop => return,
            };
            match accepted {
                Ok((stream, _)) => {
                    let administration = Arc::clone(&self.0);
                    connections.spawn(async move {
                        let _place = place;
                        _ = timeout(TIME_MAX, converse(stream, administration)).await;
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept connections of operators");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
}

async fn converse<A: Administration>(stream: TcpStream, administration: Arc<A>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let administration = Arc::clone(&administration);
        async move { Ok::<_, Infallible>(respond(&*administration, &request).await) }
    });
    let mut http = http1::Builder::new();
    if let Err(error) = http.keep_alive(false).serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!(%error, "connection of an operator closed");
    }
}

async fn respond<A: Administration>(
    administration: &A,
    request: &Request<Incoming>,
) -> Response<Full<Bytes>> {
    let running = pin!(answer(administration, request));
    let (status, body) = match panic::contain(running).await {
        Ok(Ok(body)) => (StatusCode::OK, body),
        Ok(Err(Refusal(status, message))) => (status, message_json(&message)),
        Err(panic::Panicked) => {
            (StatusCode::INTERNAL_SERVER_ERROR, message_json("panicked; the log says where"))
        }
    };
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let json = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

fn message_json(message: &str) -> Vec<u8> {
    admin::to_json(&std::collections::BTreeMap::from([("Message", message)]))
}

async fn answer<A: Administration>(
    administration: &A,
    request: &Request<Incoming>,
) -> Result<Vec<u8>, Refusal> {
    if !is_addressed_directly(request.headers()) {
        let message = "ask by an address or as localhost".to_owned();
        return Err(Refusal(StatusCode::FORBIDDEN, message));
    }
    if request.method() != Method::GET {
        return Err(Refusal(StatusCode::METHOD_NOT_ALLOWED, "only GET is answered".to_owned()));
    }
    let parameters = Parameters::parse(request.uri().query().unwrap_or_default())?;
    match request.uri().path() {
        "/top-keys" => {
            parameters.only(&["table", "index", "minutes", "keys"])?;
            let request = TopKeysRequest {
                table_name: parameters.table()?,
                index_name: parameters.text("index"),
                minutes: parameters.number("minutes", 1, MINUTES_MAX)?.unwrap_or(MINUTES_MAX),
                keys_max: parameters.number("keys", 1, KEYS_MAX)?.unwrap_or(10) as usize,
            };
            let report = administration.top_keys(request).await.map_err(refused)?;
            Ok(admin::to_json(&report))
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
            let report = administration.usage(request).await.map_err(refused)?;
            Ok(admin::to_json(&report))
        }
        _ => Err(Refusal(StatusCode::NOT_FOUND, "there are /top-keys and /usage".to_owned())),
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

/// The parameters of a query.
struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn parse(query: &str) -> Result<Self, Refusal> {
        let mut parameters = Vec::new();
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let value = decoded(value).ok_or_else(|| bad("a parameter is not encoded as UTF-8"))?;
            parameters.push((name.to_owned(), value));
        }
        Ok(Self(parameters))
    }

    fn only(&self, known: &[&str]) -> Result<(), Refusal> {
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => {
                Err(bad(&format!("unknown parameter {name:?}; there are {}", known.join(", "))))
            }
            None => Ok(()),
        }
    }

    fn text(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone())
    }

    fn table(&self) -> Result<String, Refusal> {
        self.text("table").filter(|table| !table.is_empty()).ok_or_else(|| bad("say which table"))
    }

    fn number(&self, name: &str, min: u64, max: u64) -> Result<Option<u64>, Refusal> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.parse() {
            Ok(number) if (min..=max).contains(&number) => Ok(Some(number)),
            _ => Err(bad(&format!("{name} is a whole number from {min} to {max}"))),
        }
    }
}

/// A value without its percent-encoding.
fn decoded(value: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&byte, left)) = rest.split_first() {
        rest = left;
        bytes.push(match byte {
            b'%' => {
                let (digits, left) = rest.split_at_checked(2)?;
                rest = left;
                u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?
            }
            b'+' => b' ',
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
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

    #[test]
    fn parameters_are_decoded() {
        for (query, table) in [
            ("table=Music", Some("Music")),
            (
                "index=x&table=arn:aws:dynamodb:us-east-1:000000000000:table/Music",
                Some("arn:aws:dynamodb:us-east-1:000000000000:table/Music"),
            ),
            ("table=arn%3Aaws%2f", Some("arn:aws/")),
            ("table=%", None),
            ("table=%zz", None),
            ("table=%ff", None),
            ("table=", None),
            ("", None),
        ] {
            let found = Parameters::parse(query).and_then(|parameters| parameters.table());
            assert_eq!(found.ok().as_deref(), table, "{query}");
        }
    }
}
