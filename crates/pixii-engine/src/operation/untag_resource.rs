//! UntagResource.

use super::tag_resource::missing_member;
use crate::catalog::{Change, Found};
use crate::engine::Engine;
use pixii_model::error::{MissingResource, TableFault};
use pixii_model::operation::{Execute, Operation, UntagResource, UntagResourceInput, UntagResourceOutput};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<UntagResource> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: UntagResourceInput,
    ) -> Result<UntagResourceOutput, ApiError> {
        let arn = self.resource_arn(input.resource_arn, UntagResource::NAME)?;
        let tag_keys = input.tag_keys.ok_or_else(|| missing_member("tagKeys"))?;
        let table = self.tagged_table(&arn)?;
        if tag_keys.is_empty() {
            return Err(TableFault::NoTagKeys.into());
        }
        let decide = move |found: Found| {
            // AWS does not say here which resource is missing, as TagResource does.
            let mut record = found.record.ok_or(ApiError::ResourceNotFound(MissingResource::Table))?;
            record.tags.retain(|key, _| !tag_keys.contains(key));
            Ok(Change { record: Some(record), answer: UntagResourceOutput })
        };
        self.change_table(&table, 0, decide).await
    }
}
