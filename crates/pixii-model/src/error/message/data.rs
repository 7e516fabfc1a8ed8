//! Reads and writes that cannot be.

use crate::error::DataFault;
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
        }
    }
}
