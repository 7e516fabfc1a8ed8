//! DescribeContinuousBackups.

use crate::engine::Engine;
use pixii_model::operation::{
    DescribeContinuousBackups, DescribeContinuousBackupsInput, DescribeContinuousBackupsOutput, Execute,
};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<DescribeContinuousBackups> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: DescribeContinuousBackupsInput,
    ) -> Result<DescribeContinuousBackupsOutput, ApiError> {
        match self.record(&input.table_name).await {
            Ok(_) => Ok(DescribeContinuousBackupsOutput),
            Err(ApiError::ResourceNotFound(_)) => Err(ApiError::TableNotFound { table: input.table_name }),
            Err(error) => Err(error),
        }
    }
}
