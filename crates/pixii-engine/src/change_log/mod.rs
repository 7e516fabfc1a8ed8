//! The change log: what every write leaves for those who want to know of changes.
//!
//! ```text
//! 32 table partition [position] -> ChangeRecord        appended in the commit of the write, so never without it
//! 33 time [position]                                    the clock at a position, about once a second while there are writes
//! 34 table partition -> position                        everything up to here is trimmed
//! ```
//!
//! The store completes the keys, so records of one partition lie in commit order, and an item's in the order of its writes.
//! Readers (streams, for now) keep cursors of their own: a partition and a [`Position`].
//!
//! - **Invariant:** a write that changes an item of a table whose log is [`Logging::On`] appends one record; one that changes
//!   nothing appends none.
//! - **Invariant:** a large body that lies in chunks is freed by whoever retires it last. While the log is kept, that is the
//!   record of the write that replaced it, when that is trimmed; so its images can point to the item's own bodies.
//! - A table without a reader has no log, and its writes cost nothing more.

mod position;
mod record;

pub use position::Position;
pub use record::{Actor, ChangeKind, ChangeRecord, Image, Logging};

use crate::env::Micros;
use std::sync::atomic::{AtomicU64, Ordering};

/// How often the clock is marked while there are writes.
const MARK_MICROS: u64 = 1_000_000;

/// When the clock was last marked in the log.
#[derive(Debug, Default)]
pub struct ClockMarks(AtomicU64);

impl ClockMarks {
    /// Whether it is time for another mark. Whoever is told so is to append it.
    pub fn is_due(&self, now: Micros) -> bool {
        let last = self.0.load(Ordering::Relaxed);
        now.0 >= last.saturating_add(MARK_MICROS)
            && self.0.compare_exchange(last, now.0, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}
