//! Stored items as JSON, from their bytes to those of the answer in one pass.
//!
//! Most of what a Query or Scan takes is this, so nothing is built in between and texts are not looked at as UTF-8 again:
//! they were when the item was stored.

use super::encode::{Encode, JsonWriter};
use crate::encoded::{Cursor, EncodedItem, WHOLE, tag};

/// About what an attribute takes in JSON beyond its stored bytes: `"":{"S":""},`.
const ATTRIBUTE_BYTES: usize = 10;

impl Encode for EncodedItem {
    fn encode(&self, writer: &mut JsonWriter) {
        let mut cursor = self.cursor();
        write_map(writer, &mut cursor);
    }

    fn about_bytes(&self) -> usize {
        self.as_bytes().len() + ATTRIBUTE_BYTES * self.attributes().len()
    }
}

/// Writes a count and as many names and values.
fn write_map(writer: &mut JsonWriter, cursor: &mut Cursor<'_>) {
    writer.raw(b"{");
    for at in 0..cursor.varint().expect(WHOLE) {
        writer.raw(if at == 0 { b"\"" } else { b",\"" });
        writer.text(cursor.blob().expect(WHOLE));
        writer.raw(b"\":");
        write_value(writer, cursor);
    }
    writer.raw(b"}");
}

/// Writes a value, its type first.
fn write_value(writer: &mut JsonWriter, cursor: &mut Cursor<'_>) {
    match cursor.byte().expect(WHOLE) {
        tag::S => {
            writer.raw(b"{\"S\":\"");
            writer.text(cursor.blob().expect(WHOLE));
            writer.raw(b"\"}");
        }
        tag::N => {
            writer.raw(b"{\"N\":\"");
            writer.raw(cursor.blob().expect(WHOLE));
            writer.raw(b"\"}");
        }
        tag::B => {
            writer.raw(b"{\"B\":");
            writer.blob(cursor.blob().expect(WHOLE));
            writer.raw(b"}");
        }
        tag::TRUE => writer.raw(b"{\"BOOL\":true}"),
        tag::FALSE => writer.raw(b"{\"BOOL\":false}"),
        tag::NULL => writer.raw(b"{\"NULL\":true}"),
        tag::M => {
            writer.raw(b"{\"M\":");
            write_map(writer, &mut Cursor(cursor.blob().expect(WHOLE)));
            writer.raw(b"}");
        }
        tag::L => write_elements(writer, b"{\"L\":[", cursor, write_value),
        tag::SS => write_elements(writer, b"{\"SS\":[", cursor, |writer, cursor| {
            writer.raw(b"\"");
            writer.text(cursor.blob().expect(WHOLE));
            writer.raw(b"\"");
        }),
        tag::NS => write_elements(writer, b"{\"NS\":[", cursor, |writer, cursor| {
            writer.raw(b"\"");
            writer.raw(cursor.blob().expect(WHOLE));
            writer.raw(b"\"");
        }),
        tag::BS => write_elements(writer, b"{\"BS\":[", cursor, |writer, cursor| {
            writer.blob(cursor.blob().expect(WHOLE));
        }),
        _ => unreachable!("{WHOLE}"),
    }
}

/// Writes the elements of a list or set, each as `write` does.
fn write_elements(
    writer: &mut JsonWriter,
    opening: &[u8],
    cursor: &mut Cursor<'_>,
    mut write: impl FnMut(&mut JsonWriter, &mut Cursor<'_>),
) {
    let mut elements = Cursor(cursor.blob().expect(WHOLE));
    writer.raw(opening);
    for at in 0..elements.varint().expect(WHOLE) {
        if at > 0 {
            writer.raw(b",");
        }
        write(writer, &mut elements);
    }
    writer.raw(b"]}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribute_value::AttributeValue;
    use crate::item::Item;
    use crate::number::Number;
    use crate::wire::encode::to_json;
    use bytes::Bytes;

    /// Written from its bytes and written from its tree, an item is the same text.
    #[test]
    fn stored_items_read_as_decoded_ones_do() {
        let number = |text| Number::parse(text).unwrap();
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let item: Item = [
            ("", AttributeValue::Null),
            ("quote \" and \\", text("line\nand \u{1}, \"quoted\", é, 💛")),
            ("long", text(&format!("{}\t{}", "x".repeat(40), "y".repeat(40)))),
            ("number", AttributeValue::N(number("-12.50e3"))),
            ("binary", AttributeValue::B(Bytes::from_static(&[0, 1, 254, 255]))),
            ("yes", AttributeValue::Bool(true)),
            ("no", AttributeValue::Bool(false)),
            ("empty", AttributeValue::M(Item::new())),
            (
                "map",
                AttributeValue::M(
                    [("in".to_owned(), text("x")), ("out".to_owned(), text("y"))].into_iter().collect(),
                ),
            ),
            ("list", AttributeValue::L(vec![text("a\"b"), AttributeValue::L(vec![]), AttributeValue::Null])),
            ("strings", AttributeValue::Ss(vec!["\\".into(), "b".into()])),
            ("numbers", AttributeValue::Ns(vec![number("1"), number("2.5")])),
            ("binaries", AttributeValue::Bs(vec![Bytes::from_static(b"x"), Bytes::from_static(b"yz")])),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        let encoded = EncodedItem::encode(&item);
        assert_eq!(String::from_utf8(to_json(&encoded)).unwrap(), String::from_utf8(to_json(&item)).unwrap());
    }
}
