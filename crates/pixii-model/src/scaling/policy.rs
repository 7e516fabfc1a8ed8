//! Scaling policies: which utilization of what is provisioned is to be kept.

use super::{MetricType, ScalableTargetId};
use crate::error::serialization::JsonKind;
use crate::error::{Flow, ScalingFault, SerializationFault};
use crate::wire::{Decode, Decoder, Encode, Json, JsonWriter, Rule, Timestamp};
use crate::wire_enum;

/// Rule of a policy's name (API model: PolicyName).
pub const POLICY_NAME: Rule = Rule::length(1, 256).pattern(crate::wire::rule::Pattern::Printable);

/// Which utilizations DynamoDB's may be told to keep, in percent. (Its documentation says 20 to 90; the service takes 10.)
const UTILIZATION: std::ops::RangeInclusive<f64> = 10.0..=90.0;
/// Which targets of any metric may be.
const TARGET_VALUE: std::ops::RangeInclusive<f64> = 8.51592e-109..=1.174271e108;

wire_enum! {
    /// How a policy scales.
    PolicyType {
        /// It keeps a metric near a target.
        TargetTrackingScaling = "TargetTrackingScaling",
        /// By steps. Not for DynamoDB.
        StepScaling = "StepScaling",
        /// Ahead of what it predicts. Not for DynamoDB.
        PredictiveScaling = "PredictiveScaling",
    }
    printed ["PredictiveScaling", "StepScaling", "TargetTrackingScaling"]
}

/// API model: TargetTrackingScalingPolicyConfiguration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TargetTracking {
    /// Which utilization is to be kept, in percent.
    pub target_value: f64,
    /// What is measured.
    pub predefined_metric_specification: Option<PredefinedMetric>,
    /// Whether a metric of the user's own is named.
    pub customized_metric_specification: bool,
    /// For how many seconds to wait after scaling out.
    pub scale_out_cooldown: Option<i32>,
    /// For how many seconds to wait after scaling in.
    pub scale_in_cooldown: Option<i32>,
    /// Whether it never scales in.
    pub disable_scale_in: Option<bool>,
}

impl TargetTracking {
    /// Checks that it is one for these reads or writes.
    pub fn check(&self, flow: Flow) -> Result<(), ScalingFault> {
        if self.customized_metric_specification {
            return Err(ScalingFault::CustomizedMetric);
        }
        let Some(metric) = &self.predefined_metric_specification else {
            return Err(ScalingFault::MetricMissing);
        };
        if metric.resource_label.is_some() {
            return Err(ScalingFault::ResourceLabel { metric: metric.metric_type.as_str() });
        }
        if metric.metric_type.as_str() != metric_of(flow) {
            return Err(ScalingFault::MetricOfOther { metric: metric.metric_type.as_str() });
        }
        check_target_value(self.target_value, flow)
    }
}

/// Checks that a utilization can be kept.
pub fn check_target_value(value: f64, flow: Flow) -> Result<(), ScalingFault> {
    if !TARGET_VALUE.contains(&value) {
        return Err(ScalingFault::TargetValue { value: value.to_bits() });
    }
    if !UTILIZATION.contains(&value) {
        return Err(ScalingFault::Utilization { metric: metric_of(flow), value: value.to_bits() });
    }
    Ok(())
}

/// The metric of DynamoDB's reads or writes.
pub fn metric_of(flow: Flow) -> &'static str {
    match flow {
        Flow::Read => "DynamoDBReadCapacityUtilization",
        Flow::Write => "DynamoDBWriteCapacityUtilization",
    }
}

impl Decode for TargetTracking {
    const KIND: JsonKind = JsonKind::Structure("TargetTrackingScalingPolicyConfiguration");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            target_value: input.required("TargetValue", &Rule::NONE)?,
            predefined_metric_specification: input.optional("PredefinedMetricSpecification", &Rule::NONE)?,
            customized_metric_specification: input.take("CustomizedMetricSpecification").is_some(),
            scale_out_cooldown: input.optional("ScaleOutCooldown", &Rule::NONE)?,
            scale_in_cooldown: input.optional("ScaleInCooldown", &Rule::NONE)?,
            disable_scale_in: input.optional("DisableScaleIn", &Rule::NONE)?,
        })
    }
}

impl Encode for TargetTracking {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("TargetValue", &self.target_value);
            object.optional("PredefinedMetricSpecification", &self.predefined_metric_specification);
            object.optional("ScaleOutCooldown", &self.scale_out_cooldown);
            object.optional("ScaleInCooldown", &self.scale_in_cooldown);
            object.optional("DisableScaleIn", &self.disable_scale_in);
        });
    }
}

/// API model: PredefinedMetricSpecification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PredefinedMetric {
    /// Which metric.
    pub metric_type: MetricType,
    /// Of what, where that is not the target.
    pub resource_label: Option<String>,
}

impl PredefinedMetric {
    /// The one of DynamoDB's reads or writes.
    pub fn of(flow: Flow) -> Self {
        Self { metric_type: MetricType(metric_of(flow)), resource_label: None }
    }
}

impl Decode for PredefinedMetric {
    const KIND: JsonKind = JsonKind::Structure("PredefinedMetricSpecification");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            metric_type: input.required("PredefinedMetricType", &Rule::NONE)?,
            resource_label: input.optional("ResourceLabel", &Rule::length(1, 1023))?,
        })
    }
}

impl Encode for PredefinedMetric {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("PredefinedMetricType", &self.metric_type);
            object.optional("ResourceLabel", &self.resource_label);
        });
    }
}

/// API model: Alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
}

impl Encode for Alarm {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("AlarmName", &self.name);
            object.field("AlarmARN", &self.arn);
        });
    }
}

/// API model: ScalingPolicy.
#[derive(Clone, Debug, PartialEq)]
pub struct ScalingPolicy {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// What it scales.
    pub target: ScalableTargetId,
    /// Which utilization it keeps.
    pub target_tracking: TargetTracking,
    /// What makes it act.
    pub alarms: Vec<Alarm>,
    /// Since when it is there.
    pub creation_time: Timestamp,
}

impl Encode for ScalingPolicy {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("PolicyARN", &self.arn);
            object.field("PolicyName", &self.name);
            self.target.encode_members(object);
            object.field("PolicyType", &PolicyType::TargetTrackingScaling);
            object.field("TargetTrackingScalingPolicyConfiguration", &self.target_tracking);
            object.field("Alarms", &self.alarms);
            object.field("CreationTime", &self.creation_time);
        });
    }
}
