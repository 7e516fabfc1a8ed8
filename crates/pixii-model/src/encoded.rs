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

use crate::attribute_value::{AttributeType, AttributeValue};
use crate::item::Item;
use crate::number::Number;
use bytes::Bytes;
use std::borrow::Cow;

const TAG_S: u8 = 1;
const TAG_N: u8 = 2;
const TAG_B: u8 = 3;
const TAG_TRUE: u8 = 4;
const TAG_FALSE: u8 = 5;
const TAG_NULL: u8 = 6;
const TAG_M: u8 = 7;
const TAG_L: u8 = 8;
const TAG_SS: u8 = 9;
const TAG_NS: u8 = 10;
const TAG_BS: u8 = 11;

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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Elements<'a> {
    left: usize,
    cursor: Cursor<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cursor<'a>(&'a [u8]);

impl EncodedItem {
    /// Encodes an item.
    pub fn encode(item: &Item) -> Self {
        let size = item.size();
        let mut out = Vec::with_capacity(size + size / 4 + 16);
        put_varint(&mut out, size);
        put_map(&mut out, item);
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
        Cursor(&self.0).varint()
    }

    /// Its attributes, in the order of their names.
    pub fn attributes(&self) -> EncodedMap<'_> {
        let mut cursor = Cursor(&self.0);
        cursor.varint();
        cursor.map()
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
        let bytes = bytes.clone();
        std::panic::catch_unwind(move || {
            let item = Self(bytes);
            Self::encode(&item.decode()) == item
        })
        .unwrap_or(false)
    }
}

impl<'a> EncodedMap<'a> {
    /// One attribute's value.
    pub fn attribute(self, name: &str) -> Option<EncodedValue<'a>> {
        self.take_while(|(found, _)| *found <= name).find(|(found, _)| *found == name).map(|(_, value)| value)
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
        self.0.next(|cursor| (cursor.text(), cursor.value()))
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

impl<'a> Elements<'a> {
    fn next<T>(&mut self, read: impl FnOnce(&mut Cursor<'a>) -> T) -> Option<T> {
        self.left = self.left.checked_sub(1)?;
        Some(read(&mut self.cursor))
    }
}

impl<'a> Cursor<'a> {
    fn byte(&mut self) -> u8 {
        let (&first, rest) = self.0.split_first().expect("a stored item is whole");
        self.0 = rest;
        first
    }

    fn varint(&mut self) -> usize {
        let mut value = 0;
        let mut shift = 0;
        loop {
            let byte = self.byte();
            value |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return value;
            }
            shift += 7;
        }
    }

    fn blob(&mut self) -> &'a [u8] {
        let length = self.varint();
        let (blob, rest) = self.0.split_at(length);
        self.0 = rest;
        blob
    }

    fn text(&mut self) -> &'a str {
        as_text(self.blob())
    }

    fn map(&mut self) -> EncodedMap<'a> {
        let left = self.varint();
        EncodedMap(Elements { left, cursor: *self })
    }

    fn elements(&mut self) -> Elements<'a> {
        let mut cursor = Cursor(self.blob());
        let left = cursor.varint();
        Elements { left, cursor }
    }

    fn value(&mut self) -> EncodedValue<'a> {
        match self.byte() {
            TAG_S => EncodedValue::S(self.text()),
            TAG_N => EncodedValue::N(self.text()),
            TAG_B => EncodedValue::B(self.blob()),
            TAG_TRUE => EncodedValue::Bool(true),
            TAG_FALSE => EncodedValue::Bool(false),
            TAG_NULL => EncodedValue::Null,
            TAG_M => EncodedValue::M(Cursor(self.blob()).map()),
            TAG_L => EncodedValue::L(EncodedList(self.elements())),
            TAG_SS => EncodedValue::Ss(EncodedSet(self.elements())),
            TAG_NS => EncodedValue::Ns(EncodedSet(self.elements())),
            TAG_BS => EncodedValue::Bs(EncodedSet(self.elements())),
            tag => panic!("a stored value has a known tag, not {tag}"),
        }
    }
}

fn put_varint(out: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn put_blob(out: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn put_number(out: &mut Vec<u8>, number: &Number) {
    use std::io::Write;
    // Canonical texts are shorter than 128 bytes but for magnitudes that no index of people uses: patch the length in.
    let at = out.len();
    out.push(0);
    write!(out, "{number}").expect("a Vec takes every byte");
    let length = out.len() - at - 1;
    if length < 0x80 {
        out[at] = length as u8;
    } else {
        out[at] = length as u8 | 0x80;
        out.insert(at + 1, (length >> 7) as u8);
    }
}

fn put_map(out: &mut Vec<u8>, map: &Item) {
    put_varint(out, map.len());
    for (name, value) in map {
        put_blob(out, name.as_bytes());
        put_value(out, value);
    }
}

/// Writes what `content` writes, with its length before it.
fn put_sized(out: &mut Vec<u8>, content: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    content(out);
    let length = out.len() - start;
    let mut prefix = Vec::with_capacity(4);
    put_varint(&mut prefix, length);
    out.splice(start..start, prefix);
}

fn put_set<T>(out: &mut Vec<u8>, tag: u8, set: &[T], put: impl Fn(&mut Vec<u8>, &T)) {
    out.push(tag);
    put_sized(out, |out| {
        put_varint(out, set.len());
        for element in set {
            put(out, element);
        }
    });
}

fn put_value(out: &mut Vec<u8>, value: &AttributeValue) {
    match value {
        AttributeValue::S(text) => {
            out.push(TAG_S);
            put_blob(out, text.as_bytes());
        }
        AttributeValue::N(number) => {
            out.push(TAG_N);
            put_number(out, number);
        }
        AttributeValue::B(bytes) => {
            out.push(TAG_B);
            put_blob(out, bytes);
        }
        AttributeValue::Bool(true) => out.push(TAG_TRUE),
        AttributeValue::Bool(false) => out.push(TAG_FALSE),
        AttributeValue::Null => out.push(TAG_NULL),
        AttributeValue::M(map) => {
            out.push(TAG_M);
            put_sized(out, |out| put_map(out, map));
        }
        AttributeValue::L(list) => put_set(out, TAG_L, list, put_value),
        AttributeValue::Ss(set) => put_set(out, TAG_SS, set, |out, text| put_blob(out, text.as_bytes())),
        AttributeValue::Ns(set) => put_set(out, TAG_NS, set, put_number),
        AttributeValue::Bs(set) => put_set(out, TAG_BS, set, |out, bytes| put_blob(out, bytes)),
    }
}

/// An item on its way out: as stored, or put together for this answer.
#[derive(Clone, Debug)]
pub enum OutputItem {
    /// As stored, whole.
    Encoded(EncodedItem),
    /// Some attributes of a stored item, by name.
    Selected(EncodedItem, std::sync::Arc<[String]>),
    /// Put together for this answer.
    Decoded(Item),
}

impl OutputItem {
    /// The item, decoded.
    pub fn decode(&self) -> Cow<'_, Item> {
        match self {
            Self::Encoded(item) => Cow::Owned(item.decode()),
            Self::Selected(item, names) => Cow::Owned(
                item.attributes()
                    .filter(|(name, _)| names.iter().any(|wanted| wanted == name))
                    .map(|(name, value)| (name.to_owned(), value.decode()))
                    .collect(),
            ),
            Self::Decoded(item) => Cow::Borrowed(item),
        }
    }
}

impl PartialEq for OutputItem {
    fn eq(&self, other: &Self) -> bool {
        self.decode() == other.decode()
    }
}

impl From<Item> for OutputItem {
    fn from(item: Item) -> Self {
        Self::Decoded(item)
    }
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
