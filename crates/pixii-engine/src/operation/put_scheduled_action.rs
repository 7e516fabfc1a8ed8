//! PutScheduledAction.

use crate::engine::Engine;
use crate::env::Micros;
use crate::scaling::{ActionRecord, Found, Schedule, TargetChange, TargetRecord};
use pixii_model::error::ScalingFault;
use pixii_model::operation::{
    Execute, PutScheduledAction, PutScheduledActionInput, PutScheduledActionOutput,
};
use pixii_model::scaling::Bounds;
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

/// How many scheduled actions a target may have (Application Auto Scaling User Guide: "Quotas").
const SCHEDULED_ACTIONS_MAX: usize = 200;
/// The names of the one time zone there is.
const UTC: [&str; 5] = ["UTC", "Etc/UTC", "GMT", "Etc/GMT", "Z"];

impl<S: Store> Execute<PutScheduledAction> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: PutScheduledActionInput,
    ) -> Result<PutScheduledActionOutput, ApiError> {
        let id = input.target.id()?;
        let decide = |mut found: Found| {
            let mut target = found.registered(&id)?;
            put(&mut target, &input, found.now)?;
            Ok(TargetChange::one(Some(target), PutScheduledActionOutput))
        };
        self.change_targets(std::slice::from_ref(&id), decide).await?;
        self.wake_scaling_tasks();
        Ok(PutScheduledActionOutput)
    }
}

/// Adds an action, or changes the one of that name. What the request does not name stays, but for its start and end.
fn put(target: &mut TargetRecord, input: &PutScheduledActionInput, now: Micros) -> Result<(), ScalingFault> {
    let known = target.actions.get(&input.scheduled_action_name);
    let bounds = input.scalable_target_action.or(known.map(ActionRecord::bounds));
    let bounds = bounds.ok_or(ScalingFault::ActionMissing)?;
    if bounds == Bounds::default() {
        return Err(ScalingFault::ActionEmpty);
    }
    bounds.check()?;
    let schedule = input.schedule.clone().or_else(|| known.map(|known| known.schedule.clone()));
    let schedule = schedule.ok_or(ScalingFault::ScheduleMissing)?;
    Schedule::parse(&schedule).ok_or(ScalingFault::Schedule)?;
    let timezone = input.timezone.clone().or_else(|| known.and_then(|known| known.timezone.clone()));
    if timezone.as_deref().is_some_and(|zone| !UTC.contains(&zone)) {
        return Err(ScalingFault::Timezone);
    }
    let micros = |time: pixii_model::wire::Timestamp| Micros(time.millis.saturating_mul(1_000));
    let (start, end) = (input.start_time.map(micros), input.end_time.map(micros));
    if start.zip(end).is_some_and(|(start, end)| start >= end) {
        return Err(ScalingFault::Times);
    }
    if known.is_none() && target.actions.len() >= SCHEDULED_ACTIONS_MAX {
        return Err(ScalingFault::TooManyScheduledActions);
    }
    let created = known.map_or(now, |known| known.created);
    let (min, max) = (bounds.min_capacity, bounds.max_capacity);
    let mut action = ActionRecord { created, schedule, timezone, start, end, min, max, next: None };
    action.next = action.next_after(now);
    target.actions.insert(input.scheduled_action_name.clone(), action);
    Ok(())
}
