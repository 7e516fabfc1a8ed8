//! Items in their three forms: values, stored bytes, JSON.

use crate::any::{item, value};
use bytes::Bytes;
use pixii_model::operation::PutItemInput;
use pixii_model::wire::encode::to_json;
use pixii_model::wire::{decode_input, json};
use pixii_model::{AttributeValue, EncodedItem, EncodedValue, Item, OutputItem};
use proptest::prelude::*;

/// The size rules once more: names and values, 3 for a list or map, 1 for each element.
fn size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(number) => number.size(),
        AttributeValue::B(bytes) => bytes.len(),
        AttributeValue::Bool(_) | AttributeValue::Null => 1,
        AttributeValue::M(map) => {
            3 + map.iter().map(|(name, value)| 1 + name.len() + size(value)).sum::<usize>()
        }
        AttributeValue::L(list) => 3 + list.iter().map(|value| 1 + size(value)).sum::<usize>(),
        AttributeValue::Ss(set) => set.iter().map(String::len).sum(),
        AttributeValue::Ns(set) => set.iter().map(|number| number.size()).sum(),
        AttributeValue::Bs(set) => set.iter().map(Bytes::len).sum(),
    }
}

proptest! {
    #[test]
    fn stored_items_come_back(item in item(), absent in ".{0,3}") {
        let encoded = EncodedItem::encode(&item);
        prop_assert_eq!(&encoded.decode(), &item);
        let expected: usize = item.iter().map(|(name, value)| name.len() + size(value)).sum();
        prop_assert_eq!(item.size(), expected);
        prop_assert_eq!(encoded.size(), expected);
        for (name, value) in &item {
            let stored = encoded.attribute(name).map(EncodedValue::decode);
            prop_assert_eq!(stored.as_ref(), Some(value));
        }
        prop_assert_eq!(encoded.attribute(&absent).is_some(), item.contains_key(&absent));
        prop_assert!(EncodedItem::verify(encoded.as_bytes()));
    }

    #[test]
    fn selected_attributes_are_those_named(item in item(), others in prop::collection::vec("[a-c]{0,2}", 0..4)) {
        let names: Vec<_> = item.keys().rev().step_by(2).cloned().chain(others).collect();
        let expected: Item =
            item.iter().filter(|(name, _)| names.contains(name)).map(|(name, value)| (name.clone(), value.clone())).collect();
        let output = OutputItem::Selected(EncodedItem::encode(&item), names.into());
        prop_assert_eq!(to_json(&output), to_json(&expected));
        prop_assert_eq!(output.decode().into_owned(), expected);
    }

    #[test]
    fn only_equal_items_have_equal_bytes(left in item(), right in item()) {
        prop_assert_eq!(EncodedItem::encode(&left) == EncodedItem::encode(&right), left == right);
    }

    #[test]
    fn damage_is_found_or_makes_another_item(item in item(), at in any::<prop::sample::Index>(), bits in 1..=255u8) {
        let mut bytes = EncodedItem::encode(&item).as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= bits;
        let bytes = Bytes::from(bytes);
        if EncodedItem::verify(&bytes) {
            prop_assert_ne!(EncodedItem::from_stored(bytes.clone()).decode(), item);
        }
        prop_assert!(!EncodedItem::verify(&bytes.slice(..at)));
    }

    #[test]
    fn bytes_of_any_origin_are_verified_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        EncodedItem::verify(&bytes.into());
    }

    #[test]
    fn json_comes_back(value in value()) {
        let item: Item = [("a".to_owned(), value)].into_iter().collect();
        let written = to_json(&item);
        prop_assert_eq!(&written, &to_json(&EncodedItem::encode(&item)));
        let body = format!(r#"{{"TableName":"abc","Item":{}}}"#, String::from_utf8(written).unwrap());
        let input: PutItemInput = decode_input(json::parse(body.as_bytes()).unwrap()).unwrap();
        prop_assert_eq!(input.item, item);
    }
}
