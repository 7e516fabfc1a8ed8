//! Cross-origin requests: pages from anywhere may call, as they may on AWS.

use crate::request_headers::RequestHeaders;
use http::{HeaderMap, HeaderValue, header};

/// What AWS lets pages see beside the body.
const EXPOSED: HeaderValue =
    HeaderValue::from_static("x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date");
/// How long a browser may remember a preflight: two days.
const MAX_AGE_SECONDS: HeaderValue = HeaderValue::from_static("172800");

/// Admits the page that a request comes from, if one is named.
pub(crate) fn admit(request: &RequestHeaders<'_>, answer: &mut HeaderMap) {
    if request.origin.is_some() {
        answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        answer.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
}

/// Grants a preflight whatever it asks for.
pub(crate) fn grant(request: &RequestHeaders<'_>, answer: &mut HeaderMap) {
    let granted = [
        (header::ACCESS_CONTROL_ALLOW_HEADERS, request.request_headers),
        (header::ACCESS_CONTROL_ALLOW_METHODS, request.request_method),
        (header::ACCESS_CONTROL_MAX_AGE, Some(&MAX_AGE_SECONDS)),
    ];
    for (name, value) in granted {
        if let Some(value) = value {
            answer.insert(name, value.clone());
        }
    }
}
