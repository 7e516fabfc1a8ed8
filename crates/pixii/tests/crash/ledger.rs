//! What a client was acknowledged, and what it was waiting for when the server was killed.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// An item without its key.
pub type Row = Map<String, Value>;

/// What one write changes, all of it or nothing.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The client's own rows afterwards, by sort key; `None` is none.
    pub rows: BTreeMap<String, Option<Row>>,
    /// How much it adds to the counter that all clients add to.
    pub adds: i64,
    /// How much it adds to the counter that their transactions add to.
    pub transactions: i64,
}

/// The books of one client, which has keys of its own and waits for each answer.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// The partition key of its rows.
    pub client: String,
    /// How many writes were acknowledged.
    pub acknowledgements: u64,
    /// How many were not answered.
    pub in_doubt: u64,
    rows: BTreeMap<String, Row>,
    adds: i64,
    transactions: i64,
    pending: Option<Change>,
}

impl Ledger {
    /// Of a client that has written nothing.
    pub fn new(client: String) -> Self {
        Self {
            client,
            acknowledgements: 0,
            in_doubt: 0,
            rows: BTreeMap::new(),
            adds: 0,
            transactions: 0,
            pending: None,
        }
    }

    /// A row of its own with its number raised by one.
    pub fn with_one_more(&self, sk: &str) -> Row {
        let mut row = self.rows.get(sk).cloned().unwrap_or_default();
        let number = row.get("n").and_then(|n| n["N"].as_str()).map_or(0, |n| n.parse().expect("a number"));
        row.insert("n".to_owned(), json!({"N": (number + 1i64).to_string()}));
        row
    }

    /// Notes what is about to be sent.
    pub fn begin(&mut self, change: Change) {
        assert!(self.pending.is_none(), "a client waits for its answer");
        self.pending = Some(change);
    }

    /// Notes that it is done.
    pub fn acknowledged(&mut self) {
        self.acknowledgements += 1;
        let change = self.pending.take().expect("something was sent");
        self.apply(change);
    }

    /// Notes that it was not done.
    pub fn refused(&mut self) {
        self.pending = None;
    }

    /// Whether it waits for nothing.
    pub fn is_certain(&self) -> bool {
        self.pending.is_none()
    }

    /// Holds the rows that nothing in doubt touches against what is read.
    pub fn verify_certain(&self, mut read: impl FnMut(Value) -> Option<Row>) {
        let doubtful = |sk: &String| self.pending.as_ref().is_some_and(|change| change.rows.contains_key(sk));
        for (sk, row) in self.rows.iter().filter(|(sk, _)| !doubtful(sk)) {
            let key = json!({"pk": {"S": self.client}, "sk": {"S": sk}});
            let mut expected = row.clone();
            expected.extend(key.as_object().cloned().expect("an object"));
            assert_eq!(read(key), Some(expected), "{} / {sk}", self.client);
        }
    }

    fn apply(&mut self, change: Change) {
        for (sk, row) in change.rows {
            match row {
                Some(row) => self.rows.insert(sk, row),
                None => self.rows.remove(&sk),
            };
        }
        self.adds += change.adds;
        self.transactions += change.transactions;
    }
}

/// Holds what is stored against what was acknowledged, and settles what was in doubt: each such write is there as a whole or
/// not at all.
pub fn settle(
    ledgers: &mut [Ledger],
    found: &BTreeMap<(String, String), Row>,
    shared: &str,
) -> Result<(), String> {
    let mut doubtful_adds = 0;
    for ledger in ledgers.iter_mut() {
        let stored: BTreeMap<&String, &Row> = found
            .iter()
            .filter(|((pk, _), _)| *pk == ledger.client)
            .map(|((_, sk), row)| (sk, row))
            .collect();
        let pending = ledger.pending.take();
        ledger.in_doubt += u64::from(pending.is_some());
        if let Some(change) = pending {
            if change.adds != 0 {
                doubtful_adds += change.adds;
            } else if change.rows.iter().any(|(sk, row)| {
                stored.get(sk).copied() == row.as_ref() && ledger.rows.get(sk) != row.as_ref()
            }) {
                // A part of it is there: then all of it must be.
                ledger.apply(change);
            }
        }
        for sk in ledger.rows.keys().chain(stored.keys().copied()) {
            let (expected, stored) = (ledger.rows.get(sk), stored.get(sk).copied());
            if expected != stored {
                let brief = |row: Option<&Row>| format!("{:.300}", json!(row).to_string());
                return Err(format!(
                    "{} / {sk} should be {} and is {}",
                    ledger.client,
                    brief(expected),
                    brief(stored)
                ));
            }
        }
    }
    let counter = |sk: &str| -> i64 {
        let row = found.get(&(shared.to_owned(), sk.to_owned()));
        row.and_then(|row| row["n"]["N"].as_str()).map_or(0, |n| n.parse().expect("a number"))
    };
    let sum = |of: fn(&Ledger) -> i64| ledgers.iter().map(of).sum::<i64>();
    let (transactions, adds) = (sum(|ledger| ledger.transactions), sum(|ledger| ledger.adds));
    if counter("transactions") != transactions {
        let counted = counter("transactions");
        return Err(format!("{transactions} transactions are there, and their counter is {counted}"));
    }
    let surplus = counter("adds") - adds;
    if !(0..=doubtful_adds).contains(&surplus) {
        return Err(format!(
            "{adds} adds were acknowledged and {doubtful_adds} in doubt, and {surplus} are too many"
        ));
    }
    ledgers[0].adds += surplus;
    Ok(())
}

fn row(n: u32) -> Row {
    json!({"n": {"N": n.to_string()}}).as_object().cloned().expect("a row")
}

/// A client with row `a`, in doubt about a transaction that sets `a` to 2 and `b` to 3.
fn in_doubt() -> Ledger {
    let mut ledger = Ledger::new("c".to_owned());
    ledger.begin(Change { rows: BTreeMap::from([("a".to_owned(), Some(row(1)))]), ..Change::default() });
    ledger.acknowledged();
    let rows = [("a", row(2)), ("b", row(3))].map(|(sk, row)| (sk.to_owned(), Some(row)));
    ledger.begin(Change { rows: rows.into(), transactions: 1, ..Change::default() });
    ledger
}

/// Settles with these rows stored.
fn settled(ledger: Ledger, stored: &[(&str, &str, u32)]) -> Result<(), String> {
    let stored = stored.iter().map(|(pk, sk, n)| (((*pk).to_owned(), (*sk).to_owned()), row(*n)));
    settle(&mut [ledger], &stored.collect(), "shared")
}

#[test]
fn writes_in_doubt_are_there_or_not() {
    assert_eq!(settled(in_doubt(), &[("c", "a", 1)]), Ok(()));
    let all = [("c", "a", 2), ("c", "b", 3), ("shared", "transactions", 1)];
    assert_eq!(settled(in_doubt(), &all), Ok(()));
}

#[test]
fn lost_half_and_invented_writes_are_noticed() {
    for stored in [
        &[][..],
        &[("c", "a", 7)],
        &[("c", "a", 1), ("c", "z", 1)],
        &[("c", "a", 2), ("shared", "transactions", 1)],
        &[("c", "a", 1), ("c", "b", 3), ("shared", "transactions", 1)],
        &[("c", "a", 2), ("c", "b", 3)],
        &[("c", "a", 1), ("shared", "transactions", 1)],
        &[("c", "a", 1), ("shared", "adds", 1)],
    ] {
        assert!(settled(in_doubt(), stored).is_err(), "{stored:?}");
    }
}
