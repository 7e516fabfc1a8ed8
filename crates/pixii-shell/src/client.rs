//! The endpoint's client: three operations, signed, one after the other.

use crate::clock;
use crate::endpoint::Endpoint;
use crate::signature::{self, Credentials, Scope};
use serde_json::{Value as Json, json};
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Proxy};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longer than any statement takes on AWS.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);
/// A page is 1 MB of items, and JSON writes a byte as six at worst.
const ANSWER_BYTES_MAX: u64 = 64 << 20;

/// A client of one endpoint. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    agent: Agent,
    endpoint: Arc<Endpoint>,
    credentials: Arc<Credentials>,
    patience: Duration,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientError {
    /// The endpoint refuses.
    Refused {
        /// The error's name, without its namespace.
        kind: String,
        /// What it says.
        message: String,
    },
    /// Nobody answers there.
    Unreachable {
        /// Where.
        endpoint: String,
        /// What happened instead.
        detail: String,
    },
    /// Somebody answers, but not as DynamoDB does.
    NotDynamoDb {
        /// Where.
        endpoint: String,
        /// How.
        detail: String,
    },
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { kind, message } if message.is_empty() => f.write_str(kind),
            Self::Refused { kind, message } => write!(f, "{kind}: {message}"),
            Self::Unreachable { endpoint, detail } => write!(f, "cannot reach {endpoint}: {detail}"),
            Self::NotDynamoDb { endpoint, detail } => {
                write!(f, "{endpoint} does not answer as DynamoDB does: {detail}")
            }
        }
    }
}

/// What ExecuteStatement is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementRequest {
    /// The statement.
    pub statement: String,
    /// Whether to read what was written last.
    pub consistent_read: bool,
    /// Whether to tell what it costs.
    pub capacity: bool,
    /// How many items to examine at most.
    pub limit: Option<u32>,
    /// Where to go on.
    pub next_token: Option<String>,
}

/// What it answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The items, as the wire has them.
    pub items: Vec<Json>,
    /// Where the next page begins, if there is one.
    pub next_token: Option<String>,
    /// What it cost.
    pub capacity: Option<Json>,
}

impl Client {
    /// A client that trusts the machine's certificate authorities, or those of a file.
    pub fn new(
        endpoint: Endpoint,
        credentials: Credentials,
        ca_bundle: Option<&Path>,
    ) -> Result<Self, String> {
        let tls = if endpoint.uri().scheme_str() == Some("https") {
            // Installed already is installed.
            _ = rustls::crypto::ring::default_provider().install_default();
            TlsConfig::builder().root_certs(authorities(ca_bundle)?).build()
        } else {
            TlsConfig::default()
        };
        let proxy = if endpoint.is_loopback() { None } else { Proxy::try_from_env() };
        let agent = Agent::config_builder()
            .proxy(proxy)
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .user_agent(concat!("pixii-shell/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls)
            .build()
            .new_agent();
        Ok(Self {
            agent,
            endpoint: Arc::new(endpoint),
            credentials: Arc::new(credentials),
            patience: ANSWER_TIMEOUT,
        })
    }

    /// The same client, which waits for an answer no longer than this.
    pub fn patient_for(&self, patience: Duration) -> Self {
        Self { patience, ..self.clone() }
    }

    /// Where it asks.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Executes a statement, or goes on with it.
    pub fn execute_statement(&self, request: &StatementRequest) -> Result<Page, ClientError> {
        let mut body = json!({ "Statement": request.statement });
        if request.consistent_read {
            body["ConsistentRead"] = json!(true);
        }
        if request.capacity {
            body["ReturnConsumedCapacity"] = json!("INDEXES");
        }
        if let Some(limit) = request.limit {
            body["Limit"] = json!(limit);
        }
        if let Some(token) = &request.next_token {
            body["NextToken"] = json!(token);
        }
        let mut answer = self.call("ExecuteStatement", &body)?;
        let items = match answer["Items"].take() {
            Json::Array(items) => items,
            _ => Vec::new(),
        };
        let capacity = Some(answer["ConsumedCapacity"].take()).filter(Json::is_object);
        let next_token = answer["NextToken"].as_str().map(str::to_owned);
        Ok(Page { items, next_token, capacity })
    }

    /// The names of all tables.
    pub fn list_tables(&self) -> Result<Vec<String>, ClientError> {
        let mut tables = Vec::new();
        let mut body = json!({});
        loop {
            let answer = self.call("ListTables", &body)?;
            let names = answer["TableNames"].as_array().into_iter().flatten();
            tables.extend(names.filter_map(Json::as_str).map(str::to_owned));
            match answer["LastEvaluatedTableName"].as_str() {
                Some(last) => body["ExclusiveStartTableName"] = json!(last),
                None => return Ok(tables),
            }
        }
    }

    /// The description of a table, as the wire has it.
    pub fn describe_table(&self, table: &str) -> Result<Json, ClientError> {
        let mut answer = self.call("DescribeTable", &json!({ "TableName": table }))?;
        Ok(answer["Table"].take())
    }

    fn call(&self, operation: &str, body: &Json) -> Result<Json, ClientError> {
        const CONTENT_TYPE: &str = "application/x-amz-json-1.0";
        let body = body.to_string();
        let time = signature::amz_date(clock::unix_seconds());
        let host = self.endpoint.host();
        let target = format!("DynamoDB_20120810.{operation}");
        let mut headers = vec![
            ("content-type", CONTENT_TYPE),
            ("host", host.as_str()),
            ("x-amz-date", time.as_str()),
            ("x-amz-target", target.as_str()),
        ];
        if let Some(token) = &self.credentials.session_token {
            headers.insert(3, ("x-amz-security-token", token));
        }
        let scope = Scope { region: self.endpoint.region(), service: "dynamodb", time: &time };
        let authorization = signature::authorization(
            &self.credentials,
            &scope,
            self.endpoint.path(),
            &headers,
            body.as_bytes(),
        );
        let mut request =
            self.agent.post(self.endpoint.uri()).config().timeout_global(Some(self.patience)).build();
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let unreachable = |error: ureq::Error| self.unreachable(&error);
        let mut answer = request.header("authorization", authorization).send(&body).map_err(unreachable)?;
        let status = answer.status();
        let text = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_string();
        let text = text.map_err(unreachable)?;
        let no_dynamodb = || ClientError::NotDynamoDb {
            endpoint: self.endpoint.to_string(),
            detail: format!("HTTP status {status}"),
        };
        let answer: Json = serde_json::from_str(&text).map_err(|_| no_dynamodb())?;
        if status.is_success() {
            return Ok(answer);
        }
        let kind = answer["__type"].as_str().ok_or_else(no_dynamodb)?;
        let kind = kind.rsplit_once('#').map_or(kind, |(_, kind)| kind).to_owned();
        let message = answer["message"].as_str().or_else(|| answer["Message"].as_str()).unwrap_or_default();
        Err(ClientError::Refused { kind, message: message.to_owned() })
    }

    fn unreachable(&self, error: &ureq::Error) -> ClientError {
        let detail = match error {
            ureq::Error::Io(error) => match error.kind() {
                std::io::ErrorKind::ConnectionRefused => "connection refused".to_owned(),
                _ => error.to_string(),
            },
            ureq::Error::HostNotFound => "its name has no address".to_owned(),
            ureq::Error::Timeout(_) => "it takes too long".to_owned(),
            error => error.to_string(),
        };
        ClientError::Unreachable { endpoint: self.endpoint.to_string(), detail }
    }
}

fn authorities(ca_bundle: Option<&Path>) -> Result<RootCerts, String> {
    let certificates: Vec<Certificate<'static>> = match ca_bundle {
        Some(path) => {
            let pem =
                std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            let items = parse_pem(&pem).filter_map(Result::ok);
            items
                .filter_map(|item| if let PemItem::Certificate(one) = item { Some(one) } else { None })
                .collect()
        }
        None => {
            let found = rustls_native_certs::load_native_certs().certs;
            found.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect()
        }
    };
    if certificates.is_empty() {
        let from = ca_bundle.map_or("this machine".into(), |path| path.display().to_string());
        return Err(format!("no certificate authorities in {from}: name a file with them in AWS_CA_BUNDLE"));
    }
    Ok(RootCerts::from(certificates))
}
