//! The storage contract as code: what every Store must pass.
//!
//! A Store may refuse any commit with an error to retry, so cases run what must happen until it does, and claim of what
//! must not happen that it never did. Needs a tokio runtime with time, better one with several threads.

mod concurrency;
mod isolation;
mod model;
mod reading;
mod writing;

use crate::{
    Direction, Disposition, Freshness, KeyRange, Read, ScanLimit, Stamp, Store, StoreError, Transaction,
};
use bytes::Bytes;
use std::time::Duration;

/// How long a case may take before it counts as hung.
const CASE_TIME_MAX: Duration = Duration::from_secs(120);

/// A limit that no case reaches.
const ALL: ScanLimit = ScanLimit { entries: usize::MAX, bytes: usize::MAX };

/// Runs every case, each on a new and empty Store.
///
/// # Panics
/// When the Store breaks the contract; the message names the case.
pub async fn run<S: Store>(make: impl AsyncFn() -> S) {
    macro_rules! cases {
        ($($module:ident::$case:ident),* $(,)?) => {
            $(case(concat!(stringify!($module), "::", stringify!($case)), $module::$case(make().await)).await;)*
        };
    }
    cases![
        reading::keys_sort_as_unsigned_bytes,
        reading::scans_stop_at_their_limits,
        reading::scans_continue_where_they_stopped,
        reading::odd_ranges_hold_what_they_should,
        reading::snapshots_do_not_move,
        reading::the_latest_snapshot_sees_what_was_acknowledged,
        writing::writes_take_effect_in_call_order,
        writing::ranges_are_cleared,
        writing::counters_add_without_conflict,
        writing::appends_sort_in_commit_order,
        writing::dropped_transactions_leave_no_trace,
        writing::what_is_too_large_is_refused,
        writing::the_largest_fits,
        writing::watches_resolve,
        isolation::a_transaction_reads_one_state,
        isolation::updates_are_not_lost,
        isolation::write_skew_is_a_conflict,
        isolation::phantoms_are_conflicts,
        isolation::unvalidated_reads_are_no_conflict,
        isolation::refused_commits_leave_no_trace,
        concurrency::writers_of_a_key_take_turns,
        concurrency::overlapping_key_sets_do_not_deadlock,
        concurrency::a_wait_that_is_given_up_holds_nothing,
        concurrency::sums_hold_in_every_view,
        concurrency::an_empty_commit_waits_for_what_it_read,
    ];
    for seed in 1..=4 {
        case(&format!("model::random_operations, seed {seed}"), model::random_operations(make().await, seed))
            .await;
    }
}

async fn case(name: &str, body: impl Future<Output = ()>) {
    /// Says which case it was, since a panic inside knows only its line.
    struct Named<'a>(&'a str);
    impl Drop for Named<'_> {
        fn drop(&mut self) {
            if std::thread::panicking() {
                eprintln!("conformance: {} failed", self.0);
            }
        }
    }
    let _named = Named(name);
    assert!(tokio::time::timeout(CASE_TIME_MAX, body).await.is_ok(), "{name} hangs");
}

fn key(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

fn range(start: &str, end: &str) -> KeyRange {
    KeyRange::new(key(start), key(end))
}

/// Unwraps a result, unless it is an error to retry.
fn retried<T>(result: Result<T, StoreError>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error) if error.disposition() == Disposition::Retry => None,
        Err(error) => panic!("{error:?}"),
    }
}

/// What a transaction writes.
type Change<'a, S> = &'a dyn Fn(&mut <S as Store>::Transaction);

async fn begin<S: Store>(store: &S, keys: &[Bytes]) -> S::Transaction {
    loop {
        if let Some(txn) = retried(store.begin(keys).await) {
            return txn;
        }
    }
}

/// Runs a transaction that only writes, until it commits.
async fn write<S: Store>(store: &S, change: impl Fn(&mut S::Transaction)) -> Stamp {
    loop {
        let Some(mut txn) = retried(store.begin(&[]).await) else { continue };
        change(&mut txn);
        if let Some(stamp) = retried(txn.commit().await) {
            return stamp;
        }
    }
}

async fn set<S: Store>(store: &S, name: &str, value: &str) {
    write(store, |txn| txn.set(key(name), key(value))).await;
}

async fn value(reader: &impl Read, key: &[u8]) -> Option<Bytes> {
    loop {
        if let Some(value) = retried(reader.get(key).await) {
            return value;
        }
    }
}

/// A value as text.
async fn get(reader: &impl Read, name: &str) -> Option<String> {
    value(reader, name.as_bytes()).await.map(|value| String::from_utf8_lossy(&value).into_owned())
}

async fn snapshot<S: Store>(store: &S) -> S::Snapshot {
    loop {
        if let Some(snapshot) = retried(store.snapshot(Freshness::Latest).await) {
            return snapshot;
        }
    }
}

/// All entries of a range, forward, as text.
async fn entries(reader: &impl Read, range: &KeyRange) -> Vec<(String, String)> {
    loop {
        if let Some(chunk) = retried(reader.scan(range, Direction::Forward, ALL).await) {
            assert!(!chunk.more, "nothing is behind the whole range");
            let text = |bytes: &Bytes| String::from_utf8_lossy(bytes).into_owned();
            return chunk.entries.iter().map(|(key, value)| (text(key), text(value))).collect();
        }
    }
}

/// What a Store holds now, as `key=value` joined by spaces.
async fn contents<S: Store>(store: &S) -> String {
    let entries = entries(&snapshot(store).await, &KeyRange::all()).await;
    entries.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
}

fn count(value: Option<Bytes>) -> i64 {
    value.map_or(0, |value| i64::from_le_bytes(value.as_ref().try_into().expect("a counter has 8 bytes")))
}
