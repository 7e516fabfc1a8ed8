//! TagResource of Application Auto Scaling.

use crate::engine::Engine;
use crate::scaling::{Found, TargetChange, TargetRecord};
use pixii_model::error::ScalingFault;
use pixii_model::limits::TAGS_MAX;
use pixii_model::operation::{Execute, TagScalableTarget, TagScalableTargetInput, TagScalableTargetOutput};
use pixii_model::scaling::ScalableTargetId;
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<TagScalableTarget> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: TagScalableTargetInput,
    ) -> Result<TagScalableTargetOutput, ApiError> {
        let arn = &input.resource_arn;
        let (id, _) = self.target_of_arn(arn).await?;
        let decide = |mut found: Found| {
            let mut target = self.same_target(&mut found, arn)?;
            target.tags.extend(input.tags.clone());
            if target.tags.len() > TAGS_MAX {
                return Err(ScalingFault::TooManyTags { arn: arn.clone() }.into());
            }
            Ok(TargetChange::one(Some(target), TagScalableTargetOutput))
        };
        self.change_targets(std::slice::from_ref(&id), decide).await
    }
}

impl<S: Store> Engine<S> {
    /// The target of an ARN.
    pub(super) async fn target_of_arn(
        &self,
        arn: &str,
    ) -> Result<(ScalableTargetId, TargetRecord), ApiError> {
        let targets = self.scalable_targets().await?;
        let found = targets.into_iter().find(|(_, record)| record.arn(&self.settings) == arn);
        found.ok_or_else(|| ScalingFault::NoSuchArn { arn: arn.to_owned() }.into())
    }

    /// The target that a change finds, if it is still the one of that ARN.
    pub(super) fn same_target(&self, found: &mut Found, arn: &str) -> Result<TargetRecord, ScalingFault> {
        let target = found.targets.pop().flatten().filter(|target| target.arn(&self.settings) == arn);
        target.ok_or_else(|| ScalingFault::NoSuchArn { arn: arn.to_owned() })
    }
}
