//! Query.

use super::{binding, read_output};
use crate::engine::Engine;
use crate::read::plan::{self, QueryParameters};
use pixii_expression::{Condition, ExpressionKind, KeyCondition, legacy};
use pixii_model::error::ReadFault;
use pixii_model::operation::{Execute, OperationName, PageReadOutput, Query, QueryInput};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;
use std::collections::BTreeMap;

impl<S: Store> Execute<Query> for Engine<S> {
    async fn execute(&self, _: &RequestContext, input: QueryInput) -> Result<PageReadOutput, ApiError> {
        let parameters = bind(&input)?;
        let table = self.table(&input.table_name).await?;
        let path = plan::path(&table, input.index_name.as_deref(), input.consistent_read)?;
        let plan = plan::query(path, parameters)?;
        let page =
            self.read_page(path, &plan, input.limit, input.consistent_read, OperationName::Query).await?;
        Ok(read_output::page_read(path, &plan, page, input.return_consumed_capacity))
    }
}

/// Binds a Query's parameters, in AWS's order of refusals.
fn bind(input: &QueryInput) -> Result<QueryParameters, ApiError> {
    let no_filter = BTreeMap::new();
    let legacy_filter =
        legacy::filter(input.query_filter.as_ref().unwrap_or(&no_filter), input.conditional_operator)?;
    let legacy_projection = input.attributes_to_get.as_deref().map(legacy::attributes_to_get).transpose()?;
    let start_key = input.exclusive_start_key.as_ref().map(|key| key.checked().cloned()).transpose()?;
    if input.key_condition_expression.is_none() && input.key_conditions.is_none() {
        return Err(ReadFault::KeyConditionMissing.into());
    }
    let mut placeholders = binding::placeholders(
        input.expression_attribute_names.as_ref(),
        input.expression_attribute_values.as_ref(),
    )?;
    let key_condition = input
        .key_condition_expression
        .as_deref()
        .map(|text| Condition::parse(text, &mut placeholders, ExpressionKind::KeyCondition))
        .transpose()?;
    let filter = input
        .filter_expression
        .as_deref()
        .map(|text| Condition::parse(text, &mut placeholders, ExpressionKind::Filter))
        .transpose()?;
    let projection = binding::projection(input.projection_expression.as_deref(), &mut placeholders)?;
    placeholders.finish()?;
    let key_condition = match (key_condition, &input.key_conditions) {
        // Whether it is one that keys can answer comes after all that is wrong with expressions.
        (Some(condition), _) => KeyCondition::from_condition(condition)?,
        (None, Some(conditions)) => legacy::key_conditions(conditions.checked()?)?,
        (None, None) => return Err(ReadFault::KeyConditionMissing.into()),
    };
    Ok(QueryParameters {
        key_condition,
        filter: filter
            .map(|condition| (condition, "Filter Expression"))
            .or(legacy_filter.map(|condition| (condition, "QueryFilter"))),
        projection: projection.or(legacy_projection),
        select: input.select,
        start_key,
        forward: input.scan_index_forward,
    })
}
