//! Scaling activities: what was changed, why, and what came of it.

use super::{Bounds, ScalableTargetId};
use crate::error::{ApiError, Flow};
use crate::wire::{Encode, JsonWriter, Timestamp};
use crate::wire_enum;

wire_enum! {
    /// What came of an activity.
    ActivityStatus {
        /// It is under way.
        InProgress = "InProgress",
        /// It was done.
        Successful = "Successful",
        /// It could not be.
        Failed = "Failed",
        /// Another came in between.
        Overridden = "Overridden",
        /// It was asked for, and did not come about.
        Unfulfilled = "Unfulfilled",
        /// It has not begun.
        Pending = "Pending",
    }
    printed ["Failed", "InProgress", "Overridden", "Pending", "Successful", "Unfulfilled"]
}

/// API model: ScalingActivity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScalingActivity {
    /// Its id.
    pub id: String,
    /// What it scales.
    pub target: ScalableTargetId,
    /// What it does.
    pub description: String,
    /// Why.
    pub cause: String,
    /// Since when.
    pub start_time: Timestamp,
    /// Until when, once it is over.
    pub end_time: Option<Timestamp>,
    /// What came of it.
    pub status: ActivityStatus,
    /// The same in a sentence.
    pub status_message: String,
}

impl Encode for ScalingActivity {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("ActivityId", &self.id);
            self.target.encode_members(object);
            object.field("Description", &self.description);
            object.field("Cause", &self.cause);
            object.field("StartTime", &self.start_time);
            object.optional("EndTime", &self.end_time);
            object.field("StatusCode", &self.status);
            object.field("StatusMessage", &self.status_message);
        });
    }
}

/// What an activity does; shown in AWS's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// It provisions so much.
    Capacity {
        /// For reads or writes.
        flow: Flow,
        /// How much.
        capacity: i64,
    },
    /// It changes the bounds of its target.
    Bounds(Bounds),
}

/// Why; shown in AWS's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause<'a> {
    /// A policy, because an alarm told it to.
    Alarm {
        /// The alarm's name.
        alarm: &'a str,
        /// The policy's name.
        policy: &'a str,
    },
    /// Less than the minimum was provisioned.
    Minimum(i32),
    /// More than the maximum was provisioned.
    Maximum(i32),
    /// A scheduled action.
    ScheduledAction(&'a str),
}

/// What came of it; shown in AWS's words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome<'a> {
    /// The table is being changed.
    Waiting {
        /// Reads or writes.
        flow: Flow,
        /// How much is to be provisioned.
        capacity: i64,
    },
    /// The table was changed.
    Fulfilled {
        /// Reads or writes.
        flow: Flow,
        /// How much is provisioned.
        capacity: i64,
    },
    /// The table could not be changed.
    Refused {
        /// Reads or writes.
        flow: Flow,
        /// How much was to be provisioned.
        capacity: i64,
        /// What UpdateTable said.
        error: &'a ApiError,
    },
    /// The target has other bounds.
    BoundsSet(Bounds),
    /// The target could not be given them.
    BoundsRefused {
        /// Which.
        bounds: Bounds,
        /// Why not.
        reason: &'a str,
    },
}
