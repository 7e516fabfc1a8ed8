//! From one HTTP request to one HTTP answer.
//!
//! The order of refusals is AWS's, and clients can observe it: method and content type (404), size (413), JSON syntax,
//! target, credentials, an absent body, and then whatever the operation itself refuses.

use crate::activity::{Activity, Phase};
use crate::answer::{Answer, AnswerBody, ContentType};
use crate::body::{BodyBudget, BodyFault};
use crate::health::HealthCheck;
use crate::in_work::Place;
use crate::metrics::Metrics;
use crate::outcome::Outcome;
use crate::request_headers::{HEAD_BYTES_MAX, RequestHeaders, text};
use crate::request_id::RequestIds;
use crate::{Options, cors, health, panic};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use pixii_auth::Credentials;
use pixii_auth::sigv4::{self, SignedRequest};
use pixii_model::error::SerializationFault;
use pixii_model::operation::{OperationName, Service, UNBUILT, dispatch, unbuilt};
use pixii_model::wire::json;
use pixii_model::{ApiError, RequestContext, tally};
use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

/// What all connections share.
pub(crate) struct Front<S> {
    service: S,
    credentials: Credentials,
    health: HealthCheck,
    healthy: Bytes,
    budget: Arc<BodyBudget>,
    pub(crate) metrics: Metrics,
    slow: Option<Duration>,
    /// Whether the log has told of a request for one of these.
    unbuilt_told: [AtomicBool; UNBUILT.len()],
}

/// One connection.
pub(crate) struct Connection<S> {
    pub(crate) front: Arc<Front<S>>,
    pub(crate) activity: Arc<Activity>,
    pub(crate) request_ids: Mutex<RequestIds>,
    pub(crate) place: Place,
}

/// The client is gone or makes no sense: the connection closes without an answer.
#[derive(Debug)]
pub(crate) struct Unanswerable;

impl fmt::Display for Unanswerable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request's body never came to its end")
    }
}

impl std::error::Error for Unanswerable {}

impl<S: Service> Front<S> {
    pub(crate) fn new(service: S, options: &Options) -> Self {
        let budget = Arc::new(BodyBudget::new(&options.limits));
        let told = Arc::clone(&budget);
        options.metrics.tell_too(move |page| told.expose(page));
        Self {
            service,
            credentials: options.credentials.clone(),
            health: options.health.clone(),
            healthy: health::healthy(&options.region),
            budget,
            metrics: options.metrics.clone(),
            unbuilt_told: [const { AtomicBool::new(false) }; UNBUILT.len()],
            slow: options.slow,
        }
    }
}

impl<S> Front<S> {
    /// The refusal of a target that is no operation here. Of each of AWS's the log tells once.
    fn unknown(&self, target: Option<&str>) -> ApiError {
        let Some(index) = target.and_then(unbuilt) else {
            return ApiError::UnknownOperation { target: None };
        };
        let target = UNBUILT[index];
        if !self.unbuilt_told[index].swap(true, Relaxed) {
            tracing::warn!(
                operation = target,
                "a client wants an operation that Pixii does not have: docs/compatibility.md"
            );
        }
        ApiError::UnknownOperation { target: Some(target) }
    }
}

impl<S: Service> Connection<S> {
    /// Answers one request.
    pub(crate) async fn answer(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<AnswerBody>, Unanswerable> {
        self.activity.enter(Phase::Body);
        let started = Instant::now();
        let request_id = self.request_ids.lock().expect("making an id does not panic").next();
        let (parts, incoming) = request.into_parts();
        let headers = RequestHeaders::of(&parts.headers);
        let url = parts.uri.path_and_query().map_or(0, |url| url.as_str().len());
        let mut extra = HeaderMap::new();
        let mut outcome = Outcome::new(started);
        let _working = self.place.begin(started);
        let mut runs_operation = false;

        let answer = if headers.bytes > HEAD_BYTES_MAX || url > HEAD_BYTES_MAX {
            Answer::plain(StatusCode::BAD_REQUEST, Bytes::new())
        } else {
            match parts.method {
                Method::POST if parts.uri.path() == "/" => {
                    runs_operation = true;
                    let context = RequestContext::new(request_id.as_str());
                    let context = match text(headers.host) {
                        Some(host) => context.at_host(host),
                        None => context,
                    };
                    self.run(&context, &parts, &headers, incoming, &mut outcome).await?
                }
                Method::GET if parts.uri.path() == "/" => self.front.health.answer(&self.front.healthy),
                Method::OPTIONS if headers.origin.is_some() => {
                    cors::grant(&headers, &mut extra);
                    Answer::plain(StatusCode::OK, Bytes::new())
                }
                _ => Answer::not_found(),
            }
        };
        cors::admit(&headers, &mut extra);
        if runs_operation {
            outcome.tell(request_id.as_str(), &self.place, &answer, &self.front.metrics, self.front.slow);
        }
        let mut response = answer.into_response(&request_id, &headers).await;
        response.headers_mut().extend(extra);
        self.activity.enter(Phase::Idle);
        Ok(response)
    }

    /// Runs the operation that a POST asks for.
    async fn run(
        &self,
        context: &RequestContext,
        parts: &Parts,
        headers: &RequestHeaders<'_>,
        incoming: Incoming,
        outcome: &mut Outcome,
    ) -> Result<Answer, Unanswerable> {
        let target = text(headers.target);
        let content_type = text(headers.content_type)
            .and_then(|content_type| ContentType::of_request(content_type, target.unwrap_or_default()));
        let answered_type = content_type.unwrap_or(ContentType::Json);
        let body = match self.front.budget.collect(incoming, headers, &self.activity).await {
            Ok(body) => body,
            Err(BodyFault::TooLarge) => {
                return Ok(Answer::plain(StatusCode::PAYLOAD_TOO_LARGE, Bytes::new()));
            }
            // AWS takes the blame for bodies that it cannot decompress. Our log does not.
            Err(BodyFault::Undecodable) => {
                outcome.code = Some("UndecodableBody");
                let error = ApiError::internal("the body is not in its Content-Encoding");
                return Ok(Answer::error(&error, answered_type));
            }
            Err(BodyFault::Crowded) => return Ok(outcome.error(ApiError::Throttled, b"", answered_type)),
            Err(BodyFault::Broken) => return Err(Unanswerable),
        };
        self.activity.enter(Phase::Answering);
        (outcome.ours_since, outcome.request_bytes) = (Instant::now(), body.bytes.len());
        if !body.bytes.is_empty() && content_type.is_none() {
            return Ok(Answer::not_found());
        }
        let operation = target.and_then(OperationName::from_target);
        outcome.operation = operation;
        self.place.runs(operation);
        let mut running = pin!(self.dispatch(context, parts, headers, operation, &body.bytes));
        let tally = &self.place.tally;
        let counted = poll_fn(|task| tally::counting(tally, || running.as_mut().poll(task)));
        let output = match panic::contain(pin!(counted)).await {
            Ok(output) => output,
            Err(panic::Panicked) => Err(ApiError::internal("panicked; the log says where")),
        };
        Ok(match output {
            Ok(output) => Answer::output(output, answered_type),
            Err(error) => outcome.error(error, &body.bytes, answered_type),
        })
    }

    async fn dispatch(
        &self,
        context: &RequestContext,
        parts: &Parts,
        headers: &RequestHeaders<'_>,
        operation: Option<OperationName>,
        body: &[u8],
    ) -> Result<Vec<u8>, ApiError> {
        let input = if body.is_empty() { None } else { Some(json::parse(body)?) };
        if let Some(input) = &input {
            self.place.is_about(input);
        }
        let operation = operation.ok_or_else(|| self.front.unknown(text(headers.target)))?;
        let signed = SignedRequest {
            authorization: text(headers.authorization),
            query: parts.uri.query(),
            date: text(headers.amz_date.or(headers.date)),
        };
        sigv4::verify(&signed, &self.front.credentials)?;
        let input = input.ok_or(SerializationFault::Syntax)?;
        dispatch(&self.front.service, context, operation, input).await
    }
}
