//! NextToken: where a SELECT goes on, for that statement alone.
//!
//! ```text
//! token := base64(fingerprint:u128 stored key of the last item examined)
//! ```
//!
//! The fingerprint is a hash of the statement's text, as written, and of its parameters' values.

use pixii_model::error::StatementFault;
use pixii_model::{AttributeValue, EncodedItem, Item};

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(u128);

impl Fingerprint {
    /// Of a statement with its parameters.
    pub fn new(statement: &str, parameters: &[AttributeValue]) -> Self {
        let values = Item::from_iter([(String::new(), AttributeValue::L(parameters.to_vec()))]);
        let values = EncodedItem::encode(&values);
        let mut bytes = Vec::with_capacity(statement.len() + values.as_bytes().len() + 8);
        bytes.extend_from_slice(&(statement.len() as u64).to_be_bytes());
        bytes.extend_from_slice(statement.as_bytes());
        bytes.extend_from_slice(values.as_bytes());
        Self(twox_hash::XxHash3_128::oneshot(&bytes))
    }

    /// A token to go on behind a stored key.
    pub fn token(self, key: &[u8]) -> String {
        base64_simd::STANDARD.encode_to_string([&self.0.to_be_bytes(), key].concat())
    }

    /// The stored key that a token goes on behind.
    pub fn key(self, token: &str) -> Result<Vec<u8>, StatementFault> {
        let bytes =
            base64_simd::STANDARD.decode_to_vec(token).map_err(|_| StatementFault::NextTokenInvalid)?;
        let (fingerprint, key) = bytes.split_first_chunk::<16>().ok_or(StatementFault::NextTokenInvalid)?;
        if u128::from_be_bytes(*fingerprint) != self.0 {
            return Err(StatementFault::NextTokenMismatch);
        }
        Ok(key.to_vec())
    }
}
