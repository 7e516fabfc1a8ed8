//! An answer: its status and body, and the headers that every answer carries.

use crate::compress::{COMPRESSED_BYTES_MIN, Coding};
use crate::request_headers::{RequestHeaders, text};
use crate::request_id::RequestId;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use http_body::{Body, Frame, SizeHint};
use pixii_model::error::ApiError;
use pixii_model::operation::APPLICATION_AUTO_SCALING_TARGET;
use pixii_model::wire::fault::to_wire;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const CRC32: HeaderName = HeaderName::from_static("x-amz-crc32");
const SERVER: HeaderValue = HeaderValue::from_static("Pixii");
const AMZ_JSON: HeaderValue = HeaderValue::from_static("application/x-amz-json-1.0");
const AMZ_JSON_1_1: HeaderValue = HeaderValue::from_static("application/x-amz-json-1.1");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Answers longer than this are compressed off the threads that serve.
const INLINE_COMPRESSION_BYTES_MAX: usize = 64 * 1024;

/// The content types that requests and answers may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ContentType {
    /// `application/x-amz-json-1.0`
    AmzJson,
    /// `application/x-amz-json-1.1`: of Application Auto Scaling alone.
    AmzJson11,
    /// `application/json`
    Json,
}

impl ContentType {
    /// The one that a request's header names, without its parameters.
    pub(crate) fn of_request(header: &str, target: &str) -> Option<Self> {
        // The usual header needs no taking apart.
        if header == "application/x-amz-json-1.0" {
            return Some(Self::AmzJson);
        }
        match header.split(';').next().unwrap_or_default().trim() {
            "application/x-amz-json-1.0" => Some(Self::AmzJson),
            "application/x-amz-json-1.1" if target.starts_with(APPLICATION_AUTO_SCALING_TARGET) => {
                Some(Self::AmzJson11)
            }
            "application/json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// What to answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) content_type: Option<ContentType>,
    pub(crate) body: Bytes,
}

impl Answer {
    /// An operation's output.
    pub(crate) fn output(body: Vec<u8>, content_type: ContentType) -> Self {
        Self { status: StatusCode::OK, content_type: Some(content_type), body: body.into() }
    }

    /// A refusal or failure in the API's own terms.
    pub(crate) fn error(error: &ApiError, content_type: ContentType) -> Self {
        let fault = to_wire(error);
        Self {
            status: StatusCode::from_u16(fault.status).expect("an error's status is a valid one"),
            content_type: Some(content_type),
            body: fault.body.into(),
        }
    }

    /// Something beside the API.
    pub(crate) fn plain(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self { status, content_type: None, body: body.into() }
    }

    /// The answer to anything that cannot be a request for an operation.
    pub(crate) fn not_found() -> Self {
        Self::plain(StatusCode::NOT_FOUND, &b"<UnknownOperationException/>\n"[..])
    }

    /// Adds the headers that every answer has, and compresses the body where the client would rather have it so.
    pub(crate) async fn into_response(
        self,
        request_id: &RequestId,
        request: &RequestHeaders<'_>,
    ) -> Response<AnswerBody> {
        let mut headers = HeaderMap::with_capacity(8);
        let mut body = self.body;
        if body.len() >= COMPRESSED_BYTES_MIN
            && let Some(coding) = text(request.accept_encoding).and_then(Coding::accepted)
        {
            body = compressed(coding, body).await;
            headers.insert(header::CONTENT_ENCODING, coding.header_value());
        }
        headers.insert(header::SERVER, SERVER);
        if let Some(content_type) = self.content_type {
            let value = match content_type {
                ContentType::AmzJson => AMZ_JSON,
                ContentType::AmzJson11 => AMZ_JSON_1_1,
                ContentType::Json => JSON,
            };
            headers.insert(header::CONTENT_TYPE, value);
        }
        let id = HeaderValue::from_str(request_id.as_str()).expect("a request id is ASCII");
        headers.insert(REQUEST_ID, id);
        headers.insert(CRC32, crc32fast::hash(&body).into());
        let sized = self.status != StatusCode::PAYLOAD_TOO_LARGE;
        let mut response = Response::new(AnswerBody { bytes: Some(body), sized });
        *response.status_mut() = self.status;
        *response.headers_mut() = headers;
        response
    }
}

async fn compressed(coding: Coding, body: Bytes) -> Bytes {
    if body.len() <= INLINE_COMPRESSION_BYTES_MAX {
        return coding.encode(&body);
    }
    tokio::task::spawn_blocking(move || coding.encode(&body)).await.expect("compression does not panic")
}

/// The body of an answer: one piece.
#[derive(Debug)]
pub(crate) struct AnswerBody {
    bytes: Option<Bytes>,
    /// Whether to say how long it is. AWS sends a 413 chunked.
    sized: bool,
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let bytes = self.bytes.take().filter(|bytes| !bytes.is_empty());
        Poll::Ready(bytes.map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.sized && self.bytes.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        if self.sized {
            SizeHint::with_exact(self.bytes.as_ref().map_or(0, Bytes::len) as u64)
        } else {
            SizeHint::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_types_are_compared_without_their_parameters() {
        for (header, expected) in [
            ("application/x-amz-json-1.0", Some(ContentType::AmzJson)),
            ("application/x-amz-json-1.0;blahblah", Some(ContentType::AmzJson)),
            ("  application/json  ;   asfd", Some(ContentType::Json)),
            ("application/json;charset=utf-8", Some(ContentType::Json)),
            ("application/x-amz-json-1.1", None),
            ("application/jsonasdf", None),
            ("", None),
        ] {
            assert_eq!(ContentType::of_request(header, "DynamoDB_20120810.PutItem"), expected, "{header:?}");
        }
        let scaling =
            ContentType::of_request("application/x-amz-json-1.1", "AnyScaleFrontendService.TagResource");
        assert_eq!(scaling, Some(ContentType::AmzJson11));
    }

    #[tokio::test]
    async fn the_checksum_is_over_the_bytes_as_sent() {
        let body = "x".repeat(5000);
        for (accept, encoding) in [(None, None), (Some("gzip"), Some("gzip")), (Some("br"), None)] {
            let accept = accept.map(HeaderValue::from_static);
            let request = RequestHeaders { accept_encoding: accept.as_ref(), ..RequestHeaders::default() };
            let answer = Answer::output(body.clone().into_bytes(), ContentType::AmzJson);
            let id = crate::RequestIds::from_seed(1).next();
            let response = answer.into_response(&id, &request).await;
            let (parts, sent) = response.into_parts();
            let sent = sent.bytes.expect("a body");
            assert_eq!(text(parts.headers.get(header::CONTENT_ENCODING)), encoding);
            assert_eq!(text(parts.headers.get(CRC32)), Some(crc32fast::hash(&sent).to_string().as_str()));
            assert_eq!(sent.len() < 100, encoding.is_some());
        }
    }
}
