//! `docs/keyspace.md` shows in hex what is stored after three requests. This makes them and compares.

mod support;

use bytes::Bytes;
use pixii_engine::env::Micros;
use pixii_engine::keyspace;
use pixii_engine::partition::PartitionId;
use pixii_engine::table::DataId;
use pixii_model::error::Flow;
use pixii_model::scaling::ScalableTargetId;
use pixii_store::{Direction, Freshness, KeyRange, Read, ScanLimit, Stamp, Store};
use serde_json::json;
use std::collections::BTreeMap;
use support::World;

const DOCUMENT: &str = include_str!("../../../docs/keyspace.md");

async fn world() -> World {
    let world = World::new().await;
    let keys = |partition: &str, sort: &str| {
        let attribute = |name, key_type| json!({"AttributeName": name, "KeyType": key_type});
        json!([attribute(partition, "HASH"), attribute(sort, "RANGE")])
    };
    let projection = |projection_type| json!({"ProjectionType": projection_type});
    let create = json!({
        "TableName": "Music",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": keys("Artist", "Year"),
        "AttributeDefinitions": [
            {"AttributeName": "Artist", "AttributeType": "S"},
            {"AttributeName": "Year", "AttributeType": "N"},
            {"AttributeName": "Genre", "AttributeType": "S"},
            {"AttributeName": "Title", "AttributeType": "S"},
        ],
        "LocalSecondaryIndexes": [
            {"IndexName": "by-title", "KeySchema": keys("Artist", "Title"), "Projection": projection("KEYS_ONLY")}
        ],
        "GlobalSecondaryIndexes": [
            {"IndexName": "by-genre", "KeySchema": keys("Genre", "Title"), "Projection": projection("ALL")}
        ],
    });
    world.ok("CreateTable", create).await;
    let item = json!({
        "Artist": {"S": "Nina"}, "Year": {"N": "1965"}, "Genre": {"S": "Jazz"}, "Title": {"S": "Sinner"},
    });
    world.ok("PutItem", json!({"TableName": "Music", "Item": item})).await;
    let delete =
        json!({"Delete": {"TableName": "Music", "Key": {"Artist": {"S": "Bach"}, "Year": {"N": "-1"}}}});
    world.ok("TransactWriteItems", json!({"TransactItems": [delete], "ClientRequestToken": "once"})).await;
    world
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The rows of the tables under a heading: the first column without spaces, and the second.
fn rows(heading: &str) -> BTreeMap<String, String> {
    let section = DOCUMENT.split("\n## ").find(|section| section.starts_with(heading)).expect("a heading");
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    rows.map(|(hex, rest)| (hex.replace(' ', ""), rest.trim_end_matches(" |").to_owned())).collect()
}

#[tokio::test]
async fn every_stored_key_is_in_the_document() {
    let world = world().await;
    let snapshot = world.store.snapshot(Freshness::Latest).await.unwrap();
    let limit = ScanLimit { entries: usize::MAX, bytes: usize::MAX };
    let all = snapshot.scan(&KeyRange::all(), Direction::Forward, limit).await.unwrap();
    let stored: BTreeMap<String, Bytes> =
        all.entries.iter().map(|(key, value)| (hex(key), value.clone())).collect();

    let shown: Vec<String> = rows("Three requests").into_keys().collect();
    assert_eq!(shown, stored.keys().cloned().collect::<Vec<_>>());
    for (value, of) in rows("Values") {
        let key = of.split('`').nth(1).expect("a value's row names its key").replace(' ', "");
        assert_eq!(value, hex(&stored[&key]), "value of {key}");
    }
}

#[test]
fn keys_that_come_and_go_are_in_the_document() {
    let shown: Vec<String> = rows("Keys that come and go").into_keys().collect();
    let item = rows("Three requests").into_keys().find(|key| key.starts_with("10")).expect("an item");
    let item: Vec<u8> = (0..item.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&item[at..at + 2], 16).expect("hex"))
        .collect();
    let position = [&1u32.to_be_bytes()[..], &Stamp::from_sequence(7).0, &[0, 0]].concat();
    let completed = |prefix: Bytes| Bytes::from([&prefix[..], &position].concat());
    let partition = PartitionId(3);
    let writes = ScalableTargetId { table: "Music".to_owned(), index: None, flow: Flow::Write };
    let mut made: Vec<String> = [
        keyspace::dropped_data(DataId(1)),
        keyspace::table_work("Music"),
        keyspace::body_chunk(DataId(1), 1, 0),
        keyspace::expiry(DataId(4), 1_700_000_000, &item),
        keyspace::usage(DataId(1), 1_700_000_000 / 3600),
        keyspace::stream("Music", "2023-11-14T22:13:20.000", DataId(5)),
        completed(keyspace::shard_prefix(DataId(5), partition)),
        completed(keyspace::change_prefix(DataId(1), partition)),
        completed(keyspace::clock_mark_prefix(Micros(1_700_000_000_000_000))),
        keyspace::trimmed(DataId(1), partition),
        keyspace::scalable_target(&writes),
        keyspace::scaling_activity(Micros(1_700_000_600_000_000), 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef),
    ]
    .iter()
    .map(|key| hex(key))
    .collect();
    made.sort();
    assert_eq!(shown, made);
}

#[test]
fn every_tag_is_in_the_document() {
    let layout =
        DOCUMENT.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).expect("the layout");
    let source = include_str!("../src/keyspace/mod.rs");
    let of_source = source.split("//! ```text\n").nth(1).and_then(|rest| rest.split("//! ```").next());
    let of_source: String = of_source
        .expect("the layout")
        .lines()
        .map(|line| format!("{}\n", line.trim_start_matches("//!").trim_start_matches(' ')))
        .collect();
    assert_eq!(layout, of_source);
}
