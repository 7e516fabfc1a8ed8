//! The commit thread: gathers what is waiting into one batch, makes it durable with one sync, publishes it.
//!
//! While it syncs one group the next one gathers by itself, so a lonely writer pays one sync and waits for no timer, and many
//! share one. Where many wait and the processor is what they wait for, it pauses until most of those who were just answered
//! are back: larger groups, and so fewer syncs, leave more of the processor to requests.
//!
//! When a write fails, the Store stops, and only opening it again goes on: after a failed sync nobody knows what is on disk.
//! A disk that is full is another matter. What could not be written is cut off, and the thread opens the database
//! anew as soon as there is room.

use crate::database::OpenDatabase;
use crate::directory;
use crate::record::CommitRecord;
use crate::runway::Runway;
use crate::shared::{Published, Shared, Submitted, panicked};
use crate::space::{Space, says_full};
use crate::synced::{Note, SyncedFile};
use crate::{Durability, OpenError, Options};
use bytes::Bytes;
use fjall::{AbstractTree, LsmError, PersistMode};
use pixii_store::StoreError;
use pixii_store::write_set::{Write, counter, counter_value};
use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::{JoinHandle, available_parallelism, sleep};
use std::time::{Duration, Instant};

/// A group takes no more transactions once it is this large, so that no sync is very long.
const GROUP_BYTES_MAX: usize = 8 << 20;

/// What a write costs the processor from its answer to the next one's arrival here, about: what a pause is reckoned from.
const RETURN_MICROS: u64 = 50;
/// So many writers or fewer get no pause, which would make them slower.
const PAUSELESS_MAX: usize = 16;
/// One in so many writers is forgotten with each group that they are not in.
const WRITERS_FORGOTTEN: usize = 32;
const PAUSE_MICROS_MAX: u64 = 600;

/// About what a group commit, and each entry in it, takes in the journal beside keys and values.
const COMMIT_BYTES: usize = 90;
const ENTRY_BYTES: usize = 21;

/// How many memtables may wait to be written to tables, and how many runs of tables to be compacted, before commits wait:
/// a little less than makes fjall wait, which goes by tenths of a second.
const SEALED_MEMTABLES_MAX: usize = 3;
const L0_RUNS_MAX: usize = 19;
const HOLD_BACK: Duration = Duration::from_millis(1);
/// From how many such runs on commits are slowed down, to how many bytes a second for each run that there is still room for, and
/// how long a group waits for the one before it at most.
const L0_RUNS_MANY: usize = 12;
const SLOW_BYTES: u64 = 8 << 20;
const SLOW_DOWN_MAX: Duration = Duration::from_millis(20);

/// How long the thread sleeps at most while nothing comes.
const TICK: Duration = Duration::from_millis(200);
/// How often what nobody waits for is synced: what a power cut may take of it, and the tick.
const SYNC_EVERY: Duration = Duration::from_millis(800);

/// How often a full disk is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How long reads may hold up the database's being opened anew before they are let on: so many waits of so long.
const READ_WAITS: usize = 500;
const READ_WAIT: Duration = Duration::from_millis(1);

/// Starts the commit thread on a database that was opened in `dir`.
pub(crate) fn start(
    database: OpenDatabase,
    last_commit: CommitRecord,
    synced: SyncedFile,
    options: &Options,
    dir: &Path,
) -> Result<(Arc<Shared>, JoinHandle<()>), OpenError> {
    let published = Published::new(last_commit.sequence, 0, database.fjall.snapshot(), database.data.clone());
    let space = Space::new(dir, options);
    let (shared, queue) = Shared::new(published, last_commit.incarnation, space);
    let committer = Committer {
        shared: Arc::clone(&shared),
        database,
        synced_group: last_commit.group,
        last_commit,
        synced,
        dir: dir.to_owned(),
        options: options.clone(),
        runway: Runway::new(&directory::store(dir)),
        epoch: 0,
        synced_at: now(),
        written_bytes: 0,
        group_bytes: 0,
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
    dir: PathBuf,
    options: Options,
    runway: Runway,
    /// How many times the database was opened anew.
    epoch: u64,
    /// When what nobody waits for was last synced.
    synced_at: Instant,
    /// What was written since the Store was opened.
    written_bytes: u64,
    /// And by the last group.
    group_bytes: usize,
}

/// What a group leaves in each key it touches.
type Outcome = BTreeMap<Bytes, Option<Bytes>>;

impl Committer {
    fn run(mut self, mut queue: Receiver<Submitted>) {
        let _watch = PanicWatch(Arc::clone(&self.shared));
        let processors = available_parallelism().map_or(1, NonZero::get);
        // About how many write at the same time: the largest group of late.
        let mut writers = 0usize;
        loop {
            let first = match queue.recv_timeout(TICK) {
                Ok(first) => Some(first),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            if let Err(Failed::Full(detail) | Failed::Broken(detail)) = self.sync_in_time() {
                let group = first.into_iter().collect();
                return self.fail(group, queue, detail);
            }
            let Some(first) = first else { continue };
            let group = gather(first, &queue);
            writers = (writers - writers.div_ceil(WRITERS_FORGOTTEN)).max(group.len());
            match self.write(&group) {
                Ok(published) => {
                    self.finish(group, published);
                    self.prepare();
                    sleep(pause(writers, processors));
                }
                Err(Failed::Full(detail)) => {
                    self.suspend(group, queue, &detail);
                    (self, queue) = match self.open_anew() {
                        Some(opened) => opened,
                        None => return,
                    };
                }
                Err(Failed::Broken(detail)) => return self.fail(group, queue, detail),
            }
        }
        self.close();
    }

    /// Writes a group and makes it durable.
    fn write(&mut self, group: &[Submitted]) -> Result<Published, Failed> {
        let outcome = self.outcome(group).map_err(|error| Failed::Broken(error.to_string()))?;
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
            return Err(Failed::Broken("a test said so".to_owned()));
        }
        self.hold_back()?;
        let began = now();
        let mut bytes = COMMIT_BYTES;
        let mut batch = fjall.batch().durability(Some(match self.options.durability {
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
        batch.commit().map_err(|error| self.failed(&error))?;
        let published = Published::new(sequence, self.epoch, fjall.snapshot(), data.clone());
        let synced = self.options.durability == Durability::Durable;
        self.shared.counters.group(group.len(), bytes, synced, began.elapsed());
        self.last_commit = record;
        self.written_bytes += bytes as u64;
        self.group_bytes = bytes;
        Ok(published)
    }

    /// Syncs what was acknowledged without it, if the last sync was long enough ago.
    fn sync_in_time(&mut self) -> Result<(), Failed> {
        let is_behind = self.synced_group < self.last_commit.group;
        if self.options.durability == Durability::Durable
            || !is_behind
            || self.synced_at.elapsed() < SYNC_EVERY
        {
            return Ok(());
        }
        self.database.fjall.persist(PersistMode::SyncData).map_err(|error| self.failed(&error))?;
        self.shared.counters.sync();
        self.synced_at = now();
        self.note_synced();
        Ok(())
    }

    /// What there is to do behind the answers, so that nobody has to wait for it.
    fn prepare(&mut self) {
        if self.options.durability == Durability::Durable {
            self.note_synced();
            if let Err(error) = self.runway.used(self.group_bytes) {
                self.shared.space.heard(&error);
                tracing::debug!(%error, "no zeros could be laid ahead of the journal");
            }
        }
        self.shared.space.look();
    }

    /// Waits while tables are written or compacted more slowly than commits come: a little for each byte while there is still some
    /// room, and else until there is. fjall would wait too, but in larger steps, and for ever if the threads that write tables
    /// have failed.
    fn hold_back(&self) -> Result<(), Failed> {
        let OpenDatabase { fjall, data, compactor, .. } = &self.database;
        let began = now();
        let mut waited = false;
        loop {
            let runs = data.tree.l0_run_count();
            if let Some(compactor) = compactor {
                compactor.look(runs);
                if let Some(error) = compactor.failure() {
                    return Err(self.failed(&error.into()));
                }
            }
            if runs < L0_RUNS_MAX && data.tree.sealed_memtable_count() < SEALED_MEMTABLES_MAX {
                let pause = slow_down(runs, self.group_bytes);
                sleep(pause);
                if waited || !pause.is_zero() {
                    self.shared.counters.stall(began.elapsed());
                }
                return Ok(());
            }
            // Says whether they have.
            fjall.persist(PersistMode::Buffer).map_err(|error| self.failed(&error))?;
            sleep(HOLD_BACK);
            waited = true;
        }
    }

    /// Notes outside the journals that the last group commit is synced.
    fn note_synced(&mut self) {
        self.synced_group = self.last_commit.group;
        // Only the guard of the next start would miss it.
        if let Err(error) = self.synced.note(self.synced_group) {
            self.shared.space.heard(&error);
            tracing::warn!(%error, "what was synced could not be noted");
        }
    }

    /// Plays the transactions of a group in order. fjall gives a batch one sequence number, so a key may be in it once.
    fn outcome(&self, group: &[Submitted]) -> Result<Outcome, StoreError> {
        let base = self.shared.latest();
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
            Ok(()) => self.synced_group = self.last_commit.group,
            Err(error) => return tracing::error!(%error, "the last sync of the data directory failed"),
        }
        // Whatever was acknowledged is synced now, also where nobody waited for it.
        let note = Note { group: self.synced_group, relaxed: false };
        if let Err(error) = self.synced.settle(note) {
            tracing::warn!(%error, "what was synced could not be noted");
        }
        self.database.close(self.written_bytes);
    }

    /// What kind of failure this is.
    fn failed(&self, error: &fjall::Error) -> Failed {
        match error {
            fjall::Error::Io(source) | fjall::Error::Storage(LsmError::Io(source)) if says_full(source) => {
                Failed::Full(source.to_string())
            }
            // A thread of fjall's failed earlier, and does not say why.
            fjall::Error::Poisoned if self.shared.space.was_full() => {
                Failed::Full("tables could not be written".to_owned())
            }
            fjall::Error::Io(source) => Failed::Broken(source.to_string()),
            _ => Failed::Broken(error.to_string()),
        }
    }

    /// Refuses writes from here on because the disk is full. The group in flight may be on it.
    fn suspend(&self, group: Vec<Submitted>, queue: Receiver<Submitted>, detail: &str) {
        let dir = self.dir.display();
        tracing::error!(%dir, detail, "the disk is full: writes are refused until there is more room");
        let error = StoreError::Full {
            detail: format!(
                "the disk of {dir} is full ({detail}): writes are refused until there is more room"
            ),
        };
        self.shared.suspend(error.clone());
        for transaction in group {
            let _ = transaction.done.send(Err(StoreError::Unknown));
        }
        for transaction in queue {
            let _ = transaction.done.send(Err(error.clone()));
        }
    }

    /// Opens the database anew once there is room, and lets everybody go on. `None` if that is not to be any more.
    fn open_anew(self) -> Option<(Self, Receiver<Submitted>)> {
        let shared = Arc::clone(&self.shared);
        loop {
            sleep(LOOK_EVERY);
            if shared.is_closing() {
                return None;
            }
            if shared.space.look() && shared.space.try_out().is_ok() && took_away(&shared) {
                break;
            }
        }
        // Nobody reads it now, so this closes it.
        drop(self.database);
        // What was being written when the disk was full was never acknowledged, and the system may have kept it from the disk
        // while it still shows it.
        let keep = match self.options.durability {
            Durability::Durable => Some(self.synced_group),
            Durability::Relaxed => None,
        };
        let (database, last_commit) = loop {
            match directory::reopen(&self.dir, &self.options, &self.last_commit, self.synced_group, keep) {
                Ok(opened) => break opened,
                Err(OpenError::Unusable { source, .. }) if says_full(&source) => {
                    sleep(LOOK_EVERY);
                    if shared.is_closing() {
                        return None;
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "the store has stopped");
                    shared.stop(StoreError::Fatal { detail: format!("the store has stopped: {error}") });
                    return None;
                }
            }
        };
        let epoch = self.epoch + 1;
        let queue = shared.resume(epoch, database.fjall.snapshot(), database.data.clone());
        tracing::info!(dir = %self.dir.display(), "there is room on the disk again: writes go on");
        let synced_group = last_commit.group;
        let runway = Runway::new(&directory::store(&self.dir));
        Some((Self { database, last_commit, synced_group, runway, epoch, ..self }, queue))
    }

    /// Stops the Store after a failed write. What was in flight may or may not be on disk.
    fn fail(self, group: Vec<Submitted>, queue: Receiver<Submitted>, detail: String) {
        tracing::error!(
            %detail,
            "a write to the data directory failed, and the store has stopped: check the disk and start again, which recovers \
             everything that was acknowledged"
        );
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

#[expect(clippy::disallowed_methods, reason = "it paces syncs; what is stored does not depend on it")]
fn now() -> Instant {
    Instant::now()
}

/// How long to wait until most of so many writers are back.
fn pause(writers: usize, processors: usize) -> Duration {
    if writers <= PAUSELESS_MAX {
        return Duration::ZERO;
    }
    let return_micros = writers as u64 * RETURN_MICROS / processors as u64;
    Duration::from_micros(return_micros.min(PAUSE_MICROS_MAX))
}

/// How long to wait after a group of so many bytes, when so many runs of tables wait to be compacted.
fn slow_down(runs: usize, bytes: usize) -> Duration {
    if runs < L0_RUNS_MANY {
        return Duration::ZERO;
    }
    let rate = SLOW_BYTES * L0_RUNS_MAX.saturating_sub(runs).max(1) as u64;
    Duration::from_nanos(bytes as u64 * 1_000_000_000 / rate).min(SLOW_DOWN_MAX)
}

/// Why a group was not written.
enum Failed {
    /// There is no room.
    Full(String),
    /// Something else.
    Broken(String),
}

/// Takes the durable state away from everybody and waits until nobody reads it; or lets them go on if that takes too long.
fn took_away(shared: &Shared) -> bool {
    let Some(mut published) = shared.take_away() else { return true };
    for _ in 0..READ_WAITS {
        match Arc::try_unwrap(published) {
            Ok(_) => return true,
            Err(held) => published = held,
        }
        sleep(READ_WAIT);
    }
    shared.give_back(published);
    false
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_are_slowed_down_the_more_the_less_room_there_is() {
        const BYTES: usize = 20_000;
        assert_eq!(slow_down(L0_RUNS_MANY - 1, GROUP_BYTES_MAX), Duration::ZERO);
        let waits: Vec<Duration> = (L0_RUNS_MANY..L0_RUNS_MAX).map(|runs| slow_down(runs, BYTES)).collect();
        assert!(
            waits[0] > Duration::ZERO && waits.is_sorted() && waits[0] < waits[waits.len() - 1],
            "{waits:?}"
        );
        assert!(waits[waits.len() - 1] < Duration::from_millis(4), "{waits:?}");
        assert_eq!(slow_down(L0_RUNS_MAX - 1, GROUP_BYTES_MAX), SLOW_DOWN_MAX);
    }

    #[test]
    fn only_many_writers_get_a_pause_and_it_is_short() {
        for (writers, processors, expect) in
            [(1, 1, 0), (16, 2, 0), (20, 2, 500), (20, 8, 125), (64, 2, 600), (5000, 64, 600)]
        {
            assert_eq!(
                pause(writers, processors),
                Duration::from_micros(expect),
                "{writers} on {processors}"
            );
        }
    }
}
