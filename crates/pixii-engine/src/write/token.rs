//! ClientRequestToken: a row that the transaction writes with its items, and that outlives a restart.
//!
//! ```text
//! 20 token -> hash:u128 completed:u64    hash of the request, time in microseconds
//! 21 time token -> (empty)               when the row may be forgotten
//! ```
//!
//! Source of the rules: API model, TransactWriteItemsInput, ClientRequestToken: good for ten minutes after the request that
//! used it completed.

use crate::env::Micros;
use crate::keyspace;
use bytes::{BufMut, Bytes, BytesMut};
use parking_lot::Mutex;
use pixii_model::limits::CLIENT_REQUEST_TOKEN_SECONDS;
use pixii_store::{StoreError, Transaction};
use std::collections::HashSet;

/// A token and the request it came with.
#[derive(Clone, Debug)]
pub struct TokenRequest {
    /// The token.
    pub token: String,
    /// A hash of everything else in the request.
    pub hash: u128,
}

/// The tokens that requests of this process are working on.
#[derive(Debug, Default)]
pub struct InProgress(Mutex<HashSet<String>>);

/// Marks a token as being worked on, until it is dropped.
#[derive(Debug)]
pub struct Working<'a> {
    tokens: &'a InProgress,
    token: &'a str,
}

impl InProgress {
    /// Marks a token; `None` if another request is working on it.
    pub fn begin<'a>(&'a self, token: &'a str) -> Option<Working<'a>> {
        self.0.lock().insert(token.to_owned()).then_some(Working { tokens: self, token })
    }
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.tokens.0.lock().remove(self.token);
    }
}

/// What is recorded of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// Nothing, or nothing that is still good.
    Nothing,
    /// The same request was written.
    SameRequest,
    /// Another request was written.
    OtherRequest,
}

impl TokenRequest {
    /// The row's key.
    pub fn key(&self) -> Bytes {
        keyspace::client_request_token(&self.token)
    }

    /// What is recorded of it at that time.
    pub async fn read(&self, transaction: &impl Transaction, now: Micros) -> Result<Recorded, StoreError> {
        let Some(row) = transaction.get(&self.key()).await? else { return Ok(Recorded::Nothing) };
        let Some((hash, completed)) = parse(&row) else { return Ok(Recorded::Nothing) };
        if now >= expiry(completed) {
            return Ok(Recorded::Nothing);
        }
        Ok(if hash == self.hash { Recorded::SameRequest } else { Recorded::OtherRequest })
    }

    /// Records the request as written at that time.
    pub fn record(&self, transaction: &mut impl Transaction, now: Micros) {
        let mut row = BytesMut::with_capacity(24);
        row.put_u128(self.hash);
        row.put_u64(now.0);
        transaction.set(self.key(), row.freeze());
        transaction.set(keyspace::token_expiry(expiry(now).0, &self.token), Bytes::new());
    }
}

/// Whether a row may be forgotten at that time.
pub(crate) fn is_expired(row: &[u8], now: Micros) -> bool {
    parse(row).is_none_or(|(_, completed)| now >= expiry(completed))
}

/// Key of the note when a token's row may be forgotten; `None` if the row cannot be read.
pub(crate) fn note_of_expiry(token: &str, row: &[u8]) -> Option<Bytes> {
    parse(row).map(|(_, completed)| keyspace::token_expiry(expiry(completed).0, token))
}

fn parse(row: &[u8]) -> Option<(u128, Micros)> {
    let (hash, completed) = row.split_first_chunk::<16>()?;
    let completed = completed.try_into().ok()?;
    Some((u128::from_be_bytes(*hash), Micros(u64::from_be_bytes(completed))))
}

fn expiry(completed: Micros) -> Micros {
    completed.after(std::time::Duration::from_secs(CLIENT_REQUEST_TOKEN_SECONDS))
}
