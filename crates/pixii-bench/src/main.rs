//! A load tool for any DynamoDB endpoint: one workload, many kept-alive connections, a JSON line with rates and latencies.
//!
//! Requests are rendered ahead and sent over bare sockets, so that the tool takes as little as it can of the cores it shares
//! with the server. They carry a well-formed signature header that no key made: the endpoint must accept any credentials.

mod client;
mod report;
mod run;
mod sync;
mod workload;

use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;
use workload::Workload;

/// Drives a DynamoDB endpoint and prints a JSON line with what it did.
#[derive(Clone, Debug, Parser)]
#[command(
    version,
    after_help = "Examples:\n  pixii-bench --workload get\n  pixii-bench --workload put --seconds 10 --connections 1\n  \
                  pixii-bench --workload ycsb-b --items 1000000 --rate 5000\n  pixii-bench --workload get --no-load --endpoint 127.0.0.1:8001"
)]
pub struct Options {
    /// Address and port of the endpoint.
    #[arg(long, default_value = "127.0.0.1:8000")]
    endpoint: String,
    /// What to ask for.
    #[arg(long, value_enum, default_value_t = Workload::Get)]
    workload: Workload,
    /// Connections, each with one request at a time.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// How long to measure.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// How long to run before measuring.
    #[arg(long, default_value_t = 1.0)]
    warm_up: f64,
    /// Items in the table.
    #[arg(long, default_value_t = 10_000)]
    items: u64,
    /// Bytes of each item, keys included.
    #[arg(long, default_value_t = 200)]
    item_bytes: usize,
    /// Requests a second over all connections, sent on time whether or not answers come (an open loop); without it, each
    /// connection sends when its last answer is there (a closed loop).
    #[arg(long)]
    rate: Option<f64>,
    /// Take the table as it is, or there need be none (a bare HTTP server).
    #[arg(long)]
    no_load: bool,
    /// Before each request, append 1 KiB to a file in this directory and sync it, and tell how long that takes: what one
    /// durable write costs the disk, beside what it costs with everything around it.
    #[arg(long, value_name = "DIR")]
    sync_in: Option<PathBuf>,
    /// Decides keys and choices.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    match run::run(&options).await {
        Ok(report) => {
            println!("{}", report.to_json(&options));
            if report.errors == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) }
        }
        Err(error) => {
            eprintln!("pixii-bench: {error}");
            ExitCode::FAILURE
        }
    }
}
