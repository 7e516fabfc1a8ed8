//! ListTagsForResource of Application Auto Scaling.

use crate::engine::Engine;
use pixii_model::operation::{
    Execute, ListTagsForResource, ListTagsForResourceInput, ListTagsForResourceOutput,
};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<ListTagsForResource> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: ListTagsForResourceInput,
    ) -> Result<ListTagsForResourceOutput, ApiError> {
        let (_, target) = self.target_of_arn(&input.resource_arn).await?;
        Ok(ListTagsForResourceOutput { tags: target.tags })
    }
}
