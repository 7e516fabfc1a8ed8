//! Parameters of a request bound to trees, in the order in which AWS looks at them.

use pixii_expression::{Condition, ExpressionKind, Placeholders, Projection, Update, legacy};
use pixii_model::ApiError;
use pixii_model::operation::ItemWriteParameters;
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

/// What a write of one item binds.
#[derive(Debug)]
pub struct BoundWrite {
    /// What must hold of the item that is there.
    pub condition: Option<Condition>,
    /// Of an update expression.
    pub update: Option<Update>,
}

/// Binds the condition of a write of one item, and its update expression if it has one.
pub fn item_write(
    parameters: &ItemWriteParameters,
    update_expression: Option<&str>,
) -> Result<BoundWrite, ApiError> {
    let none_expected = BTreeMap::new();
    let expected = parameters.expected.as_ref().unwrap_or(&none_expected);
    let legacy_condition = legacy::expected(expected, parameters.conditional_operator)?;
    let mut placeholders = placeholders(
        parameters.expression_attribute_names.as_ref(),
        parameters.expression_attribute_values.as_ref(),
    )?;
    let update = update_expression.map(|text| Update::parse(text, &mut placeholders)).transpose()?;
    let condition = condition(parameters.condition_expression.as_deref(), &mut placeholders)?;
    placeholders.finish()?;
    Ok(BoundWrite { condition: condition.or(legacy_condition), update })
}

/// A condition expression.
pub fn condition(
    expression: Option<&str>,
    placeholders: &mut Placeholders<'_>,
) -> Result<Option<Condition>, ApiError> {
    let parse = |text| Condition::parse(text, placeholders, ExpressionKind::Condition);
    Ok(expression.map(parse).transpose()?)
}

/// The attributes a read returns: of `ProjectionExpression` alone.
pub fn projection(
    expression: Option<&str>,
    placeholders: &mut Placeholders<'_>,
) -> Result<Option<Projection>, ApiError> {
    Ok(expression.map(|text| Projection::parse(text, placeholders)).transpose()?)
}
