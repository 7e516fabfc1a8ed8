//! Scaling activities as they are stored. They are kept for six weeks, whatever becomes of their targets.

use crate::catalog::timestamp;
use crate::env::{Env, Micros, uuid};
use bytes::Bytes;
use pixii_model::scaling::activity::{Cause, Doing, Outcome};
use pixii_model::scaling::{ActivityStatus, ScalableTargetId, ScalingActivity};
use pixii_store::StoreError;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// For how long activities are kept.
pub const KEPT: Duration = Duration::from_secs(42 * 24 * 60 * 60);

/// When an activity began, and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityKey {
    /// When.
    pub time: Micros,
    /// A random number.
    pub id: u128,
}

/// An activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityRecord {
    /// The resource that it scales.
    pub resource_id: String,
    /// What of it.
    pub dimension: String,
    /// What it does.
    pub description: String,
    /// Why.
    pub cause: String,
    /// When it was over.
    pub ended: Option<Micros>,
    /// What came of it.
    pub status: String,
    /// The same in a sentence.
    pub message: String,
}

impl ActivityKey {
    /// A new one.
    pub fn new(env: &Env, now: Micros) -> Self {
        Self { time: now, id: env.random_u128() }
    }
}

impl ActivityRecord {
    /// One that is under way.
    pub fn under_way(id: &ScalableTargetId, doing: Doing, cause: Cause<'_>, outcome: Outcome<'_>) -> Self {
        Self {
            resource_id: id.resource_id(),
            dimension: id.dimension().to_owned(),
            description: doing.to_string(),
            cause: cause.to_string(),
            ended: None,
            status: ActivityStatus::InProgress.as_str().to_owned(),
            message: outcome.to_string(),
        }
    }

    /// The same when it is over.
    pub fn over(self, status: ActivityStatus, outcome: Outcome<'_>, now: Micros) -> Self {
        let status = status.as_str().to_owned();
        Self { ended: Some(now), status, message: outcome.to_string(), ..self }
    }

    /// Reads a record.
    pub fn from_stored(value: &[u8]) -> Result<Self, StoreError> {
        serde_json::from_slice(value).map_err(|error| StoreError::Fatal {
            detail: format!("the record of a scaling activity cannot be read ({error})"),
        })
    }

    /// The record as it is stored.
    pub fn to_stored(&self) -> Bytes {
        serde_json::to_vec(self).expect("a record is plain data").into()
    }

    /// As DescribeScalingActivities tells of it; `None` if what it scales cannot be.
    pub fn describe(self, key: ActivityKey) -> Option<ScalingActivity> {
        Some(ScalingActivity {
            id: uuid(key.id),
            target: ScalableTargetId::parse(&self.resource_id, &self.dimension)?,
            description: self.description,
            cause: self.cause,
            start_time: timestamp(key.time),
            end_time: self.ended.map(timestamp),
            status: ActivityStatus::from_wire(&self.status)?,
            status_message: self.message,
        })
    }
}
