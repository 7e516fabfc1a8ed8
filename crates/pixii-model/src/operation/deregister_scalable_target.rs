//! DeregisterScalableTarget: leaves reads or writes as they are from now on.

use super::{APPLICATION_AUTO_SCALING_TARGET, Operation};
use crate::error::SerializationFault;
use crate::scaling::TargetName;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Leaves reads or writes as they are from now on, and forgets their policy and scheduled actions.
pub struct DeregisterScalableTarget;

impl Operation for DeregisterScalableTarget {
    const NAME: &'static str = "DeregisterScalableTarget";
    const TARGET: &'static str = APPLICATION_AUTO_SCALING_TARGET;
    type Input = DeregisterScalableTargetInput;
    type Output = DeregisterScalableTargetOutput;
}

/// API model: DeregisterScalableTargetRequest.
#[derive(Clone, Debug, Default)]
pub struct DeregisterScalableTargetInput {
    /// Which target.
    pub target: TargetName,
}

impl Decode for DeregisterScalableTargetInput {
    const KIND: JsonKind = JsonKind::Structure("DeregisterScalableTargetRequest");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self { target: TargetName::take(&mut input)? })
    }
}

impl Input for DeregisterScalableTargetInput {}

/// The API model has an output without members.
#[derive(Clone, Debug, Default)]
pub struct DeregisterScalableTargetOutput;

impl Encode for DeregisterScalableTargetOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|_| {});
    }
}
