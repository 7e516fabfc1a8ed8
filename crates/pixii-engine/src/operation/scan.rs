//! Scan.

use super::{binding, read_output};
use crate::engine::Engine;
use crate::read::plan::{self, ScanParameters};
use pixii_expression::{Condition, ExpressionKind, legacy};
use pixii_model::operation::{Execute, OperationName, PageReadOutput, Scan, ScanInput};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;
use std::collections::BTreeMap;

impl<S: Store> Execute<Scan> for Engine<S> {
    async fn execute(&self, _: &RequestContext, input: ScanInput) -> Result<PageReadOutput, ApiError> {
        let parameters = bind(&input)?;
        let table = self.table(&input.table_name).await?;
        let path = plan::path(&table, input.index_name.as_deref(), input.consistent_read)?;
        let plan = plan::scan(path, parameters)?;
        let page =
            self.read_page(path, &plan, input.limit, input.consistent_read, OperationName::Scan).await?;
        Ok(read_output::page_read(path, &plan, page, input.return_consumed_capacity))
    }
}

/// Binds a Scan's parameters, in AWS's order of refusals.
fn bind(input: &ScanInput) -> Result<ScanParameters, ApiError> {
    let legacy_projection = input.attributes_to_get.as_deref().map(legacy::attributes_to_get).transpose()?;
    let no_filter = BTreeMap::new();
    let filter = input.scan_filter.as_ref().map(|conditions| conditions.checked()).transpose()?;
    let legacy_filter = legacy::filter(filter.unwrap_or(&no_filter), input.conditional_operator)?;
    let start_key = input.exclusive_start_key.as_ref().map(|key| key.checked().cloned()).transpose()?;
    let segment = input.segment()?;
    let mut placeholders = binding::placeholders(
        input.expression_attribute_names.as_ref(),
        input.expression_attribute_values.as_ref(),
    )?;
    let filter = input
        .filter_expression
        .as_deref()
        .map(|text| Condition::parse(text, &mut placeholders, ExpressionKind::Filter))
        .transpose()?;
    let projection = binding::projection(input.projection_expression.as_deref(), &mut placeholders)?;
    placeholders.finish()?;
    Ok(ScanParameters {
        filter: filter.or(legacy_filter),
        projection: projection.or(legacy_projection),
        select: input.select,
        start_key,
        segment,
    })
}
