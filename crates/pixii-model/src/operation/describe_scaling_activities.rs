//! DescribeScalingActivities: says what scaling did in the last six weeks.

use super::{APPLICATION_AUTO_SCALING_TARGET, Operation};
use crate::error::SerializationFault;
use crate::scaling::ScalingActivity;
use crate::scaling::target::TargetFilter;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Says what scaling did in the last six weeks, latest first, a page at a time.
pub struct DescribeScalingActivities;

impl Operation for DescribeScalingActivities {
    const NAME: &'static str = "DescribeScalingActivities";
    const TARGET: &'static str = APPLICATION_AUTO_SCALING_TARGET;
    type Input = DescribeScalingActivitiesInput;
    type Output = DescribeScalingActivitiesOutput;
}

/// API model: DescribeScalingActivitiesRequest.
#[derive(Clone, Debug, Default)]
pub struct DescribeScalingActivitiesInput {
    /// Of which targets.
    pub filter: TargetFilter,
    /// The most that is wanted in one answer.
    pub max_results: Option<i32>,
    /// Where an earlier answer ended.
    pub next_token: Option<String>,
    /// Whether to tell of what was not done, too.
    pub include_not_scaled_activities: bool,
}

impl Decode for DescribeScalingActivitiesInput {
    const KIND: JsonKind = JsonKind::Structure("DescribeScalingActivitiesRequest");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            filter: TargetFilter::take_one(&mut input)?,
            max_results: input.optional("MaxResults", &Rule::NONE)?,
            next_token: input.optional("NextToken", &Rule::NONE)?,
            include_not_scaled_activities: input
                .optional("IncludeNotScaledActivities", &Rule::NONE)?
                .unwrap_or_default(),
        })
    }
}

impl Input for DescribeScalingActivitiesInput {}

/// API model: DescribeScalingActivitiesResponse.
#[derive(Clone, Debug, Default)]
pub struct DescribeScalingActivitiesOutput {
    /// The activities.
    pub scaling_activities: Vec<ScalingActivity>,
    /// Where the next one begins, if there are more.
    pub next_token: Option<String>,
}

impl Encode for DescribeScalingActivitiesOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("ScalingActivities", &self.scaling_activities);
            object.optional("NextToken", &self.next_token);
        });
    }
}
