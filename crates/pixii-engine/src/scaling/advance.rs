//! What becomes of a target as time passes, pure: its scheduled actions are done, it is brought within new bounds, and its
//! policy is asked what to provision.

use super::activity::{ActivityKey, ActivityRecord};
use super::record::{Pending, TargetRecord};
use super::tracking::{Direction, Point, Question, Scaled};
use crate::catalog::TableRecord;
use crate::env::{Env, Micros};
use pixii_model::ApiError;
use pixii_model::error::{Flow, ScalingFault};
use pixii_model::scaling::activity::{Cause, Doing, Outcome};
use pixii_model::scaling::{ActivityStatus, ScalableTargetId};
use pixii_model::table::{IndexStatus, TableStatus};
use std::time::Duration;

/// What a target is advanced with.
pub(crate) struct Advance<'a> {
    /// Which target.
    pub id: &'a ScalableTargetId,
    /// Its table, if it is there.
    pub table: Option<&'a TableRecord>,
    /// What was consumed since it was advanced last.
    pub points: &'a [Point],
    /// The last period that may be judged: all that have something to tell of it have told.
    pub last: u64,
    /// How long a period is.
    pub period: Duration,
    /// The time.
    pub now: Micros,
    /// For the numbers of activities.
    pub env: &'a Env,
}

impl Advance<'_> {
    /// The key of an activity that begins behind so many others: a microsecond later each, so that they stay in order.
    fn activity(&self, earlier: usize) -> ActivityKey {
        ActivityKey::new(self.env, Micros(self.now.0 + earlier as u64))
    }
}

/// What is provisioned for a target.
pub(crate) struct Provisioned {
    /// How many units.
    pub units: i64,
    /// Whether that can be changed now.
    pub settled: bool,
}

/// What is provisioned for a target; `None` if its table or index is not there, or on demand.
pub(crate) fn provisioned(id: &ScalableTargetId, table: Option<&TableRecord>) -> Option<Provisioned> {
    let table = table.filter(|table| !table.is_on_demand())?;
    let (throughput, index_settled) = match &id.index {
        None => (&table.throughput, true),
        Some(name) => {
            let index = table.index(name)?;
            (&index.throughput, index.status == IndexStatus::Active)
        }
    };
    let units = match id.flow {
        Flow::Read => throughput.provisioned.read_capacity_units,
        Flow::Write => throughput.provisioned.write_capacity_units,
    };
    Some(Provisioned { units, settled: table.status == TableStatus::Active && index_settled })
}

/// Advances a target. Answers the activities that begin, or have been.
pub(crate) fn advance(record: &mut TargetRecord, with: &Advance<'_>) -> Vec<(ActivityKey, ActivityRecord)> {
    let mut activities = do_actions(record, with);
    let Some(provisioned) = provisioned(with.id, with.table) else {
        // As on AWS, a table that comes again is not brought within bounds that were set before.
        record.tracking.forget();
        record.bounds_changed = false;
        return activities;
    };
    if record.policy.is_some() {
        for point in with.points {
            record.tracking.add(*point);
        }
    } else {
        record.tracking.forget();
    }
    if !provisioned.settled || record.pending.is_some() {
        return activities;
    }
    let key = with.activity(activities.len());
    activities.extend(within_bounds(record, with, provisioned.units, key));
    if record.pending.is_none() {
        activities.extend(track(record, with, provisioned.units, key));
    }
    activities
}

/// Does the scheduled actions that are due, in the order of their times.
fn do_actions(record: &mut TargetRecord, with: &Advance<'_>) -> Vec<(ActivityKey, ActivityRecord)> {
    let mut due: Vec<(Micros, String)> = Vec::new();
    for (name, action) in &record.actions {
        due.extend(action.next.filter(|next| *next <= with.now).map(|next| (next, name.clone())));
    }
    due.sort();
    let mut activities = Vec::new();
    for (_, name) in due {
        let action = record.actions.get_mut(&name).expect("an action that is due is there");
        // What was missed is done once.
        action.next = action.next_after(with.now);
        if record.suspended.scheduled {
            continue;
        }
        let bounds = action.bounds();
        let (min, max) =
            (bounds.min_capacity.unwrap_or(record.min), bounds.max_capacity.unwrap_or(record.max));
        let cause = Cause::ScheduledAction(&name);
        let begun =
            ActivityRecord::under_way(with.id, Doing::Bounds(bounds), cause, Outcome::BoundsSet(bounds));
        let activity = if max < min {
            let reason = ScalingFault::BoundsCrossed.to_string();
            let outcome = Outcome::BoundsRefused { bounds, reason: &reason };
            begun.over(ActivityStatus::Failed, outcome, with.now)
        } else {
            (record.min, record.max) = (min, max);
            record.bounds_changed = true;
            begun.over(ActivityStatus::Successful, Outcome::BoundsSet(bounds), with.now)
        };
        activities.push((with.activity(activities.len()), activity));
    }
    activities
}

/// Brings a target whose bounds have changed within them.
fn within_bounds(
    record: &mut TargetRecord,
    with: &Advance<'_>,
    units: i64,
    key: ActivityKey,
) -> Option<(ActivityKey, ActivityRecord)> {
    if !std::mem::take(&mut record.bounds_changed) {
        return None;
    }
    if units < i64::from(record.min) {
        let (min, cause) = (i64::from(record.min), Cause::Minimum(record.min));
        return Some(begin(record, with, (key, min), cause));
    }
    if units > i64::from(record.max) {
        let (max, cause) = (i64::from(record.max), Cause::Maximum(record.max));
        return Some(begin(record, with, (key, max), cause));
    }
    None
}

/// Asks its policy what to provision, once in a period.
fn track(
    record: &mut TargetRecord,
    with: &Advance<'_>,
    units: i64,
    key: ActivityKey,
) -> Option<(ActivityKey, ActivityRecord)> {
    let policy = record.policy.clone()?;
    if record.tracking.judged >= with.last {
        return None;
    }
    record.tracking.judged = with.last;
    let (direction, wanted) = record.tracking.judge(Question {
        policy: &policy,
        capacity: units,
        min: record.min.into(),
        max: record.max.into(),
        period: with.period,
        last: with.last,
        now: with.now,
    })?;
    let scaled = Some(Scaled { time: with.now, by: wanted - units });
    let kind = match direction {
        Direction::Out if !record.suspended.scale_out => {
            record.tracking.scaled_out = scaled;
            "AlarmHigh"
        }
        Direction::In if !record.suspended.scale_in => {
            record.tracking.scaled_in = scaled;
            "AlarmLow"
        }
        _ => return None,
    };
    let alarm = policy.alarm_name(with.id, kind);
    Some(begin(record, with, (key, wanted), Cause::Alarm { alarm: &alarm, policy: &policy.name }))
}

fn begin(
    record: &mut TargetRecord,
    with: &Advance<'_>,
    (key, capacity): (ActivityKey, i64),
    cause: Cause<'_>,
) -> (ActivityKey, ActivityRecord) {
    let flow = with.id.flow;
    let doing = Doing::Capacity { flow, capacity };
    let activity = ActivityRecord::under_way(with.id, doing, cause, Outcome::Waiting { flow, capacity });
    record.pending = Some(Pending { activity: key, capacity });
    (key, activity)
}

/// Ends the change that is under way, with what was said if it could not be.
pub(crate) fn finish(
    record: &mut TargetRecord,
    id: &ScalableTargetId,
    activity: ActivityRecord,
    refused: Option<&ApiError>,
    now: Micros,
) -> Option<(ActivityKey, ActivityRecord)> {
    let Pending { activity: key, capacity } = record.pending.take()?;
    let flow = id.flow;
    let over = match refused {
        None => activity.over(ActivityStatus::Successful, Outcome::Fulfilled { flow, capacity }, now),
        Some(error) => activity.over(ActivityStatus::Failed, Outcome::Refused { flow, capacity, error }, now),
    };
    Some((key, over))
}
