//! How fast JSON becomes an input, an item its stored bytes, and stored bytes an answer. `cargo bench -p pixii-model`
#![allow(clippy::unwrap_used, reason = "a benchmark may stop")]

use divan::{AllocProfiler, Bencher};
use pixii_model::operation::put_item::PutItemInput;
use pixii_model::operation::{GetItemOutput, PageReadOutput};
use pixii_model::wire::encode::to_json;
use pixii_model::wire::{decode_input, json};
use pixii_model::{EncodedItem, Item, OutputItem};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// A PutItem of eight attributes, 300 bytes or so.
fn put_item_body() -> String {
    format!(
        r#"{{"TableName":"Orders","Item":{{"customer":{{"S":"c-0001927"}},"order":{{"N":"20261123.5"}},
        "state":{{"S":"shipped"}},"total":{{"N":"129.95"}},"paid":{{"BOOL":true}},"tags":{{"SS":["new","eu"]}},
        "address":{{"M":{{"street":{{"S":"Rue de Seine 12"}},"zip":{{"S":"75006"}}}}}},"note":{{"S":"{}"}}}}}}"#,
        "x".repeat(100)
    )
}

fn item() -> Item {
    decode_input::<PutItemInput>(json::parse(put_item_body().as_bytes()).unwrap()).unwrap().item
}

fn encoded() -> EncodedItem {
    EncodedItem::encode(&item())
}

#[divan::bench]
fn decode_put_item(bencher: Bencher) {
    let body = put_item_body();
    bencher.bench(|| decode_input::<PutItemInput>(json::parse(body.as_bytes()).unwrap()).unwrap());
}

#[divan::bench]
fn encode_item(bencher: Bencher) {
    let item = item();
    bencher.bench(|| EncodedItem::encode(&item));
}

#[divan::bench]
fn decode_item(bencher: Bencher) {
    let item = encoded();
    bencher.bench(|| item.decode());
}

#[divan::bench]
fn find_attribute(bencher: Bencher) {
    let item = encoded();
    bencher.bench(|| item.attribute("total").unwrap().attribute_type());
}

#[divan::bench]
fn answer_get_item(bencher: Bencher) {
    let output = GetItemOutput { item: Some(OutputItem::Encoded(encoded())), consumed_capacity: None };
    bencher.bench(|| to_json(&output));
}

#[divan::bench]
fn answer_query_of_100(bencher: Bencher) {
    let items = vec![OutputItem::Encoded(encoded()); 100];
    let output =
        PageReadOutput { items: Some(items), count: 100, scanned_count: 100, ..PageReadOutput::default() };
    bencher.bench(|| to_json(&output));
}
