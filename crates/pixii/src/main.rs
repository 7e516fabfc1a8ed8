//! The `pixii` program: arguments in, a running server or a sentence on why not out.
//!
//! [`cli`] has a file per command; [`wiring`] is the one place that names concrete types; [`log`], [`signals`] and
//! [`operators`], the thread that stays when requests hang, are what a process needs besides.

mod cli;
mod figures;
mod info;
mod log;
mod operators;
mod signals;
mod wiring;

use clap::Parser;
use cli::{Cli, Command};
use mimalloc::MiMalloc;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Dev(dev) => cli::dev::run(dev),
        Command::Check(check) => cli::check::run(&check),
        Command::Shell(shell) => cli::shell::run(shell),
        Command::Health(health) => cli::health::run(&health),
        Command::TopKeys(top_keys) => cli::top_keys::run(&top_keys),
        Command::Report(report) => cli::report::run(&report),
    };
    let read = log::finish();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Where nobody reads the log, nobody would read this, and it would wait for somebody.
            if read {
                eprintln!("pixii: {failure}");
            }
            failure.exit_code()
        }
    }
}
