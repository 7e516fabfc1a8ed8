//! UpdateTimeToLive: turns the expiry of a table's items on or off.

use super::Operation;
use crate::error::SerializationFault;
use crate::table::TimeToLiveSpecification;
use crate::table::name::table_name;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Turns the expiry of a table's items on or off.
pub struct UpdateTimeToLive;

impl Operation for UpdateTimeToLive {
    const NAME: &'static str = "UpdateTimeToLive";
    type Input = UpdateTimeToLiveInput;
    type Output = UpdateTimeToLiveOutput;
}

/// API model: UpdateTimeToLiveInput.
#[derive(Clone, Debug, Default)]
pub struct UpdateTimeToLiveInput {
    /// The table's name or ARN.
    pub table_name: String,
    /// How it is to be.
    pub time_to_live_specification: TimeToLiveSpecification,
}

impl Decode for UpdateTimeToLiveInput {
    const KIND: JsonKind = JsonKind::Structure("UpdateTimeToLiveInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            table_name: table_name(&mut input)?,
            time_to_live_specification: input.required("TimeToLiveSpecification", &Rule::NONE)?,
        })
    }
}

impl Input for UpdateTimeToLiveInput {}

/// API model: UpdateTimeToLiveOutput.
#[derive(Clone, Debug, Default)]
pub struct UpdateTimeToLiveOutput {
    /// How it will be.
    pub time_to_live_specification: TimeToLiveSpecification,
}

impl Encode for UpdateTimeToLiveOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("TimeToLiveSpecification", &self.time_to_live_specification);
        });
    }
}
