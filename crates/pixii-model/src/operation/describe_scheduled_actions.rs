//! DescribeScheduledActions: says when bounds change.

use super::{APPLICATION_AUTO_SCALING_TARGET, Operation};
use crate::error::SerializationFault;
use crate::scaling::target::TargetFilter;
use crate::scaling::{RESOURCE_IDS, ScheduledAction};
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Says when bounds change, a page at a time.
pub struct DescribeScheduledActions;

impl Operation for DescribeScheduledActions {
    const NAME: &'static str = "DescribeScheduledActions";
    const TARGET: &'static str = APPLICATION_AUTO_SCALING_TARGET;
    type Input = DescribeScheduledActionsInput;
    type Output = DescribeScheduledActionsOutput;
}

/// API model: DescribeScheduledActionsRequest.
#[derive(Clone, Debug, Default)]
pub struct DescribeScheduledActionsInput {
    /// Only these, if any are named.
    pub scheduled_action_names: Vec<String>,
    /// Of which targets.
    pub filter: TargetFilter,
    /// The most that is wanted in one answer.
    pub max_results: Option<i32>,
    /// Where an earlier answer ended.
    pub next_token: Option<String>,
}

impl Decode for DescribeScheduledActionsInput {
    const KIND: JsonKind = JsonKind::Structure("DescribeScheduledActionsRequest");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            scheduled_action_names: input
                .optional("ScheduledActionNames", &RESOURCE_IDS)?
                .unwrap_or_default(),
            filter: TargetFilter::take_one(&mut input)?,
            max_results: input.optional("MaxResults", &Rule::NONE)?,
            next_token: input.optional("NextToken", &Rule::NONE)?,
        })
    }
}

impl Input for DescribeScheduledActionsInput {}

/// API model: DescribeScheduledActionsResponse.
#[derive(Clone, Debug, Default)]
pub struct DescribeScheduledActionsOutput {
    /// The actions.
    pub scheduled_actions: Vec<ScheduledAction>,
    /// Where the next one begins, if there are more.
    pub next_token: Option<String>,
}

impl Encode for DescribeScheduledActionsOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("ScheduledActions", &self.scheduled_actions);
            object.optional("NextToken", &self.next_token);
        });
    }
}
