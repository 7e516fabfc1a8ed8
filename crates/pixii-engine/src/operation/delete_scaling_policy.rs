//! DeleteScalingPolicy.

use super::put_scaling_policy::drop_policy;
use crate::engine::Engine;
use crate::scaling::{Found, TargetChange};
use pixii_model::error::ScalingFault;
use pixii_model::operation::{
    DeleteScalingPolicy, DeleteScalingPolicyInput, DeleteScalingPolicyOutput, Execute,
};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<DeleteScalingPolicy> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: DeleteScalingPolicyInput,
    ) -> Result<DeleteScalingPolicyOutput, ApiError> {
        let id = input.target.id()?;
        let decide = |mut found: Found| {
            let target = found.targets.pop().flatten();
            let missing = || ScalingFault::NoPolicy { target: id.clone(), name: input.policy_name.clone() };
            let has_it = |name: &str| name == input.policy_name;
            let mut target = target
                .filter(|target| target.policy.as_ref().is_some_and(|policy| has_it(&policy.name)))
                .ok_or_else(missing)?;
            drop_policy(&mut target);
            Ok(TargetChange::one(Some(target), DeleteScalingPolicyOutput))
        };
        self.change_targets(std::slice::from_ref(&id), decide).await
    }
}
