//! DeregisterScalableTarget.

use crate::engine::Engine;
use crate::scaling::{Found, TargetChange};
use pixii_model::error::ScalingFault;
use pixii_model::operation::{
    DeregisterScalableTarget, DeregisterScalableTargetInput, DeregisterScalableTargetOutput, Execute,
};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<DeregisterScalableTarget> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: DeregisterScalableTargetInput,
    ) -> Result<DeregisterScalableTargetOutput, ApiError> {
        let id = input.target.id()?;
        // Policy and scheduled actions are in the same record.
        let decide = |mut found: Found| match found.targets.pop().flatten() {
            Some(_) => Ok(TargetChange::one(None, DeregisterScalableTargetOutput)),
            None => Err(ScalingFault::NoTarget(id.clone()).into()),
        };
        self.change_targets(std::slice::from_ref(&id), decide).await
    }
}
