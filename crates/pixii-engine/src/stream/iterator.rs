//! Shard iterators as clients carry them: opaque to them, and complete, so that the server remembers none.
//!
//! ```text
//! arn of the stream | 1 | base64( format:u8 stream:u64 shard began:u64 partition:u32 place:u8 position:u128 issued:u64 crc:u32 )
//! ```

use super::ShardId;
use crate::change_log::Position;
use crate::env::Micros;
use crate::partition::PartitionId;
use crate::table::DataId;
use bytes::{Buf, BufMut};
use pixii_model::stream::StreamArn;

const FORMAT: u8 = 1;
/// What follows the ARN, as on AWS.
const SEPARATOR: &str = "|1|";

/// Where a reader stands in a shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the oldest record that is there when the iterator is used.
    TrimHorizon,
    /// Behind this position.
    After(Position),
}

/// Where a reader stands, and since when the iterator is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardIterator {
    /// The stream's ARN.
    pub arn: StreamArn,
    /// The stream.
    pub stream: DataId,
    /// The shard.
    pub shard: ShardId,
    /// The place in it.
    pub place: Place,
    /// When it was issued.
    pub issued: Micros,
}

/// What is no iterator of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidIterator;

impl ShardIterator {
    /// As clients carry it.
    pub fn encode(&self) -> String {
        let mut bytes = Vec::with_capacity(50);
        bytes.put_u8(FORMAT);
        bytes.put_u64(self.stream.0);
        bytes.put_u64(self.shard.began);
        bytes.put_u32(self.shard.partition.0);
        let position = match self.place {
            Place::TrimHorizon => None,
            Place::After(position) => Some(position),
        };
        bytes.put_u8(u8::from(position.is_some()));
        bytes.extend(position.unwrap_or_default().to_bytes());
        bytes.put_u64(self.issued.0);
        let arn = self.arn.to_string();
        bytes.put_u32(checksum(&arn, &bytes));
        format!("{arn}{SEPARATOR}{}", base64_simd::STANDARD.encode_to_string(bytes))
    }

    /// Reads what a client brought.
    ///
    /// # Errors
    /// [`InvalidIterator`] if it is none of ours, or was changed.
    pub fn decode(text: &str) -> Result<Self, InvalidIterator> {
        Self::read(text).ok_or(InvalidIterator)
    }

    fn read(text: &str) -> Option<Self> {
        let (arn, encoded) = text.split_once(SEPARATOR)?;
        let bytes = base64_simd::STANDARD.decode_to_vec(encoded).ok()?;
        let (mut rest, mut crc) = bytes.split_last_chunk::<4>().map(|(rest, crc)| (rest, &crc[..]))?;
        if crc.get_u32() != checksum(arn, rest) || rest.try_get_u8().ok()? != FORMAT {
            return None;
        }
        let stream = DataId(rest.try_get_u64().ok()?);
        let began = rest.try_get_u64().ok()?;
        let partition = PartitionId(rest.try_get_u32().ok()?);
        let is_after = rest.try_get_u8().ok()? == 1;
        let (position, mut rest) = rest.split_at_checked(16)?;
        let position = Position::from_bytes(position)?;
        let issued = Micros(rest.try_get_u64().ok()?);
        Some(Self {
            arn: StreamArn::parse(arn)?,
            stream,
            shard: ShardId { began, partition },
            place: if is_after { Place::After(position) } else { Place::TrimHorizon },
            issued,
        })
    }
}

/// So that a damaged iterator is refused rather than read somewhere else. It keeps no secret.
fn checksum(arn: &str, bytes: &[u8]) -> u32 {
    twox_hash::XxHash3_64::oneshot_with_seed(arn.len() as u64, &[arn.as_bytes(), bytes].concat()) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iterators_come_back_whole_or_not_at_all() {
        let arn = "arn:aws:dynamodb:us-east-1:000000000000:table/Music/stream/2026-11-23T03:04:26.123";
        for place in [Place::TrimHorizon, Place::After(Position::from_bytes(&[7; 16]).unwrap())] {
            let iterator = ShardIterator {
                arn: StreamArn::parse(arn).unwrap(),
                stream: DataId(5),
                shard: ShardId { began: 1_763_871_234_567, partition: PartitionId(3) },
                place,
                issued: Micros(1_763_871_235_000_000),
            };
            let text = iterator.encode();
            assert!(text.starts_with(&format!("{arn}|1|")), "{text}");
            assert_eq!(ShardIterator::decode(&text), Ok(iterator));
            for at in 0..text.len() {
                let mut changed = text.clone().into_bytes();
                changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
                let changed = String::from_utf8(changed).unwrap();
                assert_eq!(ShardIterator::decode(&changed), Err(InvalidIterator), "{changed}");
                assert_eq!(ShardIterator::decode(&text[..at]), Err(InvalidIterator));
            }
        }
    }
}
