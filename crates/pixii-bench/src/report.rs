//! What a run did, as one JSON line.

use crate::Options;
use clap::ValueEnum;
use hdrhistogram::Histogram;
use serde_json::{Value, json};

/// What a run did.
pub struct Report {
    /// Requests answered within the measured time.
    pub requests: u64,
    /// Those that were refused or failed.
    pub errors: u64,
    /// The first of those answers.
    pub first_error: Option<String>,
    /// Bytes of answers' bodies.
    pub bytes: u64,
    /// How long was measured.
    pub seconds: f64,
    /// In microseconds.
    pub latencies: Histogram<u64>,
    /// Of raw syncs beside the requests, in microseconds.
    pub syncs: Histogram<u64>,
}

impl Report {
    pub fn new() -> Self {
        let histogram = || Histogram::new(3).expect("three digits are a valid precision");
        let (latencies, syncs) = (histogram(), histogram());
        Self { requests: 0, errors: 0, first_error: None, bytes: 0, seconds: 0.0, latencies, syncs }
    }

    /// Takes in what another connection did.
    pub fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.errors += other.errors;
        self.first_error = self.first_error.take().or(other.first_error);
        self.bytes += other.bytes;
        self.latencies.add(other.latencies).expect("both grow as they must");
        self.syncs.add(other.syncs).expect("both grow as they must");
    }

    pub fn to_json(&self, options: &Options) -> String {
        let name = options.workload.to_possible_value().map(|value| value.get_name().to_owned());
        json!({
            "workload": name,
            "endpoint": options.endpoint,
            "loop": if options.rate.is_some() { "open" } else { "closed" },
            "connections": options.connections,
            "items": options.items,
            "item_bytes": options.item_bytes,
            "seconds": (self.seconds * 1000.0).round() / 1000.0,
            "requests": self.requests,
            "requests_per_second": (self.requests as f64 / self.seconds).round(),
            "megabytes_per_second": (self.bytes as f64 / self.seconds / 1e4).round() / 100.0,
            "errors": self.errors,
            "first_error": self.first_error,
            "latency_micros": quantiles(&self.latencies),
            "sync_micros": (!self.syncs.is_empty()).then(|| quantiles(&self.syncs)),
        })
        .to_string()
    }
}

fn quantiles(micros: &Histogram<u64>) -> Value {
    let at = |quantile| micros.value_at_quantile(quantile);
    json!({
        "mean": micros.mean().round(),
        "p10": at(0.1), "p50": at(0.5), "p90": at(0.9), "p99": at(0.99), "p999": at(0.999),
        "max": micros.max(),
    })
}
