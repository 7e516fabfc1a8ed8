//! Which parameters may stand together in one request: expressions or their legacy counterparts, and substitution maps
//! only with expressions.

use pixii_model::error::{ExpressionKind, PlaceholderFault};

/// What a request has, in the order in which AWS names it.
///
/// For UpdateItem: `expressions: &[(Update, ..), (Condition, ..)]` and
/// `legacy: &[("AttributeUpdates", ..), ("Expected", ..), ("ConditionalOperator", ..)]`.
#[derive(Clone, Copy, Debug)]
pub struct Parameters<'a> {
    /// The expressions that the operation takes, and whether each is there.
    pub expressions: &'a [(ExpressionKind, bool)],
    /// The legacy parameters that the operation takes, and whether each is there.
    pub legacy: &'a [(&'static str, bool)],
    /// Whether ExpressionAttributeNames is there.
    pub names: bool,
    /// Whether ExpressionAttributeValues is there.
    pub values: bool,
    /// The expressions that may use values, for AWS's sentence when none of them is there.
    pub takes_values: &'static [ExpressionKind],
}

impl Parameters<'_> {
    /// Refuses a mix, then names without expressions, then values without expressions.
    pub fn check(&self) -> Result<(), PlaceholderFault> {
        let expressions: Vec<_> =
            self.expressions.iter().filter(|(_, present)| *present).map(|(kind, _)| *kind).collect();
        let legacy: Vec<_> =
            self.legacy.iter().filter(|(_, present)| *present).map(|(name, _)| *name).collect();
        if !expressions.is_empty() && !legacy.is_empty() {
            return Err(PlaceholderFault::Mixed { legacy, expressions });
        }
        if self.names && expressions.is_empty() {
            return Err(PlaceholderFault::NamesWithoutExpression);
        }
        if self.values && !expressions.iter().any(|kind| self.takes_values.contains(kind)) {
            return Err(PlaceholderFault::ValuesWithoutExpression { absent: self.takes_values });
        }
        Ok(())
    }
}
