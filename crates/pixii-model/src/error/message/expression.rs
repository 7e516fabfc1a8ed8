//! Expressions that cannot be read, bound or applied.

use crate::error::{ExpressionFault, ExpressionKind};
use std::fmt;

/// The whole sentence for a fault in one of a request's expressions.
pub(super) fn sentence(
    kind: ExpressionKind,
    fault: &ExpressionFault,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    write!(f, "Invalid {}: {fault}", kind.as_str())
}

impl ExpressionKind {
    /// The request member's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Condition => "ConditionExpression",
            Self::Filter => "FilterExpression",
            Self::KeyCondition => "KeyConditionExpression",
            Self::Projection => "ProjectionExpression",
            Self::Update => "UpdateExpression",
        }
    }
}

impl fmt::Display for ExpressionFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("The expression can not be empty;"),
        }
    }
}
