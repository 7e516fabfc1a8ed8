//! The command line: its commands, and how each of them may fail.

mod admin;
pub mod check;
mod columns;
pub mod dev;
pub mod health;
mod moment;
pub mod report;
pub mod shell;
pub mod size;
pub mod top_keys;

use clap::{Parser, Subcommand};
use pixii_embedded::OpenError;
use pixii_shell::ShellError;
use pixii_store::StoreError;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

const EXAMPLES: &str = "\
Examples:
  pixii dev                            Serve http://127.0.0.1:8000 from memory
  pixii dev --data ./data              Keep tables in a directory
  aws dynamodb list-tables --endpoint-url http://127.0.0.1:8000
  pixii check ./data                   Verify what is in a directory, while no server has it open
  pixii shell                          Ask it in PartiQL
  pixii health                         Ask the server whether it answers
  pixii top-keys --table Music         Show which keys are used and throttled most
  pixii report cost --table Music      Show what was consumed, and what it would cost on AWS

Exit codes:
  0    done, or stopped as asked
  1    failed
  2    wrong arguments
  3    cannot listen at that address
  4    cannot use the data directory
  130  stopped at once by a second signal
`pixii check` has its own: see `pixii check --help`.";

/// A DynamoDB-compatible database you can own.
#[derive(Debug, Parser)]
#[command(name = "pixii", version, about, after_help = EXAMPLES, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve DynamoDB for development: any credentials, from memory or from a directory
    Dev(dev::Dev),
    /// Verify a data directory while no server has it open: keys, items, indexes, counters
    Check(check::Check),
    /// Ask a DynamoDB endpoint in PartiQL, at a prompt or from a script
    Shell(shell::Shell),
    /// Ask a server whether it answers; fails if it does not
    Health(health::Health),
    /// Show which keys of a table or index are used and throttled most
    TopKeys(top_keys::TopKeys),
    /// Show what a table and its indexes consumed, and what that would cost on AWS
    Report(report::Report),
}

/// Why a command failed: one sentence each, and an exit code.
#[derive(Debug)]
pub enum Failure {
    /// The address is taken, or not ours.
    Listen {
        /// Where.
        address: String,
        /// The option that would choose another port.
        option: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
    /// The data directory cannot be used.
    Data(OpenError),
    /// The tables in the data directory cannot be read.
    Tables(String),
    /// A data directory to be checked cannot be opened.
    Unopened(OpenError),
    /// What is in the data directory is not as it should be.
    Problems {
        /// The directory.
        dir: PathBuf,
        /// How many.
        count: u64,
    },
    /// The data directory cannot be read to its end.
    Unreadable {
        /// The directory.
        dir: PathBuf,
        /// What the store said.
        source: StoreError,
    },
    /// The server does not answer, or says it is not healthy.
    Unhealthy {
        /// Which server.
        url: String,
        /// Why.
        detail: String,
    },
    /// The admin endpoint does not answer what was asked.
    Admin {
        /// Where.
        url: String,
        /// Why.
        detail: String,
    },
    /// A file has no rates.
    Rates(String),
    /// A statement failed, or the endpoint of a shell cannot be reached.
    Shell(ShellError),
    /// The operating system refused something that every process needs.
    System(io::Error),
}

impl Failure {
    /// The exit code, as `--help` lists them.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Shell(_)
            | Self::Unhealthy { .. }
            | Self::Admin { .. }
            | Self::Rates(_)
            | Self::System(_)
            | Self::Problems { .. }
            | Self::Unreadable { .. } => 1,
            Self::Unopened(_) => 2,
            Self::Listen { .. } => 3,
            Self::Data(_) | Self::Tables(_) => 4,
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen { address, option, source } if source.kind() == io::ErrorKind::AddrInUse => {
                write!(f, "cannot listen at {address}: the port is in use; choose another with {option}")
            }
            Self::Listen { address, source, .. } => write!(f, "cannot listen at {address}: {source}"),
            Self::Data(error) | Self::Unopened(error) => error.fmt(f),
            Self::Problems { dir, count: 1 } => write!(f, "there is a problem in {}", dir.display()),
            Self::Problems { dir, count } => write!(f, "there are {count} problems in {}", dir.display()),
            Self::Unreadable { dir, source } => {
                write!(f, "data directory {} cannot be read to its end: {source}", dir.display())
            }
            Self::Tables(detail) => write!(f, "cannot read the tables in the data directory: {detail}"),
            Self::Unhealthy { url, detail } => write!(f, "{url} is not healthy: {detail}"),
            Self::Admin { url, detail } => write!(f, "{url}: {detail}"),
            Self::Rates(detail) => f.write_str(detail),
            Self::Shell(error) => error.fmt(f),
            Self::System(error) => write!(f, "cannot start: {error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn relaxed_durability_needs_a_directory() {
        assert!(Cli::try_parse_from(["pixii", "dev", "--durability", "relaxed"]).is_err());
        assert!(Cli::try_parse_from(["pixii", "dev", "--durability", "relaxed", "--data", "x"]).is_ok());
    }
}
