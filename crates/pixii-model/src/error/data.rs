//! Reads and writes that cannot be.

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
}
