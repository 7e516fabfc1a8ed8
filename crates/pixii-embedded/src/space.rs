//! Watches the free space of the disk, and closes the door to writes before it runs out.

use pixii_store::StoreError;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// How full the disk is.
#[derive(Debug)]
pub(crate) struct Space {
    dir: PathBuf,
    reserve_bytes: u64,
    full: AtomicBool,
    /// Whether it ever was full.
    ever_full: AtomicBool,
}

impl Space {
    pub(crate) fn new(dir: &Path, reserve_bytes: u64) -> Self {
        let space = Self {
            dir: dir.to_owned(),
            reserve_bytes,
            full: AtomicBool::new(false),
            ever_full: AtomicBool::new(false),
        };
        space.look();
        space
    }

    /// Whether there is room to write. While there is not, each call looks again, so that writes go on as soon as they can.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        if !self.full.load(Ordering::Relaxed) || self.look() {
            return Ok(());
        }
        Err(StoreError::Full {
            detail: format!(
                "less than {} MiB are free on the disk of {}: writes are refused until there is more room",
                self.reserve_bytes >> 20,
                self.dir.display()
            ),
        })
    }

    /// Whether the disk was full at some time, which explains a lot of errors.
    pub(crate) fn was_full(&self) -> bool {
        !self.look() || self.ever_full.load(Ordering::Relaxed)
    }

    /// Looks at the disk. A file system that does not say how full it is counts as having room.
    pub(crate) fn look(&self) -> bool {
        let roomy = rustix::fs::statvfs(&self.dir)
            .map_or(true, |disk| disk.f_bavail.saturating_mul(disk.f_frsize) >= self.reserve_bytes);
        if self.full.swap(!roomy, Ordering::Relaxed) == roomy {
            let dir = self.dir.display();
            if roomy {
                tracing::info!(%dir, "there is room on the disk again: writes go on");
            } else {
                self.ever_full.store(true, Ordering::Relaxed);
                tracing::error!(%dir, reserve_bytes = self.reserve_bytes, "the disk is full up to the reserve: writes are refused");
            }
        }
        roomy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_are_refused_while_the_disk_is_full_and_go_on_after() {
        let dir = tempfile::tempdir().unwrap();
        let mut space = Space::new(dir.path(), u64::MAX);
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
