//! Reads the bytes of an encoded item, one piece after the other.
//!
//! Every step answers `None` where the bytes are no item, so that the same code serves readers, who trust them, and
//! [`verified`], which does not.

use super::{EncodedList, EncodedMap, EncodedSet, EncodedValue, tag};
use crate::attribute_value::AttributeValue;
use crate::item::Item;
use crate::limits::NESTING_LEVELS_MAX;
use crate::number::Number;
use bytes::Bytes;
use std::cmp::Ordering;

/// Why readers may trust the bytes: they came from `EncodedItem::encode`.
pub(crate) const WHOLE: &str = "a stored item is whole";

/// What is left to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor<'a>(pub &'a [u8]);

/// So many pieces, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Elements<'a> {
    pub left: usize,
    pub cursor: Cursor<'a>,
}

impl<'a> Elements<'a> {
    /// The next piece, as `read` reads it.
    pub fn next<T>(&mut self, read: impl FnOnce(&mut Cursor<'a>) -> Option<T>) -> Option<T> {
        self.left = self.left.checked_sub(1)?;
        Some(read(&mut self.cursor).expect(WHOLE))
    }

    /// The value under a name, among entries in the order of their names. Steps over the others without looking into them.
    pub fn find(mut self, name: &[u8]) -> Option<EncodedValue<'a>> {
        while self.left > 0 {
            self.left -= 1;
            match self.cursor.blob().expect(WHOLE).cmp(name) {
                Ordering::Less => self.cursor.skip_value().expect(WHOLE),
                Ordering::Equal => return Some(self.cursor.value().expect(WHOLE)),
                Ordering::Greater => return None,
            }
        }
        None
    }
}

impl<'a> Cursor<'a> {
    pub fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    pub fn varint(&mut self) -> Option<usize> {
        let mut value = 0;
        for shift in (0..usize::BITS).step_by(7) {
            let byte = self.byte()?;
            value |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    pub fn blob(&mut self) -> Option<&'a [u8]> {
        let length = self.varint()?;
        let (blob, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(blob)
    }

    pub fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.blob()?).ok()
    }

    pub fn map(mut self) -> Option<EncodedMap<'a>> {
        let left = self.varint()?;
        Some(EncodedMap(Elements { left, cursor: self }))
    }

    fn elements(&mut self) -> Option<Elements<'a>> {
        let mut cursor = Cursor(self.blob()?);
        let left = cursor.varint()?;
        Some(Elements { left, cursor })
    }

    pub fn value(&mut self) -> Option<EncodedValue<'a>> {
        Some(match self.byte()? {
            tag::S => EncodedValue::S(self.text()?),
            tag::N => EncodedValue::N(self.text()?),
            tag::B => EncodedValue::B(self.blob()?),
            tag::TRUE => EncodedValue::Bool(true),
            tag::FALSE => EncodedValue::Bool(false),
            tag::NULL => EncodedValue::Null,
            tag::M => EncodedValue::M(Cursor(self.blob()?).map()?),
            tag::L => EncodedValue::L(EncodedList(self.elements()?)),
            tag::SS => EncodedValue::Ss(EncodedSet(self.elements()?)),
            tag::NS => EncodedValue::Ns(EncodedSet(self.elements()?)),
            tag::BS => EncodedValue::Bs(EncodedSet(self.elements()?)),
            _ => return None,
        })
    }

    /// Steps over a value without looking into it.
    pub fn skip_value(&mut self) -> Option<()> {
        match self.byte()? {
            tag::TRUE | tag::FALSE | tag::NULL => {}
            _ => {
                self.blob()?;
            }
        }
        Some(())
    }
}

/// The item that the bytes hold, if they hold one. (Whether they are the canonical bytes of it is another question.)
pub(super) fn verified(mut item: Cursor<'_>) -> Option<Item> {
    item.varint()?;
    verified_map(item.map()?, 0)
}

fn verified_map(EncodedMap(entries): EncodedMap<'_>, depth: usize) -> Option<Item> {
    let entries = all(entries, |cursor| {
        let name = cursor.text()?;
        Some((name.to_owned(), verified_value(cursor, depth)?))
    })?;
    Some(entries.into_iter().collect())
}

fn verified_value(cursor: &mut Cursor<'_>, depth: usize) -> Option<AttributeValue> {
    if depth > NESTING_LEVELS_MAX {
        return None;
    }
    Some(match cursor.value()? {
        EncodedValue::N(text) => AttributeValue::N(Number::parse(text).ok()?),
        EncodedValue::M(map) => AttributeValue::M(verified_map(map, depth + 1)?),
        EncodedValue::L(EncodedList(values)) => {
            AttributeValue::L(all(values, |cursor| verified_value(cursor, depth + 1))?)
        }
        EncodedValue::Ss(EncodedSet(set)) => {
            AttributeValue::Ss(all(set, |cursor| cursor.text().map(str::to_owned))?)
        }
        EncodedValue::Ns(EncodedSet(set)) => {
            AttributeValue::Ns(all(set, |cursor| Number::parse(cursor.text()?).ok())?)
        }
        EncodedValue::Bs(EncodedSet(set)) => {
            AttributeValue::Bs(all(set, |cursor| cursor.blob().map(Bytes::copy_from_slice))?)
        }
        value @ (EncodedValue::S(_) | EncodedValue::B(_) | EncodedValue::Bool(_) | EncodedValue::Null) => {
            value.decode()
        }
    })
}

/// All pieces, if they are whole and nothing is behind them.
fn all<'a, T>(
    mut elements: Elements<'a>,
    mut read: impl FnMut(&mut Cursor<'a>) -> Option<T>,
) -> Option<Vec<T>> {
    // Without a capacity: a damaged count may be any number.
    let mut all = Vec::new();
    for _ in 0..elements.left {
        all.push(read(&mut elements.cursor)?);
    }
    elements.cursor.0.is_empty().then_some(all)
}
