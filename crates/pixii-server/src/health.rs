//! `GET /`, as load balancers and test containers ask it.

use bytes::Bytes;

/// What AWS answers; the space at the end is AWS's.
pub(crate) fn healthy(region: &str) -> Bytes {
    format!("healthy: dynamodb.{region}.amazonaws.com ").into()
}
