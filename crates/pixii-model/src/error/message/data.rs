//! Reads and writes that cannot be.

use crate::error::DataFault;
use crate::operation::parameters::Select;
use std::fmt;

impl fmt::Display for DataFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LegacyBesideExpressions { legacy, expressions } => write!(
                f,
                "Can not use both expression and non-expression parameters in the same request: \
                 Non-expression parameters: {{{}}} Expression parameters: {{{}}}",
                legacy.join(", "),
                expressions.join(", ")
            ),
            Self::NamesWithoutExpression => {
                f.write_str("ExpressionAttributeNames can only be specified when using expressions")
            }
            Self::ValuesWithoutExpression { absent } => write!(
                f,
                "ExpressionAttributeValues can only be specified when using expressions: {} {} null",
                absent.join(" and "),
                if absent.len() == 1 { "is" } else { "are" }
            ),
            Self::ReturnValuesAllOldOrNone => f.write_str("ReturnValues can only be ALL_OLD or NONE"),
            Self::NoRequestItems { operation } => {
                write!(f, "The requestItems parameter is required for {operation}")
            }
            Self::TooManyRequestItems { operation } => {
                write!(f, "Too many items requested for the {operation} call")
            }
            Self::NoTransactAction => f.write_str(
                "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request",
            ),
            Self::SeveralTransactActions => {
                f.write_str("TransactItems can only contain one of Check, Put, Update or Delete")
            }
            Self::SpecificAttributesWithoutNames => f.write_str(
                "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
            ),
            Self::NamesBesideSelect { parameter, select } => {
                let chosen = if *select == Select::Count { "only the Count" } else { select.as_str() };
                write!(f, "Cannot specify the {parameter} when choosing to get {chosen}")
            }
            // AWS says "Querying" of a Scan, too.
            Self::AllProjectedAttributesWithoutIndex => {
                f.write_str("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")
            }
            Self::SegmentWithoutTotal => f.write_str(
                "The TotalSegments parameter is required but was not present in the request when Segment parameter is present",
            ),
            Self::TotalWithoutSegment => f.write_str(
                "The Segment parameter is required but was not present in the request when parameter TotalSegments is present",
            ),
            Self::SegmentBeyondTotal { index, total } => write!(
                f,
                "The Segment parameter is zero-based and must be less than parameter TotalSegments: \
                 Segment: {index} is not less than TotalSegments: {total}"
            ),
        }
    }
}
