//! PutScheduledAction: changes the bounds of a target at a time.

use super::{APPLICATION_AUTO_SCALING_TARGET, Operation};
use crate::error::SerializationFault;
use crate::scaling::{Bounds, RESOURCE_ID, TargetName};
use crate::wire::Timestamp;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Rule of a scheduled action's name (API model: ScheduledActionName).
const SCHEDULED_ACTION_NAME: Rule = Rule::length(1, 256);

/// Changes the bounds of a target at a time, or time and again.
pub struct PutScheduledAction;

impl Operation for PutScheduledAction {
    const NAME: &'static str = "PutScheduledAction";
    const TARGET: &'static str = APPLICATION_AUTO_SCALING_TARGET;
    type Input = PutScheduledActionInput;
    type Output = PutScheduledActionOutput;
}

/// API model: PutScheduledActionRequest.
#[derive(Clone, Debug, Default)]
pub struct PutScheduledActionInput {
    /// Which target.
    pub target: TargetName,
    /// When: `at(...)`, `rate(...)` or `cron(...)`.
    pub schedule: Option<String>,
    /// In which time zone.
    pub timezone: Option<String>,
    /// Its name.
    pub scheduled_action_name: String,
    /// Not before.
    pub start_time: Option<Timestamp>,
    /// Not after.
    pub end_time: Option<Timestamp>,
    /// The bounds.
    pub scalable_target_action: Option<Bounds>,
}

impl Decode for PutScheduledActionInput {
    const KIND: JsonKind = JsonKind::Structure("PutScheduledActionRequest");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            target: TargetName::take(&mut input)?,
            schedule: input.optional("Schedule", &RESOURCE_ID)?,
            timezone: input.optional("Timezone", &RESOURCE_ID)?,
            scheduled_action_name: input.required("ScheduledActionName", &SCHEDULED_ACTION_NAME)?,
            start_time: input.optional("StartTime", &Rule::NONE)?,
            end_time: input.optional("EndTime", &Rule::NONE)?,
            scalable_target_action: input.optional("ScalableTargetAction", &Rule::NONE)?,
        })
    }
}

impl Input for PutScheduledActionInput {}

/// The API model has an output without members.
#[derive(Clone, Debug, Default)]
pub struct PutScheduledActionOutput;

impl Encode for PutScheduledActionOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|_| {});
    }
}
