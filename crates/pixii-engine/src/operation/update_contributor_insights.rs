//! UpdateContributorInsights.

use crate::catalog::insights::{RULES_MAX, rules_in_use};
use crate::catalog::{Change, Found, InsightRule, Insights};
use crate::engine::Engine;
use crate::table::IndexKind;
use pixii_model::error::{MissingResource, TableFault};
use pixii_model::operation::{
    Execute, UpdateContributorInsights, UpdateContributorInsightsInput, UpdateContributorInsightsOutput,
};
use pixii_model::table::insights::{ContributorInsightsAction, ContributorInsightsStatus};
use pixii_model::table::{IndexStatus, TableStatus};
use pixii_model::{ApiError, RequestContext};
use pixii_store::{Freshness, Store};

impl<S: Store> Execute<UpdateContributorInsights> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: UpdateContributorInsightsInput,
    ) -> Result<UpdateContributorInsightsOutput, ApiError> {
        let table = self.named_table(&input.table_name)?;
        let (enables, delay) =
            (input.action == ContributorInsightsAction::Enable, self.settings.transition_delay);
        let rules_left = if enables && self.settings.enforce {
            let in_use =
                self.read(|| async { rules_in_use(&self.store.snapshot(Freshness::Latest).await?).await });
            RULES_MAX.saturating_sub(in_use.await?)
        } else {
            usize::MAX
        };
        let decide = move |found: Found| {
            let missing = || MissingResource::NamedTable(input.table_name.clone());
            let mut record = found.record.ok_or_else(|| ApiError::ResourceNotFound(missing()))?;
            let (schema, current) = match &input.index_name {
                None => (record.key_schema.clone(), record.insights),
                Some(name) => {
                    let index = record.index(name).filter(|index| index.kind == IndexKind::Global);
                    let index = index.ok_or_else(|| missing_index(&record.name, name))?;
                    (index.key_schema.clone(), index.insights)
                }
            };
            if enables {
                if !matches!(record.status, TableStatus::Active | TableStatus::Updating) {
                    return Err(TableFault::InsightsUnavailable { index: false }.into());
                }
                let status =
                    input.index_name.as_deref().and_then(|name| record.index(name)).map(|index| index.status);
                if matches!(status, Some(IndexStatus::Creating | IndexStatus::Deleting)) {
                    return Err(TableFault::InsightsUnavailable { index: true }.into());
                }
            }
            let mut next = Insights::after(current, input.action, input.mode, found.now);
            if let Some(next) = next.as_mut().filter(|next| next.enabled) {
                let had = current.filter(Insights::is_live);
                let had = had.map_or(0, |had| InsightRule::of(had.mode, &schema).count());
                let more = InsightRule::of(next.mode, &schema).count().saturating_sub(had);
                next.failed = more > rules_left;
            }
            match input.index_name.as_deref().and_then(|name| record.index_mut(name)) {
                Some(index) => index.insights = next,
                None => record.insights = next,
            }
            let answer = UpdateContributorInsightsOutput {
                table_name: record.name.clone(),
                index_name: input.index_name.clone(),
                status: next.map_or(ContributorInsightsStatus::Disabled, |next| {
                    // What is being changed is told as that, however short it takes.
                    let changed = current != Some(next);
                    match (changed, next.enabled) {
                        (true, true) => ContributorInsightsStatus::Enabling,
                        (true, false) => ContributorInsightsStatus::Disabling,
                        (false, _) => next.status(found.now, delay),
                    }
                }),
                mode: next.map(|next| next.mode),
            };
            Ok(Change { record: Some(record), answer })
        };
        self.change_table(&table, 0, decide).await
    }
}

/// The refusal of an index that is not there, or local.
pub(crate) fn missing_index(table: &str, index: &str) -> ApiError {
    let (table, index) = (table.to_owned(), index.to_owned());
    ApiError::ResourceNotFound(MissingResource::InsightsIndex { table, index })
}
