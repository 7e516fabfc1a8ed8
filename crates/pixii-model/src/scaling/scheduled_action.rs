//! Scheduled actions: bounds that a target is given at a time.

use super::ScalableTargetId;
use crate::error::serialization::JsonKind;
use crate::error::{ScalingFault, SerializationFault};
use crate::wire::{Decode, Decoder, Encode, Json, JsonWriter, Rule, Timestamp};

/// API model: ScalableTargetAction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// The least that the target may be given, if it is to change.
    pub min_capacity: Option<i32>,
    /// The most.
    pub max_capacity: Option<i32>,
}

impl Bounds {
    /// Checks that they can be a target's.
    pub fn check(&self) -> Result<(), ScalingFault> {
        if self.min_capacity.is_some_and(|min| min < 1) {
            return Err(ScalingFault::CapacityTooSmall { bound: "Minimum" });
        }
        if self.max_capacity.is_some_and(|max| max < 1) {
            return Err(ScalingFault::CapacityTooSmall { bound: "Maximum" });
        }
        match (self.min_capacity, self.max_capacity) {
            (Some(min), Some(max)) if max < min => Err(ScalingFault::BoundsCrossed),
            _ => Ok(()),
        }
    }
}

impl Decode for Bounds {
    const KIND: JsonKind = JsonKind::Structure("ScalableTargetAction");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            min_capacity: input.optional("MinCapacity", &Rule::NONE)?,
            max_capacity: input.optional("MaxCapacity", &Rule::NONE)?,
        })
    }
}

impl Encode for Bounds {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("MinCapacity", &self.min_capacity);
            object.optional("MaxCapacity", &self.max_capacity);
        });
    }
}

/// API model: ScheduledAction.
#[derive(Clone, Debug, PartialEq)]
pub struct ScheduledAction {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Whose bounds it changes.
    pub target: ScalableTargetId,
    /// When.
    pub schedule: String,
    /// In which time zone, if that was said.
    pub timezone: Option<String>,
    /// Not before.
    pub start_time: Option<Timestamp>,
    /// Not after.
    pub end_time: Option<Timestamp>,
    /// To what.
    pub bounds: Bounds,
    /// Since when it is there.
    pub creation_time: Timestamp,
}

impl Encode for ScheduledAction {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("ScheduledActionName", &self.name);
            object.field("ScheduledActionARN", &self.arn);
            self.target.encode_members(object);
            object.field("Schedule", &self.schedule);
            object.optional("Timezone", &self.timezone);
            object.optional("StartTime", &self.start_time);
            object.optional("EndTime", &self.end_time);
            object.field("ScalableTargetAction", &self.bounds);
            object.field("CreationTime", &self.creation_time);
        });
    }
}
