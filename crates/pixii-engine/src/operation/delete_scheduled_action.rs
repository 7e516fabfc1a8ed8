//! DeleteScheduledAction.

use crate::engine::Engine;
use crate::scaling::{Found, TargetChange};
use pixii_model::error::ScalingFault;
use pixii_model::operation::{
    DeleteScheduledAction, DeleteScheduledActionInput, DeleteScheduledActionOutput, Execute,
};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<DeleteScheduledAction> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: DeleteScheduledActionInput,
    ) -> Result<DeleteScheduledActionOutput, ApiError> {
        let id = input.target.id()?;
        let name = input.scheduled_action_name;
        let decide = |mut found: Found| {
            let mut target = found.targets.pop().flatten();
            let removed = target.as_mut().and_then(|target| target.actions.remove(&name));
            if removed.is_none() {
                let fault = ScalingFault::NoScheduledAction { target: id.clone(), name: name.clone() };
                return Err(fault.into());
            }
            Ok(TargetChange::one(target, DeleteScheduledActionOutput))
        };
        self.change_targets(std::slice::from_ref(&id), decide).await
    }
}
