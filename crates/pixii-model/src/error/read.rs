//! Queries and scans that cannot be.

use crate::item::Item;

/// What is wrong with a read, once its table is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadFault {
    /// A Query without key condition.
    KeyConditionMissing,
    /// The table has no index of that name.
    UnknownIndex {
        /// The name.
        index: String,
    },
    /// The index is still being built.
    IndexNotReady {
        /// The index.
        index: String,
    },
    /// A strongly consistent read of a global secondary index.
    ConsistentOnGlobalIndex,
    /// `ALL_ATTRIBUTES` of a global secondary index that does not hold all.
    AllAttributesNotProjected {
        /// The index.
        index: String,
    },
    /// Attributes wanted of a global secondary index that it does not hold.
    AttributesNotProjected {
        /// The index.
        index: String,
        /// The attributes.
        attributes: Vec<String>,
    },
    /// A filter on a key attribute of what is queried.
    FilterOnKey {
        /// `Filter Expression` or `QueryFilter`.
        filter: &'static str,
        /// The attribute.
        attribute: String,
    },
    /// A start key with other attributes than it must have.
    StartKeyInvalid,
    /// A start key whose attributes do not match the schema.
    StartKeySchemaMismatch,
    /// A start key in another partition than the query's.
    StartKeyOutsideQuery,
    /// A start key outside the range of sort keys that the query asks for.
    StartKeyOutsideRange,
    /// A start key in another partition than that of a query that asks for a range of sort keys too.
    StartKeyForOneItem,
    /// A start key for a query of a table without sort key, where a partition key has one item.
    StartKeyWithoutSortKey {
        /// The start key.
        start_key: Item,
    },
    /// A start key in another segment than the scan's.
    StartKeyOutsideSegment {
        /// How many segments there are.
        total_segments: u32,
        /// The scan's.
        segment: u32,
    },
}
