//! Clears the data of tables and indexes that are gone.
//!
//! Whoever drops data leaves a note of its id in the same transaction; nobody writes under that id any more, since every write
//! depends on its table's version. The note goes when nothing is left.

use crate::engine::Engine;
use crate::keyspace;
use pixii_store::{Direction, Freshness, KeyRange, Read, ScanLimit, Store, StoreError, Transaction};

/// How much a step clears.
const STEP: ScanLimit = ScanLimit { entries: 1000, bytes: 4 << 20 };

impl<S: Store> Engine<S> {
    /// Clears some dropped data. Answers whether there is more.
    pub(super) async fn clear_step(&self) -> Result<bool, StoreError> {
        let snapshot = self.store.snapshot(Freshness::Latest).await?;
        let one = ScanLimit { entries: 1, bytes: usize::MAX };
        let notes = snapshot.scan(&keyspace::all_dropped_data(), Direction::Forward, one).await?;
        let Some((note, _)) = notes.entries.into_iter().next() else { return Ok(false) };
        let Some(keyspace::Key::DroppedData { id }) = keyspace::Key::parse(&note) else {
            return Err(StoreError::Fatal { detail: "a note of dropped data cannot be read".to_owned() });
        };
        let mut doomed = None;
        for range in keyspace::data_of(id) {
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
            None => transaction.clear(note),
        }
        transaction.commit().await?;
        Ok(true)
    }
}
