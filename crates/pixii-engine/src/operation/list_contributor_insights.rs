//! ListContributorInsights: there is nothing of the kind yet.

use crate::engine::Engine;
use pixii_model::operation::{
    Execute, ListContributorInsights, ListContributorInsightsInput, ListContributorInsightsOutput,
};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<ListContributorInsights> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: ListContributorInsightsInput,
    ) -> Result<ListContributorInsightsOutput, ApiError> {
        if let Some(table) = &input.table_name {
            self.record(table).await?;
        }
        Ok(ListContributorInsightsOutput)
    }
}
