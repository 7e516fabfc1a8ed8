//! The headers that matter, found in one pass.

use http::{HeaderMap, HeaderValue};

/// Largest head of a request: header names and values together. AWS answers 400 above it, and for a longer URL too.
pub(crate) const HEAD_BYTES_MAX: usize = 16 * 1024;

/// The headers of a request that this server looks at. Where one is repeated, the first counts, as on AWS.
#[derive(Debug, Default)]
pub(crate) struct RequestHeaders<'a> {
    pub(crate) accept_encoding: Option<&'a HeaderValue>,
    pub(crate) authorization: Option<&'a HeaderValue>,
    pub(crate) content_encoding: Option<&'a HeaderValue>,
    pub(crate) content_type: Option<&'a HeaderValue>,
    pub(crate) date: Option<&'a HeaderValue>,
    pub(crate) expect: Option<&'a HeaderValue>,
    pub(crate) host: Option<&'a HeaderValue>,
    pub(crate) origin: Option<&'a HeaderValue>,
    pub(crate) request_headers: Option<&'a HeaderValue>,
    pub(crate) request_method: Option<&'a HeaderValue>,
    pub(crate) amz_date: Option<&'a HeaderValue>,
    pub(crate) target: Option<&'a HeaderValue>,
    /// Names and values together.
    pub(crate) bytes: usize,
}

impl<'a> RequestHeaders<'a> {
    pub(crate) fn of(map: &'a HeaderMap) -> Self {
        let mut found = Self::default();
        for (name, value) in map {
            found.bytes += name.as_str().len() + value.len();
            let slot = match name.as_str() {
                "accept-encoding" => &mut found.accept_encoding,
                "access-control-request-headers" => &mut found.request_headers,
                "access-control-request-method" => &mut found.request_method,
                "authorization" => &mut found.authorization,
                "content-encoding" => &mut found.content_encoding,
                "content-type" => &mut found.content_type,
                "date" => &mut found.date,
                "expect" => &mut found.expect,
                "host" => &mut found.host,
                "origin" => &mut found.origin,
                "x-amz-date" => &mut found.amz_date,
                "x-amz-target" => &mut found.target,
                _ => continue,
            };
            slot.get_or_insert(value);
        }
        found
    }
}

/// A header's text; one that is not ASCII reads as absent.
pub(crate) fn text(value: Option<&HeaderValue>) -> Option<&str> {
    value.and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_repeated_headers_counts() {
        let mut map = HeaderMap::new();
        map.append("Accept-Encoding", HeaderValue::from_static("identity"));
        map.append("accept-encoding", HeaderValue::from_static("gzip"));
        map.append("X-Amz-Target", HeaderValue::from_static("t"));
        map.append("other", HeaderValue::from_static("xyz"));
        let headers = RequestHeaders::of(&map);
        assert_eq!(text(headers.accept_encoding), Some("identity"));
        assert_eq!(text(headers.target), Some("t"));
        assert_eq!(headers.bytes, "accept-encoding".len() * 2 + 12 + 12 + 1 + 5 + 3);
    }
}
