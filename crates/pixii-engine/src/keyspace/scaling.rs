//! Keys of auto scaling: what is scaled, and what came of it.
//!
//! ```text
//! 40 resource 00 flow      record of a scalable target; resource as in requests, flow is 0 for reads and 1 for writes
//! 41 time activity         record of a scaling activity; its 128-bit id
//! ```

use super::{SCALABLE_TARGET, SCALING_ACTIVITY, tagged};
use crate::env::Micros;
use bytes::Bytes;
use pixii_model::error::Flow;
use pixii_model::scaling::ScalableTargetId;
use pixii_store::KeyRange;

/// Key of the record of a scalable target.
pub fn scalable_target(id: &ScalableTargetId) -> Bytes {
    let flow = match id.flow {
        Flow::Read => 0,
        Flow::Write => 1,
    };
    tagged(SCALABLE_TARGET, &[id.resource_id().as_bytes(), &[0, flow]].concat())
}

/// The records of all scalable targets, by resource.
pub fn scalable_targets() -> KeyRange {
    KeyRange::prefix(&[SCALABLE_TARGET])
}

/// Key of the record of a scaling activity.
pub fn scaling_activity(time: Micros, id: u128) -> Bytes {
    tagged(SCALING_ACTIVITY, &[&time.0.to_be_bytes()[..], &id.to_be_bytes()].concat())
}

/// The records of all scaling activities, by time.
pub fn scaling_activities() -> KeyRange {
    KeyRange::prefix(&[SCALING_ACTIVITY])
}

/// The records of scaling activities before that time.
pub fn scaling_activities_before(time: Micros) -> KeyRange {
    KeyRange::new(tagged(SCALING_ACTIVITY, &[]), tagged(SCALING_ACTIVITY, &time.0.to_be_bytes()))
}

pub(super) fn take_target(rest: &[u8]) -> Option<ScalableTargetId> {
    let (resource, [0, flow]) = rest.split_last_chunk::<2>()? else { return None };
    let flow = match flow {
        0 => "ReadCapacityUnits",
        1 => "WriteCapacityUnits",
        _ => return None,
    };
    let resource = std::str::from_utf8(resource).ok()?;
    let kind = if resource.contains("/index/") { "index" } else { "table" };
    ScalableTargetId::parse(resource, &format!("dynamodb:{kind}:{flow}"))
}

pub(super) fn take_activity(rest: &[u8]) -> Option<(Micros, u128)> {
    let (time, id) = rest.split_first_chunk::<8>()?;
    Some((Micros(u64::from_be_bytes(*time)), u128::from_be_bytes(id.try_into().ok()?)))
}
