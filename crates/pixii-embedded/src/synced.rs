//! SYNCED, the note outside the journals of which group commits are known to be synced.
//!
//! ```text
//! copy    "PIXISYNC", group (8), how it was written (8), directory's id (8), checksum of these (8)
//! SYNCED  copy, zeros up to byte 4096, copy
//! ```
//!
//! Numbers are big-endian, the checksum is XXH3 with 64 bits. The copies are written by turns and lie in sectors of their own,
//! so a power cut spoils neither: a write of one that is torn leaves the other. After a power cut the note may be behind,
//! because it is not synced with each commit; it is never ahead. There is always one: a directory gets it before it gets
//! its FORMAT. So one that is missing, or of which no copy is whole, was lost, and nobody may take it for 0.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use twox_hash::XxHash3_64;

const MAGIC: &[u8; 8] = b"PIXISYNC";
const COPY_BYTES: usize = 40;
/// Where the second copy begins: in another sector of any disk.
const SECOND: usize = 4096;
const FILE_BYTES: usize = SECOND + COPY_BYTES;

/// What is wrong with a file in which there is nothing.
pub(crate) const EMPTY: &str = "is empty";

const DURABLE: u64 = 0;
const RELAXED: u64 = 1;

/// Readable for whoever runs the program, and nobody else.
pub(crate) const FILE_MODE: u32 = 0o600;

/// What is noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    /// The newest group commit that is known to be on stable storage.
    pub(crate) group: u64,
    /// Whether commits behind it may have been acknowledged: the directory is in use by somebody who does not wait for syncs.
    pub(crate) relaxed: bool,
}

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A note.
    Note(Note),
    /// A note as it was before format 3: the group and its complement, once.
    Old(u64),
    /// Nothing that can be relied on, and why.
    Lost(&'static str),
}

/// The file, to be written to.
#[derive(Debug)]
pub(crate) struct SyncedFile {
    file: File,
    directory: u64,
    relaxed: bool,
    /// Which copy is written next.
    turn: bool,
}

/// Reads the note of the directory with this id.
pub(crate) fn read(path: &Path, directory: u64) -> io::Result<Found> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Lost("is missing")),
        Err(error) => return Err(error),
    };
    if let ([group, check], []) = bytes.as_chunks::<8>() {
        let group = u64::from_be_bytes(*group);
        return Ok(match !group == u64::from_be_bytes(*check) {
            true => Found::Old(group),
            false => Found::Lost("is damaged"),
        });
    }
    let copies = [0, SECOND].into_iter().filter_map(|at| decode(bytes.get(at..at + COPY_BYTES)?, directory));
    Ok(match copies.max_by_key(|note| note.group) {
        Some(note) => Found::Note(note),
        None if bytes.is_empty() => Found::Lost(EMPTY),
        None => Found::Lost("is damaged in both of its copies"),
    })
}

impl SyncedFile {
    /// Makes a new file beside the old one, and puts it in its place, on stable storage but for the folder's entry.
    pub(crate) fn create(path: &Path, directory: u64, note: Note) -> io::Result<Self> {
        let beside = path.with_extension("new");
        let file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(FILE_MODE).open(&beside)?;
        let mut bytes = encode(note, directory);
        bytes.resize(SECOND, 0);
        bytes.extend(encode(note, directory));
        debug_assert_eq!(bytes.len(), FILE_BYTES);
        file.write_all_at(&bytes, 0)?;
        file.sync_all()?;
        fs::rename(beside, path)?;
        Ok(Self { file, directory, relaxed: note.relaxed, turn: false })
    }

    /// Opens the file that holds this note.
    pub(crate) fn open(path: &Path, directory: u64, note: Note) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).open(path)?;
        Ok(Self { file, directory, relaxed: note.relaxed, turn: false })
    }

    /// Notes that this group commit is synced.
    pub(crate) fn note(&mut self, group: u64) -> io::Result<()> {
        let copy = encode(Note { group, relaxed: self.relaxed }, self.directory);
        let at = if self.turn { SECOND } else { 0 };
        self.turn = !self.turn;
        self.file.write_all_at(&copy, at as u64)
    }

    /// Writes both copies, one after the other, each on stable storage before the other is touched.
    pub(crate) fn settle(&mut self, note: Note) -> io::Result<()> {
        self.relaxed = note.relaxed;
        for _ in 0..2 {
            self.note(note.group)?;
            self.file.sync_all()?;
        }
        Ok(())
    }
}

fn encode(note: Note, directory: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(FILE_BYTES);
    bytes.extend(MAGIC);
    bytes.extend(note.group.to_be_bytes());
    bytes.extend(if note.relaxed { RELAXED } else { DURABLE }.to_be_bytes());
    bytes.extend(directory.to_be_bytes());
    bytes.extend(XxHash3_64::oneshot(&bytes).to_be_bytes());
    bytes
}

fn decode(copy: &[u8], directory: u64) -> Option<Note> {
    let (words, []) = copy.as_chunks::<8>() else { return None };
    let [magic, group, relaxed, id, check] = words else { return None };
    let is_whole = magic == MAGIC
        && u64::from_be_bytes(*id) == directory
        && u64::from_be_bytes(*check) == XxHash3_64::oneshot(&copy[..COPY_BYTES - 8]);
    let relaxed = match u64::from_be_bytes(*relaxed) {
        DURABLE => false,
        RELAXED => true,
        _ => return None,
    };
    is_whole.then_some(Note { group: u64::from_be_bytes(*group), relaxed })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: u64 = 0xFEED;

    fn note(group: u64) -> Note {
        Note { group, relaxed: false }
    }

    #[test]
    fn the_note_says_what_was_noted_last() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("SYNCED");
        assert_eq!(read(&path, ID).unwrap(), Found::Lost("is missing"));
        let mut file = SyncedFile::create(&path, ID, note(0)).unwrap();
        assert_eq!(read(&path, ID).unwrap(), Found::Note(note(0)));
        for group in 1..=5 {
            file.note(group).unwrap();
            assert_eq!(read(&path, ID).unwrap(), Found::Note(note(group)));
        }
        assert_eq!(read(&path, ID + 1).unwrap(), Found::Lost("is damaged in both of its copies"));
        file.settle(Note { group: 7, relaxed: true }).unwrap();
        assert_eq!(read(&path, ID).unwrap(), Found::Note(Note { group: 7, relaxed: true }));
        let mut file = SyncedFile::open(&path, ID, Note { group: 7, relaxed: true }).unwrap();
        file.note(8).unwrap();
        assert_eq!(read(&path, ID).unwrap(), Found::Note(Note { group: 8, relaxed: true }));
    }

    /// A file of zeros once read as "nothing was synced", and acknowledged commits went missing in silence.
    #[test]
    fn one_copy_is_enough_and_none_is_a_loss_however_it_came_about() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("SYNCED");
        let mut file = SyncedFile::create(&path, ID, note(41)).unwrap();
        file.note(42).unwrap();
        let whole = fs::read(&path).unwrap();
        let found = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut bytes = whole.clone();
            change(&mut bytes);
            fs::write(&path, bytes).unwrap();
            read(&path, ID).unwrap()
        };
        for at in 0..COPY_BYTES {
            assert_eq!(found(&|bytes| bytes[at] ^= 1), Found::Note(note(41)), "byte {at}");
            assert_eq!(found(&|bytes| bytes[SECOND + at] ^= 1), Found::Note(note(42)), "byte {at}");
        }
        assert_eq!(found(&|bytes| bytes.truncate(SECOND)), Found::Note(note(42)));
        assert_eq!(found(&|bytes| bytes[..SECOND].fill(0)), Found::Note(note(41)));
        for lost in [0, 1, 8, 15, 16, 17, 24, 39] {
            assert!(matches!(found(&|bytes| bytes.truncate(lost)), Found::Lost(_)), "{lost} bytes");
        }
        assert!(matches!(found(&|bytes| bytes.fill(0)), Found::Lost(_)));
        assert!(matches!(found(&|bytes| *bytes = vec![0; 16]), Found::Lost(_)));
        let old = [42u64.to_be_bytes(), (!42u64).to_be_bytes()].concat();
        assert_eq!(found(&|bytes| bytes.clone_from(&old)), Found::Old(42));
    }
}
