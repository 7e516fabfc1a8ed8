//! RegisterScalableTarget.

use crate::engine::Engine;
use crate::scaling::{Found, TargetChange, TargetRecord};
use pixii_model::error::ScalingFault;
use pixii_model::limits::TAGS_MAX;
use pixii_model::operation::{
    Execute, RegisterScalableTarget, RegisterScalableTargetInput, RegisterScalableTargetOutput,
};
use pixii_model::scaling::{Bounds, ScalableTargetId};
use pixii_model::table::TableStatus;
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<RegisterScalableTarget> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: RegisterScalableTargetInput,
    ) -> Result<RegisterScalableTargetOutput, ApiError> {
        let id = input.target.id()?;
        if let Some(arn) = input.role_arn.as_ref().filter(|arn| !is_arn(arn)) {
            return Err(ScalingFault::RoleArn { arn: arn.clone() }.into());
        }
        // A table that is due to be there, or to be gone, is so.
        self.find_record(&id.table).await?;
        let uuid = self.env.uuid();
        let decide = |mut found: Found| {
            let target = match found.targets.pop().flatten() {
                Some(target) if input.tags.is_none() => target,
                Some(_) => return Err(ScalingFault::TagsOfRegistered.into()),
                None => new_target(&input, &uuid, &found)?,
            };
            let target = registered(target, &input)?;
            check_resource(&id, &found)?;
            let scalable_target_arn = target.arn(&self.settings);
            Ok(TargetChange::one(Some(target), RegisterScalableTargetOutput { scalable_target_arn }))
        };
        let output = self.change_targets(std::slice::from_ref(&id), decide).await?;
        self.wake_scaling_tasks();
        Ok(output)
    }
}

fn new_target(
    input: &RegisterScalableTargetInput,
    uuid: &str,
    found: &Found,
) -> Result<TargetRecord, ScalingFault> {
    let min = input.bounds.min_capacity.ok_or(ScalingFault::CapacityMissing { bound: "Minimum" })?;
    let max = input.bounds.max_capacity.ok_or(ScalingFault::CapacityMissing { bound: "Maximum" })?;
    let mut target = TargetRecord::new(uuid.to_owned(), min, max, found.now);
    target.tags = input.tags.clone().unwrap_or_default();
    if target.tags.len() > TAGS_MAX {
        return Err(ScalingFault::TooManyTags { arn: String::new() });
    }
    Ok(target)
}

/// The target as the request wants it; what it does not name stays.
fn registered(
    mut target: TargetRecord,
    input: &RegisterScalableTargetInput,
) -> Result<TargetRecord, ScalingFault> {
    let bounds = Bounds {
        min_capacity: Some(input.bounds.min_capacity.unwrap_or(target.min)),
        max_capacity: Some(input.bounds.max_capacity.unwrap_or(target.max)),
    };
    bounds.check()?;
    (target.min, target.max) =
        (bounds.min_capacity.unwrap_or(target.min), bounds.max_capacity.unwrap_or(target.max));
    target.bounds_changed |= input.bounds != Bounds::default();
    if input.role_arn.is_some() {
        target.role_arn.clone_from(&input.role_arn);
    }
    if let Some(wanted) = input.suspended_state {
        let suspended = &mut target.suspended;
        suspended.scale_in = wanted.dynamic_scaling_in_suspended.unwrap_or(suspended.scale_in);
        suspended.scale_out = wanted.dynamic_scaling_out_suspended.unwrap_or(suspended.scale_out);
        suspended.scheduled = wanted.scheduled_scaling_suspended.unwrap_or(suspended.scheduled);
    }
    Ok(target)
}

/// Refuses targets that are not there, or have nothing to scale.
pub(super) fn check_resource(id: &ScalableTargetId, found: &Found) -> Result<(), ScalingFault> {
    let table = found.table.as_ref().filter(|table| table.status != TableStatus::Deleting);
    let is_global = |name: &str| {
        table.is_some_and(|table| {
            table.index(name).is_some_and(|index| index.kind == crate::table::IndexKind::Global)
        })
    };
    match table {
        Some(_) if id.index.as_deref().is_some_and(|name| !is_global(name)) => {
            Err(ScalingFault::ResourceMissing { resource_id: id.resource_id() })
        }
        Some(table) if table.is_on_demand() => Err(ScalingFault::OnDemand),
        Some(_) => Ok(()),
        None => Err(ScalingFault::ResourceMissing { resource_id: id.resource_id() }),
    }
}

fn is_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    parts.len() == 6 && parts[0] == "arn" && [1, 2, 5].iter().all(|at| !parts[*at].is_empty())
}
