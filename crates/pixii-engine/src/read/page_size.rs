//! How much of a page's 1 MB an item takes.
//!
//! AWS documents the 1 MB ("Paginating table query results") and not what of. Answers recorded at its edge by the dynalite
//! suite show that items are counted not by the documented size but about as they lie in storage:
//!
//! ```text
//! item  := sort key, outside the body; body := (name value)*
//! name  := 1 byte                    names are numbers there
//! value := length, bytes             S, B and N; a length takes 1 byte up to 127, 2 up to 16383, else 3
//!        | count, (length, bytes)*   sets
//!        | 1 byte | nothing          BOOL | NULL
//!        | 3 bytes, (1 byte, value)* | 3 bytes, (1 byte, name, value)*    L | M
//! rows  := the body in pieces of 3072 bytes, each with 18 bytes and the sort key beside it
//! ```

use crate::table::KeySchema;
use pixii_model::{EncodedItem, EncodedValue, Number};

/// How much of a body lies in one row.
const ROW_BYTES: usize = 3072;
/// What each row has beside its piece of the body and the sort key.
const ROW_OVERHEAD_BYTES: usize = 18;
/// What lies before the attributes in a body.
const BODY_HEADER_BYTES: usize = 2;
/// What lies before the elements of a list or map.
const COLLECTION_HEADER_BYTES: usize = 3;

/// The bytes that an item, or an entry, counts in a page.
pub fn page_bytes(schema: &KeySchema, item: &EncodedItem) -> usize {
    let (mut body, mut sort_key) = (BODY_HEADER_BYTES, 0);
    for (name, value) in item.attributes() {
        match schema.sort.iter().any(|key| key.name == name) {
            true => sort_key += scalar_bytes(value),
            false => body += 1 + value_bytes(value),
        }
    }
    let rows = body.div_ceil(ROW_BYTES);
    body + rows * (ROW_OVERHEAD_BYTES + sort_key)
}

fn value_bytes(value: EncodedValue<'_>) -> usize {
    match value {
        EncodedValue::S(_) | EncodedValue::B(_) | EncodedValue::N(_) => with_length(scalar_bytes(value)),
        EncodedValue::Bool(_) => 1,
        EncodedValue::Null => 0,
        EncodedValue::Ss(set) | EncodedValue::Bs(set) => {
            length_bytes(set.count()) + set.map(|element| with_length(element.len())).sum::<usize>()
        }
        EncodedValue::Ns(set) => {
            length_bytes(set.count()) + set.texts().map(|text| with_length(number_bytes(text))).sum::<usize>()
        }
        EncodedValue::L(list) => {
            COLLECTION_HEADER_BYTES + list.map(|element| 1 + value_bytes(element)).sum::<usize>()
        }
        EncodedValue::M(map) => {
            COLLECTION_HEADER_BYTES + map.map(|(_, element)| 2 + value_bytes(element)).sum::<usize>()
        }
    }
}

/// The bytes of what can be a key.
fn scalar_bytes(value: EncodedValue<'_>) -> usize {
    match value {
        EncodedValue::S(text) => text.len(),
        EncodedValue::B(bytes) => bytes.len(),
        EncodedValue::N(text) => number_bytes(text),
        _ => 0,
    }
}

fn number_bytes(text: &str) -> usize {
    Number::parse(text).expect("a stored number is canonical").size()
}

fn with_length(bytes: usize) -> usize {
    length_bytes(bytes) + bytes
}

fn length_bytes(length: usize) -> usize {
    match length {
        0..=127 => 1,
        128..=16_383 => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{KeyAttribute, KeyType};
    use pixii_model::limits::PAGE_BYTES_MAX;
    use pixii_model::{AttributeValue, Item};

    fn schema(sort: Option<KeyType>) -> KeySchema {
        let key = |name: &str, key_type| KeyAttribute { name: name.to_owned(), key_type };
        KeySchema {
            partition: vec![key("a", KeyType::S)],
            sort: sort.map(|key_type| key("b", key_type)).into_iter().collect(),
        }
    }

    fn item(attributes: &[(&str, AttributeValue)]) -> Item {
        attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    fn text(length: usize) -> AttributeValue {
        AttributeValue::S("x".repeat(length))
    }

    fn number(text: &str) -> AttributeValue {
        AttributeValue::N(Number::parse(text).unwrap())
    }

    /// An attribute of every scalar and set type.
    fn all_sorts() -> Item {
        let numbers = ["1.23", "12.3"].map(|text| Number::parse(text).unwrap()).to_vec();
        let bytes = |bytes: &'static [u8]| bytes::Bytes::from_static(bytes);
        item(&[
            ("y", number("12.3456")),
            ("x", AttributeValue::B(bytes(&[1, 2]))),
            ("w", AttributeValue::Ss(vec!["a".to_owned(), "bc".to_owned()])),
            ("v", AttributeValue::Ns(numbers)),
            ("u", AttributeValue::Bs(vec![bytes(&[1]), bytes(&[1, 2]), bytes(&[2])])),
        ])
    }

    /// These items fill a page, and would not if the last were one byte shorter.
    fn just_fill(schema: &KeySchema, items: &[Item]) {
        let bytes: Vec<usize> =
            items.iter().map(|item| page_bytes(schema, &EncodedItem::encode(item))).collect();
        assert_eq!(bytes.iter().sum::<usize>(), PAGE_BYTES_MAX);
    }

    #[test]
    fn pages_close_where_they_were_recorded_to() {
        // A partition key alone.
        let mut items = vec![item(&[("a", text(2)), ("z", text(43_411))]); 23];
        items.push(all_sorts());
        items[23].extend(item(&[("a", text(2)), ("z", text(43_367))]));
        just_fill(&schema(None), &items);

        // With a sort key, which every row repeats; names do not count.
        let mut items = vec![item(&[("a", text(2)), ("b", text(2)), (&"n".repeat(255), text(43_380))]); 23];
        items.push(all_sorts());
        items[23].extend(item(&[("a", text(2)), ("b", text(2)), ("z", text(43_360))]));
        just_fill(&schema(Some(KeyType::S)), &items);
        let mut items = vec![item(&[("a", text(2)), ("b", text(7)), ("z", text(86_647))]); 12];
        items[11].insert("z".to_owned(), text(86_639));
        just_fill(&schema(Some(KeyType::S)), &items);
    }

    #[test]
    fn nested_values_count_their_parts() {
        let list = AttributeValue::L(vec![AttributeValue::Null, AttributeValue::Bool(true), text(200)]);
        let nested = AttributeValue::M(item(&[("long name", list)]));
        let encoded = EncodedItem::encode(&item(&[("a", text(1)), ("m", nested)]));
        let list_bytes = 3 + 1 + (1 + 1) + (1 + 2 + 200);
        assert_eq!(page_bytes(&schema(None), &encoded), 2 + 18 + (1 + 1 + 1) + 1 + 3 + 2 + list_bytes);
    }
}
