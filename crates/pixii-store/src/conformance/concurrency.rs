//! Cases with many tasks at once.

use super::*;
use crate::dice::Dice;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::task::JoinSet;

/// Reads a number and writes the next one, until that commits.
async fn increment<S: Store>(store: &S, names: &[Bytes]) {
    loop {
        let Some(mut txn) = retried(store.begin(names).await) else { continue };
        let mut values = Vec::new();
        for name in names {
            values.push(txn.get(name).await);
        }
        let Some(values) = retried(values.into_iter().collect::<Result<Vec<_>, _>>()) else { continue };
        for (name, value) in names.iter().zip(values) {
            let next = count(value) + 1;
            txn.set(name.clone(), Bytes::copy_from_slice(&next.to_le_bytes()));
        }
        if retried(txn.commit().await).is_some() {
            return;
        }
    }
}

pub(super) async fn writers_of_a_key_take_turns<S: Store>(store: S) {
    const TASKS: i64 = 32;
    const ROUNDS: i64 = 20;
    let store = Arc::new(store);
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            for _ in 0..ROUNDS {
                increment(&*store, &[Bytes::from_static(b"hot")]).await;
            }
        });
    }
    while let Some(outcome) = tasks.join_next().await {
        outcome.expect("a writer does not panic");
    }
    let found = value(&snapshot(&*store).await, b"hot").await;
    assert_eq!(count(found), TASKS * ROUNDS);
}

pub(super) async fn overlapping_key_sets_do_not_deadlock<S: Store>(store: S) {
    const TASKS: u64 = 24;
    const ROUNDS: usize = 20;
    const KEYS: usize = 8;
    let store = Arc::new(store);
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let mut dice = Dice::new(task);
            let mut written = [0i64; KEYS];
            for _ in 0..ROUNDS {
                let mut chosen: Vec<usize> = (0..=dice.below(4)).map(|_| dice.below(KEYS)).collect();
                // In any order, and with repeats, which increment would count once.
                let named: Vec<Bytes> = chosen.iter().map(|n| key(&format!("k{n}"))).collect();
                if dice.below(4) == 0 {
                    drop(store.begin(&named).await);
                    continue;
                }
                chosen.sort_unstable();
                chosen.dedup();
                increment(&*store, &chosen.iter().rev().map(|n| key(&format!("k{n}"))).collect::<Vec<_>>())
                    .await;
                chosen.iter().for_each(|&n| written[n] += 1);
            }
            written
        });
    }
    let mut expect = [0i64; KEYS];
    while let Some(outcome) = tasks.join_next().await {
        let written = outcome.expect("a writer does not panic");
        expect.iter_mut().zip(written).for_each(|(sum, n)| *sum += n);
    }
    let snapshot = snapshot(&*store).await;
    for (n, expect) in expect.into_iter().enumerate() {
        let found = value(&snapshot, format!("k{n}").as_bytes()).await;
        assert_eq!(count(found), expect, "k{n}");
    }
}

pub(super) async fn a_wait_that_is_given_up_holds_nothing<S: Store>(store: S) {
    let holder = begin(&store, &[key("b")]).await;
    for _ in 0..10 {
        // Takes a, waits for b at most, and goes away.
        let both = [key("a"), key("b")];
        let waiting = store.begin(&both);
        drop(tokio::time::timeout(Duration::from_millis(1), waiting).await);
    }
    drop(begin(&store, &[key("a")]).await);
    drop(holder);
    drop(begin(&store, &[key("b"), key("a")]).await);
}

pub(super) async fn sums_hold_in_every_view<S: Store>(store: S) {
    const ACCOUNTS: usize = 6;
    const EACH: i64 = 100;
    const TRANSFERS: usize = 60;
    let store = Arc::new(store);
    let account = |n: usize| key(&format!("account{n}"));
    write(&*store, |txn| (0..ACCOUNTS).for_each(|n| txn.add(account(n), EACH))).await;
    let done = Arc::new(AtomicBool::new(false));
    let mut writers = JoinSet::new();
    for task in 0..8u64 {
        let store = Arc::clone(&store);
        writers.spawn(async move {
            let mut dice = Dice::new(task);
            for _ in 0..TRANSFERS {
                let (from, to) = (dice.below(ACCOUNTS), dice.below(ACCOUNTS));
                let amount = dice.below(10) as i64;
                if dice.below(2) == 0 {
                    write(&*store, |txn| {
                        txn.add(account(from), -amount);
                        txn.add(account(to), amount);
                    })
                    .await;
                } else if from != to {
                    transfer(&*store, account(from), account(to), amount).await;
                }
            }
        });
    }
    let mut readers = JoinSet::new();
    for reader in 0..3 {
        let (store, done) = (Arc::clone(&store), Arc::clone(&done));
        readers.spawn(async move {
            while !done.load(Ordering::SeqCst) {
                let sum = match reader {
                    0 => total(&snapshot(&*store).await).await,
                    _ => match retried(store.begin(&[]).await) {
                        Some(txn) => total(&txn).await,
                        None => None,
                    },
                };
                assert!(
                    sum.is_none_or(|sum| sum == ACCOUNTS as i64 * EACH),
                    "reader {reader} sees a sum of {sum:?}"
                );
                tokio::task::yield_now().await;
            }
        });
    }
    while let Some(outcome) = writers.join_next().await {
        outcome.expect("a writer does not panic");
    }
    done.store(true, Ordering::SeqCst);
    while let Some(outcome) = readers.join_next().await {
        outcome.expect("a reader does not panic");
    }
    assert_eq!(
        total(&snapshot(&*store).await).await.unwrap_or(ACCOUNTS as i64 * EACH),
        ACCOUNTS as i64 * EACH
    );
}

async fn transfer<S: Store>(store: &S, from: Bytes, to: Bytes, amount: i64) {
    let named = [from.clone(), to.clone()];
    loop {
        let Some(mut txn) = retried(store.begin(&named).await) else { continue };
        let (Some(have), Some(has)) = (retried(txn.get(&from).await), retried(txn.get(&to).await)) else {
            continue;
        };
        txn.set(from.clone(), Bytes::copy_from_slice(&(count(have) - amount).to_le_bytes()));
        txn.set(to.clone(), Bytes::copy_from_slice(&(count(has) + amount).to_le_bytes()));
        if retried(txn.commit().await).is_some() {
            return;
        }
    }
}

/// The sum over all accounts, half of them read by key and half by scan.
async fn total(reader: &impl Read) -> Option<i64> {
    let mut sum = 0;
    for n in 0..3 {
        sum += count(retried(reader.get(format!("account{n}").as_bytes()).await)?);
    }
    let chunk = retried(reader.scan(&range("account3", "account9"), Direction::Backward, ALL).await)?;
    Some(sum + chunk.entries.into_iter().map(|(_, value)| count(Some(value))).sum::<i64>())
}

pub(super) async fn an_empty_commit_waits_for_what_it_read<S: Store>(store: S) {
    let store = Arc::new(store);
    let done = Arc::new(AtomicBool::new(false));
    let mut writers = JoinSet::new();
    for _ in 0..4 {
        let (store, done) = (Arc::clone(&store), Arc::clone(&done));
        writers.spawn(async move {
            while !done.load(Ordering::SeqCst) {
                increment(&*store, &[Bytes::from_static(b"k")]).await;
                write(&*store, |txn| txn.add(key("n"), 1)).await;
                // A range that is there, and then is not.
                write(&*store, |txn| txn.set(key("r1"), key("v"))).await;
                write(&*store, |txn| txn.clear_range(range("r", "s"))).await;
            }
        });
    }
    let mut seen = 0;
    for _ in 0..200 {
        let Some(txn) = retried(store.begin(&[key("k")]).await) else { continue };
        let Some(read) = retried(txn.get(b"k").await) else { continue };
        let Some(added) = retried(txn.scan(&range("n", "o"), Direction::Forward, ALL).await) else {
            continue;
        };
        if retried(txn.commit().await).is_none() {
            continue;
        }
        // Snapshots see durable state only, so what was read must be in this one.
        let snapshot = snapshot(&*store).await;
        let Some(durable) = retried(snapshot.get(b"k").await) else { continue };
        assert!(count(durable) >= count(read), "the answer came before what it rests on was durable");
        let Some(durable) = retried(snapshot.get(b"n").await) else { continue };
        assert!(count(durable) >= added.entries.into_iter().map(|(_, value)| count(Some(value))).sum());
        seen += 1;
    }
    done.store(true, Ordering::SeqCst);
    while let Some(outcome) = writers.join_next().await {
        outcome.expect("a writer does not panic");
    }
    assert!(seen > 0, "every transaction was refused");
}
