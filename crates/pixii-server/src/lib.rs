//! The HTTP front door: DynamoDB's JSON protocol over HTTP/1.1, in front of any [`Service`].
//!
//! One request, from socket to socket:
//!
//! 1. `listener` accepts, and closes connections that are too slow or idle for too long.
//! 2. `http` decides: health check, CORS preflight, or an operation; everything else is a 404.
//! 3. `body` collects at most 16 MiB, within a budget that all requests share, and undoes its compression.
//! 4. JSON syntax, target, credentials, then the operation itself, in AWS's order of refusals.
//! 5. `answer` adds request id and CRC32, `compress` compresses where the client asked, `cors` admits browsers.
//!
//! Invariants: nothing here knows what an operation does; memory is bounded whatever clients send; a panic ends one
//! request, never the process; no item data in logs.
//!
//! [`Service`]: pixii_model::operation::Service

mod activity;
mod admin;
mod answer;
mod body;
mod compress;
mod cors;
mod exposition;
mod health;
mod http;
mod in_work;
mod listener;
mod metrics;
mod outcome;
mod panic;
mod request_headers;
mod request_id;
mod sentence;
mod watchdog;

pub use activity::Timeouts;
pub use admin::{AdminServer, Opened};
pub use exposition::{Exposition, Family, Kind};
pub use health::HealthCheck;
pub use listener::{Drained, Server};
pub use metrics::{Figures, Metrics};
pub use request_id::RequestIds;
pub use watchdog::{Heart, Watchdog};

use pixii_auth::Credentials;
use std::time::Duration;

/// How a server behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// The region it claims to be.
    pub region: String,
    /// The access keys it accepts.
    pub credentials: Credentials,
    /// What it grants clients.
    pub limits: Limits,
    /// What its health check asks.
    pub health: HealthCheck,
    /// Where it counts.
    pub metrics: Metrics,
    /// Requests that take as long as this are named in the log.
    pub slow: Option<Duration>,
}

/// What a server grants clients.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Open connections; further ones wait to be accepted.
    pub connections_max: usize,
    /// Bytes of large request bodies held at the same time, over all connections.
    pub body_bytes_in_flight_max: usize,
    /// Bytes of large request bodies being worked on at the same time. Taken apart, a body of 16 MiB can fill half a GiB.
    pub body_bytes_at_work_max: usize,
    /// How long a large body waits for its share of either before its request is refused.
    pub body_wait: Duration,
    /// How long clients may take.
    pub timeouts: Timeouts,
    /// How long requests in flight may take to finish once the server is asked to stop.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 8192,
            body_bytes_in_flight_max: 256 * 1024 * 1024,
            body_bytes_at_work_max: 32 * 1024 * 1024,
            body_wait: Duration::from_secs(10),
            timeouts: Timeouts::default(),
            // Container runtimes kill after ten seconds.
            drain: Duration::from_secs(8),
        }
    }
}
