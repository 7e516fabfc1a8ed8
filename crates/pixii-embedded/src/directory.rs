//! The data directory: who may use it, which format it has, and what lies in it.
//!
//! ```text
//! DIR/LOCK     locked by the process that has the directory open; holds its process id
//! DIR/FORMAT   "pixii data format 3" and the directory's id; CREATING until everything is on stable storage
//! DIR/SYNCED   the newest group commit that was synced, twice
//! DIR/CUT      a torn batch that recovery has cut off, while it is not done
//! DIR/store/   fjall's files
//! ```
//!
//! A directory is ours if it has a FORMAT, and may become ours if it is empty. Anything else is left alone.

use crate::database::{self, OpenDatabase};
use crate::guard::{self, Expectation, Refusal};
use crate::record::CommitRecord;
use crate::synced::{self, FILE_MODE, Found, Note, SyncedFile};
use crate::{Durability, Options};
use fjall::LsmError;
use rustix::fs::{FlockOperation, flock};
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The format that this program writes, and the newest it can read.
pub const FORMAT_VERSION: u32 = 3;
/// The first in which SYNCED is always there, and says of itself whether it is whole.
const FORMAT_OF_TWO_COPIES: u32 = 3;
const FORMAT_PREFIX: &str = "pixii data format ";
const ID_PREFIX: &str = "id ";

const LOCK: &str = "LOCK";
const FORMAT: &str = "FORMAT";
const CREATING: &str = "CREATING";
const SYNCED: &str = "SYNCED";
const STORE: &str = "store";

/// What may lie in a directory that counts as empty: ours from an interrupted creation, and the file system's own.
const EMPTY_ENOUGH: [&str; 2] = [LOCK, "lost+found"];

/// What fjall needs to find. It would make anew what is missing, and so hide what was there.
const PARTS: [&str; 4] = ["version", "keyspaces/0/current", "keyspaces/1/current", "keyspaces/2/current"];

/// Why a data directory cannot be opened.
#[derive(Debug)]
pub enum OpenError {
    /// It cannot be created, read or written.
    Unusable {
        /// The directory.
        dir: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Its path names something that is not a directory.
    NotADirectory {
        /// The path.
        dir: PathBuf,
    },
    /// There is none, and none was to be made.
    Absent {
        /// Where it should be.
        dir: PathBuf,
    },
    /// It holds files that are not ours.
    Foreign {
        /// The directory.
        dir: PathBuf,
        /// One of the files.
        found: String,
    },
    /// Another process has it open.
    Locked {
        /// The directory.
        dir: PathBuf,
        /// The other process's id, where it could be read.
        process: Option<u32>,
    },
    /// A newer program wrote it.
    Newer {
        /// The directory.
        dir: PathBuf,
        /// The version of its format.
        found: u32,
    },
    /// Nobody can say which commits were acknowledged.
    NoteLost {
        /// The directory.
        dir: PathBuf,
        /// What became of the note.
        why: &'static str,
    },
    /// What is in it cannot be right.
    Damaged {
        /// The directory.
        dir: PathBuf,
        /// What was found.
        detail: String,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unusable { dir, source } => {
                write!(f, "cannot use data directory {}: {source}", dir.display())
            }
            Self::NotADirectory { dir } => write!(f, "{} is not a directory", dir.display()),
            Self::Absent { dir } => write!(f, "there is no data directory at {}", dir.display()),
            Self::Foreign { dir, found } => write!(
                f,
                "{} is not a data directory: it holds {found:?}; give an empty directory or one that Pixii made",
                dir.display()
            ),
            Self::Locked { dir, process: Some(process) } => {
                write!(f, "data directory {} is in use by process {process}", dir.display())
            }
            Self::Locked { dir, process: None } => {
                write!(f, "data directory {} is in use by another process", dir.display())
            }
            Self::Newer { dir, found } => write!(
                f,
                "data directory {} has format {found}, and this version of Pixii reads formats up to {FORMAT_VERSION}; \
                 use the version that wrote it",
                dir.display()
            ),
            Self::NoteLost { dir, why } => write!(
                f,
                "data directory {dir} is damaged: its file {SYNCED} {why}, and without it nobody can say whether the last \
                 commits are all there; restore the directory from a backup, or run `pixii check --trust-journals {dir}`, \
                 which takes what its journals hold for all that was acknowledged",
                dir = dir.display()
            ),
            Self::Damaged { dir, detail } => {
                write!(f, "data directory {} is damaged: {detail}; restore it from a backup", dir.display())
            }
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unusable { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// Keeps other processes out of the directory while it lives.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// What a directory holds.
pub(crate) struct Opened {
    pub(crate) database: OpenDatabase,
    pub(crate) last_commit: CommitRecord,
    pub(crate) synced: SyncedFile,
    pub(crate) lock: Lock,
}

/// The folder of fjall's files in a data directory.
pub(crate) fn store(dir: &Path) -> PathBuf {
    dir.join(STORE)
}

/// Opens or makes a data directory.
pub(crate) fn open(dir: &Path, options: &Options) -> Result<Opened, OpenError> {
    let unusable = |source| OpenError::Unusable { dir: dir.to_owned(), source };
    let damaged = |detail| OpenError::Damaged { dir: dir.to_owned(), detail };
    if options.create {
        prepare(dir)?;
    } else {
        find(dir)?;
    }
    let lock = lock(dir)?;
    let store = dir.join(STORE);
    let relaxed = options.durability == Durability::Relaxed;
    let Some(Format { version, id }) = read_format(dir)? else {
        let id = begin_creation(dir).map_err(unusable)?;
        let (database, last_commit) = open_store(dir, options, id, None)?;
        let note = Note { group: last_commit.group, relaxed };
        let synced = SyncedFile::create(&dir.join(SYNCED), id, note).map_err(unusable)?;
        finish_creation(dir).map_err(unusable)?;
        return Ok(Opened { database, last_commit, synced, lock });
    };
    if let Some(missing) = PARTS.iter().find(|part| !store.join(part).exists()) {
        return Err(damaged(format!("{STORE}/{missing} is missing")));
    }
    let found = synced::read(&dir.join(SYNCED), id).map_err(unusable)?;
    let noted = noted(dir, version, found, options)?;
    let known = noted.unwrap_or(Note { group: 0, relaxed: false });
    if known.relaxed {
        tracing::warn!(
            dir = %dir.display(), synced_commit = known.group,
            "the directory was in use with --durability relaxed and was not closed: if the power failed, what was acknowledged \
             after the last sync, about a second's writes, may be missing"
        );
    }
    let expectation =
        guard::inspect(dir, &store, id, known, None).map_err(|refusal| refused(dir, refusal))?;
    let (database, last_commit) = open_store(dir, options, id, Some(expectation))?;
    // fjall has synced what it recovered. After a clean close this is noted already, and a start saves a sync.
    let note = Note { group: last_commit.group, relaxed };
    let synced = match found {
        Found::Note(before) => {
            let mut synced = SyncedFile::open(&dir.join(SYNCED), id, before).map_err(unusable)?;
            if before != note {
                synced.settle(note).map_err(unusable)?;
            }
            synced
        }
        Found::Old(_) | Found::Lost(_) => {
            let synced = SyncedFile::create(&dir.join(SYNCED), id, note).map_err(unusable)?;
            sync_directory(dir).map_err(unusable)?;
            synced
        }
    };
    if version < FORMAT_VERSION {
        upgrade(dir, id).map_err(unusable)?;
        tracing::info!(dir = %dir.display(), from = version, to = FORMAT_VERSION, "upgraded the directory's format");
    }
    Ok(Opened { database, last_commit, synced, lock })
}

/// What SYNCED says, if it says anything and may be silent.
fn noted(dir: &Path, version: u32, found: Found, options: &Options) -> Result<Option<Note>, OpenError> {
    let why = match found {
        Found::Note(note) => return Ok(Some(note)),
        Found::Old(group) if version < FORMAT_OF_TWO_COPIES => {
            return Ok(Some(Note { group, relaxed: false }));
        }
        Found::Old(_) => "has the form of an older format",
        Found::Lost(why) => why,
    };
    // Before format 3 it was written first after the first commit, and not synced.
    let may_be_empty = version < FORMAT_OF_TWO_COPIES && why == synced::EMPTY;
    if !may_be_empty && !options.trust_journals {
        return Err(OpenError::NoteLost { dir: dir.to_owned(), why });
    }
    tracing::warn!(
        dir = %dir.display(), why,
        "without its file {SYNCED} nobody can say whether the last commits are all there: what the journals hold is taken for all"
    );
    Ok(None)
}

/// Opens the database again in a directory that this process has open, and cuts off what follows group commit `keep`.
pub(crate) fn reopen(
    dir: &Path,
    options: &Options,
    last_commit: &CommitRecord,
    synced_group: u64,
    keep: Option<u64>,
) -> Result<(OpenDatabase, CommitRecord), OpenError> {
    let id = last_commit.directory;
    let known = Note { group: synced_group, relaxed: options.durability == Durability::Relaxed };
    let expectation = guard::inspect(dir, &dir.join(STORE), id, known, keep);
    open_store(dir, options, id, Some(expectation.map_err(|refusal| refused(dir, refusal))?))
}

/// Opens fjall and reads the last commit, which must be what the guard expects.
fn open_store(
    dir: &Path,
    options: &Options,
    id: u64,
    expectation: Option<Expectation>,
) -> Result<(OpenDatabase, CommitRecord), OpenError> {
    let damaged = |detail| OpenError::Damaged { dir: dir.to_owned(), detail };
    let database = database::open(&dir.join(STORE), options).map_err(|error| match error {
        fjall::Error::Io(source) | fjall::Error::Storage(LsmError::Io(source)) => {
            OpenError::Unusable { dir: dir.to_owned(), source }
        }
        fjall::Error::Locked => OpenError::Locked { dir: dir.to_owned(), process: None },
        error => damaged(error.to_string()),
    })?;
    let record = database.meta.get(CommitRecord::KEY).map_err(|error| damaged(error.to_string()))?;
    let last_commit = match record {
        Some(bytes) => CommitRecord::decode(&bytes, id)
            .ok_or_else(|| damaged("its commit record is unreadable".to_owned()))?,
        None => CommitRecord::first(id),
    };
    if let Some(expectation) = expectation {
        expectation.check(last_commit).map_err(|refusal| refused(dir, refusal))?;
    }
    Ok((database, last_commit))
}

fn refused(dir: &Path, refusal: Refusal) -> OpenError {
    match refusal {
        Refusal::Io(source) => OpenError::Unusable { dir: dir.to_owned(), source },
        Refusal::Damaged(detail) => OpenError::Damaged { dir: dir.to_owned(), detail },
    }
}

/// Makes sure that there is a directory, and that it is ours or empty, before anything is written to it.
fn prepare(dir: &Path) -> Result<(), OpenError> {
    let unusable = |source| OpenError::Unusable { dir: dir.to_owned(), source };
    match fs::metadata(dir) {
        Ok(metadata) if !metadata.is_dir() => return Err(OpenError::NotADirectory { dir: dir.to_owned() }),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(dir).map_err(unusable)?;
            sync_directory(dir.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")))
                .map_err(unusable)?;
        }
        Err(error) => return Err(unusable(error)),
    }
    if [FORMAT, CREATING].iter().any(|name| dir.join(name).exists()) {
        return Ok(());
    }
    for entry in fs::read_dir(dir).map_err(unusable)? {
        let found = entry.map_err(unusable)?.file_name().to_string_lossy().into_owned();
        if !EMPTY_ENOUGH.contains(&found.as_str()) {
            return Err(OpenError::Foreign { dir: dir.to_owned(), found });
        }
    }
    Ok(())
}

/// Makes sure that there is a directory that was completely made.
fn find(dir: &Path) -> Result<(), OpenError> {
    let is_directory = match fs::metadata(dir) {
        Ok(metadata) => metadata.is_dir(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(OpenError::Absent { dir: dir.to_owned() });
        }
        Err(source) => return Err(OpenError::Unusable { dir: dir.to_owned(), source }),
    };
    match is_directory {
        false => Err(OpenError::NotADirectory { dir: dir.to_owned() }),
        true if read_format(dir)?.is_none() => Err(OpenError::Absent { dir: dir.to_owned() }),
        true => Ok(()),
    }
}

fn lock(dir: &Path) -> Result<Lock, OpenError> {
    let unusable = |source| OpenError::Unusable { dir: dir.to_owned(), source };
    let path = dir.join(LOCK);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(unusable)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {}
        Err(rustix::io::Errno::WOULDBLOCK) => {
            let mut text = String::new();
            let process = file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
            return Err(OpenError::Locked { dir: dir.to_owned(), process });
        }
        Err(error) => return Err(unusable(error.into())),
    }
    // Only to name this process to another one that finds the directory in use.
    file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(unusable)?;
    Ok(Lock { _file: file })
}

/// What FORMAT says.
struct Format {
    version: u32,
    /// The directory's id.
    id: u64,
}

/// The directory's format, if it was completely made.
fn read_format(dir: &Path) -> Result<Option<Format>, OpenError> {
    let text = match fs::read_to_string(dir.join(FORMAT)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => String::new(),
        Err(source) => return Err(OpenError::Unusable { dir: dir.to_owned(), source }),
    };
    let mut lines = text.lines();
    let version = lines.next().and_then(|line| line.strip_prefix(FORMAT_PREFIX)?.parse::<u32>().ok());
    let Some(version) = version else {
        return Err(OpenError::Foreign { dir: dir.to_owned(), found: FORMAT.to_owned() });
    };
    if version > FORMAT_VERSION {
        return Err(OpenError::Newer { dir: dir.to_owned(), found: version });
    }
    match lines.next().and_then(|line| u64::from_str_radix(line.strip_prefix(ID_PREFIX)?, 16).ok()) {
        Some(id) => Ok(Some(Format { version, id })),
        None => Err(OpenError::Damaged {
            dir: dir.to_owned(),
            detail: format!("{FORMAT} has lost the directory's id"),
        }),
    }
}

/// Starts making a data directory, and gives it an id. Whatever an interrupted earlier start left was never used.
fn begin_creation(dir: &Path) -> io::Result<u64> {
    // The keys of a new hasher are the standard library's randomness.
    let id = RandomState::new().hash_one(dir);
    write_format(&dir.join(CREATING), id)?;
    sync_directory(dir)?;
    match fs::remove_dir_all(dir.join(STORE)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(id),
    }
}

fn write_format(path: &Path, id: u64) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(FILE_MODE).open(path)?;
    writeln!(file, "{FORMAT_PREFIX}{FORMAT_VERSION}\n{ID_PREFIX}{id:016x}")?;
    file.sync_all()
}

/// Says that the directory has the newest format, once all in it has.
fn upgrade(dir: &Path, id: u64) -> io::Result<()> {
    let beside = dir.join(FORMAT).with_extension("new");
    write_format(&beside, id)?;
    fs::rename(beside, dir.join(FORMAT))?;
    sync_directory(dir)
}

/// Makes the new directory durable, its folders included, before anything in it is acknowledged. fjall does not sync
/// the folder in which it makes a keyspace's.
fn finish_creation(dir: &Path) -> io::Result<()> {
    sync_tree(&dir.join(STORE))?;
    // Where FORMAT is, the rest must be, even on a file system that writes the entries of a folder in any order.
    sync_directory(dir)?;
    fs::rename(dir.join(CREATING), dir.join(FORMAT))?;
    sync_directory(dir)
}

fn sync_tree(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_tree(&entry.path())?;
        }
    }
    sync_directory(dir)
}

pub(crate) fn sync_directory(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
