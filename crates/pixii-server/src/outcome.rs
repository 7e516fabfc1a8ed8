//! What the log says of a request: who asked for what, how it went and what it took; never what was in it.

use crate::answer::{Answer, ContentType};
use crate::in_work::Work;
use crate::metrics::{Answered, Metrics};
use crate::sentence;
use pixii_model::ApiError;
use pixii_model::error::Flow;
use pixii_model::operation::OperationName;
use pixii_model::wire::fault;
use std::time::Duration;
use tokio::time::Instant;

/// How a request went.
pub(crate) struct Outcome {
    pub(crate) operation: Option<OperationName>,
    pub(crate) code: Option<&'static str>,
    /// Since when it is our turn: since the request's body is there.
    pub(crate) ours_since: Instant,
    pub(crate) request_bytes: usize,
    /// What went wrong, where it is our fault.
    failure: Option<String>,
    /// What the client is told, without anything of its own, where the log wants to know.
    sentence: Option<String>,
}

impl Outcome {
    pub(crate) fn new(started: Instant) -> Self {
        let ours_since = started;
        Self { operation: None, code: None, ours_since, request_bytes: 0, failure: None, sentence: None }
    }

    pub(crate) fn error(&mut self, error: ApiError, body: &[u8], content_type: ContentType) -> Answer {
        let answer = Answer::error(&error, content_type);
        self.code = Some(fault::code(&error));
        if tracing::enabled!(tracing::Level::DEBUG) {
            self.sentence = Some(sentence::without_data(&error.to_string(), body));
        }
        if let ApiError::Internal(fault) = error {
            self.failure = Some(fault.detail);
        }
        answer
    }

    /// Counts the request and tells the log of it.
    pub(crate) fn tell(
        &self,
        request_id: &str,
        work: &Work,
        answer: &Answer,
        metrics: &Metrics,
        slow: Option<Duration>,
    ) {
        let took = self.ours_since.elapsed();
        let table = work.table();
        let table = table.as_str();
        metrics.count(&Answered {
            operation: self.operation,
            table,
            code: self.code,
            took,
            request_bytes: self.request_bytes as u64,
            answer_bytes: answer.body.len() as u64,
        });
        let operation = self.operation.map(OperationName::unique_name);
        let table = Some(table).filter(|table| !table.is_empty());
        let status = answer.status.as_u16();
        let (code, peer) = (self.code, work.peer);
        if let Some(failure) = &self.failure {
            let micros = took.as_micros() as u64;
            tracing::error!(request_id, operation, table, %peer, status, code, micros, failure, "request failed");
        } else if tracing::enabled!(tracing::Level::DEBUG) {
            let (micros, bytes) = (took.as_micros() as u64, answer.body.len());
            let sentence = self.sentence.as_deref();
            tracing::debug!(
                request_id, operation, table, %peer, status, code, sentence, micros, bytes, "request"
            );
        }
        if slow.is_some_and(|slow| took >= slow) {
            let millis = took.as_millis() as u64;
            let read_units = work.tally.units(Flow::Read);
            let write_units = work.tally.units(Flow::Write);
            tracing::warn!(
                request_id, operation, table, %peer, status, code, millis, read_units, write_units, "slow request"
            );
        }
    }
}
