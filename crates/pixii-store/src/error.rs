//! What can go wrong in a Store, by what to do about it.

use std::fmt;

/// Why a Store could not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// Another commit touched what this transaction read. Nothing was written.
    Conflict,
    /// The snapshot or transaction outlived the Store's limit on age. Nothing was written.
    TooOld,
    /// The commit may or may not have happened.
    Unknown,
    /// A key, a value or the transaction is larger than [`crate::Limits`] allows. Nothing was written.
    TooLarge {
        /// Which limit was passed.
        limit: &'static str,
        /// How large it was, in bytes.
        bytes: usize,
    },
    /// The Store asks for less load. Nothing was written.
    Throttled,
    /// There is no room for more data. Nothing was written; reads go on, and writes work again when there is room.
    Full {
        /// What a person should know.
        detail: String,
    },
    /// The Store has stopped: a failed write or sync, or damaged data. Only opening it again can help.
    Fatal {
        /// What happened and what to do about it.
        detail: String,
    },
}

/// What to do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// Nothing was written: run the transaction again.
    Retry,
    /// Find out whether it was written before saying so.
    Unknown,
    /// Trying again will not help.
    Fatal,
}

impl StoreError {
    /// What to do about it.
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Conflict | Self::TooOld => Disposition::Retry,
            Self::Unknown => Disposition::Unknown,
            Self::TooLarge { .. } | Self::Throttled | Self::Full { .. } | Self::Fatal { .. } => {
                Disposition::Fatal
            }
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict => f.write_str("another commit touched what this transaction read"),
            Self::TooOld => f.write_str("the snapshot or transaction is too old"),
            Self::Unknown => f.write_str("the outcome of the commit is not known"),
            Self::TooLarge { limit, bytes } => write!(f, "{bytes} bytes pass the store's limit on {limit}"),
            Self::Throttled => f.write_str("the store asks for less load"),
            Self::Full { detail } | Self::Fatal { detail } => f.write_str(detail),
        }
    }
}

impl std::error::Error for StoreError {}
