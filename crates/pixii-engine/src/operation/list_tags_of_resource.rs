//! ListTagsOfResource.

use super::tag_resource::missing_resource;
use crate::engine::Engine;
use pixii_model::operation::{
    Execute, ListTagsOfResource, ListTagsOfResourceInput, ListTagsOfResourceOutput, Operation,
};
use pixii_model::table::Tag;
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<ListTagsOfResource> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: ListTagsOfResourceInput,
    ) -> Result<ListTagsOfResourceOutput, ApiError> {
        let arn = self.resource_arn(input.resource_arn, ListTagsOfResource::NAME)?;
        let table = self.tagged_table(&arn)?;
        let record = self.find_record(&table).await?.ok_or_else(|| missing_resource(&arn))?;
        let tags = record.tags.into_iter().map(|(key, value)| Tag { key, value }).collect();
        Ok(ListTagsOfResourceOutput { tags })
    }
}
