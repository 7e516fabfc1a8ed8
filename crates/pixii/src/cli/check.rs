//! `pixii check`: whether what is in a data directory is as it should be.

use super::Failure;
use crate::wiring;
use clap::Args;
use pixii_engine::audit::{Finding, IndexReport, Report, TableReport};
use pixii_engine::table::IndexKind;
use std::io::{self, Write};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  pixii check ./data
  pixii check ./data > found.txt       Progress stays on stderr
  pixii check ./copy && echo clean     A copy made while no server had the directory open

It opens the directory as a server does, so no server may have it open, and what a crash left is recovered. Then it
reads everything: every key and item decodes, every index equals its rebuild from the items, counters are true, and
nothing lies around that no table has. It changes no table. Each problem is one line on stdout.

Exit codes:
  0  clean
  1  there are problems
  2  the directory cannot be opened, or wrong arguments";

/// Progress is told after this many keys.
const TOLD_EVERY_KEYS: u64 = 250_000;

/// Options of `pixii check`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Check {
    /// The data directory
    #[arg(value_name = "DIR")]
    dir: PathBuf,

    /// Where the note of what was synced is lost, take what the journals hold for all that was acknowledged
    #[arg(long)]
    trust_journals: bool,
}

/// Checks the directory and says what is in it.
pub fn run(check: &Check) -> Result<(), Failure> {
    let mut told = 0;
    let mut tell = |finding| match finding {
        Finding::Problem(problem) => say(&format!("problem: {problem}")),
        Finding::Note(note) => say(&format!("note: {note}")),
        Finding::Progress(keys) if keys - told >= TOLD_EVERY_KEYS => {
            told = keys;
            eprintln!("pixii: {keys} keys so far");
        }
        Finding::Progress(_) => {}
    };
    let report = wiring::audit(&check.dir, check.trust_journals, &mut tell)?;
    say(&summary(&report));
    match report.problems {
        0 => {
            say(&format!("{} is clean: {} keys", check.dir.display(), report.keys));
            Ok(())
        }
        count => Err(Failure::Problems { dir: check.dir.clone(), count }),
    }
}

fn summary(report: &Report) -> String {
    let mut lines = Vec::new();
    for TableReport { name, items, bytes, indexes } in &report.tables {
        lines.push(format!("table {name}: {items} items, {bytes} bytes"));
        for IndexReport { name, kind, entries, bytes } in indexes {
            let kind = match kind {
                IndexKind::Local => "local",
                IndexKind::Global => "global",
            };
            lines.push(format!("  {kind} index {name}: {entries} entries, {bytes} bytes"));
        }
    }
    if lines.is_empty() {
        lines.push("no tables".to_owned());
    }
    lines.join("\n")
}

/// On stdout. Who closes it, as `head` does, still gets the exit code.
fn say(text: &str) {
    _ = writeln!(io::stdout().lock(), "{text}");
}
