//! Lays zeros on the journal ahead of the commits.
//!
//! fjall sets space for a journal aside as one hole. Each commit into a hole gives it blocks, and a sync then writes the file
//! system's own journal too. Over zeros that are there already it writes the commit alone, which is a third faster and takes
//! less of the processor. File systems that never write in place gain nothing by it, and lose little.
//!
//! Zeros read as the hole did, so nothing else has to know of them. A journal that was opened again after a restart has no
//! hole, because fjall appends to it, and is left as it is.

use crate::journal::journals;
use rustix::fs::SeekFrom;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// How much is laid at once: the commit after it waits for this to be written too.
const STRETCH_BYTES: usize = 256 << 10;

static ZEROS: [u8; STRETCH_BYTES] = [0; STRETCH_BYTES];

/// The zeros ahead of the commits. It belongs to the commit thread: while that lays them nobody writes to the journal.
pub(crate) struct Runway {
    store: PathBuf,
    /// The newest journal and its number, once it was looked for.
    journal: Option<(u64, File)>,
    /// About how much of it lies ahead.
    left: usize,
}

impl Runway {
    /// Of fjall's files in that folder.
    pub(crate) fn new(store: &Path) -> Self {
        Self { store: store.to_owned(), journal: None, left: 0 }
    }

    /// Takes note that a commit of about so many bytes was written, and lays more if there is little left.
    ///
    /// # Errors
    /// Whatever the file system says; nothing but speed is lost by it.
    pub(crate) fn used(&mut self, bytes: usize) -> io::Result<()> {
        self.left = self.left.saturating_sub(bytes);
        if self.left > 0 {
            return Ok(());
        }
        // Whatever happens, the next attempt can wait as long.
        self.left = STRETCH_BYTES;
        self.lay()
    }

    fn lay(&mut self) -> io::Result<()> {
        // fjall's workers may begin a new journal right now. Then this still lays zeros on the old one, which nobody reads.
        let Some(journal) = self.newest()? else { return Ok(()) };
        let length = journal.metadata()?.len();
        let hole = rustix::fs::seek(journal, SeekFrom::Hole(0))?;
        let bytes = length.saturating_sub(hole).min(STRETCH_BYTES as u64) as usize;
        journal.write_all_at(&ZEROS[..bytes], hole)
    }

    fn newest(&mut self) -> io::Result<Option<&File>> {
        let mut newest = match &self.journal {
            Some((number, _)) => Some((number + 1, self.path(number + 1))).filter(|(_, next)| next.exists()),
            None => journals(&self.store)?.pop(),
        };
        while let Some((number, path)) = newest {
            self.journal = Some((number, OpenOptions::new().write(true).open(path)?));
            newest = Some((number + 1, self.path(number + 1))).filter(|(_, next)| next.exists());
        }
        Ok(self.journal.as_ref().map(|(_, journal)| journal))
    }

    fn path(&self, number: u64) -> PathBuf {
        self.store.join(format!("{number}.jnl"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::fs::SeekFrom;
    use std::fs;

    fn hole(path: &Path) -> u64 {
        rustix::fs::seek(File::open(path).unwrap(), SeekFrom::Hole(0)).unwrap()
    }

    #[test]
    fn zeros_go_ahead_of_what_is_written_in_the_newest_journal() {
        const LENGTH: u64 = 1 << 20;
        let dir = tempfile::tempdir().unwrap();
        let journal = |number: u32| {
            let path = dir.path().join(format!("{number}.jnl"));
            let file = File::create(&path).unwrap();
            file.set_len(LENGTH).unwrap();
            (path, file)
        };
        let (first, file) = journal(0);
        file.write_all_at(&[7; 5000], 0).unwrap();
        let mut runway = Runway::new(dir.path());
        runway.used(1).unwrap();
        let stretch = STRETCH_BYTES as u64;
        assert_eq!(hole(&first), 8192 + stretch);
        runway.used(STRETCH_BYTES - 1).unwrap();
        assert_eq!(hole(&first), 8192 + stretch, "there is still some left");
        let (second, _) = journal(1);
        let (third, _) = journal(2);
        for _ in 0..5 {
            runway.used(STRETCH_BYTES).unwrap();
        }
        assert_eq!((hole(&second), hole(&third)), (0, LENGTH), "to its end and no further");
        assert_eq!(fs::metadata(&third).unwrap().len(), LENGTH);
        let bytes = fs::read(&first).unwrap();
        assert_eq!((&bytes[..5000], bytes[5000..].iter().max()), (&[7; 5000][..], Some(&0)));
    }
}
