//! Asks a server's admin endpoint: one request, one answer in JSON.

use super::Failure;
use serde::de::DeserializeOwned;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

/// Where a server's admin endpoint is, unless it says otherwise.
pub const DEFAULT_URL: &str = "http://127.0.0.1:8010";

/// How long the server may take, for each step.
const TIMEOUT: Duration = Duration::from_secs(30);
/// More than any report is long.
const ANSWER_BYTES_MAX: u64 = 64 << 20;

/// Asks for a path with its parameters, and answers the JSON as it came, and what it says.
pub fn ask<T: DeserializeOwned>(
    url: &str,
    path: &str,
    parameters: &[(&str, String)],
) -> Result<(String, T), Failure> {
    let failed = |detail: String| Failure::Admin { url: url.to_owned(), detail };
    let authority = authority(url).ok_or_else(|| failed("that is no URL like http://host:port".into()))?;
    let query: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let target = format!("{path}?{}", query.join("&"));
    let answer = get(&authority, &target).map_err(|error| match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            failed("nobody answers there; the server's log says where its admin endpoint is".into())
        }
        _ => failed(error.to_string()),
    })?;
    let unreadable = || failed("that is no admin endpoint of Pixii".into());
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(unreadable)?;
    if !head.starts_with("HTTP/1.1 200 ") {
        let message: Option<serde_json::Value> = serde_json::from_str(body).ok();
        let message = message.and_then(|json| json["Message"].as_str().map(str::to_owned));
        return Err(message.map_or_else(unreadable, failed));
    }
    let report = serde_json::from_str(body).map_err(|_| unreadable())?;
    Ok((body.to_owned(), report))
}

/// The `host:port` of an `http` URL.
pub fn authority(url: &str) -> Option<String> {
    let rest = url.strip_prefix("http://")?;
    let authority = rest.split('/').next()?;
    let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    match authority {
        "" => None,
        _ if has_port => Some(authority.to_owned()),
        _ => Some(format!("{authority}:80")),
    }
}

fn encoded(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(char::from(byte)),
            other => out += &format!("%{other:02X}"),
        }
    }
    out
}

fn get(authority: &str, target: &str) -> io::Result<String> {
    let mut last = io::Error::other("the name has no address");
    for address in authority.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, TIMEOUT) {
            Ok(stream) => return converse(stream, authority, target),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn converse(mut stream: TcpStream, authority: &str, target: &str) -> io::Result<String> {
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    write!(stream, "GET {target} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(ANSWER_BYTES_MAX).read_to_string(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_a_host_and_perhaps_a_port() {
        for (url, expected) in [
            ("http://127.0.0.1:8000", Some("127.0.0.1:8000")),
            ("http://localhost/", Some("localhost:80")),
            ("http://[::1]:8000/x", Some("[::1]:8000")),
            ("http://[::1]", Some("[::1]:80")),
            ("http://", None),
            ("https://127.0.0.1:8000", None),
            ("127.0.0.1:8000", None),
        ] {
            assert_eq!(authority(url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn values_are_encoded() {
        assert_eq!(encoded("arn:aws/Music_1.a-b é"), "arn%3Aaws%2FMusic_1.a-b%20%C3%A9");
    }
}
