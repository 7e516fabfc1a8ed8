//! Logs on stderr: text where a person reads them, JSON where a program does.

use clap::ValueEnum;
use std::io::{self, IsTerminal};
use std::panic;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt;

/// The least important lines to log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    /// Nothing
    Off,
    /// Failures of ours
    Error,
    /// What an operator should look at
    Warn,
    /// Starts and stops
    Info,
    /// Each request, without its contents
    Debug,
    /// Everything
    Trace,
}

impl From<LogLevel> for LevelFilter {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Off => Self::OFF,
            LogLevel::Error => Self::ERROR,
            LogLevel::Warn => Self::WARN,
            LogLevel::Info => Self::INFO,
            LogLevel::Debug => Self::DEBUG,
            LogLevel::Trace => Self::TRACE,
        }
    }
}

/// Starts logging, panics included.
pub fn start(level: LogLevel) {
    let lines = fmt().with_max_level(LevelFilter::from(level)).with_writer(io::stderr);
    if io::stderr().is_terminal() {
        lines.init();
    } else {
        lines.json().flatten_event(true).init();
    }
    panic::set_hook(Box::new(|info| {
        let location = info.location().map(ToString::to_string);
        // A formatted message may quote what was being worked on, and item data stays out of logs.
        let message = info.payload().downcast_ref::<&'static str>();
        tracing::error!(location, message, "panicked");
    }));
}
