//! `pixii health`: what a container's health check calls.

use super::Failure;
use super::admin::authority;
use clap::Args;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  pixii health
  pixii health --url http://127.0.0.1:8001
  pixii health --url http://127.0.0.1:8010/readyz   Ask the admin endpoint whether requests may be sent
  pixii health --url http://127.0.0.1:8010/livez    Ask it whether the process should be started anew";

/// How long the server may take, for each step.
const TIMEOUT: Duration = Duration::from_secs(3);
/// More than a healthy server answers.
const ANSWER_BYTES_MAX: u64 = 4096;

/// Options of `pixii health`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Health {
    /// The server to ask; with a path, its admin endpoint
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8000")]
    url: String,
}

/// Asks the server.
pub fn run(health: &Health) -> Result<(), Failure> {
    let unhealthy = |detail: String| Failure::Unhealthy { url: health.url.clone(), detail };
    let authority =
        authority(&health.url).ok_or_else(|| unhealthy("not a URL like http://host:port".into()))?;
    let path = path(&health.url);
    let answer = ask(&authority, path).map_err(|error| unhealthy(error.to_string()))?;
    match answer.split_once("\r\n\r\n") {
        Some((head, body))
            if head.starts_with("HTTP/1.1 200 ") && (path != "/" || body.starts_with("healthy")) =>
        {
            Ok(())
        }
        Some((_, body)) if body.starts_with("unhealthy: ") => {
            Err(unhealthy(body.trim_start_matches("unhealthy: ").to_owned()))
        }
        Some((head, body)) if head.starts_with("HTTP/1.1 503 ") => Err(unhealthy(body.trim_end().to_owned())),
        _ => Err(unhealthy(format!("it answers {:?}", answer.lines().next().unwrap_or_default()))),
    }
}

/// The path of a URL: `/` where it has none.
fn path(url: &str) -> &str {
    let rest = url.strip_prefix("http://").unwrap_or_default();
    rest.find('/').map_or("/", |slash| &rest[slash..])
}

fn ask(authority: &str, path: &str) -> io::Result<String> {
    let mut last = io::Error::other("the name has no address");
    for address in authority.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, TIMEOUT) {
            Ok(stream) => return converse(stream, authority, path),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn converse(mut stream: TcpStream, authority: &str, path: &str) -> io::Result<String> {
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
