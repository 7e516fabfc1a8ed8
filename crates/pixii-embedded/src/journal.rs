//! Reads fjall's journals as they lie on disk, to judge them before fjall does.
//!
//! ```text
//! journal  batch*, then zeros up to the space that was set aside
//! batch    1, entries (4), sequence number (8); entry*; 3, checksum of the entries (8), "FJL" 3
//! entry    2, kind, compression, keyspace (8), key length (2), value length (4), length on disk (4), key, value
//!          4, keyspace (8)
//! ```
//!
//! Numbers are little-endian; the checksum is XXH3 with 64 bits.

use crate::record::CommitRecord;
use rustix::fs::SeekFrom;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek};
use std::path::{Path, PathBuf};
use twox_hash::XxHash3_64;

const BATCH: u8 = 1;
const ENTRY: u8 = 2;
const END: u8 = 3;
const CLEAR: u8 = 4;
const TRAILER: [u8; 4] = [b'F', b'J', b'L', 3];
/// A length beyond this is damage; no value is nearly as long.
const VALUE_BYTES_MAX: u32 = 64 << 20;
const BUFFER_BYTES: usize = 256 << 10;

/// fjall's journals with their numbers, oldest first.
pub(crate) fn journals(store: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut journals = Vec::new();
    for entry in fs::read_dir(store)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "jnl")
            && let Some(number) = path.file_stem().and_then(|stem| stem.to_str()?.parse::<u64>().ok())
        {
            journals.push((number, path));
        }
    }
    journals.sort_unstable();
    Ok(journals)
}

/// What comes next in a journal.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// A whole batch.
    Batch {
        /// fjall's sequence number.
        sequence: u64,
        /// Its last entry, if that is a commit record.
        record: Option<CommitRecord>,
    },
    /// Nothing any more.
    End,
    /// Something that is not a whole batch.
    Broken(&'static str),
}

/// Walks the batches of one journal.
pub(crate) struct JournalReader {
    reader: BufReader<File>,
    /// Where the next batch begins.
    offset: u64,
    length: u64,
    directory: u64,
    /// The entries of the batch that is being read.
    entries: Vec<u8>,
}

impl JournalReader {
    /// Reads a journal of the data directory with this id.
    pub(crate) fn open(path: &Path, directory: u64) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok(Self {
            reader: BufReader::with_capacity(BUFFER_BYTES, file),
            offset: 0,
            length,
            directory,
            entries: Vec::new(),
        })
    }

    /// Where the next batch begins; once one is broken, where that begins.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Reads the next batch.
    pub(crate) fn next(&mut self) -> io::Result<Next> {
        if self.offset == self.length {
            return Ok(Next::End);
        }
        let next = match self.batch() {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Next::Broken("it is cut short"),
            outcome => outcome?,
        };
        match next {
            Next::Batch { .. } => self.offset = self.reader.stream_position()?,
            Next::Broken(_) if self.is_zero_to_the_end()? => return Ok(Next::End),
            _ => {}
        }
        Ok(next)
    }

    /// Everything from there to the end, without the zeros of space that was only set aside.
    pub(crate) fn rest_from(&mut self, offset: u64) -> io::Result<Vec<u8>> {
        let mut rest = Vec::new();
        let mut at = offset;
        let mut buffer = vec![0; BUFFER_BYTES];
        while let Some((data, read)) = self.data(at, &mut buffer)? {
            if let Some(last) = buffer[..read].iter().rposition(|&byte| byte != 0) {
                rest.resize((data - offset) as usize, 0);
                rest.extend_from_slice(&buffer[..=last]);
            }
            at = data + read as u64;
        }
        Ok(rest)
    }

    fn batch(&mut self) -> io::Result<Next> {
        let mut header = [0; 13];
        self.reader.read_exact(&mut header)?;
        let (count, sequence) = (u32_at(&header, 1), u64_at(&header, 5));
        if header[0] != BATCH {
            return Ok(Next::Broken("no batch begins there"));
        }
        self.entries.clear();
        let mut record = None;
        for _ in 0..count {
            let head = self.read(9)?;
            if self.entries[head] == CLEAR {
                record = None;
                continue;
            }
            self.read(12)?;
            let key_length =
                usize::from(u16::from_le_bytes([self.entries[head + 11], self.entries[head + 12]]));
            let value_length = u32_at(&self.entries, head + 17);
            if self.entries[head] != ENTRY || value_length > VALUE_BYTES_MAX {
                return Ok(Next::Broken("an entry of it is damaged"));
            }
            let key = self.read(key_length)?;
            let value = self.read(value_length as usize)?;
            let is_record = self.entries[key..value] == *CommitRecord::KEY;
            record = CommitRecord::decode(&self.entries[value..], self.directory).filter(|_| is_record);
        }
        let mut end = [0; 13];
        self.reader.read_exact(&mut end)?;
        if end[0] != END || end[9..] != TRAILER {
            return Ok(Next::Broken("its end is damaged"));
        }
        if u64_at(&end, 1) != XxHash3_64::oneshot(&self.entries) {
            return Ok(Next::Broken("its checksum is wrong"));
        }
        Ok(Next::Batch { sequence, record })
    }

    /// Reads so many bytes more of the batch, and says where among its entries they begin.
    fn read(&mut self, bytes: usize) -> io::Result<usize> {
        let start = self.entries.len();
        self.entries.resize(start + bytes, 0);
        self.reader.read_exact(&mut self.entries[start..])?;
        Ok(start)
    }

    /// Whether only zeros follow: space that was set aside and not written to.
    fn is_zero_to_the_end(&mut self) -> io::Result<bool> {
        let mut at = self.offset;
        let mut buffer = vec![0; BUFFER_BYTES];
        while let Some((data, read)) = self.data(at, &mut buffer)? {
            if buffer[..read].iter().any(|&byte| byte != 0) {
                return Ok(false);
            }
            at = data + read as u64;
        }
        Ok(true)
    }

    /// Reads what lies at or behind `at`, and says where that is and how much it is. Holes in the file are not even read.
    fn data(&mut self, at: u64, buffer: &mut [u8]) -> io::Result<Option<(u64, usize)>> {
        if at >= self.length {
            return Ok(None);
        }
        let data = match rustix::fs::seek(self.reader.get_ref(), SeekFrom::Data(at)) {
            Ok(data) => data,
            Err(rustix::io::Errno::NXIO) => return Ok(None),
            // Not every file system knows its holes.
            Err(_) => at,
        };
        self.reader.seek(io::SeekFrom::Start(data))?;
        let read = self.reader.read(buffer)?;
        Ok((read > 0).then_some((data, read)))
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}
