//! `pixii dev`: DynamoDB for development.

use super::Failure;
use super::size::Size;
use crate::log::{self, LogLevel};
use crate::wiring::{self, Addresses, Setup, Storage};
use clap::{Args, ValueEnum};
use pixii_embedded::{Durability, Options};
use pixii_engine::Settings;
use pixii_engine::throughput::PartitionSettings;
use std::path::PathBuf;
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  pixii dev
  pixii dev --port 0                             A free port, named in the line on stdout
  pixii dev --data ./data                        Keep tables in a directory, durably
  pixii dev --data ./data --durability relaxed   Faster; a power cut may take the last second's writes
  pixii dev --status-delay 2000                  Tables stay CREATING for two seconds
  pixii dev --slow-ms 100                        Name requests in the log that take a tenth of a second
  pixii dev --account-id 123456789012            ARNs are of that account

When it is ready it prints one line with its address on stdout; logs go to stderr.
SIGTERM or Ctrl-C lets requests in flight finish; a second one exits at once.
It does not check who asks: keep --host on loopback or inside a private network. Operators ask its admin endpoint
(`pixii top-keys`, `pixii report`, /metrics, /livez, /readyz, /info), whose address is in the first line of the log.";

/// Options of `pixii dev`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Dev {
    /// The address to listen at
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    host: String,

    /// The port to listen at; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 8000)]
    port: u16,

    /// The address of the admin endpoint, which shows keys and figures to whoever reaches it
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    admin_host: String,

    /// The port of the admin endpoint [default: 10 above --port; a free one if that is 0]
    #[arg(long, value_name = "PORT")]
    admin_port: Option<u16>,

    /// Keep tables in this directory, created if absent [default: in memory]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// When a write is acknowledged
    #[arg(long, value_name = "WHEN", default_value = "durable", requires_if("relaxed", "data"))]
    durability: WhenAcknowledged,

    /// Memory for what was read from the directory lately
    #[arg(long, value_name = "SIZE", default_value = "64MiB", requires = "data")]
    cache_size: Size,

    /// Memory in which writes gather before they go to a table; a directory keeps what it was made with
    #[arg(long, value_name = "SIZE", default_value = "16MiB", requires = "data", hide_short_help = true)]
    memtable_size: Size,

    /// The region to be, as in ARNs
    #[arg(long, value_name = "REGION", default_value = "us-east-1", value_parser = region)]
    region: String,

    /// The account to be, as in ARNs: 12 digits
    #[arg(long, value_name = "DIGITS", default_value = "000000000000", value_parser = account_id)]
    account_id: String,

    /// Know the tables of this account and region alone: else an ARN may name any; --enforce does so, too
    #[arg(long)]
    strict_arns: bool,

    /// How long tables and indexes stay CREATING, UPDATING or DELETING, in milliseconds
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 0)]
    status_delay: u64,

    /// After how many seconds a shard of a stream is closed and followed by another
    #[arg(long, value_name = "SECONDS", default_value_t = 4 * 60 * 60, value_parser = clap::value_parser!(u64).range(1..))]
    shard_age: u64,

    /// For how many seconds the records of a stream are kept
    #[arg(long, value_name = "SECONDS", default_value_t = 24 * 60 * 60, value_parser = clap::value_parser!(u64).range(1..))]
    stream_retention: u64,

    /// How often items that have expired are looked for, in milliseconds; until then they are still returned
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 2000)]
    ttl_sweep_delay: u64,

    /// How many expired items are deleted in a second at most, so that many at once do not slow down requests
    #[arg(long, value_name = "ITEMS", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    ttl_delete_rate: u32,

    /// How many seconds a period of auto scaling has: two scale out, fifteen scale in
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    scaling_period: u64,

    /// Read units a second that one partition serves
    #[arg(long, value_name = "UNITS", default_value_t = 3_000, value_parser = clap::value_parser!(u32).range(1..), hide_short_help = true)]
    partition_read_units: u32,

    /// Write units a second that one partition takes
    #[arg(long, value_name = "UNITS", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..), hide_short_help = true)]
    partition_write_units: u32,

    /// For how many seconds a partition must be asked for twice that before it splits
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..), hide_short_help = true)]
    partition_heat: u64,

    /// How much one partition holds before it splits
    #[arg(long, value_name = "SIZE", default_value = "10GiB", hide_short_help = true)]
    partition_size: Size,

    /// Enforce what AWS enforces and tests rarely want: throttling, quotas and cool-downs
    #[arg(long)]
    enforce: bool,

    /// Name requests in the log that take as long as this, in milliseconds
    #[arg(long, value_name = "MILLISECONDS")]
    slow_ms: Option<u64>,

    /// After how many seconds without an answer to any request the server says that it hangs, and /livez fails
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..), hide_short_help = true)]
    stall: u64,

    /// How many tables have figures of their own at /metrics; the others share theirs
    #[arg(long, value_name = "TABLES", default_value_t = 100, hide_short_help = true)]
    metrics_tables: usize,

    /// The least important lines to log
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    log_level: LogLevel,
}

/// When a write is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum WhenAcknowledged {
    /// Once it is on stable storage
    Durable,
    /// Once the operating system has it: it is synced each second, and a power cut may take that second's writes back
    Relaxed,
}

/// Serves until it is told to stop.
pub fn run(dev: Dev) -> Result<(), Failure> {
    log::start(dev.log_level).map_err(Failure::System)?;
    let settings = Settings {
        region: dev.region,
        account: dev.account_id,
        strict_arns: dev.strict_arns || dev.enforce,
        transition_delay: Duration::from_millis(dev.status_delay),
        shard_age: Duration::from_secs(dev.shard_age),
        stream_retention: Duration::from_secs(dev.stream_retention),
        ttl_sweep_delay: Duration::from_millis(dev.ttl_sweep_delay),
        ttl_deletes_per_second: dev.ttl_delete_rate,
        partitions: PartitionSettings {
            read_units: dev.partition_read_units,
            write_units: dev.partition_write_units,
            heat: Duration::from_secs(dev.partition_heat),
            bytes: dev.partition_size.bytes(),
        },
        enforce: dev.enforce,
        scaling_period: Duration::from_secs(dev.scaling_period),
        ..Settings::default()
    };
    let durability = match dev.durability {
        WhenAcknowledged::Durable => Durability::Durable,
        WhenAcknowledged::Relaxed => Durability::Relaxed,
    };
    if durability == Durability::Relaxed {
        tracing::warn!(
            "--durability relaxed: writes are acknowledged before they are synced, which happens each second; a power cut may take \
             what was acknowledged since the last sync, the end of the process takes nothing"
        );
    }
    let storage = match dev.data {
        None => Storage::Memory,
        Some(dir) => Storage::Directory {
            dir,
            options: Options {
                durability,
                cache_bytes: dev.cache_size.bytes(),
                memtable_bytes: dev.memtable_size.bytes(),
                ..Options::default()
            },
        },
    };
    wiring::serve(Setup {
        addresses: Addresses {
            host: dev.host,
            port: dev.port,
            admin_host: dev.admin_host,
            admin_port: dev.admin_port,
        },
        storage,
        settings,
        stall: Duration::from_secs(dev.stall),
        slow: dev.slow_ms.map(Duration::from_millis),
        metrics_tables: dev.metrics_tables,
    })
}

/// A name of a region: what stands between colons in ARNs, and in the names of hosts.
fn region(name: &str) -> Result<String, &'static str> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    match (1..=64).contains(&name.len()) && name.bytes().all(fits) {
        true => Ok(name.to_owned()),
        false => Err("a region is called like us-east-1: lower-case letters, digits and hyphens"),
    }
}

fn account_id(digits: &str) -> Result<String, &'static str> {
    match digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Ok(digits.to_owned()),
        false => Err("an account id has 12 digits"),
    }
}
