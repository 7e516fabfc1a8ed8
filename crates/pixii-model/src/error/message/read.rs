//! Queries and scans that cannot be.

use super::expression::Printed;
use crate::error::ReadFault;
use std::fmt;

impl fmt::Display for ReadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyConditionMissing => f.write_str(
                "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
            ),
            Self::UnknownIndex { index } => write!(f, "The table does not have the specified index: {index}"),
            Self::IndexNotReady { index } => {
                write!(f, "Cannot read from backfilling global secondary index: {index}")
            }
            Self::ConsistentOnGlobalIndex => {
                f.write_str("Consistent reads are not supported on global secondary indexes")
            }
            Self::AllAttributesNotProjected { index } => write!(
                f,
                "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global \
                 secondary index {index} because its projection type is not ALL"
            ),
            Self::AttributesNotProjected { index, attributes } => write!(
                f,
                "One or more parameter values were invalid: Global secondary index {index} does not project [{}]",
                attributes.join(", ")
            ),
            Self::FilterOnKey { filter, attribute } => write!(
                f,
                "{filter} can only contain non-primary key attributes: Primary key attribute: {attribute}"
            ),
            Self::StartKeyInvalid => f.write_str("The provided starting key is invalid"),
            Self::StartKeySchemaMismatch => f.write_str(
                "The provided starting key is invalid: The provided key element does not match the schema",
            ),
            Self::StartKeyOutsideQuery => f.write_str(
                "The provided starting key is outside query boundaries based on provided conditions",
            ),
            Self::StartKeyOutsideRange => {
                f.write_str("The provided starting key does not match the range key predicate")
            }
            Self::StartKeyForOneItem => {
                f.write_str("The query can return at most one row and cannot be restarted")
            }
            Self::StartKeyWithoutSortKey { start_key } => {
                f.write_str("The provided exclusive start key is invalid: ExclusiveStartKey: {")?;
                for (at, (name, value)) in start_key.iter().enumerate() {
                    let comma = if at == 0 { "" } else { ", " };
                    write!(f, "{comma}{name}=AttributeValue: {}", Printed(value))?;
                }
                f.write_str("}")
            }
            Self::StartKeyOutsideSegment { total_segments, segment } => write!(
                f,
                "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with \
                 correct Segment. TotalSegments: {total_segments} Segment: {segment}"
            ),
        }
    }
}
