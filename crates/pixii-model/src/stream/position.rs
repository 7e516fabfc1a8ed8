//! Positions in a shard.

use crate::error::serialization::JsonKind;
use crate::error::{SerializationFault, StreamFault};
use crate::wire::{Decode, Decoder, Encode, Json, JsonWriter, Rule, Timestamp};
use std::fmt;

/// Rule of a sequence number's digits (API model: SequenceNumber).
pub const SEQUENCE_NUMBER: Rule = Rule::length(21, 40);

/// Where a record stands in its shard: clients see it as decimal digits, and compare it as a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SequenceNumber(pub u128);

impl SequenceNumber {
    /// The smallest one that has the 21 digits that every SDK asks for. The largest `u128` has 39.
    pub const MIN: Self = Self(100_000_000_000_000_000_000);

    /// Reads its digits.
    pub fn parse(text: &str) -> Option<Self> {
        let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_digits { text.parse().ok().map(Self) } else { None }
    }
}

impl fmt::Display for SequenceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Decode for SequenceNumber {
    const KIND: JsonKind = JsonKind::String;

    fn decode(json: Json<'_>, rule: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let text = String::decode(json, rule, decoder)?;
        Ok(Self::parse(&text).unwrap_or_else(|| {
            decoder.refuse(StreamFault::InvalidSequenceNumber);
            Self::default()
        }))
    }
}

impl Encode for SequenceNumber {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.displayed(self);
    }
}

/// Where a reader wants to begin in a shard: what `ShardIteratorType` and its companions say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShardPosition {
    /// At the oldest record that is still there.
    TrimHorizon,
    /// Behind the newest record.
    Latest,
    /// At this record.
    At(SequenceNumber),
    /// Behind this record.
    After(SequenceNumber),
    /// At the first record that is not older than this.
    AtTimestamp(Timestamp),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_digits_are_sequence_numbers() {
        assert_eq!(
            SequenceNumber::parse("111700000000005435312"),
            Some(SequenceNumber(111700000000005435312))
        );
        for text in ["", "+11700000000005435312", "1117000000000054353 2", "9".repeat(40).as_str()] {
            assert_eq!(SequenceNumber::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_smallest_one_has_as_many_digits_as_sdks_ask_for() {
        assert_eq!(Some(SequenceNumber::MIN.to_string().len()), SEQUENCE_NUMBER.length_min);
        assert!(u128::MAX.to_string().len() <= SEQUENCE_NUMBER.length_max.unwrap_or_default());
    }
}
