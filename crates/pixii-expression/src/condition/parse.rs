//! Text to condition.

use super::Condition;
use crate::placeholder::Placeholders;
use pixii_model::error::{ExpressionError, ExpressionKind};

impl Condition {
    /// Reads a ConditionExpression or FilterExpression.
    pub fn parse(
        text: &str,
        placeholders: &mut Placeholders<'_>,
        kind: ExpressionKind,
    ) -> Result<Self, ExpressionError> {
        let _ = (text, placeholders, kind);
        unimplemented!("the parser is being written")
    }
}
