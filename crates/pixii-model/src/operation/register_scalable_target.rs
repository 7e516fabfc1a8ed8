//! RegisterScalableTarget: lets reads or writes be scaled, between bounds.

use super::{APPLICATION_AUTO_SCALING_TARGET, Operation};
use crate::error::SerializationFault;
use crate::operation::tag_scalable_target::TAGS;
use crate::scaling::{Bounds, RESOURCE_ID, SuspendedState, TargetName};
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};
use std::collections::BTreeMap;

/// Lets reads or writes be scaled, between bounds; or changes the bounds.
pub struct RegisterScalableTarget;

impl Operation for RegisterScalableTarget {
    const NAME: &'static str = "RegisterScalableTarget";
    const TARGET: &'static str = APPLICATION_AUTO_SCALING_TARGET;
    type Input = RegisterScalableTargetInput;
    type Output = RegisterScalableTargetOutput;
}

/// API model: RegisterScalableTargetRequest.
#[derive(Clone, Debug, Default)]
pub struct RegisterScalableTargetInput {
    /// Which target.
    pub target: TargetName,
    /// Its bounds; those that are not named stay.
    pub bounds: Bounds,
    /// In which role.
    pub role_arn: Option<String>,
    /// What of it is to rest.
    pub suspended_state: Option<SuspendedState>,
    /// Its labels, if it is new.
    pub tags: Option<BTreeMap<String, String>>,
}

impl Decode for RegisterScalableTargetInput {
    const KIND: JsonKind = JsonKind::Structure("RegisterScalableTargetRequest");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            target: TargetName::take(&mut input)?,
            bounds: Bounds {
                min_capacity: input.optional("MinCapacity", &Rule::NONE)?,
                max_capacity: input.optional("MaxCapacity", &Rule::NONE)?,
            },
            role_arn: input.optional("RoleARN", &RESOURCE_ID)?,
            suspended_state: input.optional("SuspendedState", &Rule::NONE)?,
            tags: input.optional("Tags", &TAGS)?,
        })
    }
}

impl Input for RegisterScalableTargetInput {}

/// API model: RegisterScalableTargetResponse.
#[derive(Clone, Debug, Default)]
pub struct RegisterScalableTargetOutput {
    /// The target's ARN.
    pub scalable_target_arn: String,
}

impl Encode for RegisterScalableTargetOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("ScalableTargetARN", &self.scalable_target_arn);
        });
    }
}
