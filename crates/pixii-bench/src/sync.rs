//! The raw sync of a disk, to hold durable writes against.
#![allow(clippy::disallowed_methods, reason = "measuring needs the machine's clock")]

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long the file is: as a journal's is, set before anything is written, so that a sync need not note a new length.
const FILE_BYTES: u64 = 64 << 20;
const APPENDED: [u8; 1024] = [7; 1024];

/// A file that is written and synced a little at a time, and removed at the end.
pub struct SyncedFile {
    file: File,
    path: PathBuf,
    length: u64,
}

impl SyncedFile {
    /// Makes a file of its own in a directory.
    pub fn create(directory: &Path, number: usize) -> io::Result<Self> {
        let path = directory.join(format!("pixii-bench-sync-{}-{number}", std::process::id()));
        let file = File::create_new(&path)?;
        file.set_len(FILE_BYTES)?;
        file.sync_all()?;
        Ok(Self { file, path, length: 0 })
    }

    /// Writes and syncs, and tells how long that took.
    pub fn append(&mut self) -> io::Result<Duration> {
        let started = Instant::now();
        self.file.write_all_at(&APPENDED, self.length)?;
        self.file.sync_data()?;
        self.length = (self.length + APPENDED.len() as u64) % FILE_BYTES;
        Ok(started.elapsed())
    }
}

impl Drop for SyncedFile {
    fn drop(&mut self) {
        // A file left behind is no reason to lose the report.
        _ = fs::remove_file(&self.path);
    }
}
