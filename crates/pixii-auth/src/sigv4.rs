//! Signature Version 4: in the `Authorization` header, or in the query string of a presigned request.
//!
//! AWS looks at the form first, in an order that clients can observe: both forms at once, neither, parts that are not
//! `key=value`, absent parameters (all of them in one message), then date, signed headers, algorithm and credential.
//! [`verify`] follows it. Where keys are known, scope, clock and signature come after that.

use crate::credential::{Credentials, Principal};
use pixii_model::error::AuthFault;
use std::borrow::Cow;

/// The one algorithm there is.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What a request says of who sent it.
#[derive(Clone, Copy, Debug, Default)]
pub struct SignedRequest<'a> {
    /// The `Authorization` header.
    pub authorization: Option<&'a str>,
    /// The query string, without its question mark.
    pub query: Option<&'a str>,
    /// The `X-Amz-Date` header, else the `Date` header.
    pub date: Option<&'a str>,
}

/// Finds out who asks, or how AWS refuses.
pub fn verify<'a>(request: &SignedRequest<'a>, known: &Credentials) -> Result<Principal<'a>, AuthFault> {
    let signature = signature(request)?;
    check_date(&signature.date)?;
    if !signature.signed_headers.split(';').any(|name| name.eq_ignore_ascii_case("host")) {
        return Err(AuthFault::HostNotSigned);
    }
    if signature.algorithm != ALGORITHM {
        return Err(AuthFault::Algorithm { algorithm: signature.algorithm.into_owned() });
    }
    let principal = principal(signature.credential)?;
    match known {
        Credentials::Any => Ok(principal),
    }
}

/// The parts of a signature, none of them empty but perhaps the algorithm and the signed headers.
struct Signature<'a> {
    algorithm: Cow<'a, str>,
    credential: Cow<'a, str>,
    signed_headers: Cow<'a, str>,
    date: Cow<'a, str>,
}

fn signature<'a>(request: &SignedRequest<'a>) -> Result<Signature<'a>, AuthFault> {
    let query = request.query.filter(|query| parameter(query, "X-Amz-Algorithm").is_some());
    match (request.authorization, query) {
        (Some(_), Some(_)) => Err(AuthFault::HeaderAndQuery),
        (Some(header), None) => from_header(header.trim(), request.date),
        (None, Some(query)) => from_query(query),
        (None, None) => Err(AuthFault::MissingToken),
    }
}

fn from_header<'a>(header: &'a str, date: Option<&'a str>) -> Result<Signature<'a>, AuthFault> {
    if !header.starts_with("AWS4-") {
        return Err(AuthFault::MissingToken);
    }
    let (algorithm, mut rest) = first_part(header);
    let [mut credential, mut signature, mut signed_headers] = [None; 3];
    while !rest.is_empty() {
        let part;
        (part, rest) = first_part(rest);
        if part.is_empty() {
            continue;
        }
        let Some((key, value)) = part.split_once('=') else {
            return Err(AuthFault::NotKeyValue { part: part.to_owned(), header: header.to_owned() });
        };
        match key {
            "Credential" => credential = Some(value),
            "Signature" => signature = Some(value),
            "SignedHeaders" => signed_headers = Some(value),
            _ => {}
        }
    }
    let credential = credential.filter(|value| !value.is_empty());
    let signature = signature.filter(|value| !value.is_empty());
    match (credential, signature, signed_headers, date) {
        (Some(credential), Some(_), Some(signed_headers), Some(date)) => Ok(Signature {
            algorithm: algorithm.into(),
            credential: credential.into(),
            signed_headers: signed_headers.into(),
            date: date.into(),
        }),
        _ => Err(AuthFault::HeaderIncomplete {
            missing: absent([
                ("Credential", credential.is_some()),
                ("Signature", signature.is_some()),
                ("SignedHeaders", signed_headers.is_some()),
            ]),
            no_date: date.is_none(),
            header: header.to_owned(),
        }),
    }
}

/// The text before the next comma or space, and the text behind it. By bytes: every request passes here.
fn first_part(text: &str) -> (&str, &str) {
    match text.bytes().position(|byte| matches!(byte, b' ' | b',')) {
        Some(end) => (&text[..end], &text[end + 1..]),
        None => (text, ""),
    }
}

fn from_query(query: &str) -> Result<Signature<'_>, AuthFault> {
    let value = |name| parameter(query, name).filter(|value| !value.is_empty());
    let algorithm = value("X-Amz-Algorithm");
    let credential = value("X-Amz-Credential");
    let signature = value("X-Amz-Signature");
    let signed_headers = value("X-Amz-SignedHeaders");
    let date = value("X-Amz-Date");
    match (algorithm, credential, &signature, signed_headers, date) {
        (Some(algorithm), Some(credential), Some(_), Some(signed_headers), Some(date)) => {
            Ok(Signature { algorithm, credential, signed_headers, date })
        }
        (algorithm, credential, signature, signed_headers, date) => Err(AuthFault::QueryIncomplete {
            missing: absent([
                ("X-Amz-Algorithm", algorithm.is_some()),
                ("X-Amz-Credential", credential.is_some()),
                ("X-Amz-Signature", signature.is_some()),
                ("X-Amz-SignedHeaders", signed_headers.is_some()),
                ("X-Amz-Date", date.is_some()),
            ]),
        }),
    }
}

fn absent<const N: usize>(parameters: [(&'static str, bool); N]) -> Vec<&'static str> {
    parameters.into_iter().filter(|(_, present)| !present).map(|(name, _)| name).collect()
}

/// The value of a query parameter, percent-decoded.
fn parameter<'a>(query: &'a str, name: &str) -> Option<Cow<'a, str>> {
    query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| percent_decoded(value))
}

/// `%2F` as `/` and so on; what is no escape stays as it is.
fn percent_decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return text.into();
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = match tail {
            [high, low, ..] if *first == b'%' => hex_digit(*high).zip(hex_digit(*low)),
            _ => None,
        };
        match escaped {
            Some((high, low)) => {
                decoded.push(high << 4 | low);
                rest = &tail[2..];
            }
            None => {
                decoded.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned().into()
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| digit.try_into().ok())
}

/// ISO 8601 in its basic format, `YYYYMMDDTHHMMSSZ`.
fn check_date(date: &str) -> Result<(), AuthFault> {
    let basic = date.len() == "YYYYMMDDTHHMMSSZ".len()
        && date.bytes().enumerate().all(|(at, byte)| match at {
            8 => byte == b'T',
            15 => byte == b'Z',
            _ => byte.is_ascii_digit(),
        });
    if basic { Ok(()) } else { Err(AuthFault::Date { date: date.to_owned() }) }
}

/// `keyid/date/region/service/term`; AWS ignores slashes at the end.
fn principal(credential: Cow<'_, str>) -> Result<Principal<'_>, AuthFault> {
    let elements = credential.trim_end_matches('/');
    if elements.bytes().filter(|byte| *byte == b'/').count() != 4 {
        return Err(AuthFault::Credential { credential: credential.into_owned() });
    }
    Ok(match credential {
        Cow::Borrowed(text) => {
            let (access_key_id, region) = key_id_and_region(text);
            Principal { access_key_id: access_key_id.into(), region: region.into() }
        }
        Cow::Owned(text) => {
            let (access_key_id, region) = key_id_and_region(&text);
            Principal { access_key_id: access_key_id.to_owned().into(), region: region.to_owned().into() }
        }
    })
}

fn key_id_and_region(credential: &str) -> (&str, &str) {
    let mut elements = credential.split('/');
    let access_key_id = elements.next().unwrap_or_default();
    (access_key_id, elements.nth(1).unwrap_or_default())
}

#[cfg(test)]
mod tests;
