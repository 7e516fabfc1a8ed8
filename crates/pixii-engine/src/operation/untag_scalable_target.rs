//! UntagResource of Application Auto Scaling.

use crate::engine::Engine;
use crate::scaling::{Found, TargetChange};
use pixii_model::operation::{
    Execute, UntagScalableTarget, UntagScalableTargetInput, UntagScalableTargetOutput,
};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<UntagScalableTarget> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: UntagScalableTargetInput,
    ) -> Result<UntagScalableTargetOutput, ApiError> {
        let (id, _) = self.target_of_arn(&input.resource_arn).await?;
        let decide = |mut found: Found| {
            let mut target = self.same_target(&mut found, &input.resource_arn)?;
            target.tags.retain(|key, _| !input.tag_keys.contains(key));
            Ok(TargetChange::one(Some(target), UntagScalableTargetOutput))
        };
        self.change_targets(std::slice::from_ref(&id), decide).await
    }
}
