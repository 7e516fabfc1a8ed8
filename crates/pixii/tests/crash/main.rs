//! The server and its data directory under everything that may happen to a machine: [`kill`] ends the process, [`power`]
//! takes away what was not synced, [`fault`] lets the disk fail and run full.
//!
//! `PIXII_TEST_ROUNDS` says how many rounds, `PIXII_TEST_SEED` repeats a run's choices (not its timing).

mod kill;
mod ledger;
mod server;
mod stream;
mod workload;

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod disk;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod fault;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod power;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod record;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod trace;

use rand::SeedableRng;
use rand::rngs::SmallRng;
use std::hash::{BuildHasher, RandomState};

/// The value of an environment variable.
fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("the variable is a number"))
}

/// The rounds and the dice of a test, which are printed.
fn rounds_and_dice(usual: u64) -> (u64, SmallRng) {
    let seed = number("PIXII_TEST_SEED").unwrap_or_else(|| RandomState::new().hash_one("seed"));
    let rounds = number("PIXII_TEST_ROUNDS").unwrap_or(usual);
    println!("PIXII_TEST_SEED={seed} PIXII_TEST_ROUNDS={rounds}");
    (rounds, SmallRng::seed_from_u64(seed))
}
