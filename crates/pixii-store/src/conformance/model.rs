//! Random operations, held against a `BTreeMap` that does the same.

use super::*;
use crate::dice::Dice;
use std::collections::BTreeMap;

type Model = BTreeMap<Bytes, Bytes>;

const OPERATIONS: usize = 600;
const SNAPSHOTS_MAX: usize = 5;

pub(super) async fn random_operations<S: Store>(store: S, seed: u64) {
    let mut dice = Dice::new(seed);
    let mut model = Model::new();
    let mut snapshots: Vec<(S::Snapshot, Model)> = Vec::new();
    for _ in 0..OPERATIONS {
        match dice.below(10) {
            0..=5 => model = transaction(&store, &mut dice, model).await,
            6 => {
                snapshots.push((snapshot(&store).await, model.clone()));
                if snapshots.len() > SNAPSHOTS_MAX {
                    snapshots.remove(dice.below(SNAPSHOTS_MAX));
                }
            }
            _ => {
                compare(&snapshot(&store).await, &model, &mut dice).await;
                if !snapshots.is_empty() {
                    let (snapshot, then) = &snapshots[dice.below(snapshots.len())];
                    compare(snapshot, then, &mut dice).await;
                }
            }
        }
    }
}

/// Few keys, many of them prefixes of others.
fn any_key(dice: &mut Dice) -> Bytes {
    let length = 1 + dice.below(3);
    (0..length).map(|_| b"ab\xff\0"[dice.below(4)]).collect::<Vec<_>>().into()
}

fn any_range(dice: &mut Dice) -> KeyRange {
    match dice.below(5) {
        0 => KeyRange::prefix(&any_key(dice)),
        1 => KeyRange { start: any_key(dice), end: None },
        2 => KeyRange::single(&any_key(dice)),
        // Empty as often as not.
        _ => KeyRange::new(any_key(dice), any_key(dice)),
    }
}

#[derive(Clone, Debug)]
enum Change {
    Set(Bytes, Bytes),
    Clear(Bytes),
    ClearRange(KeyRange),
    Add(Bytes, i64),
}

/// Commits, or drops, a transaction of random changes; returns what the Store should hold then.
async fn transaction<S: Store>(store: &S, dice: &mut Dice, before: Model) -> Model {
    let changes: Vec<Change> = (0..1 + dice.below(6))
        .map(|_| match dice.below(8) {
            0 => Change::ClearRange(any_range(dice)),
            1 | 2 => Change::Clear(any_key(dice)),
            3 => Change::Add(any_key(dice), dice.below(20) as i64 - 10),
            _ => Change::Set(any_key(dice), Bytes::from(dice.roll().to_le_bytes().to_vec())),
        })
        .collect();
    let gives_up = dice.below(8) == 0;
    loop {
        let Some(mut txn) = retried(store.begin(&[any_key(dice)]).await) else { continue };
        compare(&txn, &before, dice).await;
        let mut after = before.clone();
        for change in changes.clone() {
            match change {
                Change::Set(key, value) => {
                    after.insert(key.clone(), value.clone());
                    txn.set(key, value);
                }
                Change::Clear(key) => {
                    after.remove(&key);
                    txn.clear(key);
                }
                Change::ClearRange(range) => {
                    after.retain(|key, _| !range.contains(key));
                    txn.clear_range(range);
                }
                Change::Add(key, delta) => {
                    let sum = count(after.get(&key).cloned()).wrapping_add(delta);
                    after.insert(key.clone(), Bytes::copy_from_slice(&sum.to_le_bytes()));
                    txn.add(key, delta);
                }
            }
        }
        if gives_up {
            return before;
        }
        if retried(txn.commit().await).is_some() {
            return after;
        }
    }
}

async fn compare(reader: &impl Read, model: &Model, dice: &mut Dice) {
    let key = any_key(dice);
    if let Some(value) = retried(reader.get(&key).await) {
        assert_eq!(value.as_ref(), model.get(&key), "{key:?}");
    }
    let range = any_range(dice);
    let direction = if dice.below(2) == 0 { Direction::Forward } else { Direction::Backward };
    let limit = ScanLimit { entries: 1 + dice.below(10), bytes: 1 + dice.below(100) };
    let Some(chunk) = retried(reader.scan(&range, direction, limit).await) else { return };
    let mut expect: Vec<_> =
        model.iter().filter(|(key, _)| range.contains(key)).map(|(k, v)| (k.clone(), v.clone())).collect();
    if direction == Direction::Backward {
        expect.reverse();
    }
    let mut bytes = 0;
    let reached = expect.iter().position(|(key, value)| {
        bytes += key.len() + value.len();
        bytes >= limit.bytes
    });
    let length = reached.map_or(expect.len(), |index| index + 1).min(limit.entries);
    let is_all = length == expect.len();
    expect.truncate(length);
    assert_eq!(chunk.entries, expect, "{range:?} {direction:?} {limit:?}");
    assert!(chunk.more || is_all, "{range:?} {direction:?} {limit:?}: more was promised not to be there");
}
