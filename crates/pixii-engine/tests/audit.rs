//! The audit finds nothing in what the engine wrote, and every kind of damage done to it.

mod support;

use bytes::Bytes;
use pixii_engine::audit::{Finding, Report, audit};
use pixii_engine::env::{Clock, ManualClock, Micros};
use pixii_engine::keyspace::{self, Counter, Key};
use pixii_engine::partition::PartitionId;
use pixii_engine::table::DataId;
use pixii_store::memory::ClusterBehaviour;
use pixii_store::{
    Direction, Freshness, KeyRange, MemoryStore, Read, ScanLimit, Store, StoreError, Transaction,
};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use support::World;

/// Which key is damaged.
type Wanted<'a> = &'a dyn Fn(&Key) -> bool;
/// What becomes of a key and its value.
type Damage = fn(Bytes, Bytes) -> (Bytes, Option<Bytes>);

const TABLE: DataId = DataId(1);
const NOBODY: DataId = DataId(1 << 40);

/// A store that cannot hold a large item in one value, so that bodies are in parts.
fn store() -> MemoryStore {
    let clock = ManualClock::new(Micros(1_700_000_000_000_000));
    MemoryStore::cluster_like(ClusterBehaviour::new(1, Arc::new(move || clock.now().millis())))
}

fn table() -> Value {
    let attribute = |name: &str| json!({"AttributeName": name, "AttributeType": "S"});
    let key = |partition: &str, sort: &str| json!([{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]);
    json!({
        "TableName": "Music",
        "AttributeDefinitions": [attribute("pk"), attribute("sk"), attribute("group"), attribute("rank")],
        "KeySchema": key("pk", "sk"),
        "BillingMode": "PAY_PER_REQUEST",
        "LocalSecondaryIndexes": [
            {"IndexName": "local", "KeySchema": key("pk", "rank"), "Projection": {"ProjectionType": "KEYS_ONLY"}}
        ],
        "GlobalSecondaryIndexes": [
            {"IndexName": "all", "KeySchema": key("group", "rank"), "Projection": {"ProjectionType": "ALL"}},
            {"IndexName": "some", "KeySchema": key("group", "sk"),
             "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["data"]}}
        ]
    })
}

fn item(pk: &str, sk: &str, data_bytes: usize) -> Value {
    let text = |text: &str| json!({"S": text});
    json!({"pk": text(pk), "sk": text(sk), "group": text("g"), "rank": text(sk), "data": text(&"x".repeat(data_bytes))})
}

/// A world with a table that holds six items, two of them large and one without the keys of the indexes.
async fn world() -> World {
    let world = World::over(store(), Duration::ZERO).await;
    world.ok("CreateTable", table()).await;
    let put = |item: Value| json!({"TableName": "Music", "Item": item});
    for (pk, sk, bytes) in [("a", "1", 10), ("a", "2", 200_000), ("b", "1", 30), ("c", "1", 40)] {
        world.ok("PutItem", put(item(pk, sk, bytes))).await;
    }
    world.ok("PutItem", put(json!({"pk": {"S": "d"}, "sk": {"S": "1"}}))).await;
    world.ok("PutItem", put(item("b", "1", 31))).await;
    world.ok("DeleteItem", json!({"TableName": "Music", "Key": {"pk": {"S": "c"}, "sk": {"S": "1"}}})).await;
    let twice = ["1", "2"].map(|sk| json!({"Put": put(item("e", sk, 5_000))}));
    world.ok("TransactWriteItems", json!({"TransactItems": twice, "ClientRequestToken": "once"})).await;
    world
}

async fn audited(store: &MemoryStore) -> (Report, Vec<String>, Vec<String>) {
    let (mut problems, mut notes) = (Vec::new(), Vec::new());
    let snapshot = store.snapshot(Freshness::Latest).await.expect("a snapshot");
    let mut tell = |finding| match finding {
        Finding::Problem(problem) => problems.push(problem),
        Finding::Note(note) => notes.push(note),
        Finding::Progress(_) => {}
    };
    let report = audit(&snapshot, &mut tell).await.expect("it is read to its end");
    assert_eq!(report.problems, problems.len() as u64);
    (report, problems, notes)
}

/// The first stored key that is wanted, and its value.
async fn first(store: &MemoryStore, wanted: impl Fn(&Key) -> bool) -> (Bytes, Bytes) {
    let snapshot = store.snapshot(Freshness::Latest).await.expect("a snapshot");
    let limit = ScanLimit { entries: usize::MAX, bytes: usize::MAX };
    let all = snapshot.scan(&KeyRange::all(), Direction::Forward, limit).await.expect("all entries");
    let found = all.entries.into_iter().find(|(key, _)| Key::parse(key).is_some_and(|key| wanted(&key)));
    found.expect("such a key is stored")
}

async fn write(store: &MemoryStore, key: Bytes, value: Option<Bytes>) {
    loop {
        let mut transaction = store.begin(std::slice::from_ref(&key)).await.expect("it begins");
        match value.clone() {
            Some(value) => transaction.set(key.clone(), value),
            None => transaction.clear(key.clone()),
        }
        match transaction.commit().await {
            Ok(_) => return,
            Err(StoreError::Conflict) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

fn is_item(key: &Key, pk: &str) -> bool {
    matches!(key, Key::Item { partition, .. } if *partition == pk.into())
}

fn is_entry(key: &Key, id: u64) -> bool {
    matches!(key, Key::IndexEntry { index, .. } if index.0 == id)
}

/// Checks that damage to a key, or its removal, is found, each problem with these words.
async fn check(
    wanted: impl Fn(&Key) -> bool,
    damage: impl Fn(Bytes, Bytes) -> (Bytes, Option<Bytes>),
    expected: &[&str],
) {
    let world = world().await;
    let (key, value) = first(&world.store, wanted).await;
    let (key, value) = damage(key, value);
    write(&world.store, key, value).await;
    let (_, problems, _) = audited(&world.store).await;
    let told = expected.iter().zip(&problems).all(|(words, problem)| problem.contains(words));
    assert!(told && problems.len() == expected.len(), "expected {expected:#?}, found {problems:#?}");
    assert!(problems.iter().all(|problem| problem.lines().count() == 1));
}

fn removed(key: Bytes, _: Bytes) -> (Bytes, Option<Bytes>) {
    (key, None)
}

fn cut_short(key: Bytes, value: Bytes) -> (Bytes, Option<Bytes>) {
    (key, Some(value.slice(..value.len() - 1)))
}

/// Value of a counter one more than it was.
fn one_more(key: Bytes, value: Bytes) -> (Bytes, Option<Bytes>) {
    let counted = i64::from_le_bytes(value[..].try_into().expect("eight bytes"));
    (key, Some((counted + 1).to_le_bytes().to_vec().into()))
}

#[tokio::test]
async fn what_the_engine_wrote_is_clean() {
    let world = world().await;
    let (report, problems, notes) = audited(&world.store).await;
    assert_eq!((problems, notes), (vec![], vec![]));
    let table = &report.tables[0];
    assert_eq!((table.name.as_str(), table.items), ("Music", 6));
    let indexes: Vec<_> = table.indexes.iter().map(|index| (index.name.as_str(), index.entries)).collect();
    assert_eq!(indexes, [("local", 5), ("all", 5), ("some", 5)]);
    assert_eq!(report.keys, world.stored_keys().await.len() as u64);
}

#[tokio::test]
async fn damaged_items_are_found() {
    check(
        |key| is_item(key, "d"),
        removed,
        &[
            r#"item collection S("d"): it has no items, and its counter says 6"#,
            "5 items, and its counter says 6",
            "bytes in items",
        ],
    )
    .await;
    check(
        |key| is_item(key, "b"),
        removed,
        &[
            r#"index local, entry S("b") / S("1") / S("1"): the table has no such item"#,
            r#"index all, entry S("g") / S("1") / S("b") / S("1"): the table has no such item"#,
            r#"index some, entry S("g") / S("1") / S("b") / S("1"): the table has no such item"#,
            r#"item collection S("b"): it has no items, and its counter says"#,
            "table Music: 5 items, and its counter says 6",
            "bytes in items, and its counter says",
        ],
    )
    .await;
    check(
        |key| is_item(key, "d"),
        cut_short,
        &[
            r#"table Music, item S("d") / S("1"): its attributes cannot be decoded"#,
            "5 items, and its counter says 6",
            "bytes in items",
        ],
    )
    .await;
    let elsewhere = |key: Bytes, value| ([&key[..], b"!"].concat().into(), Some(value));
    check(
        |key| is_item(key, "d"),
        elsewhere,
        &[
            r#"item S("d") / S("1!"): it lies under another key than its own"#,
            "7 items, and its counter says 6",
            "bytes in items",
        ],
    )
    .await;
    let part = |key: &Key| matches!(key, Key::BodyChunk { table: TABLE, chunk: 1, .. });
    check(
        part,
        removed,
        &[
            r#"item S("a") / S("2"): part 1 of the 3 of its body is missing"#,
            r#"item collection S("a"): it has"#,
            r#"entry S("g") / S("2") / S("a") / S("2"): part 1 of the 3 of its body is missing"#,
            "5 items, and its counter says 6",
            "bytes in items",
            "table Music: 2 parts of large bodies belong to none of its readable items",
            "index all: 4 entries, and its counter says 5",
            "index all: ",
        ],
    )
    .await;
    let left_over = |_, value| (keyspace::body_chunk(TABLE, 77, 0), Some(value));
    check(part, left_over, &["1 parts of large bodies belong to none of its readable items"]).await;
}

#[tokio::test]
async fn damaged_indexes_are_found() {
    for (id, name) in [(2, "local"), (3, "all"), (4, "some")] {
        let lacks = format!("index {name} lacks its entry");
        let counted = [format!("index {name}: 4 entries, and its counter says 5"), format!("index {name}: ")];
        let small = |key: &Key| is_entry(key, id);
        check(small, removed, &[&lacks, &counted[0], &counted[1]]).await;
    }
    let of_other = |key: &Key| is_entry(key, 2);
    check(
        of_other,
        |key, value| (key, Some([&value[..11], &other_item()[..]].concat().into())),
        &["its entry in index local holds other attributes", "index local: "],
    )
    .await;
    let surplus = |key: Bytes, value| ([&key[..], b"!"].concat().into(), Some(value));
    check(
        of_other,
        surplus,
        &["the table has no such item", "index local: 6 entries, and its counter says 5", "index local: "],
    )
    .await;
}

#[tokio::test]
async fn damaged_times_of_expiry_are_found() {
    let is_expiry = |key: &Key| matches!(key, Key::Expiry { .. });
    let is_session = |key: &Key| is_item(key, "session");
    let other_time: Damage = |key, value| {
        let mut key = key.to_vec();
        key[17] ^= 1;
        (key.into(), Some(value))
    };
    let cases: [(Wanted<'_>, Damage, &[&str]); 4] = [
        (&is_expiry, |key, value| (key, Some(value)), &[]),
        (
            &is_expiry,
            removed,
            &[r#"item S("session") / S("1"): it expires, and is not in the order of expiry"#],
        ),
        (&is_expiry, other_time, &["its item expires at another time, or never"]),
        (&is_session, removed, &["time of expiry of S(\"session\") / S(\"1\"): the table has no such item"]),
    ];
    for (wanted, damage, expected) in cases {
        let world = world().await;
        let specification = json!({"AttributeName": "expires", "Enabled": true});
        let enable = json!({"TableName": "Music", "TimeToLiveSpecification": specification});
        world.ok("UpdateTimeToLive", enable).await;
        let session = json!({"pk": {"S": "session"}, "sk": {"S": "1"}, "expires": {"N": "1700000100"}});
        world.ok("PutItem", json!({"TableName": "Music", "Item": session})).await;
        while audited(&world.store).await.2.iter().any(|note| note.contains("is being filled")) {
            tokio::task::yield_now().await;
        }
        let (key, value) = first(&world.store, wanted).await;
        let (key, value) = damage(key, value);
        write(&world.store, key, value).await;
        let (_, problems, _) = audited(&world.store).await;
        for words in expected {
            assert!(
                problems.iter().any(|told| told.contains(words)),
                "expected {words}, found {problems:#?}"
            );
        }
        assert_eq!(problems.is_empty(), expected.is_empty(), "{problems:#?}");
    }
}

#[tokio::test]
async fn damage_of_the_change_log_is_found() {
    let is_change = |key: &Key| matches!(key, Key::Change { .. });
    let is_shard = |key: &Key| matches!(key, Key::Shard { .. });
    let is_stream = |key: &Key| matches!(key, Key::Stream { .. });
    let is_trimmed = |key: &Key| matches!(key, Key::Trimmed { .. });
    let is_part = |key: &Key| matches!(key, Key::BodyChunk { table: TABLE, .. });
    let no_table: Damage = |key, value| {
        let mut key = key.to_vec();
        key[1] = 1;
        (key.into(), Some(value))
    };
    let undecodable: Damage = |key, value| {
        let mut value = value.to_vec();
        // The number of attributes of the keys, behind format, kind, flags, time, region and a length.
        value[17] ^= 0x55;
        (key, Some(value.into()))
    };
    let is_a = |key: &Key| is_item(key, "a");
    let other_attributes: Damage =
        |key, value| (key, Some([&value[..11], &other_item()[..]].concat().into()));
    let cases: [(Wanted<'_>, Damage, &[&str]); 12] = [
        (&is_a, other_attributes, &["table Music: an item differs from its newest change record: 32"]),
        (&is_change, |key, value| (key, Some(value)), &[]),
        (&is_change, cut_short, &["a change record that cannot be read: 32"]),
        (&is_change, undecodable, &["a change record whose items cannot be decoded: 32"]),
        (&is_change, no_table, &["under id 72057594037927937, which no table has"]),
        (&is_shard, cut_short, &["a shard that cannot be read: 31"]),
        (&is_shard, removed, &["its open shards are not its table's partitions"]),
        (&is_shard, no_table, &["under id 72057594037927941, which no table has"]),
        (&is_stream, removed, &["table Music: its stream has no record"]),
        (&is_stream, cut_short, &["a stream's record"]),
        (&is_trimmed, cut_short, &["a position that is none: 34"]),
        (&is_part, removed, &["a change record lacks part 0 of its old image"]),
    ];
    for (wanted, damage, expected) in cases {
        let world = world().await;
        let specification = json!({"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"});
        world.ok("UpdateTable", json!({"TableName": "Music", "StreamSpecification": specification})).await;
        // A part of what was there is left to the log; and a position is noted as if something were trimmed.
        for sk in ["1", "2"] {
            world.ok("PutItem", json!({"TableName": "Music", "Item": item("a", sk, 5)})).await;
        }
        world
            .ok("DeleteItem", json!({"TableName": "Music", "Key": {"pk": {"S": "e"}, "sk": {"S": "1"}}}))
            .await;
        world
            .ok("DeleteItem", json!({"TableName": "Music", "Key": {"pk": {"S": "e"}, "sk": {"S": "2"}}}))
            .await;
        write(&world.store, keyspace::trimmed(TABLE, PartitionId(0)), Some(vec![0; 16].into())).await;
        let (key, value) = first(&world.store, wanted).await;
        let (key, value) = damage(key, value);
        write(&world.store, key, value).await;
        let (_, problems, _) = audited(&world.store).await;
        for words in expected {
            assert!(
                problems.iter().any(|told| told.contains(words)),
                "expected {words}, found {problems:#?}"
            );
        }
        assert_eq!(problems.is_empty(), expected.is_empty(), "{problems:#?}");
    }
}

/// An item that is removed and put again within a microsecond has the time that its earlier record has. The audit took that
/// one for its newest, and told of damage.
#[tokio::test]
async fn an_item_that_comes_again_at_once_is_no_damage() {
    let world = world().await;
    let specification = json!({"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"});
    world.ok("UpdateTable", json!({"TableName": "Music", "StreamSpecification": specification})).await;
    for bytes in [1, 2] {
        world.ok("PutItem", json!({"TableName": "Music", "Item": item("z", "1", bytes)})).await;
        let key = json!({"pk": {"S": "z"}, "sk": {"S": "1"}});
        world.ok("DeleteItem", json!({"TableName": "Music", "Key": key})).await;
    }
    world.ok("PutItem", json!({"TableName": "Music", "Item": item("z", "1", 3)})).await;
    assert_eq!(audited(&world.store).await.1, Vec::<String>::new());
}

/// The encoding of an item that no test stores.
fn other_item() -> Bytes {
    let item = [("other".to_owned(), "x".into())];
    pixii_model::EncodedItem::encode(&pixii_model::Item::from_iter(item)).as_bytes().clone()
}

#[tokio::test]
async fn wrong_counters_are_found() {
    let items = |key: &Key| matches!(key, Key::Counter { id: TABLE, counter: Counter::Items });
    check(items, one_more, &["table Music: 6 items, and its counter says 7"]).await;
    check(items, cut_short, &["a counter has 7 bytes", "6 items, and its counter says 0"]).await;
    let bytes = |key: &Key| matches!(key, Key::Counter { id: DataId(3), counter: Counter::Bytes });
    check(bytes, one_more, &["table Music, index all: "]).await;
    let collection = |key: &Key| matches!(key, Key::CollectionSize { .. });
    check(collection, one_more, &["item collection S("]).await;
    check(|key| matches!(key, Key::NextDataId), removed, &["id 4 is in use, and the next"]).await;
    check(|key| matches!(key, Key::TableVersion { .. }), one_more, &["table Music: its version is"]).await;
}

#[tokio::test]
async fn what_belongs_to_nothing_is_found() {
    let any = |key: &Key| matches!(key, Key::CatalogVersion);
    let put = |key: Bytes| move |_, value| (key.clone(), Some(value));
    check(any, put(Bytes::from_static(b"\xffnone")), &["a key that is none: ff6e6f6e65"]).await;
    let unknown = keyspace::counter(NOBODY, Counter::Items);
    check(any, put(unknown), &["1 keys under id 1099511627776, which no table has"]).await;
    check(any, put(keyspace::table_work("Music")), &["a record of work that nobody does"]).await;
    let in_use = keyspace::dropped_data(DataId(4));
    check(any, put(in_use), &["id 4 is noted to be cleared, and is in use"]).await;
    check(any, put(keyspace::table_record("Other")), &["table Other: a table's record cannot be read"]).await;
    let consumed = |id| put(keyspace::usage(id, 7));
    check(any, consumed(TABLE), &["what was consumed in an hour cannot be read"]).await;
    let nobodys = ["what was consumed in an hour cannot be read", "1 keys under id 1099511627776"];
    check(any, consumed(NOBODY), &nobodys).await;
    let note = |key: &Key| matches!(key, Key::TokenExpiry { .. });
    check(note, removed, &[r#"the outcome of transaction "once" is never forgotten"#]).await;
    let dropped = keyspace::dropped_data(NOBODY);
    let world = world().await;
    write(&world.store, dropped, Some(Bytes::new())).await;
    write(&world.store, keyspace::next_data_id(), Some((NOBODY.0 + 1).to_le_bytes().to_vec().into())).await;
    let (_, problems, _) = audited(&world.store).await;
    assert_eq!(problems, Vec::<String>::new());
}
