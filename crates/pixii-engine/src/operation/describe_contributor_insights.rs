//! DescribeContributorInsights.

use crate::engine::Engine;
use pixii_model::error::MissingResource;
use pixii_model::operation::{
    DescribeContributorInsights, DescribeContributorInsightsInput, DescribeContributorInsightsOutput, Execute,
};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<DescribeContributorInsights> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: DescribeContributorInsightsInput,
    ) -> Result<DescribeContributorInsightsOutput, ApiError> {
        let record = self.record(&input.table_name).await?;
        if let Some(index) = &input.index_name
            && record.index(index).is_none()
        {
            let (table, index) = (record.name, index.clone());
            return Err(ApiError::ResourceNotFound(MissingResource::GlobalSecondaryIndex { table, index }));
        }
        Ok(DescribeContributorInsightsOutput { table_name: record.name, index_name: input.index_name })
    }
}
