//! ListContributorInsights.

use crate::catalog::insights::summaries;
use crate::engine::Engine;
use pixii_model::error::TableFault;
use pixii_model::operation::list_contributor_insights::LIMIT_MAX;
use pixii_model::operation::{
    Execute, ListContributorInsights, ListContributorInsightsInput, ListContributorInsightsOutput,
};
use pixii_model::table::insights::ContributorInsightsSummary;
use pixii_model::{ApiError, RequestContext};
use pixii_store::{Freshness, Store};

impl<S: Store> Execute<ListContributorInsights> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: ListContributorInsightsInput,
    ) -> Result<ListContributorInsightsOutput, ApiError> {
        let table = match &input.table_name {
            Some(table) => Some(self.record(table).await?.name),
            None => {
                self.settle_due().await?;
                None
            }
        };
        let (now, delay) = (self.env.now(), self.settings.transition_delay);
        let mut summaries = self
            .read(|| async {
                let snapshot = self.store.snapshot(Freshness::Latest).await?;
                summaries(&snapshot, table.as_deref(), now, delay).await
            })
            .await?;
        if let Some(token) = &input.next_token {
            let last = Place::of_token(token).ok_or(TableFault::InsightsTokenInvalid)?;
            summaries.retain(|summary| Place::of(summary) > last);
        }
        let limit = input.max_results.filter(|limit| *limit > 0).unwrap_or(LIMIT_MAX) as usize;
        let more = summaries.len() > limit;
        summaries.truncate(limit);
        let next_token = summaries.last().filter(|_| more).map(|last| Place::of(last).token());
        Ok(ListContributorInsightsOutput { summaries, next_token })
    }
}

/// Where a table or index stands in the list.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    table: String,
    /// The table itself comes before its indexes.
    index: Option<String>,
}

impl Place {
    fn of(summary: &ContributorInsightsSummary) -> Self {
        Self { table: summary.table_name.clone(), index: summary.index_name.clone() }
    }

    /// `base64(table)` or `base64(table/index)`: neither name has a slash.
    fn token(&self) -> String {
        let index = self.index.as_ref().map(|index| format!("/{index}")).unwrap_or_default();
        base64_simd::STANDARD.encode_to_string(format!("{}{index}", self.table))
    }

    fn of_token(token: &str) -> Option<Self> {
        let text = String::from_utf8(base64_simd::STANDARD.decode_to_vec(token).ok()?).ok()?;
        Some(match text.split_once('/') {
            Some((table, index)) => Self { table: table.to_owned(), index: Some(index.to_owned()) },
            None => Self { table: text, index: None },
        })
    }
}
