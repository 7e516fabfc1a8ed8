//! The names of streams.

use crate::error::serialization::JsonKind;
use crate::error::{SerializationFault, StreamFault};
use crate::wire::rule::Pattern;
use crate::wire::{Decode, Decoder, Encode, Json, JsonWriter, Rule};
use std::fmt;

/// Rule of a stream's ARN (API model: StreamArn).
pub const STREAM_ARN: Rule = Rule::length(37, 1024);

/// A stream's name: `arn:aws:dynamodb:REGION:ACCOUNT:table/TABLE/stream/LABEL`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct StreamArn {
    /// Where the table is.
    pub region: String,
    /// Whose it is.
    pub account: String,
    /// The table's name.
    pub table: String,
    /// The stream's label: when it was turned on, such as `2024-01-02T03:04:05.678`.
    pub label: String,
}

impl StreamArn {
    /// Takes an ARN apart. `None` if it is none, or not one of a stream.
    pub fn parse(text: &str) -> Option<Self> {
        let (region, rest) = text.strip_prefix("arn:aws:dynamodb:")?.split_once(':')?;
        let (account, rest) = rest.split_once(":table/")?;
        let (table, label) = rest.split_once("/stream/")?;
        let is_whole = !region.is_empty()
            && !account.is_empty()
            && Pattern::Name.matches(table)
            && !label.is_empty()
            && !label.contains('/');
        is_whole.then(|| Self {
            region: region.to_owned(),
            account: account.to_owned(),
            table: table.to_owned(),
            label: label.to_owned(),
        })
    }
}

impl fmt::Display for StreamArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { region, account, table, label } = self;
        write!(f, "arn:aws:dynamodb:{region}:{account}:table/{table}/stream/{label}")
    }
}

impl Decode for StreamArn {
    const KIND: JsonKind = JsonKind::String;

    /// AWS looks at an ARN before it looks at anything else, its length included, because it decides who may ask.
    fn decode(json: Json<'_>, rule: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let text = decoder.text(json)?;
        match Self::parse(&text) {
            Some(arn) => {
                String::decode(Json::String(text), rule, decoder)?;
                Ok(arn)
            }
            None => {
                decoder.refuse_first(StreamFault::InvalidArn);
                Ok(Self::default())
            }
        }
    }
}

impl Encode for StreamArn {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.string(&self.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_comes_back_as_it_was() {
        let text = "arn:aws:dynamodb:us-east-1:000000000000:table/Music.2_b-c/stream/2024-01-02T03:04:05.678";
        let arn = StreamArn::parse(text).expect("it is one");
        assert_eq!(arn.to_string(), text);
        assert_eq!((arn.table.as_str(), arn.label.as_str()), ("Music.2_b-c", "2024-01-02T03:04:05.678"));
    }

    #[test]
    fn what_is_no_stream_is_refused() {
        for text in [
            "",
            "sdfadfsdfnlfkajakfgjalksfgklasjklasdjfklasdfasdfgasf",
            "arn:aws:dynamodb:us-east-1:000000000000:table/Music",
            "arn:aws:dynamodb:us-east-1:000000000000:table/Music/stream/",
            "arn:aws:dynamodb:us-east-1:000000000000:table//stream/2024-01-02T03:04:05.678",
            "arn:aws:dynamodb:us-east-1:000000000000:table/a b/stream/2024-01-02T03:04:05.678",
            "arn:aws:dynamodb:us-east-1:000000000000:table/Music/index/x/stream/2024-01-02T03:04:05.678",
            "arn:aws:dynamodb::000000000000:table/Music/stream/2024-01-02T03:04:05.678",
            "arn:aws:kinesis:us-east-1:000000000000:table/Music/stream/2024-01-02T03:04:05.678",
        ] {
            assert_eq!(StreamArn::parse(text), None, "{text}");
        }
    }
}
