//! What this server is: told to the log at its start, and to operators who ask `/info`.

use crate::wiring::{Setup, Storage};
use pixii_embedded::{Durability, FORMAT_VERSION};
use pixii_engine::Env;
use pixii_engine::env::Micros;
use pixii_model::admin;
use pixii_server::Limits;
use serde::Serialize;
use std::net::SocketAddr;

/// What does not change while it runs, in the words of `/info`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Facts {
    name: &'static str,
    version: &'static str,
    pid: u32,
    /// Of the data directory; absent where there is none.
    data_format: Option<u32>,
    data_directory: Option<String>,
    durability: &'static str,
    region: String,
    account_id: String,
    enforce: bool,
    address: String,
    admin_address: Option<String>,
    started: u64,
    limits: Bounds,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Bounds {
    connections: usize,
    body_bytes: usize,
    body_bytes_in_flight: usize,
    body_bytes_at_work: usize,
    open_files: Option<u64>,
    cache_bytes: Option<u64>,
    memtable_bytes: Option<u64>,
    stall_seconds: f64,
    slow_milliseconds: Option<u64>,
    metrics_tables: usize,
}

/// What `/info` answers.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer<'i> {
    #[serde(flatten)]
    facts: &'i Facts,
    uptime_seconds: u64,
    /// What the directory's file system has left, and how much it holds in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    disk_free_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disk_bytes: Option<u64>,
}

/// What a server is.
pub struct Info {
    facts: Facts,
    env: Env,
    started: Micros,
}

impl Info {
    /// What it is, at its start.
    pub fn new(setup: &Setup, address: SocketAddr, admin_address: Option<SocketAddr>) -> Self {
        let env = Env::system();
        let started = env.now();
        let (dir, options) = match &setup.storage {
            Storage::Memory => (None, None),
            Storage::Directory { dir, options } => (Some(dir), Some(options)),
        };
        let limits = Limits::default();
        let facts = Facts {
            name: "pixii",
            version: env!("CARGO_PKG_VERSION"),
            pid: std::process::id(),
            data_format: dir.map(|_| FORMAT_VERSION),
            data_directory: dir.map(|dir| dir.display().to_string()),
            durability: match options.map(|options| options.durability) {
                None => "memory",
                Some(Durability::Durable) => "durable",
                Some(Durability::Relaxed) => "relaxed",
            },
            region: setup.settings.region.clone(),
            account_id: setup.settings.account.clone(),
            enforce: setup.settings.enforce,
            address: address.to_string(),
            admin_address: admin_address.map(|address| address.to_string()),
            started: started.seconds(),
            limits: Bounds {
                connections: limits.connections_max,
                body_bytes: pixii_model::limits::REQUEST_BYTES_MAX,
                body_bytes_in_flight: limits.body_bytes_in_flight_max,
                body_bytes_at_work: limits.body_bytes_at_work_max,
                open_files: rustix::process::getrlimit(rustix::process::Resource::Nofile).current,
                cache_bytes: options.map(|options| options.cache_bytes),
                memtable_bytes: options.map(|options| options.memtable_bytes),
                stall_seconds: setup.stall.as_secs_f64(),
                slow_milliseconds: setup.slow.map(|slow| slow.as_millis() as u64),
                metrics_tables: setup.metrics_tables,
            },
        };
        Self { facts, env, started }
    }

    /// The first line of the log.
    pub fn log(&self) {
        let Facts { version, pid, data_format, data_directory, durability, region, account_id, .. } =
            &self.facts;
        let Facts { enforce, address, admin_address, limits, .. } = &self.facts;
        tracing::info!(
            version,
            pid,
            data_format,
            data_directory,
            durability,
            region,
            account_id,
            enforce,
            address,
            admin_address,
            connections_max = limits.connections,
            body_bytes_max = limits.body_bytes,
            body_bytes_in_flight_max = limits.body_bytes_in_flight,
            body_bytes_at_work_max = limits.body_bytes_at_work,
            open_files_max = limits.open_files,
            cache_bytes = limits.cache_bytes,
            memtable_bytes = limits.memtable_bytes,
            stall_seconds = limits.stall_seconds,
            slow_milliseconds = limits.slow_milliseconds,
            "starting"
        );
    }

    /// What `/info` answers.
    pub fn to_json(&self) -> Vec<u8> {
        let disk = self.facts.data_directory.as_ref().and_then(|dir| rustix::fs::statvfs(dir.as_str()).ok());
        let bytes = |blocks: u64, size: u64| blocks.saturating_mul(size);
        admin::to_json(&Answer {
            facts: &self.facts,
            uptime_seconds: self.env.now().0.saturating_sub(self.started.0) / 1_000_000,
            disk_free_bytes: disk.as_ref().map(|disk| bytes(disk.f_bavail, disk.f_frsize)),
            disk_bytes: disk.as_ref().map(|disk| bytes(disk.f_blocks, disk.f_frsize)),
        })
    }
}
