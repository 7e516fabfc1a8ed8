//! DescribeTableReplicaAutoScaling.

use crate::engine::Engine;
use pixii_model::operation::{
    DescribeTableReplicaAutoScaling, DescribeTableReplicaAutoScalingInput,
    DescribeTableReplicaAutoScalingOutput, Execute,
};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<DescribeTableReplicaAutoScaling> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: DescribeTableReplicaAutoScalingInput,
    ) -> Result<DescribeTableReplicaAutoScalingOutput, ApiError> {
        let record = self.record(&input.table_name).await?;
        Ok(DescribeTableReplicaAutoScalingOutput { table_name: record.name, table_status: record.status })
    }
}
