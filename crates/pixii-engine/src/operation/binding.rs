//! Parameters of a request bound to trees, in the order in which AWS looks at them.

use pixii_expression::{Condition, ExpressionKind, Placeholders, Projection, legacy};
use pixii_model::ApiError;
use pixii_model::legacy::{ConditionalOperator, ExpectedAttributeValue};
use pixii_model::operation::parameters::ExpressionAttributeNames;
use pixii_model::wire::attribute_value::ExpressionAttributeValues;
use std::collections::BTreeMap;

/// The substitutions of a request, once their own faults are told.
pub fn placeholders<'a>(
    names: Option<&'a ExpressionAttributeNames>,
    values: Option<&'a ExpressionAttributeValues>,
) -> Result<Placeholders<'a>, ApiError> {
    let placeholders = Placeholders::new(names, values.map(|values| values.0.unchecked()))?;
    if let Some(values) = values {
        values.0.checked()?;
    }
    Ok(placeholders)
}

/// The condition of a put, an update or a delete: of `Expected`, or of `ConditionExpression`.
pub struct ConditionParameters<'a> {
    /// Legacy: `Expected`.
    pub expected: Option<&'a BTreeMap<String, ExpectedAttributeValue>>,
    /// Legacy: `ConditionalOperator`.
    pub operator: Option<ConditionalOperator>,
    /// `ConditionExpression`.
    pub expression: Option<&'a str>,
}

impl ConditionParameters<'_> {
    /// The legacy condition, which comes before anything of expressions.
    pub fn legacy(&self) -> Result<Option<Condition>, ApiError> {
        // A ConditionalOperator is refused where it has nothing to join.
        let nothing = BTreeMap::new();
        Ok(legacy::expected(self.expected.unwrap_or(&nothing), self.operator)?)
    }

    /// The condition expression.
    pub fn expression(&self, placeholders: &mut Placeholders<'_>) -> Result<Option<Condition>, ApiError> {
        let parse = |text| Condition::parse(text, placeholders, ExpressionKind::Condition);
        Ok(self.expression.map(parse).transpose()?)
    }
}

/// The attributes a read returns: of `ProjectionExpression` alone.
pub fn projection(
    expression: Option<&str>,
    placeholders: &mut Placeholders<'_>,
) -> Result<Option<Projection>, ApiError> {
    Ok(expression.map(|text| Projection::parse(text, placeholders)).transpose()?)
}
