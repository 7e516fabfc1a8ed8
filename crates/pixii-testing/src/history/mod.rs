//! What happened when many asked at once: histories of requests on a few items, and whether one order explains them.
//!
//! DynamoDB promises that single-item operations and transactions are serialisable with each other, and that consistent reads
//! see all writes acknowledged before them. So every history must have an order of its requests that keeps what was over
//! before something else began, and in which each request is answered as if alone ([`check`]).

mod checker;
mod record;

pub use checker::check;
pub use record::{Load, record};

/// What an item holds: one number, if it is there.
pub type Held = Option<i64>;

/// A request on items by their places.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Op {
    /// PutItem, which returns the item as it was.
    Put { at: usize, value: i64 },
    /// PutItem if the item holds just that (or is not there).
    PutIf { at: usize, expect: Held, value: i64 },
    /// UpdateItem with ADD, which returns the sum.
    Add { at: usize, by: i64 },
    /// DeleteItem, which returns the item as it was.
    Delete { at: usize },
    /// GetItem, consistent.
    Get { at: usize },
    /// TransactWriteItems.
    Write(Vec<(usize, Action)>),
    /// TransactGetItems.
    Read(Vec<usize>),
}

/// One action of a transaction.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Action {
    Put(i64),
    PutIf(Held, i64),
    Add(i64),
    Delete,
    Check(Held),
}

/// What a request was answered.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Outcome {
    /// What the items held: before a put or delete, after an update, at a read.
    Held(Vec<Held>),
    /// The transaction is written.
    Written,
    /// A condition did not hold; what each item held whose condition it was.
    Refused(Vec<Option<Held>>),
    /// It is certain that nothing was written.
    NotWritten,
    /// It may have been written, and may yet be.
    Unknown,
}

/// A request with when it began and when it was answered, on one count.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Event {
    pub op: Op,
    pub outcome: Outcome,
    pub began: u64,
    pub ended: u64,
}

impl Op {
    /// What it does to these items and answers, alone.
    pub fn run(&self, items: &mut [Held]) -> Outcome {
        match self {
            Self::Put { at, value } => Outcome::Held(vec![items[*at].replace(*value)]),
            Self::PutIf { at, expect, value } => {
                if items[*at] != *expect {
                    return Outcome::Refused(vec![Some(items[*at])]);
                }
                Outcome::Held(vec![items[*at].replace(*value)])
            }
            Self::Add { at, by } => {
                items[*at] = Some(items[*at].unwrap_or(0) + by);
                Outcome::Held(vec![items[*at]])
            }
            Self::Delete { at } => Outcome::Held(vec![items[*at].take()]),
            Self::Get { at } => Outcome::Held(vec![items[*at]]),
            Self::Read(places) => Outcome::Held(places.iter().map(|at| items[*at]).collect()),
            Self::Write(actions) => {
                let refused = actions.iter().map(|(at, action)| match action {
                    Action::PutIf(expect, _) | Action::Check(expect) if items[*at] != *expect => {
                        Some(items[*at])
                    }
                    _ => None,
                });
                let refused: Vec<Option<Held>> = refused.collect();
                if refused.iter().any(Option::is_some) {
                    return Outcome::Refused(refused);
                }
                for (at, action) in actions {
                    match action {
                        Action::Put(value) | Action::PutIf(_, value) => items[*at] = Some(*value),
                        Action::Add(by) => items[*at] = Some(items[*at].unwrap_or(0) + by),
                        Action::Delete => items[*at] = None,
                        Action::Check(_) => {}
                    }
                }
                Outcome::Written
            }
        }
    }
}
