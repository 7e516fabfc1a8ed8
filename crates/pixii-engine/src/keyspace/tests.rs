use super::*;
use crate::change_log::Logging;
use crate::env::Micros;
use crate::partition::Partitions;
use crate::table::{KeyAttribute, KeyType, Projection};
use crate::throughput::Allowance;

fn attribute(name: &str, key_type: KeyType) -> KeyAttribute {
    KeyAttribute { name: name.to_owned(), key_type }
}

fn table(sort: Option<KeyType>) -> Table {
    Table {
        id: DataId(7),
        version: 1,
        name: "Music".to_owned(),
        arn: "arn:aws:dynamodb:us-east-1:000000000000:table/Music".to_owned(),
        created: Micros(0),
        key_schema: KeySchema {
            partition: vec![attribute("p", KeyType::S)],
            sort: sort.map(|key_type| attribute("s", key_type)).into_iter().collect(),
        },
        indexes: vec![Index {
            id: DataId(8),
            name: "by-a-b".to_owned(),
            kind: IndexKind::Global,
            key_schema: KeySchema {
                partition: vec![attribute("a", KeyType::N)],
                sort: vec![attribute("b", KeyType::S), attribute("c", KeyType::B)],
            },
            projection: Projection::KeysOnly,
            readable: true,
            partitions: Partitions::default(),
            allowance: Allowance::default(),
            insights: None,
        }],
        time_to_live: None,
        available: true,
        partitions: Partitions::default(),
        allowance: Allowance::default(),
        enforced: false,
        insights: None,
        logging: Logging::Off,
    }
}

fn text(value: &str) -> AttributeValue {
    value.into()
}

fn number(value: &str) -> AttributeValue {
    AttributeValue::number(value).unwrap()
}

fn attributes(pairs: &[(&str, AttributeValue)]) -> Item {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A key as the store completes it: incarnation 1, the fifth commit, the fourth append of it.
fn completed(prefix: Bytes) -> Bytes {
    let stamp = pixii_store::Stamp::from_sequence(5).0;
    [&prefix[..], &1u32.to_be_bytes(), &stamp, &3u16.to_be_bytes()].concat().into()
}

/// The layout is frozen: what is on somebody's disk must stay readable. A change here is a new data format.
#[test]
fn the_layout_is_frozen() {
    let music = table(Some(KeyType::N));
    let song = attributes(&[
        ("p", text("ab")),
        ("s", number("-1.5")),
        ("a", number("100")),
        ("b", text("x\0")),
        ("c", AttributeValue::B(Bytes::from_static(b"\x01"))),
    ]);
    for (key, expect) in [
        (catalog_version(), "01"),
        (table_record("Music"), "024d75736963"),
        (table_version(DataId(7)), "030000000000000007"),
        (next_data_id(), "04"),
        (dropped_data(DataId(7)), "050000000000000007"),
        (item(&music, &song).unwrap(), "10000000000000000753145deffbab56ee0053000261624e007efdccff"),
        (
            index_entry(&music, &music.indexes[0], &song).unwrap(),
            "1100000000000000088c7765080ec5d9d1004e0004028202005378 00ff00004201000053000261624e007efdccff",
        ),
        (collection_size(&music, &song).unwrap(), "12000000000000000753145deffbab56ee0053000261 62"),
        (counter(DataId(7), Counter::Bytes), "13000000000000000701"),
        (body_chunk(DataId(7), 1, 2), "140000000000000007000000000000000000000000000000010002"),
        (
            expiry(DataId(9), 1_700_000_000, &item(&music, &song).unwrap()),
            "150000000000000009 05 000000006553f100 53145deffbab56ee0053000261624e007efdccff",
        ),
        (client_request_token("t"), "2074"),
        (token_expiry(1, "t"), "21000000000000000174"),
        (stream("T", "2026", DataId(7)), "305400323032360000000000000007"),
        (
            completed(shard_prefix(DataId(7), PartitionId(2))),
            "31000000000000000700000002 000000010000000000000005 00000003",
        ),
        (
            completed(change_prefix(DataId(7), PartitionId(2))),
            "32000000000000000700000002 000000010000000000000005 00000003",
        ),
        (completed(clock_mark_prefix(Micros(9))), "330000000000000009 000000010000000000000005 00000003"),
        (trimmed(DataId(7), PartitionId(2)), "34000000000000000700000002"),
    ] {
        assert_eq!(hex(&key), expect.replace(' ', ""));
        assert!(Key::parse(&key).is_some(), "{key:?}");
    }
}

#[test]
fn items_come_back_from_their_keys() {
    for (sort_type, sort) in [
        (None, None),
        (Some(KeyType::S), Some(text("a\0b"))),
        (Some(KeyType::N), Some(number("0"))),
        (Some(KeyType::B), Some(AttributeValue::B(Bytes::from_static(&[0, 255])))),
    ] {
        let table = table(sort_type);
        let mut song = attributes(&[("p", text("key\0"))]);
        song.extend(sort.clone().map(|value| ("s".to_owned(), value)));
        let key = item(&table, &song).unwrap();
        assert_eq!(Key::parse(&key), Some(Key::Item { table: DataId(7), partition: text("key\0"), sort }));
    }
}

#[test]
fn times_of_expiry_sort_and_lead_to_their_items() {
    let music = table(Some(KeyType::B));
    let seconds = [0, 1, 255, 256, 1_700_000_000, 1_700_000_001, 1_700_000_000_000, u64::MAX];
    for name in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        let sort = AttributeValue::B(Bytes::from_static(&[255, 0]));
        let song = attributes(&[("p", text(name)), ("s", sort.clone())]);
        let item = item(&music, &song).unwrap();
        let hash = partition_hash(&music.key_schema, &song).unwrap();
        let bucket = segment_of(hash, u32::from(EXPIRY_BUCKETS)) as u8;
        let keys = seconds.map(|seconds| expiry(DataId(9), seconds, &item));
        assert!(keys.is_sorted());
        for (key, seconds) in keys.iter().zip(seconds) {
            assert_eq!(item_of_expiry(DataId(7), key), Some(item.clone()));
            let (partition, sort) = (text(name), Some(sort.clone()));
            assert_eq!(
                Key::parse(key),
                Some(Key::Expiry { id: DataId(9), bucket, seconds, partition, sort })
            );
            for until in [seconds.saturating_sub(1), seconds, seconds.saturating_add(1)] {
                assert_eq!(expiring(DataId(9), bucket, 0..until).contains(key), seconds < until);
                assert!(!expiring(DataId(9), bucket ^ 1, 0..until).contains(key), "another bucket");
                assert!(!expiring(DataId(8), bucket, 0..until).contains(key), "another table");
            }
        }
    }
}

#[test]
fn segments_cover_every_hash_once() {
    let music = table(None);
    for total in [1, 2, 3, 7, 1000] {
        let ranges: Vec<_> = (0..total).map(|at| segment(DataPath::Table(&music), at, total)).collect();
        assert!(ranges.windows(2).all(|pair| pair[0].end.as_ref() == Some(&pair[1].start)), "{total}");
        for name in ["a", "b", "c", "d", "e"] {
            let song = attributes(&[("p", text(name))]);
            let key = item(&music, &song).unwrap();
            let hash = partition_hash(&music.key_schema, &song).unwrap();
            for (at, range) in ranges.iter().enumerate() {
                assert_eq!(
                    range.contains(&key),
                    segment_of(hash, total) as usize == at,
                    "{name} {at}/{total}"
                );
            }
        }
    }
}

#[test]
fn sort_conditions_are_ranges() {
    let values = ["", "a", "a\0", "ab", "abc", "b", "c"];
    let (a, b, ab) = (text("a"), text("b"), text("ab"));
    type Holds = fn(&str) -> bool;
    let cases: Vec<(Option<SortBound<'_>>, Holds)> = vec![
        (None, |_| true),
        (Some(SortBound::Equal(&ab)), |value| value == "ab"),
        (Some(SortBound::Less(&b)), |value| value < "b"),
        (Some(SortBound::LessOrEqual(&b)), |value| value <= "b"),
        (Some(SortBound::Greater(&a)), |value| value > "a"),
        (Some(SortBound::GreaterOrEqual(&a)), |value| value >= "a"),
        (Some(SortBound::Between(&a, &b)), |value| ("a"..="b").contains(&value)),
        (Some(SortBound::BeginsWith(&ab)), |value| value.starts_with("ab")),
    ];
    // Of an item the sort key ends the key; in an entry other attributes follow it.
    let simple = table(Some(KeyType::S));
    let mut indexed = table(None);
    indexed.indexes[0].key_schema.partition = vec![attribute("p", KeyType::S)];
    indexed.indexes[0].key_schema.sort = vec![attribute("s", KeyType::S), attribute("c", KeyType::S)];
    for path in [DataPath::Table(&simple), DataPath::Index(&indexed, &indexed.indexes[0])] {
        for (bound, holds) in &cases {
            let partition = partition(path, &attributes(&[("p", text("p"))])).unwrap();
            let range = sort_range(path, partition, &[], *bound);
            for value in values {
                let song = attributes(&[("p", text("p")), ("s", text(value)), ("c", text("c"))]);
                let key = path.key(&song).unwrap();
                assert_eq!(range.contains(&key), holds(value), "{bound:?} {value:?}");
            }
            let other = attributes(&[("p", text("q")), ("s", text("ab")), ("c", text("c"))]);
            assert!(!range.contains(&path.key(&other).unwrap()), "another partition");
        }
    }
}

#[test]
fn hours_of_use_come_back_and_sort() {
    let keys = [usage(DataId(7), 3), usage(DataId(7), 400_000), usage(DataId(8), 0)];
    assert!(keys.is_sorted());
    assert_eq!(Key::parse(&keys[1]), Some(Key::Usage { id: DataId(7), hour: 400_000 }));
    assert_eq!(Key::parse(&keys[1][..12]), None);
    let (since, before) = (usage_since(DataId(7), 4), usage_before(DataId(7), 4));
    assert_eq!(keys.each_ref().map(|key| since.contains(key)), [false, true, false]);
    assert_eq!(keys.each_ref().map(|key| before.contains(key)), [true, false, false]);
}

#[test]
fn contributors_are_partition_keys_and_keys() {
    let sorted = table(Some(KeyType::S));
    let simple = table(None);
    let song = attributes(&[
        ("p", text("Nina")),
        ("s", text("a\0b")),
        ("a", number("7")),
        ("b", text("\0\0")),
        ("c", AttributeValue::B(Bytes::from_static(b"\0x"))),
    ]);
    let mut local = table(Some(KeyType::S));
    local.indexes[0].kind = IndexKind::Local;
    local.indexes[0].key_schema.partition = vec![attribute("p", KeyType::S)];
    let keys = |names: &[&str]| -> Item {
        names.iter().map(|name| ((*name).to_owned(), song.get(*name).unwrap().clone())).collect()
    };
    let cases = [
        (DataPath::Table(&sorted), keys(&["p"]), Some(keys(&["p", "s"]))),
        (DataPath::Table(&simple), keys(&["p"]), None),
        (DataPath::Index(&sorted, &sorted.indexes[0]), keys(&["a"]), Some(keys(&["a", "b", "c"]))),
        (DataPath::Index(&local, &local.indexes[0]), keys(&["p"]), None),
    ];
    for (path, of_partition, of_item) in cases {
        let key = path.key(&song).unwrap();
        let found = contributor(path, place(&key), true).unwrap();
        assert_eq!(contributor_key(path, found.partition), Some(of_partition));
        assert_eq!(found.item.map(|item| contributor_key(path, item).unwrap()), of_item);
        let partly = Contributor { item: None, ..found };
        assert_eq!(contributor(path, place(&key), false), Some(partly));
        // Where a partition begins there is no item yet; where a segment begins, there is no partition.
        let begin = partition(path, &song).unwrap();
        assert_eq!(contributor(path, place(&begin), false), Some(partly));
        assert_eq!(contributor(path, place(&segment(path, 1, 2).start), false), None);
        assert_eq!(contributor(path, b"", true), None);
    }
}
