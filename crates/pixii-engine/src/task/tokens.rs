//! Forgets the outcomes of transactions whose ClientRequestToken is no longer good.

use crate::engine::Engine;
use crate::keyspace;
use crate::write::token;
use pixii_store::{Direction, Freshness, Read, ScanLimit, Store, StoreError, Transaction};

/// How many outcomes are forgotten at a time.
const STEP: ScanLimit = ScanLimit { entries: 100, bytes: 1 << 20 };

impl<S: Store> Engine<S> {
    /// Forgets some expired tokens. Answers whether there may be more.
    pub(super) async fn forget_tokens(&self) -> Result<bool, StoreError> {
        let now = self.env.now();
        let expired = {
            let snapshot = self.store.snapshot(Freshness::Latest).await?;
            snapshot.scan(&keyspace::tokens_expired_before(now.0), Direction::Forward, STEP).await?
        };
        if expired.entries.is_empty() {
            return Ok(false);
        }
        let notes: Vec<_> = expired.entries.into_iter().map(|(note, _)| note).collect();
        let rows: Vec<_> = notes
            .iter()
            .filter_map(|note| keyspace::token_of_expiry(note))
            .map(keyspace::client_request_token)
            .collect();
        let mut transaction = self.store.begin(&rows).await?;
        for row in rows {
            // The token may have been used again since the note was made.
            let value = transaction.get(&row).await?;
            if value.is_some_and(|value| token::is_expired(&value, now)) {
                transaction.clear(row);
            }
        }
        for note in notes {
            transaction.clear(note);
        }
        transaction.commit().await?;
        Ok(expired.more)
    }
}
