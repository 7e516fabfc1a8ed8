//! What every request brings along beside its input.

use std::sync::Arc;

/// Who asked, and under which id.
#[derive(Clone, Debug)]
pub struct RequestContext {
    /// The id that the answer carries as `x-amzn-RequestId` and every log line names.
    pub request_id: Arc<str>,
    /// The host and port that the client asked, if the front door knows: DescribeEndpoints sends it there again.
    pub host: Option<Arc<str>>,
}

impl RequestContext {
    /// A context for that request id.
    pub fn new(request_id: impl Into<Arc<str>>) -> Self {
        Self { request_id: request_id.into(), host: None }
    }

    /// The same, asked at that host and port.
    pub fn at_host(self, host: impl Into<Arc<str>>) -> Self {
        Self { host: Some(host.into()), ..self }
    }
}
