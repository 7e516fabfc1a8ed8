//! Logs on stderr: text where a person reads them, JSON where a program does.

mod queue;

use clap::ValueEnum;
use queue::Queue;
use std::io::{self, IsTerminal};
use std::panic;
use std::sync::OnceLock;
use std::time::Duration;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt;

/// How long the end of the process waits for whoever reads the log.
const READ_WAIT: Duration = Duration::from_millis(500);

static QUEUE: OnceLock<Queue> = OnceLock::new();

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
///
/// # Errors
/// The operating system's, where it has no thread for it.
pub fn start(level: LogLevel) -> io::Result<()> {
    let queue = Queue::start(io::stderr(), |lines| {
        tracing::warn!(lines, "lines of the log were left out, because nobody read them");
    })?;
    let queue = QUEUE.get_or_init(|| queue);
    let lines = fmt().with_max_level(LevelFilter::from(level)).with_writer(|| queue.clone());
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
    Ok(())
}

/// Gives the log a moment to be read before the process ends. Whether all of it was.
pub fn finish() -> bool {
    QUEUE.get().is_none_or(|queue| queue.finish(READ_WAIT))
}
