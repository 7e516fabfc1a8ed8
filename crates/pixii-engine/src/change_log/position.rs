//! Places in the log.

use pixii_store::APPEND_SUFFIX_BYTES;

/// A place in commit order: incarnation, stamp and order within the transaction, as the store completes a key.
///
/// Clients see it as a sequence number, in decimal. Incarnations begin with 1, so that has 29 to 39 digits and no leading
/// zero; SDKs take 21 to 40.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(u128);

impl Position {
    /// The end of a completed key.
    pub fn of_key(key: &[u8]) -> Option<Self> {
        key.last_chunk::<APPEND_SUFFIX_BYTES>().map(|bytes| Self(u128::from_be_bytes(*bytes)))
    }

    /// The position that exactly these bytes are.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|bytes| Self(u128::from_be_bytes(bytes)))
    }

    /// As in keys.
    pub fn to_bytes(self) -> [u8; APPEND_SUFFIX_BYTES] {
        self.0.to_be_bytes()
    }

    /// The place just before this one: what comes after that begins here.
    pub fn before(self) -> Self {
        Self(self.0.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence_numbers_come_back_and_have_the_length_that_sdks_take() {
        for (incarnation, sequence, order) in
            [(1u32, 0u64, 0u16), (1, 1, 0), (7, 1 << 40, 65_535), (u32::MAX, u64::MAX, u16::MAX)]
        {
            let mut key = vec![0x32];
            key.extend(incarnation.to_be_bytes());
            key.extend(pixii_store::Stamp::from_sequence(sequence).0);
            key.extend(order.to_be_bytes());
            let position = Position::of_key(&key).unwrap();
            let number = position.sequence_number().to_string();
            assert!((21..=40).contains(&number.len()) && !number.starts_with('0'), "{number}");
            assert_eq!(
                pixii_model::stream::SequenceNumber::parse(&number).map(Position::from),
                Some(position)
            );
            assert_eq!(Position::from_bytes(&position.to_bytes()), Some(position));
            assert!(position.before() < position);
        }
    }
}
