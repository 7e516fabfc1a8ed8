//! DescribeKinesisStreamingDestination.

use crate::engine::Engine;
use pixii_model::operation::{
    DescribeKinesisStreamingDestination, DescribeKinesisStreamingDestinationInput,
    DescribeKinesisStreamingDestinationOutput, Execute,
};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<DescribeKinesisStreamingDestination> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: DescribeKinesisStreamingDestinationInput,
    ) -> Result<DescribeKinesisStreamingDestinationOutput, ApiError> {
        let table_name = self.record(&input.table_name).await?.name;
        Ok(DescribeKinesisStreamingDestinationOutput { table_name })
    }
}
