//! Items as they are stored: encoded once, and read where they lie.
//!
//! ```text
//! item   := size:varint map                  size: what the item counts by AWS's rules
//! map    := count:varint (name value)*       names sorted by bytes, each once
//! name   := length:varint utf8
//! value  := tag:u8 payload
//!   S N B       length:varint bytes          N is its canonical text
//!   TRUE FALSE NULL
//!   M           length:varint map            length: of what follows, so that a reader can step over it
//!   L           length:varint count:varint value*
//!   SS NS BS    length:varint count:varint (length:varint bytes)*   sorted, each once
//! ```
//!
//! Because names and sets are sorted, equal items have equal bytes. Readers trust the bytes: whoever stores them got them
//! from [`EncodedItem::encode`], and [`EncodedItem::verify`] is there for those who doubt.

mod cursor;
mod output;
mod put;

pub(crate) use cursor::{Cursor, WHOLE};
pub use output::OutputItem;
pub(crate) use output::selected;

use crate::attribute_value::{AttributeType, AttributeValue};
use crate::item::Item;
use crate::number::Number;
use bytes::Bytes;
use cursor::Elements;

/// What kind of value follows.
pub(crate) mod tag {
    pub const S: u8 = 1;
    pub const N: u8 = 2;
    pub const B: u8 = 3;
    pub const TRUE: u8 = 4;
    pub const FALSE: u8 = 5;
    pub const NULL: u8 = 6;
    pub const M: u8 = 7;
    pub const L: u8 = 8;
    pub const SS: u8 = 9;
    pub const NS: u8 = 10;
    pub const BS: u8 = 11;
}

/// An item as a compact, self-describing byte string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedItem(Bytes);

/// A value inside an [`EncodedItem`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncodedValue<'a> {
    /// String.
    S(&'a str),
    /// Number, as its canonical text.
    N(&'a str),
    /// Binary.
    B(&'a [u8]),
    /// Boolean.
    Bool(bool),
    /// Null.
    Null,
    /// Map.
    M(EncodedMap<'a>),
    /// List.
    L(EncodedList<'a>),
    /// String set.
    Ss(EncodedSet<'a>),
    /// Number set, as canonical texts.
    Ns(EncodedSet<'a>),
    /// Binary set.
    Bs(EncodedSet<'a>),
}

/// The attributes of an encoded item or map: an iterator of names and values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodedMap<'a>(Elements<'a>);

/// An encoded list: an iterator of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodedList<'a>(Elements<'a>);

/// An encoded set: an iterator of its elements' bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodedSet<'a>(Elements<'a>);

impl EncodedItem {
    /// Encodes an item.
    pub fn encode(item: &Item) -> Self {
        let size = item.size();
        let mut out = Vec::with_capacity(size + size / 4 + 16);
        put::put_varint(&mut out, size);
        put::put_map(&mut out, item);
        Self(out.into())
    }

    /// Takes bytes that [`EncodedItem::encode`] made.
    pub fn from_stored(bytes: Bytes) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &Bytes {
        &self.0
    }

    /// What the item counts by AWS's size rules, in bytes.
    pub fn size(&self) -> usize {
        Cursor(&self.0).varint().expect("a stored item has its size")
    }

    /// Its attributes, in the order of their names.
    pub fn attributes(&self) -> EncodedMap<'_> {
        self.cursor().map().expect(WHOLE)
    }

    /// Its attributes, for those who read the bytes themselves: a count, and as many names and values.
    pub(crate) fn cursor(&self) -> Cursor<'_> {
        let mut cursor = Cursor(&self.0);
        cursor.varint().expect(WHOLE);
        cursor
    }

    /// One attribute's value.
    pub fn attribute(&self, name: &str) -> Option<EncodedValue<'_>> {
        self.attributes().attribute(name)
    }

    /// The whole item, decoded.
    pub fn decode(&self) -> Item {
        self.attributes().decode()
    }

    /// Whether the bytes are what [`EncodedItem::encode`] makes of some item. For offline checks: costs a full decode.
    pub fn verify(bytes: &Bytes) -> bool {
        cursor::verified(Cursor(bytes)).is_some_and(|item| Self::encode(&item).0 == bytes)
    }
}

impl<'a> EncodedMap<'a> {
    /// One attribute's value.
    pub fn attribute(self, name: &str) -> Option<EncodedValue<'a>> {
        self.0.find(name.as_bytes())
    }

    /// How many attributes are left in the iterator.
    pub fn len(&self) -> usize {
        self.0.left
    }

    /// Whether none is left.
    pub fn is_empty(&self) -> bool {
        self.0.left == 0
    }

    /// The attributes, decoded.
    pub fn decode(self) -> Item {
        self.map(|(name, value)| (name.to_owned(), value.decode())).collect()
    }
}

impl<'a> Iterator for EncodedMap<'a> {
    type Item = (&'a str, EncodedValue<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next(|cursor| Some((cursor.text()?, cursor.value()?)))
    }
}

impl EncodedList<'_> {
    /// How many values are left in the iterator.
    pub fn len(&self) -> usize {
        self.0.left
    }

    /// Whether none is left.
    pub fn is_empty(&self) -> bool {
        self.0.left == 0
    }
}

impl<'a> Iterator for EncodedList<'a> {
    type Item = EncodedValue<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next(Cursor::value)
    }
}

impl<'a> Iterator for EncodedSet<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next(Cursor::blob)
    }
}

impl<'a> EncodedSet<'a> {
    /// The elements of a string or number set.
    pub fn texts(self) -> impl Iterator<Item = &'a str> {
        self.map(as_text)
    }
}

impl<'a> EncodedValue<'a> {
    /// Its type.
    pub fn attribute_type(&self) -> AttributeType {
        match self {
            Self::S(_) => AttributeType::S,
            Self::N(_) => AttributeType::N,
            Self::B(_) => AttributeType::B,
            Self::Bool(_) => AttributeType::Bool,
            Self::Null => AttributeType::Null,
            Self::M(_) => AttributeType::M,
            Self::L(_) => AttributeType::L,
            Self::Ss(_) => AttributeType::Ss,
            Self::Ns(_) => AttributeType::Ns,
            Self::Bs(_) => AttributeType::Bs,
        }
    }

    /// The value, decoded.
    pub fn decode(self) -> AttributeValue {
        match self {
            Self::S(text) => AttributeValue::S(text.to_owned()),
            Self::N(text) => AttributeValue::N(stored_number(text)),
            Self::B(bytes) => AttributeValue::B(Bytes::copy_from_slice(bytes)),
            Self::Bool(value) => AttributeValue::Bool(value),
            Self::Null => AttributeValue::Null,
            Self::M(map) => AttributeValue::M(map.decode()),
            Self::L(list) => AttributeValue::L(list.map(Self::decode).collect()),
            Self::Ss(set) => AttributeValue::Ss(set.texts().map(str::to_owned).collect()),
            Self::Ns(set) => AttributeValue::Ns(set.texts().map(stored_number).collect()),
            Self::Bs(set) => AttributeValue::Bs(set.map(Bytes::copy_from_slice).collect()),
        }
    }
}

fn stored_number(text: &str) -> Number {
    Number::parse(text).expect("a stored number is canonical")
}

fn as_text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("stored text is UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Item {
        let number = |text| Number::parse(text).unwrap();
        let nested: Item = [("in".to_owned(), AttributeValue::L(vec!["x".into(), AttributeValue::Null]))]
            .into_iter()
            .collect();
        [
            ("a", AttributeValue::S("text".repeat(50))),
            ("b", AttributeValue::N(number("-1e-130"))),
            ("c", AttributeValue::B(Bytes::from_static(&[0, 255]))),
            ("d", AttributeValue::Bool(true)),
            ("e", AttributeValue::Bool(false)),
            ("f", AttributeValue::Null),
            ("g", AttributeValue::M(nested)),
            ("h", AttributeValue::L(vec![])),
            ("i", AttributeValue::Ss(vec!["a".into(), "b".into()])),
            ("j", AttributeValue::Ns(vec![number("1"), number("2.5")])),
            ("k", AttributeValue::Bs(vec![Bytes::from_static(b"x")])),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }

    #[test]
    fn what_is_encoded_comes_back() {
        let item = sample();
        let encoded = EncodedItem::encode(&item);
        assert_eq!(encoded.decode(), item);
        assert_eq!(encoded.size(), item.size());
        for (name, value) in &item {
            assert_eq!(encoded.attribute(name).map(EncodedValue::decode).as_ref(), Some(value), "{name}");
        }
        assert_eq!(encoded.attribute("aa"), None);
        assert!(EncodedItem::verify(encoded.as_bytes()));
    }

    #[test]
    fn damage_does_not_verify() {
        let encoded = EncodedItem::encode(&sample());
        assert!(!EncodedItem::verify(&encoded.as_bytes().slice(..encoded.as_bytes().len() - 1)));
    }
}
