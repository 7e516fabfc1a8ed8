//! Why a transaction was cancelled, action by action.

use crate::encoded::OutputItem;
use crate::error::{Throttle, ValidationError};

/// What one action has to do with its transaction's cancellation.
#[derive(Clone, Debug, PartialEq)]
pub enum CancellationReason {
    /// Nothing: it would have succeeded.
    None,
    /// Its condition failed; with the item if the action asked for it.
    ConditionalCheckFailed(Option<Box<OutputItem>>),
    /// It inserts an item that is there.
    DuplicateItem,
    /// It names a table that is not there.
    ResourceNotFound,
    /// Its table or one of its indexes has no throughput left.
    ThroughputExceeded(Throttle),
    /// Another write was in its way.
    TransactionConflict,
    /// It would have made an item that cannot be.
    ValidationError(ValidationError),
    /// It would have grown an item collection past its limit.
    ItemCollectionSizeLimitExceeded,
}
