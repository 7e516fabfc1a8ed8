//! PutScalingPolicy.

use super::register_scalable_target::check_resource;
use crate::engine::Engine;
use crate::scaling::{Found, PolicyRecord, TargetChange, TargetRecord};
use pixii_model::error::ScalingFault;
use pixii_model::operation::{Execute, PutScalingPolicy, PutScalingPolicyInput, PutScalingPolicyOutput};
use pixii_model::scaling::{PolicyType, TargetTracking};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<PutScalingPolicy> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: PutScalingPolicyInput,
    ) -> Result<PutScalingPolicyOutput, ApiError> {
        let id = input.target.id()?;
        if let Some(policy_type) = input.policy_type.filter(|kind| *kind != PolicyType::TargetTrackingScaling)
        {
            return Err(ScalingFault::PolicyType { policy_type: policy_type.as_str() }.into());
        }
        self.find_record(&id.table).await?;
        let alarms = self.new_alarms();
        let decide = |mut found: Found| {
            let mut target = found.registered(&id)?;
            let known = target.policy.take();
            let known = match known {
                // There is one metric for each target, and so one policy.
                Some(known) if known.name != input.policy_name => {
                    return Err(ScalingFault::RepeatedMetric.into());
                }
                known => known,
            };
            if known.is_none() && input.policy_type.is_none() {
                return Err(ScalingFault::PolicyTypeMissing.into());
            }
            check_resource(&id, &found)?;
            let policy = match (known, &input.target_tracking) {
                (Some(known), None) => known,
                (None, None) => return Err(ScalingFault::TargetTrackingMissing.into()),
                (known, Some(wanted)) => {
                    wanted.check(id.flow)?;
                    // Alarms and creation stay those of the policy.
                    let (created, alarms) = known
                        .map_or_else(|| (found.now, alarms.clone()), |known| (known.created, known.alarms));
                    let name = input.policy_name.clone();
                    PolicyRecord { created, alarms, ..PolicyRecord::new(name, wanted) }
                }
            };
            target.policy = Some(policy);
            let described = target.describe_policy(&id, &self.settings).expect("it has just been given one");
            let output = PutScalingPolicyOutput { policy_arn: described.arn, alarms: described.alarms };
            Ok(TargetChange::one(Some(target), output))
        };
        let output = self.change_targets(std::slice::from_ref(&id), decide).await?;
        self.wake_scaling_tasks();
        Ok(output)
    }
}

impl<S: Store> Engine<S> {
    /// Ids for the alarms of a new policy.
    pub(super) fn new_alarms(&self) -> [String; 4] {
        std::array::from_fn(|_| self.env.uuid())
    }
}

impl PolicyRecord {
    /// A policy of that configuration, which is still to be dated.
    pub(super) fn new(name: String, wanted: &TargetTracking) -> Self {
        Self {
            name,
            created: Default::default(),
            target_value: wanted.target_value,
            scale_out_cooldown: wanted.scale_out_cooldown,
            scale_in_cooldown: wanted.scale_in_cooldown,
            disable_scale_in: wanted.disable_scale_in,
            alarms: Default::default(),
        }
    }
}

/// Takes a policy away, so that another can begin anew.
pub(super) fn drop_policy(target: &mut TargetRecord) {
    target.policy = None;
    target.tracking.forget();
}
