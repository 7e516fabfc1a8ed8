//! The commit thread: gathers what is waiting into one batch, makes it durable with one sync, publishes it.
//!
//! It waits for no timer. While it syncs one group the next one gathers by itself, so a lonely writer pays one sync and
//! many share one.

use crate::directory::OpenDatabase;
use crate::record::{CommitRecord, SyncedFile};
use crate::shared::{Published, Shared, Submitted, panicked};
use crate::space::Space;
use crate::{Durability, OpenError, Options};
use bytes::Bytes;
use fjall::PersistMode;
use pixii_store::StoreError;
use pixii_store::write_set::{Write, counter, counter_value};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::thread::JoinHandle;

/// A group takes no more transactions once it is this large, so that no sync is very long.
const GROUP_BYTES_MAX: usize = 8 << 20;

/// About what a group commit, and each entry in it, takes in the journal beside keys and values.
const COMMIT_BYTES: usize = 90;
const ENTRY_BYTES: usize = 21;

/// Starts the commit thread on a database that was opened in `dir`.
pub(crate) fn start(
    database: OpenDatabase,
    last_commit: CommitRecord,
    synced: SyncedFile,
    options: &Options,
    dir: &Path,
) -> Result<(Arc<Shared>, JoinHandle<()>), OpenError> {
    let published = Published::new(last_commit.sequence, database.fjall.snapshot(), database.data.clone());
    let space = Space::new(dir, options.reserve_bytes);
    let (shared, queue) = Shared::new(published, last_commit.incarnation, space);
    let committer = Committer {
        shared: Arc::clone(&shared),
        database,
        synced_group: last_commit.group,
        last_commit,
        synced,
        durability: options.durability,
        unseen_bytes: 0,
        written_bytes: 0,
    };
    let thread =
        std::thread::Builder::new().name("pixii-commit".to_owned()).spawn(move || committer.run(queue));
    match thread {
        Ok(thread) => Ok((shared, thread)),
        Err(source) => Err(OpenError::Unusable { dir: dir.to_owned(), source }),
    }
}

struct Committer {
    shared: Arc<Shared>,
    database: OpenDatabase,
    last_commit: CommitRecord,
    /// The newest group commit that is known to be on stable storage.
    synced_group: u64,
    synced: SyncedFile,
    durability: Durability,
    /// What was written since the disk's free space was looked at.
    unseen_bytes: u64,
    /// What was written since the Store was opened.
    written_bytes: u64,
}

/// What a group leaves in each key it touches.
type Outcome = BTreeMap<Bytes, Option<Bytes>>;

impl Committer {
    fn run(mut self, queue: Receiver<Submitted>) {
        let _watch = PanicWatch(Arc::clone(&self.shared));
        while let Ok(first) = queue.recv() {
            let group = gather(first, &queue);
            match self.write(&group) {
                Ok(published) => self.finish(group, published),
                Err(detail) => return self.fail(group, queue, detail),
            }
        }
        self.close();
    }

    /// Writes a group and makes it durable.
    fn write(&mut self, group: &[Submitted]) -> Result<Published, String> {
        let outcome = self.outcome(group).map_err(|error| error.to_string())?;
        let sequence = group.last().expect("a group has at least one transaction").sequence;
        let record = CommitRecord {
            group: self.last_commit.group + 1,
            synced_group: self.synced_group,
            sequence,
            ..self.last_commit
        };
        let OpenDatabase { fjall, data, meta, .. } = &self.database;
        #[cfg(test)]
        if *self.shared.fails.lock() {
            return Err("a test said so".to_owned());
        }
        let mut bytes = COMMIT_BYTES;
        let mut batch = fjall.batch().durability(Some(match self.durability {
            Durability::Durable => PersistMode::SyncData,
            Durability::Relaxed => PersistMode::Buffer,
        }));
        for (key, value) in outcome {
            bytes += ENTRY_BYTES + key.len() + value.as_ref().map_or(0, Bytes::len);
            match value {
                Some(value) => batch.insert(data, key, value),
                None => batch.remove(data, key),
            }
        }
        batch.insert(meta, CommitRecord::KEY, record.encode());
        batch.commit().map_err(|error| error.to_string())?;
        let published = Published::new(sequence, fjall.snapshot(), data.clone());
        self.last_commit = record;
        if self.durability == Durability::Durable {
            self.note_synced();
        }
        self.written_bytes += bytes as u64;
        self.shared.space.wrote(bytes as u64, &mut self.unseen_bytes);
        Ok(published)
    }

    /// Notes outside the journals that the last group commit is synced.
    fn note_synced(&mut self) {
        self.synced_group = self.last_commit.group;
        // Only the guard of the next start would miss it.
        if let Err(error) = self.synced.note(self.synced_group) {
            tracing::warn!(%error, "what was synced could not be noted");
        }
    }

    /// Plays the transactions of a group in order. fjall gives a batch one sequence number, so a key may be in it once.
    fn outcome(&self, group: &[Submitted]) -> Result<Outcome, StoreError> {
        let base = self.shared.published();
        let mut outcome = Outcome::new();
        for transaction in group {
            for range in &transaction.clears {
                for entry in base.range(range) {
                    outcome.insert(entry?.0, None);
                }
                outcome.range_mut::<[u8], _>(range.bounds()).for_each(|(_, value)| *value = None);
            }
            for (key, write) in &transaction.writes {
                let value = match write {
                    Write::Set(value) => Some(value.clone()),
                    Write::Clear => None,
                    Write::Add(delta) => {
                        let before = match outcome.get(key) {
                            Some(value) => value.clone(),
                            None => base.get(key)?,
                        };
                        let count = before.map_or(0, |value| counter(&value));
                        Some(counter_value(count.wrapping_add(*delta)))
                    }
                };
                outcome.insert(key.clone(), value);
            }
        }
        Ok(outcome)
    }

    /// Lets everybody see a durable group, then answers.
    fn finish(&self, group: Vec<Submitted>, published: Published) {
        self.shared.publish(published);
        if self.shared.watches.any() {
            for transaction in &group {
                self.shared.watches.written(transaction.writes.keys(), &transaction.clears);
            }
        }
        for transaction in group {
            // Nobody listens if the caller gave up waiting; it is committed all the same.
            let _ = transaction.done.send(Ok(()));
        }
    }

    /// Leaves everything on stable storage.
    fn close(mut self) {
        match self.database.fjall.persist(PersistMode::SyncAll) {
            Ok(()) => self.note_synced(),
            Err(error) => return tracing::error!(%error, "the last sync of the data directory failed"),
        }
        if let Err(error) = self.synced.sync() {
            tracing::warn!(%error, "what was synced could not be noted");
        }
        self.database.close(self.written_bytes);
    }

    /// Stops the Store after a failed write. What was in flight may or may not be on disk.
    fn fail(self, group: Vec<Submitted>, queue: Receiver<Submitted>, detail: String) {
        tracing::error!(%detail, "a write to the data directory failed: the store has stopped");
        let error = StoreError::Fatal {
            detail: format!(
                "the store has stopped, because a write to its data directory failed: {detail}; writes in progress may or \
                 may not be kept; check the disk and start again, which recovers everything that was acknowledged"
            ),
        };
        self.shared.stop(error.clone());
        for transaction in group.into_iter().chain(queue) {
            let _ = transaction.done.send(Err(error.clone()));
        }
    }
}

/// Stops the Store if the commit thread panics, so that nobody waits for it for ever.
struct PanicWatch(Arc<Shared>);

impl Drop for PanicWatch {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stop(panicked());
        }
    }
}

/// The first transaction and all that wait behind it, as far as they fit.
fn gather(first: Submitted, queue: &Receiver<Submitted>) -> Vec<Submitted> {
    let mut bytes = first.bytes;
    let mut group = vec![first];
    while bytes < GROUP_BYTES_MAX
        && let Ok(next) = queue.try_recv()
    {
        bytes += next.bytes;
        group.push(next);
    }
    group
}
