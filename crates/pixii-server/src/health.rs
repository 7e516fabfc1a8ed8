//! `GET /`, as load balancers and test containers ask it.

use crate::answer::Answer;
use bytes::Bytes;
use http::StatusCode;
use std::fmt;
use std::sync::Arc;

/// What the health check asks before it answers.
#[derive(Clone, Default)]
pub struct HealthCheck {
    ailment: Option<Arc<dyn Fn() -> Option<String> + Send + Sync>>,
}

impl HealthCheck {
    /// Asks why the server cannot do its work, if it cannot.
    pub fn asking(ailment: impl Fn() -> Option<String> + Send + Sync + 'static) -> Self {
        Self { ailment: Some(Arc::new(ailment)) }
    }

    /// Why the server cannot do its work, if it cannot.
    pub(crate) fn ailment(&self) -> Option<String> {
        self.ailment.as_ref().and_then(|ailment| ailment())
    }

    /// Answers `GET /`.
    pub(crate) fn answer(&self, healthy: &Bytes) -> Answer {
        match self.ailment() {
            None => Answer::plain(StatusCode::OK, healthy.clone()),
            Some(ailment) => Answer::plain(StatusCode::SERVICE_UNAVAILABLE, format!("unhealthy: {ailment}")),
        }
    }
}

impl fmt::Debug for HealthCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HealthCheck").finish_non_exhaustive()
    }
}

/// What AWS answers; the space at the end is AWS's.
pub(crate) fn healthy(region: &str) -> Bytes {
    format!("healthy: dynamodb.{region}.amazonaws.com ").into()
}
