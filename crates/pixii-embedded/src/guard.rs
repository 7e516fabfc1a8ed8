//! Stands before fjall's own recovery, which forgives too much and too little.
//!
//! A power cut may tear the batch that was being written, and nothing else: it was never acknowledged, and it is cut
//! off so that fjall, which refuses to open over some tears, opens. Everything else that is broken in a journal is damage
//! to acknowledged commits, which fjall would drop in silence together with all that follows. Then the directory does not
//! open, and nothing in it is changed.
//!
//! What was acknowledged is known from these: each group commit names the newest one that was synced before it, the file
//! SYNCED does so outside the journals, numbers of groups have no gaps, and what comes before the first journal is in tables.

use crate::journal::{JournalReader, Next, journals};
use crate::record::CommitRecord;
use crate::synced::Note;
use lsm_tree::{AbstractTree, SeqNo, SequenceNumberCounter};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Where a torn batch goes, until the directory was opened without it.
const CUT: &str = "CUT";

/// Where fjall keeps the tables of the keyspace of commit records.
const META_TABLES: &str = "keyspaces/2";

/// Why a directory must not be opened.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// It cannot be read.
    Io(io::Error),
    /// Acknowledged commits are damaged or gone.
    Damaged(String),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// What must be there after fjall has opened.
#[derive(Debug)]
pub(crate) struct Expectation {
    /// The newest group commit that is known to have been synced.
    group: u64,
    cut: PathBuf,
}

/// Looks at the journals in `dir`/`store` and cuts off a torn batch. `noted` is what SYNCED says. Whoever knows that no group
/// behind `keep` was acknowledged has them cut off too.
pub(crate) fn inspect(
    dir: &Path,
    store: &Path,
    directory: u64,
    noted: Note,
    keep: Option<u64>,
) -> Result<Expectation, Refusal> {
    let cut = dir.join(CUT);
    // An earlier start may have been cut short right after it cut.
    let mut known = claims(&fs::read(&cut).or_else(none_if_missing)?, directory).max(noted.group);
    let journals = journals(store)?;
    if journals.is_empty() {
        return Err(Refusal::Damaged("its journal is missing".to_owned()));
    }
    for pair in journals.windows(2) {
        if pair[0].0 + 1 != pair[1].0 {
            return Err(Refusal::Damaged(format!("its journal {}.jnl is missing", pair[0].0 + 1)));
        }
    }
    let mut last: Option<(u64, CommitRecord)> = None;
    let in_tables = tables_hold(store, directory)?;
    for (index, (number, path)) in journals.iter().enumerate() {
        let mut reader = JournalReader::open(path, directory)?;
        let damaged = |reader: &JournalReader, why: &str| {
            Refusal::Damaged(format!(
                "its journal store/{number}.jnl is broken at byte {}: {why}",
                reader.offset()
            ))
        };
        loop {
            let at_batch = reader.offset();
            match reader.next()? {
                Next::End => break,
                Next::Batch { sequence, record } => {
                    let follows = record.filter(|record| {
                        last.is_none_or(|(before, previous)| {
                            before < sequence && previous.group + 1 == record.group
                        })
                    });
                    let Some(record) = follows else {
                        return Err(Refusal::Damaged(format!(
                            "its journal store/{number}.jnl is broken at byte {at_batch}: the batch there does not follow \
                             the one before"
                        )));
                    };
                    if keep.is_some_and(|keep| record.group > keep) {
                        let rest = reader.rest_from(at_batch)?;
                        cut_off(path, at_batch, &rest, &cut)?;
                        tracing::warn!(
                            journal = %path.display(), offset = at_batch, bytes = rest.len(),
                            "cut off a commit that was being written when the disk was full; it was not acknowledged"
                        );
                        break;
                    }
                    if last.is_none() && record.group > in_tables + 1 {
                        let (first, before) = (in_tables + 1, record.group - 1);
                        return Err(Refusal::Damaged(format!(
                            "commits {first} to {before} are missing: its tables end before them, and they should be in a \
                             journal before store/{number}.jnl, which begins with commit {}",
                            record.group
                        )));
                    }
                    known = known.max(record.synced_group);
                    last = Some((sequence, record));
                }
                Next::Broken(why) if !all_empty(&journals[index + 1..], directory)? => {
                    return Err(damaged(
                        &reader,
                        &format!("{why}, and there are commits in journals behind it"),
                    ));
                }
                Next::Broken(why) => {
                    let rest = reader.rest_from(reader.offset())?;
                    known = known.max(claims(&rest, directory));
                    let broken = match last {
                        Some((_, record)) => Some(record.group + 1),
                        // The first in its journal. A torn batch holds at most its own record, which does not vouch for it.
                        None => CommitRecord::find(&rest, directory).map(|record| record.group).min(),
                    };
                    if let Some(group) = broken.filter(|group| known >= *group) {
                        let why =
                            format!("{why}, and commits {group} to {known} behind it were acknowledged");
                        return Err(damaged(&reader, &why));
                    }
                    cut_off(path, reader.offset(), &rest, &cut)?;
                    let what = match noted.relaxed {
                        false => {
                            "cut off a commit that was being written when the power failed: nothing says that it was synced"
                        }
                        true => {
                            "cut off what was being written when the power failed: with --durability relaxed it may have been \
                             acknowledged, and it was not synced"
                        }
                    };
                    tracing::warn!(
                        journal = %path.display(), offset = reader.offset(), bytes = rest.len(), synced_commit = known, why,
                        "{what}"
                    );
                    break;
                }
            }
        }
    }
    Ok(Expectation { group: known, cut })
}

impl Expectation {
    /// Compares with what fjall has recovered.
    pub(crate) fn check(self, recovered: CommitRecord) -> Result<(), Refusal> {
        if recovered.group < self.group {
            let (first, last) = (recovered.group + 1, self.group);
            return Err(Refusal::Damaged(format!(
                "commits {first} to {last} were acknowledged and are missing"
            )));
        }
        match fs::remove_file(&self.cut) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// Whether nothing was written to these journals yet.
fn all_empty(journals: &[(u64, PathBuf)], directory: u64) -> io::Result<bool> {
    for (_, path) in journals {
        if JournalReader::open(path, directory)?.next()? != Next::End {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The newest group that is in tables, and needs no journal any more: fjall removes a journal only when all of it is there.
fn tables_hold(store: &Path, directory: u64) -> Result<u64, Refusal> {
    let unreadable = |error: lsm_tree::Error| match error {
        lsm_tree::Error::Io(error) => Refusal::Io(error),
        error => Refusal::Damaged(format!("its tables in {META_TABLES} cannot be read: {error}")),
    };
    let counter = SequenceNumberCounter::default;
    let tables =
        lsm_tree::Config::new(store.join(META_TABLES), counter(), counter()).open().map_err(unreadable)?;
    match tables.get(CommitRecord::KEY, SeqNo::MAX).map_err(unreadable)? {
        None => Ok(0),
        Some(bytes) => CommitRecord::decode(&bytes, directory)
            .map(|record| record.group)
            .ok_or_else(|| Refusal::Damaged(format!("the commit record in {META_TABLES} is unreadable"))),
    }
}

/// The newest group that any record in these bytes knows to be synced.
fn claims(bytes: &[u8], directory: u64) -> u64 {
    CommitRecord::find(bytes, directory).map(|record| record.synced_group).max().unwrap_or(0)
}

/// Puts the end of a journal aside, then cuts it off.
fn cut_off(journal: &Path, offset: u64, rest: &[u8], aside: &Path) -> io::Result<()> {
    fs::write(aside, rest)?;
    File::open(aside)?.sync_all()?;
    if let Some(dir) = aside.parent() {
        File::open(dir)?.sync_all()?;
    }
    let journal = OpenOptions::new().write(true).open(journal)?;
    journal.set_len(offset)?;
    journal.sync_all()
}

fn none_if_missing(error: io::Error) -> io::Result<Vec<u8>> {
    if error.kind() == io::ErrorKind::NotFound { Ok(Vec::new()) } else { Err(error) }
}
