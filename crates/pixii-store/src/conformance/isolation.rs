//! Cases about transactions that overlap: what they see, and which of them may not both commit.

use super::*;

pub(super) async fn a_transaction_reads_one_state<S: Store>(store: S) {
    write(&store, |txn| {
        txn.set(key("a"), key("1"));
        txn.set(key("b"), key("1"));
        txn.set(key("c"), key("1"));
    })
    .await;
    let mut txn = begin(&store, &[]).await;
    assert_eq!(get(&txn, "a").await.as_deref(), Some("1"));
    write(&store, |other| {
        other.set(key("a"), key("2"));
        other.set(key("b"), key("2"));
        other.clear(key("c"));
        other.set(key("d"), key("2"));
    })
    .await;
    txn.set(key("a"), key("mine"));
    txn.clear_range(range("b", "c"));
    let expect: Vec<_> = ["a", "b", "c"].map(|name| (name.to_owned(), "1".to_owned())).into();
    // Neither what others commit meanwhile, nor its own writes. A Store may refuse to go on, but not show another state.
    match txn.scan(&KeyRange::all(), Direction::Forward, ALL).await {
        Ok(_) => assert_eq!(entries(&txn, &KeyRange::all()).await, expect),
        Err(error) => assert_eq!(error.disposition(), Disposition::Retry),
    }
    if let Some(value) = retried(txn.get_unvalidated(b"b").await) {
        assert_eq!(value, Some(key("1")));
    }
}

pub(super) async fn updates_are_not_lost<S: Store>(store: S) {
    set(&store, "k", "1").await;
    for _ in 0..10 {
        let mut first = begin(&store, &[]).await;
        let mut second = begin(&store, &[]).await;
        let mut committed = 0;
        for txn in [&mut first, &mut second] {
            get(txn, "k").await;
            txn.set(key("k"), key("2"));
        }
        for txn in [first, second] {
            committed += usize::from(retried(txn.commit().await).is_some());
        }
        assert!(committed < 2, "both read the same value and both wrote over it");
    }
    // A read of an absent key is a read too, and so is one of a counter.
    let changes: [Change<S>; 2] = [&|txn| txn.set(key("new"), key("v")), &|txn| txn.add(key("new"), 1)];
    for change in changes {
        let mut reader = begin(&store, &[]).await;
        get(&reader, "new").await;
        reader.set(key("other"), key("v"));
        write(&store, change).await;
        assert!(retried(reader.commit().await).is_none());
    }
}

pub(super) async fn write_skew_is_a_conflict<S: Store>(store: S) {
    for _ in 0..10 {
        write(&store, |txn| {
            txn.set(key("a"), key("on call"));
            txn.set(key("b"), key("on call"));
        })
        .await;
        // Each leaves, seeing that the other stays.
        let mut leaving_a = begin(&store, &[key("a")]).await;
        let mut leaving_b = begin(&store, &[key("b")]).await;
        assert_eq!(get(&leaving_a, "b").await.as_deref(), Some("on call"));
        assert_eq!(get(&leaving_b, "a").await.as_deref(), Some("on call"));
        leaving_a.clear(key("a"));
        leaving_b.clear(key("b"));
        retried(leaving_a.commit().await);
        retried(leaving_b.commit().await);
        assert_ne!(contents(&store).await, "", "nobody is on call");
    }
}

pub(super) async fn phantoms_are_conflicts<S: Store>(store: S) {
    let disturb: [Change<S>; 5] = [
        &|txn| txn.set(key("m5"), key("new")),
        &|txn| txn.set(key("m1"), key("changed")),
        &|txn| txn.clear(key("m1")),
        &|txn| txn.clear_range(range("m0", "m2")),
        &|txn| txn.add(key("m7"), 1),
    ];
    for (n, change) in disturb.into_iter().enumerate() {
        for by_scan in [true, false] {
            set(&store, "m1", "old").await;
            let mut reader = begin(&store, &[]).await;
            if by_scan {
                entries(&reader, &KeyRange::prefix(b"m")).await;
            } else {
                reader.depend_on(KeyRange::prefix(b"m"));
            }
            reader.set(key("answer"), key("v"));
            write(&store, change).await;
            assert!(retried(reader.commit().await).is_none(), "change {n}, by scan {by_scan}");
        }
    }
    // What is outside the range disturbs nobody. A Store may refuse at times, but not always.
    let mut committed = 0;
    for round in 0..50 {
        let mut reader = begin(&store, &[]).await;
        reader.depend_on(range("m", "n"));
        if retried(reader.scan(&range("m", "n"), Direction::Backward, ALL).await).is_none() {
            continue;
        }
        reader.set(key(&format!("outside{round}")), key("v"));
        write(&store, |txn| {
            txn.set(key("lzz"), key("v"));
            txn.set(key("n"), key("v"));
        })
        .await;
        committed += usize::from(retried(reader.commit().await).is_some());
    }
    assert!(committed > 0, "writes outside a range always conflict with it");
}

pub(super) async fn unvalidated_reads_are_no_conflict<S: Store>(store: S) {
    let mut committed = 0;
    for _ in 0..50 {
        let mut txn = begin(&store, &[]).await;
        retried(txn.get_unvalidated(b"k").await);
        txn.set(key("other"), key("v"));
        set(&store, "k", "v").await;
        committed += usize::from(retried(txn.commit().await).is_some());
    }
    assert!(committed > 0, "an unvalidated read always conflicts");
}

pub(super) async fn refused_commits_leave_no_trace<S: Store>(store: S) {
    set(&store, "k", "1").await;
    let mut txn = begin(&store, &[]).await;
    get(&txn, "k").await;
    txn.set(key("a"), key("v"));
    txn.clear_range(range("j", "z"));
    txn.add(key("n"), 1);
    txn.append(key("log"), key("v"));
    set(&store, "k", "2").await;
    assert!(retried(txn.commit().await).is_none());
    assert_eq!(contents(&store).await, "k=2");
}
