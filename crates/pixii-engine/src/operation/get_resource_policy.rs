//! GetResourcePolicy.

use super::tag_resource::missing_resource;
use crate::engine::Engine;
use pixii_model::error::{MissingResource, TableFault};
use pixii_model::operation::{
    Execute, GetResourcePolicy, GetResourcePolicyInput, GetResourcePolicyOutput, Operation,
};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<GetResourcePolicy> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: GetResourcePolicyInput,
    ) -> Result<GetResourcePolicyOutput, ApiError> {
        let arn = self.resource_arn(Some(input.resource_arn), GetResourcePolicy::NAME)?;
        // A stream has a policy of its own.
        let (table_arn, stream) = match arn.split_once("/stream/") {
            Some((table_arn, label)) => (table_arn, Some(label)),
            None => (arn.as_str(), None),
        };
        let invalid = |_| TableFault::TableArn { arn: Some(arn.clone()) };
        let table = self.tagged_table(table_arn).map_err(|error| match error {
            ApiError::ResourceNotFound(_) => missing_resource(&arn),
            other => ApiError::from(invalid(other)),
        })?;
        let record = self.find_record(&table).await?;
        let is_there = record.is_some_and(|record| {
            stream.is_none_or(|label| record.latest_stream_label.as_deref() == Some(label))
        });
        Err(match stream {
            _ if is_there => ApiError::PolicyNotFound { resource_arn: arn },
            None => ApiError::ResourceNotFound(MissingResource::NamedTable(table)),
            Some(_) => missing_resource(&arn),
        })
    }
}
