//! Watches the free space of the disk, and closes the door to writes before it runs out.

use crate::Options;
use pixii_store::StoreError;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// Written and removed to find out whether there is room.
const TRIAL: &str = "TRIAL";
const TRIAL_BYTES: usize = 1 << 20;

/// How full the disk is.
#[derive(Debug)]
pub(crate) struct Space {
    dir: PathBuf,
    reserve_bytes: u64,
    /// The reserve is never more than this share of the disk.
    reserve_percent_max: u64,
    full: AtomicBool,
    /// Whether it ever was full.
    ever_full: AtomicBool,
}

impl Space {
    pub(crate) fn new(dir: &Path, options: &Options) -> Self {
        let space = Self {
            dir: dir.to_owned(),
            reserve_bytes: options.reserve_bytes,
            reserve_percent_max: options.reserve_percent_max.into(),
            full: AtomicBool::new(false),
            ever_full: AtomicBool::new(false),
        };
        space.look();
        space
    }

    /// Whether it was full when somebody last looked.
    pub(crate) fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    /// The data directory.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whether there is room to write. While there is not, each call looks again, so that writes go on as soon as they can.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        if !self.full.load(Ordering::Relaxed) || self.look() {
            return Ok(());
        }
        Err(StoreError::Full {
            detail: format!(
                "the disk of {} is full up to the reserve: writes are refused until there is more room",
                self.dir.display()
            ),
        })
    }

    /// Whether the disk is or was full, which explains a lot of errors.
    pub(crate) fn was_full(&self) -> bool {
        let is_full = || !self.look() || self.try_out().is_err_and(|error| says_full(&error));
        self.ever_full.load(Ordering::Relaxed) || is_full()
    }

    /// Takes note of an error that may say so.
    pub(crate) fn heard(&self, error: &io::Error) {
        self.ever_full.fetch_or(says_full(error), Ordering::Relaxed);
    }

    /// Writes something. Not every limit, a quota for one, shows in what a file system says of itself.
    pub(crate) fn try_out(&self) -> io::Result<()> {
        let path = self.dir.join(TRIAL);
        let written = File::create(&path).and_then(|mut file| {
            file.write_all(&vec![1; TRIAL_BYTES])?;
            file.sync_all()
        });
        _ = fs::remove_file(path);
        written
    }

    /// Looks at the disk. A file system that does not say how full it is counts as having room.
    pub(crate) fn look(&self) -> bool {
        let roomy = rustix::fs::statvfs(&self.dir).map_or(true, |disk| {
            let share = disk.f_blocks.saturating_mul(disk.f_frsize) / 100 * self.reserve_percent_max;
            disk.f_bavail.saturating_mul(disk.f_frsize) >= self.reserve_bytes.min(share)
        });
        if self.full.swap(!roomy, Ordering::Relaxed) == roomy {
            let dir = self.dir.display();
            if roomy {
                tracing::info!(%dir, "there is room on the disk again: writes go on");
            } else {
                self.ever_full.store(true, Ordering::Relaxed);
                tracing::error!(%dir, "the disk is full up to the reserve: writes are refused");
            }
        }
        roomy
    }
}

/// Whether this error means that there is no room.
pub(crate) fn says_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_are_refused_while_the_disk_is_full_and_go_on_after() {
        let dir = tempfile::tempdir().unwrap();
        let all = Options { reserve_bytes: u64::MAX, reserve_percent_max: 100, ..Options::default() };
        let mut space = Space::new(dir.path(), &all);
        assert!(
            matches!(space.check(), Err(StoreError::Full { detail }) if detail.contains("writes are refused"))
        );
        space.reserve_bytes = 0;
        assert_eq!(space.check(), Ok(()));
        space.reserve_bytes = u64::MAX;
        assert_eq!(space.check(), Ok(()), "nobody has looked again");
        assert!(!space.look());
        assert!(space.check().is_err());
    }
}
