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

#[cfg(test)]
mod tests {
    use super::*;
    use ExpressionKind::{Condition, Update};

    fn check(expressions: [bool; 2], legacy: [bool; 2], names: bool, values: bool) -> Result<(), String> {
        let parameters = Parameters {
            expressions: &[(Update, expressions[0]), (Condition, expressions[1])],
            legacy: &[("AttributeUpdates", legacy[0]), ("Expected", legacy[1])],
            names,
            values,
            takes_values: &[Update, Condition],
        };
        parameters.check().map_err(|fault| fault.to_string())
    }

    #[test]
    fn expressions_and_legacy_parameters_do_not_mix() {
        assert_eq!(check([true, true], [false, false], true, true), Ok(()));
        assert_eq!(check([false, false], [true, true], false, false), Ok(()));
        for (expressions, legacy, sentence) in [
            (
                [true, false],
                [false, true],
                "Non-expression parameters: {Expected} Expression parameters: {UpdateExpression}",
            ),
            (
                [true, true],
                [true, true],
                "Non-expression parameters: {AttributeUpdates, Expected} Expression parameters: {UpdateExpression, ConditionExpression}",
            ),
        ] {
            let expect = format!(
                "Can not use both expression and non-expression parameters in the same request: {sentence}"
            );
            assert_eq!(check(expressions, legacy, true, true), Err(expect));
        }
    }

    #[test]
    fn substitutions_need_expressions() {
        for (names, sentence) in [
            (true, "ExpressionAttributeNames can only be specified when using expressions"),
            (
                false,
                "ExpressionAttributeValues can only be specified when using expressions: UpdateExpression and ConditionExpression are null",
            ),
        ] {
            assert_eq!(check([false, false], [true, false], names, true), Err(sentence.to_owned()));
        }
    }
}
