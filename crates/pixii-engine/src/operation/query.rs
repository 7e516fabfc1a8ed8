//! Query.

use super::binding;
use crate::capacity::{ReadKind, read_units};
use crate::engine::Engine;
use crate::keyspace::DataPath;
use crate::read::page::{self, Page};
use crate::read::plan::{self, Output, Plan, QueryParameters};
use crate::table::{IndexKind, Table};
use pixii_expression::{Condition, ExpressionKind, KeyCondition, legacy};
use pixii_model::capacity::{Capacity, ConsumedCapacity, ReturnConsumedCapacity};
use pixii_model::error::ReadFault;
use pixii_model::operation::{Execute, Query, QueryInput, QueryOutput};
use pixii_model::{ApiError, RequestContext};
use pixii_store::{Freshness, Store};
use std::collections::BTreeMap;

impl<S: Store> Execute<Query> for Engine<S> {
    async fn execute(&self, _: &RequestContext, input: QueryInput) -> Result<QueryOutput, ApiError> {
        let parameters = bind(&input)?;
        let table = self.table(&input.table_name).await?;
        let path = plan::path(&table, input.index_name.as_deref(), input.consistent_read)?;
        let plan = plan::query(path, parameters)?;
        let page = self.read_page(path, &plan, input.limit, input.consistent_read).await?;
        let kind = ReadKind::of(input.consistent_read);
        Ok(QueryOutput {
            consumed_capacity: consumed(&table, path, &page, kind, input.return_consumed_capacity),
            items: returned(&plan).then_some(page.items),
            count: page.count,
            scanned_count: page.scanned_count,
            last_evaluated_key: page.last_evaluated_key,
        })
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

/// Whether a plan returns items, rather than counting them.
pub(super) fn returned(plan: &Plan) -> bool {
    !matches!(plan.output, Output::Count)
}

/// What a page consumed: one sum of bytes, rounded once, on what was read.
pub(super) fn consumed(
    table: &Table,
    path: DataPath<'_>,
    page: &Page,
    kind: ReadKind,
    detail: ReturnConsumedCapacity,
) -> Option<ConsumedCapacity> {
    if detail == ReturnConsumedCapacity::None {
        return None;
    }
    let mut consumed =
        ConsumedCapacity { table_name: table.name.clone(), detail, ..ConsumedCapacity::default() };
    let units = Capacity::read(read_units(page.bytes, kind));
    match path.index() {
        None => consumed.table = units,
        Some(index) => {
            consumed.table = Capacity::read(page.fetch_units);
            let shares = match index.kind {
                IndexKind::Local => &mut consumed.local_secondary_indexes,
                IndexKind::Global => &mut consumed.global_secondary_indexes,
            };
            shares.insert(index.name.clone(), units);
        }
    }
    Some(consumed)
}

impl<S: Store> Engine<S> {
    /// Reads one page from a snapshot of its own.
    pub(super) async fn read_page(
        &self,
        path: DataPath<'_>,
        plan: &Plan,
        limit: Option<u32>,
        consistent_read: bool,
    ) -> Result<Page, ApiError> {
        let freshness = if consistent_read { Freshness::Latest } else { Freshness::Recent };
        self.read(|| async {
            let snapshot = self.store.snapshot(freshness).await?;
            page::read(&snapshot, path, plan, limit, ReadKind::of(consistent_read)).await
        })
        .await
    }
}
