//! DeleteScheduledAction: takes a scheduled action from a target.

use super::{APPLICATION_AUTO_SCALING_TARGET, Operation};
use crate::error::SerializationFault;
use crate::scaling::{RESOURCE_ID, TargetName};
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Takes a scheduled action from a target.
pub struct DeleteScheduledAction;

impl Operation for DeleteScheduledAction {
    const NAME: &'static str = "DeleteScheduledAction";
    const TARGET: &'static str = APPLICATION_AUTO_SCALING_TARGET;
    type Input = DeleteScheduledActionInput;
    type Output = DeleteScheduledActionOutput;
}

/// API model: DeleteScheduledActionRequest.
#[derive(Clone, Debug, Default)]
pub struct DeleteScheduledActionInput {
    /// Its name.
    pub scheduled_action_name: String,
    /// Which target.
    pub target: TargetName,
}

impl Decode for DeleteScheduledActionInput {
    const KIND: JsonKind = JsonKind::Structure("DeleteScheduledActionRequest");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            scheduled_action_name: input.required("ScheduledActionName", &RESOURCE_ID)?,
            target: TargetName::take(&mut input)?,
        })
    }
}

impl Input for DeleteScheduledActionInput {}

/// The API model has an output without members.
#[derive(Clone, Debug, Default)]
pub struct DeleteScheduledActionOutput;

impl Encode for DeleteScheduledActionOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|_| {});
    }
}
