//! Cases about what single transactions write.

use super::*;
use crate::APPEND_SUFFIX_BYTES;

pub(super) async fn writes_take_effect_in_call_order<S: Store>(store: S) {
    for name in ["a", "b", "e"] {
        set(&store, name, "old").await;
    }
    write(&store, |txn| {
        txn.set(key("a"), key("first"));
        txn.set(key("a"), key("second"));
        txn.set(key("b"), key("gone"));
        txn.clear(key("b"));
        txn.clear(key("c"));
        txn.set(key("c"), key("back"));
        txn.set(key("d1"), key("gone"));
        txn.clear_range(range("d", "f"));
        txn.set(key("d2"), key("kept"));
        txn.clear(key("missing"));
    })
    .await;
    assert_eq!(contents(&store).await, "a=second c=back d2=kept");
}

pub(super) async fn ranges_are_cleared<S: Store>(store: S) {
    for name in ["a", "b", "bb", "c", "d"] {
        set(&store, name, "1").await;
    }
    write(&store, |txn| txn.clear_range(range("b", "c"))).await;
    assert_eq!(contents(&store).await, "a=1 c=1 d=1");
    write(&store, |txn| txn.clear_range(range("x", "z"))).await;
    write(&store, |txn| txn.clear_range(range("z", "a"))).await;
    assert_eq!(contents(&store).await, "a=1 c=1 d=1");
    // Right behind other writes, whether or not those are durable yet.
    let mut waiting = Vec::new();
    for (name, clears) in [("c1", false), ("c2", true), ("c3", false)] {
        let mut txn = begin(&store, &[]).await;
        if clears {
            txn.clear_range(range("c", "d"));
        }
        txn.set(key(name), key("2"));
        waiting.push(txn);
    }
    for txn in waiting {
        // A refused one leaves less to find; what counts is that nothing cleared comes back.
        retried(txn.commit().await);
    }
    write(&store, |txn| txn.clear_range(KeyRange::prefix(b"c"))).await;
    assert_eq!(contents(&store).await, "a=1 d=1");
    write(&store, |txn| txn.clear_range(KeyRange::all())).await;
    assert_eq!(contents(&store).await, "");
}

pub(super) async fn counters_add_without_conflict<S: Store>(store: S) {
    // Transactions that overlap in time add to one counter; none of them has to lose.
    let mut refused = 0;
    let mut expect = 0;
    for round in 0..20 {
        let mut first = begin(&store, &[]).await;
        let mut second = begin(&store, &[]).await;
        first.add(key("n"), 10);
        second.add(key("n"), -3);
        for (txn, delta) in [(second, -3), (first, 10)] {
            match retried(txn.commit().await) {
                Some(_) => expect += delta,
                None => refused += 1,
            }
        }
        assert_eq!(count(value(&snapshot(&store).await, b"n").await), expect, "round {round}");
    }
    assert!(refused < 40, "adds conflict with each other");

    write(&store, |txn| {
        txn.add(key("a"), i64::MAX);
        txn.add(key("a"), 1);
        txn.set(key("b"), Bytes::copy_from_slice(&5i64.to_le_bytes()));
        txn.add(key("b"), 2);
        txn.clear(key("n"));
        txn.add(key("n"), 1);
    })
    .await;
    write(&store, |txn| txn.add(key("z"), 0)).await;
    let snapshot = snapshot(&store).await;
    for (name, expect) in [("a", i64::MIN), ("b", 7), ("n", 1), ("z", 0)] {
        let value = value(&snapshot, name.as_bytes()).await;
        assert!(value.is_some());
        assert_eq!(count(value), expect, "{name}");
    }
}

pub(super) async fn appends_sort_in_commit_order<S: Store>(store: S) {
    let mut stamps = Vec::new();
    for round in 0..20 {
        let stamp = write(&store, |txn| {
            txn.append(key("log/"), key(&format!("{round} first")));
            txn.append(key("other/"), key("elsewhere"));
            txn.append(key("log/"), key(&format!("{round} second")));
        })
        .await;
        stamps.push(stamp);
    }
    assert!(stamps.is_sorted_by(|a, b| a < b), "later commits have larger stamps");
    let snapshot = snapshot(&store).await;
    let chunk = loop {
        if let Some(chunk) = retried(snapshot.scan(&KeyRange::prefix(b"log/"), Direction::Forward, ALL).await)
        {
            break chunk;
        }
    };
    let expect: Vec<String> =
        (0..20).flat_map(|round| [format!("{round} first"), format!("{round} second")]).collect();
    let found: Vec<_> = chunk.entries.iter().map(|(_, value)| String::from_utf8_lossy(value)).collect();
    assert_eq!(found, expect);
    for (n, (appended, _)) in chunk.entries.iter().enumerate() {
        assert_eq!(appended.len(), "log/".len() + APPEND_SUFFIX_BYTES);
        let suffix = &appended["log/".len()..];
        assert_eq!(suffix[..4], chunk.entries[0].0["log/".len()..][..4], "one incarnation");
        assert_eq!(suffix[4..14], stamps[n / 2].0, "the stamp that commit returned");
    }
    // A reader who saw the log is disturbed by an append to it, as by any other phantom.
    let mut reader = begin(&store, &[]).await;
    entries(&reader, &KeyRange::prefix(b"log/")).await;
    reader.set(key("k"), key("v"));
    write(&store, |txn| txn.append(key("log/"), key("late"))).await;
    assert!(retried(reader.commit().await).is_none(), "an append is a phantom");
}

pub(super) async fn dropped_transactions_leave_no_trace<S: Store>(store: S) {
    set(&store, "a", "1").await;
    let named = [key("a"), key("b")];
    for _ in 0..10 {
        let mut txn = begin(&store, &named).await;
        get(&txn, "a").await;
        txn.set(key("a"), key("2"));
        txn.clear_range(KeyRange::all());
        txn.add(key("n"), 1);
        txn.append(key("log"), key("v"));
        drop(txn);
    }
    assert_eq!(contents(&store).await, "a=1");
}

pub(super) async fn what_is_too_large_is_refused<S: Store>(store: S) {
    let limits = store.limits();
    let long = |bytes: usize| Bytes::from(vec![b'x'; bytes]);
    let too_large: [Change<S>; 5] = [
        &|txn| txn.set(long(limits.key_bytes_max + 1), Bytes::new()),
        &|txn| txn.clear(long(limits.key_bytes_max + 1)),
        &|txn| txn.append(long(limits.key_bytes_max + 1 - APPEND_SUFFIX_BYTES), Bytes::new()),
        &|txn| txn.set(key("k"), long(limits.value_bytes_max + 1)),
        &|txn| {
            let value = long(limits.value_bytes_max);
            for n in 0..=limits.transaction_bytes_max / limits.value_bytes_max {
                txn.set(key(&format!("k{n}")), value.clone());
            }
        },
    ];
    for (n, change) in too_large.into_iter().enumerate() {
        loop {
            let Some(mut txn) = retried(store.begin(&[]).await) else { continue };
            txn.set(key("beside"), key("it"));
            change(&mut txn);
            match txn.commit().await {
                Err(StoreError::TooLarge { .. }) => break,
                Err(error) if error.disposition() == Disposition::Retry => {}
                outcome => panic!("transaction {n}: {outcome:?}"),
            }
        }
    }
    assert_eq!(contents(&store).await, "");
}

pub(super) async fn the_largest_fits<S: Store>(store: S) {
    let limits = store.limits();
    let name = Bytes::from(vec![b'x'; limits.key_bytes_max]);
    let value = Bytes::from(vec![b'v'; limits.value_bytes_max]);
    write(&store, |txn| txn.set(name.clone(), value.clone())).await;
    let snapshot = snapshot(&store).await;
    let found = loop {
        if let Some(chunk) = retried(snapshot.scan(&KeyRange::all(), Direction::Forward, ALL).await) {
            break chunk.entries;
        }
    };
    assert!(found == [(name, value)], "what was written is what is found");
}

pub(super) async fn watches_resolve<S: Store>(store: S) {
    let changes: [Change<S>; 4] = [
        &|txn| txn.set(key("k"), key("v")),
        &|txn| txn.add(key("k"), 1),
        &|txn| txn.clear(key("k")),
        &|txn| txn.clear_range(range("a", "z")),
    ];
    for change in changes {
        set(&store, "k", "12345678").await;
        let watch = store.watch(b"k");
        write(&store, change).await;
        watch.await;
    }
    // Nobody is watching any more, and nobody minds.
    drop(store.watch(b"k"));
    set(&store, "k", "v").await;
}
