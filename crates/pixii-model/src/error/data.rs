//! Reads and writes that cannot be.

use crate::operation::parameters::Select;

/// What is wrong with a request about items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataFault {
    /// Legacy parameters beside expression parameters.
    LegacyBesideExpressions {
        /// The legacy ones.
        legacy: Vec<&'static str>,
        /// The others.
        expressions: Vec<&'static str>,
    },
    /// `ExpressionAttributeNames` without an expression.
    NamesWithoutExpression,
    /// `ExpressionAttributeValues` without an expression that could use them.
    ValuesWithoutExpression {
        /// The parameters that could have.
        absent: Vec<&'static str>,
    },
    /// `ReturnValues` of a put or delete other than ALL_OLD and NONE.
    ReturnValuesAllOldOrNone,
    /// A batch without tables.
    NoRequestItems {
        /// The operation.
        operation: &'static str,
    },
    /// A batch over several tables with more keys or writes than one may have.
    TooManyRequestItems {
        /// The operation.
        operation: &'static str,
    },
    /// An action of a transaction that is none.
    NoTransactAction,
    /// An action of a transaction that is several.
    SeveralTransactActions,
    /// `Segment` without `TotalSegments`.
    SegmentWithoutTotal,
    /// `TotalSegments` without `Segment`.
    TotalWithoutSegment,
    /// `Segment` not below `TotalSegments`.
    SegmentBeyondTotal {
        /// The segment.
        index: u32,
        /// How many there are.
        total: u32,
    },
    /// `SPECIFIC_ATTRIBUTES` without the attributes' names.
    SpecificAttributesWithoutNames,
    /// Names of attributes, and a `Select` that chooses others.
    NamesBesideSelect {
        /// `ProjectionExpression` or `AttributesToGet`.
        parameter: &'static str,
        /// The choice.
        select: Select,
    },
    /// `ALL_PROJECTED_ATTRIBUTES` without an index.
    AllProjectedAttributesWithoutIndex,
}
