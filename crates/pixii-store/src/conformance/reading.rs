//! Cases about order, scans and snapshots.

use super::*;

pub(super) async fn keys_sort_as_unsigned_bytes<S: Store>(store: S) {
    let keys: [&[u8]; 9] = [b"\0", b"\0\0", b"\0\x01", b"\x01", b"a", b"a\0", b"a\xff", b"\x80", b"\xff\xff"];
    write(&store, |txn| keys.iter().rev().for_each(|key| txn.set(Bytes::from_static(key), Bytes::new())))
        .await;
    let snapshot = snapshot(&store).await;
    for direction in [Direction::Forward, Direction::Backward] {
        let chunk = loop {
            if let Some(chunk) = retried(snapshot.scan(&KeyRange::all(), direction, ALL).await) {
                break chunk;
            }
        };
        let mut found: Vec<&[u8]> = chunk.entries.iter().map(|(key, _)| key.as_ref()).collect();
        if direction == Direction::Backward {
            found.reverse();
        }
        assert_eq!(found, keys);
    }
    assert_eq!(value(&snapshot, b"a").await, Some(Bytes::new()), "an empty value is a value");
    assert_eq!(value(&snapshot, b"a\x01").await, None);
}

async fn scan(
    reader: &impl Read,
    range: &KeyRange,
    direction: Direction,
    limit: ScanLimit,
) -> (String, bool) {
    loop {
        if let Some(chunk) = retried(reader.scan(range, direction, limit).await) {
            let keys: Vec<_> = chunk.entries.iter().map(|(key, _)| String::from_utf8_lossy(key)).collect();
            return (keys.join(""), chunk.more);
        }
    }
}

pub(super) async fn scans_stop_at_their_limits<S: Store>(store: S) {
    for name in ["a", "b", "c", "d", "e"] {
        set(&store, name, "123456789").await;
    }
    set(&store, "x", "behind").await;
    write(&store, |txn| txn.clear(key("x"))).await;
    let snapshot = snapshot(&store).await;
    let txn = begin(&store, &[]).await;
    let all = range("a", "z");
    let limit = |entries, bytes| ScanLimit { entries, bytes };
    for (range, limit, forward, backward, more) in [
        (&all, ALL, "abcde", "edcba", false),
        (&all, limit(3, usize::MAX), "abc", "edc", true),
        (&all, limit(1, usize::MAX), "a", "e", true),
        (&all, limit(6, usize::MAX), "abcde", "edcba", false),
        (&all, limit(usize::MAX, 1), "a", "e", true),
        (&all, limit(usize::MAX, 10), "a", "e", true),
        (&all, limit(usize::MAX, 11), "ab", "ed", true),
        (&all, limit(usize::MAX, 51), "abcde", "edcba", false),
        (&range("b", "d"), ALL, "bc", "cb", false),
        (&range("b", "d"), limit(1, 1), "b", "c", true),
        (&range("f", "z"), limit(1, 1), "", "", false),
    ] {
        for (direction, expect) in [(Direction::Forward, forward), (Direction::Backward, backward)] {
            let context = format!("{range:?} {limit:?} {direction:?}");
            assert_eq!(
                scan(&snapshot, range, direction, limit).await,
                (expect.to_owned(), more),
                "{context}"
            );
            assert_eq!(scan(&txn, range, direction, limit).await, (expect.to_owned(), more), "{context}");
        }
    }
    // Where a limit falls on the last entry, saying that there may be more is allowed, and hiding one is not.
    let (found, _) = scan(&snapshot, &all, Direction::Forward, limit(5, usize::MAX)).await;
    assert_eq!(found, "abcde");
}

pub(super) async fn scans_continue_where_they_stopped<S: Store>(store: S) {
    let names: Vec<String> = (0..100).map(|n| format!("k{n:03}")).collect();
    write(&store, |txn| names.iter().for_each(|name| txn.set(key(name), key("v")))).await;
    write(&store, |txn| names.iter().step_by(3).for_each(|name| txn.clear(key(name)))).await;
    let mut expect: Vec<&str> =
        names.iter().enumerate().filter(|(n, _)| n % 3 != 0).map(|(_, name)| name.as_str()).collect();
    let snapshot = snapshot(&store).await;
    for direction in [Direction::Forward, Direction::Backward] {
        let mut found = Vec::new();
        let mut rest = KeyRange::all();
        loop {
            let limit = ScanLimit { entries: 7, bytes: usize::MAX };
            let Some(chunk) = retried(snapshot.scan(&rest, direction, limit).await) else { continue };
            found.extend(chunk.entries.iter().map(|(key, _)| String::from_utf8_lossy(key).into_owned()));
            let Some((last, _)) = chunk.entries.last().filter(|_| chunk.more) else { break };
            rest = match direction {
                Direction::Forward => rest.after(last),
                Direction::Backward => rest.before(last),
            };
        }
        assert_eq!(found, expect, "{direction:?}");
        expect.reverse();
    }
}

pub(super) async fn odd_ranges_hold_what_they_should<S: Store>(store: S) {
    for name in ["a", "b", "c"] {
        set(&store, name, "v").await;
    }
    let snapshot = snapshot(&store).await;
    let txn = begin(&store, &[]).await;
    let unbounded = KeyRange { start: key("b"), end: None };
    for (range, expect) in [
        (range("b", "b"), ""),
        (range("c", "a"), ""),
        (KeyRange::single(b"b"), "b"),
        (KeyRange::prefix(b"b"), "b"),
        (unbounded, "bc"),
        (KeyRange::all().after(b"a"), "bc"),
        (KeyRange::all().before(b"b"), "a"),
    ] {
        for direction in [Direction::Forward, Direction::Backward] {
            let expect: String = match direction {
                Direction::Forward => expect.to_owned(),
                Direction::Backward => expect.chars().rev().collect(),
            };
            assert_eq!(scan(&snapshot, &range, direction, ALL).await, (expect.clone(), false), "{range:?}");
            assert_eq!(scan(&txn, &range, direction, ALL).await, (expect, false), "{range:?}");
        }
    }
}

pub(super) async fn snapshots_do_not_move<S: Store>(store: S) {
    write(&store, |txn| {
        txn.set(key("a"), key("1"));
        txn.set(key("b"), key("1"));
        txn.add(key("n"), 1);
        txn.set(key("r1"), key("1"));
    })
    .await;
    let before = snapshot(&store).await;
    let expect = entries(&before, &KeyRange::all()).await;
    assert_eq!(expect.len(), 4);
    for round in 0..20 {
        write(&store, |txn| {
            txn.set(key("a"), key(&round.to_string()));
            txn.clear(key("b"));
            txn.add(key("n"), 5);
            txn.clear_range(range("r", "s"));
            txn.set(key("c"), key("new"));
            txn.append(key("log"), key("record"));
        })
        .await;
        assert_eq!(entries(&before, &KeyRange::all()).await, expect);
        assert_eq!(get(&before, "a").await.as_deref(), Some("1"));
        assert_eq!(get(&before, "b").await.as_deref(), Some("1"));
        assert_eq!(get(&before, "c").await, None);
    }
    assert_eq!(get(&snapshot(&store).await, "a").await.as_deref(), Some("19"));
}

pub(super) async fn the_latest_snapshot_sees_what_was_acknowledged<S: Store>(store: S) {
    for round in 0..50 {
        let value = round.to_string();
        set(&store, "k", &value).await;
        assert_eq!(get(&snapshot(&store).await, "k").await, Some(value.clone()));
        let txn = begin(&store, &[key("k")]).await;
        assert_eq!(get(&txn, "k").await, Some(value), "a transaction that began later reads it too");
    }
}
