//! UpdateTableReplicaAutoScaling: the same targets and policies, as DynamoDB's own API sets them. A table is its one replica.

use super::put_scaling_policy::drop_policy;
use crate::catalog::TableRecord;
use crate::engine::Engine;
use crate::env::Micros;
use crate::scaling::{Found, PolicyRecord, TargetChange, TargetRecord};
use crate::table::IndexKind;
use pixii_model::error::{Flow, MissingResource, ReplicaScalingFault, ScalingFault, ValidationError};
use pixii_model::operation::{
    Execute, UpdateTableReplicaAutoScaling, UpdateTableReplicaAutoScalingInput,
    UpdateTableReplicaAutoScalingOutput,
};
use pixii_model::scaling::policy::check_target_value;
use pixii_model::scaling::replica::{
    AutoScalingSettings, AutoScalingSettingsUpdate, ReplicaAutoScalingUpdate,
};
use pixii_model::scaling::{Bounds, ScalableTargetId, TargetTracking};
use pixii_model::table::IndexStatus;
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

/// What is to become of a target; `None` if it is to scale no longer.
type Wanted = (ScalableTargetId, Option<AutoScalingSettings>);

impl<S: Store> Execute<UpdateTableReplicaAutoScaling> for Engine<S> {
    async fn execute(
        &self,
        context: &RequestContext,
        input: UpdateTableReplicaAutoScalingInput,
    ) -> Result<UpdateTableReplicaAutoScalingOutput, ApiError> {
        let table = self.scaled_table(&input.table_name).await?;
        let wanted = self.wanted(&input, &table)?;
        let refused = |fault| {
            let request_id = context.request_id.to_string();
            refused(&table.name, ReplicaScalingFault::Scaling { fault, request_id })
        };
        for (id, settings) in &wanted {
            if let Some(settings) = settings {
                check(id, settings).map_err(refused)?;
            }
        }
        let ids: Vec<ScalableTargetId> = wanted.iter().map(|(id, _)| id.clone()).collect();
        if !ids.is_empty() {
            let fresh: Vec<_> = ids.iter().map(|_| (self.env.uuid(), self.new_alarms())).collect();
            let decide = |found: Found| {
                let parts = found.targets.into_iter().zip(&wanted).zip(&fresh);
                let targets = parts.map(|((target, (id, settings)), (uuid, alarms))| {
                    let settings = settings.as_ref()?;
                    Some(changed(target, id, settings, uuid, alarms, found.now))
                });
                Ok(TargetChange { targets: targets.collect(), activities: Vec::new(), answer: () })
            };
            self.change_targets(&ids, decide).await?;
            self.wake_scaling_tasks();
        }
        Ok(UpdateTableReplicaAutoScalingOutput { description: self.describe_scaling(&table).await? })
    }
}

impl<S: Store> Engine<S> {
    /// What a request wants to become of which targets.
    fn wanted(
        &self,
        input: &UpdateTableReplicaAutoScalingInput,
        table: &TableRecord,
    ) -> Result<Vec<Wanted>, ApiError> {
        let mut wanted = Vec::new();
        let mut want = |index: Option<&str>, flow, update: &AutoScalingSettingsUpdate, parameter| {
            let settings = update.wanted().map_err(|fault| refused(&table.name, fault))?;
            if settings.is_some() && table.is_on_demand() {
                let region = self.settings.region.clone();
                return Err(refused(&table.name, ReplicaScalingFault::OnDemand { region, parameter }));
            }
            let id = ScalableTargetId { table: table.name.clone(), index: index.map(str::to_owned), flow };
            wanted.push((id, settings));
            Ok(())
        };
        let replicas = input.replicas.as_deref().unwrap_or_default();
        self.check_regions(replicas, table)?;
        if let Some(update) = &input.write {
            want(None, Flow::Write, update, "GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate")?;
        }
        let mut missing = Vec::new();
        for update in input.indexes.as_deref().unwrap_or_default() {
            let name = update.index_name.as_deref().unwrap_or_default();
            if !has_index(table, name) {
                missing.push(name.to_owned());
            } else if let Some(settings) = &update.write {
                want(Some(name), Flow::Write, settings, "ProvisionedWriteCapacityAutoScalingSettingsUpdate")?;
            }
        }
        if !missing.is_empty() {
            let table = table.name.clone();
            return Err(ApiError::ResourceNotFound(MissingResource::ScaledIndexes {
                table,
                indexes: missing,
            }));
        }
        for replica in replicas {
            if let Some(update) = &replica.read {
                want(None, Flow::Read, update, "ReplicaProvisionedReadCapacityAutoScalingSettingsUpdate")?;
            }
            for update in replica.indexes.as_deref().unwrap_or_default() {
                let name = update.index_name.as_deref().unwrap_or_default();
                if !has_index(table, name) {
                    return Err(ApiError::ResourceNotFound(MissingResource::ScaledReplicaIndex {
                        table: table.name.clone(),
                        index: name.to_owned(),
                        region: replica.region_name.clone(),
                    }));
                }
                if let Some(settings) = &update.read {
                    want(
                        Some(name),
                        Flow::Read,
                        settings,
                        "ProvisionedReadCapacityAutoScalingSettingsUpdate",
                    )?;
                }
            }
        }
        Ok(wanted)
    }

    /// Checks that a request says something of the one replica, once.
    fn check_regions(
        &self,
        replicas: &[ReplicaAutoScalingUpdate],
        table: &TableRecord,
    ) -> Result<(), ApiError> {
        for (at, replica) in replicas.iter().enumerate() {
            let region = replica.region_name.clone();
            if replicas[..at].iter().any(|earlier| earlier.region_name == region) {
                return Err(refused(&table.name, ReplicaScalingFault::RepeatedRegion { region }));
            }
            if region != self.settings.region {
                let table = table.name.clone();
                return Err(ApiError::ResourceNotFound(MissingResource::ScaledReplica { table, region }));
            }
            if replica.read.is_none() && replica.indexes.as_ref().is_none_or(Vec::is_empty) {
                return Err(refused(&table.name, ReplicaScalingFault::NothingForRegion { region }));
            }
        }
        Ok(())
    }
}

fn refused(table: &str, fault: ReplicaScalingFault) -> ApiError {
    ApiError::Validation(ValidationError::ReplicaScaling { table: table.to_owned(), fault: Box::new(fault) })
}

fn has_index(table: &TableRecord, name: &str) -> bool {
    let index = table.index(name).filter(|index| index.kind == IndexKind::Global);
    index.is_some_and(|index| index.status != IndexStatus::Creating)
}

/// Checks what Application Auto Scaling would refuse.
fn check(id: &ScalableTargetId, settings: &AutoScalingSettings) -> Result<(), ScalingFault> {
    bounds(settings).check()?;
    check_target_value(settings.policy.target_tracking.target_value, id.flow)
}

/// More units than a bound can tell are as many as it can.
fn bounds(settings: &AutoScalingSettings) -> Bounds {
    let units = |units: i64| Some(i32::try_from(units).unwrap_or(i32::MAX));
    Bounds { min_capacity: units(settings.minimum_units), max_capacity: units(settings.maximum_units) }
}

/// The target as its settings want it, made if it is not there.
fn changed(
    target: Option<TargetRecord>,
    id: &ScalableTargetId,
    settings: &AutoScalingSettings,
    uuid: &str,
    alarms: &[String; 4],
    now: Micros,
) -> TargetRecord {
    let Bounds { min_capacity, max_capacity } = bounds(settings);
    let mut target = target.unwrap_or_else(|| TargetRecord::new(uuid.to_owned(), 1, 1, now));
    let before = (target.min, target.max);
    target.min = min_capacity.unwrap_or(target.min);
    target.max = max_capacity.unwrap_or(target.max);
    target.bounds_changed |= before != (target.min, target.max);
    if settings.role_arn.is_some() {
        target.role_arn.clone_from(&settings.role_arn);
    }
    let name = settings.policy.policy_name.clone().unwrap_or_else(|| PolicyRecord::usual_name(id));
    let wanted = settings.policy.target_tracking;
    let tracking = TargetTracking {
        target_value: wanted.target_value,
        scale_out_cooldown: wanted.scale_out_cooldown,
        scale_in_cooldown: wanted.scale_in_cooldown,
        disable_scale_in: wanted.disable_scale_in,
        ..TargetTracking::default()
    };
    // A policy of another name takes the place of the one there was.
    if target.policy.as_ref().is_some_and(|policy| policy.name != name) {
        drop_policy(&mut target);
    }
    let known = target.policy.take();
    let (created, alarms) =
        known.map_or_else(|| (now, alarms.clone()), |known| (known.created, known.alarms));
    target.policy = Some(PolicyRecord { created, alarms, ..PolicyRecord::new(name, &tracking) });
    target
}
