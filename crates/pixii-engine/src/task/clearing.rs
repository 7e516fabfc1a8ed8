//! Clears the data of tables and indexes that are gone.
//!
//! Whoever drops data leaves a note of its id in the same transaction; nobody writes under that id any more, since every write
//! depends on its table's version. The note goes when nothing is left.
//!
//! ```text
//! 05 id -> (nothing)       all of it
//! 05 id -> 01              all but what its change log needs: that has readers left, and goes with the last of them
//! ```

use crate::engine::Engine;
use crate::keyspace;
use bytes::Bytes;
use pixii_store::{Direction, Freshness, KeyRange, Read, ScanLimit, Store, StoreError, Transaction};

/// How much a step clears.
const STEP: ScanLimit = ScanLimit { entries: 1000, bytes: 4 << 20 };

const LOG_KEPT: &[u8] = &[1];

/// The value of a note.
pub(crate) fn note(log_kept: bool) -> Bytes {
    Bytes::from_static(if log_kept { LOG_KEPT } else { &[] })
}

impl<S: Store> Engine<S> {
    /// Clears some dropped data. Answers whether there is more.
    pub(super) async fn clear_step(&self) -> Result<bool, StoreError> {
        let snapshot = self.store.snapshot(Freshness::Latest).await?;
        let one = ScanLimit { entries: 1, bytes: usize::MAX };
        let notes = snapshot.scan(&keyspace::all_dropped_data(), Direction::Forward, one).await?;
        let Some((note, kept)) = notes.entries.into_iter().next() else { return Ok(false) };
        let Some(keyspace::Key::DroppedData { id }) = keyspace::Key::parse(&note) else {
            return Err(StoreError::Fatal { detail: "a note of dropped data cannot be read".to_owned() });
        };
        let mut doomed = None;
        let log = keyspace::log_of(id).into_iter().filter(|_| kept != LOG_KEPT);
        for range in keyspace::data_of(id).into_iter().chain(log) {
            let chunk = snapshot.scan(&range, Direction::Forward, STEP).await?;
            if let Some((last, _)) = chunk.entries.last() {
                doomed = Some(KeyRange { start: range.start, end: KeyRange::single(last).end });
                break;
            }
        }
        drop(snapshot);
        let mut transaction = self.store.begin(std::slice::from_ref(&note)).await?;
        match doomed {
            Some(range) => transaction.clear_range(range),
            // A note that was changed meanwhile says that there is more to clear.
            None if transaction.get(&note).await?.as_ref() == Some(&kept) => transaction.clear(note),
            None => {}
        }
        transaction.commit().await?;
        Ok(true)
    }
}
