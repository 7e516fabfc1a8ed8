//! Scalable targets, policies and scheduled actions that cannot be; and what is told of activities.

use crate::error::{ApiError, Flow, Quota, ReplicaScalingFault, ScalingFault};
use crate::scaling::ScalableTargetId;
use crate::scaling::activity::{Cause, Doing, Outcome};
use std::fmt;

impl fmt::Display for ScalingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnsupportedTarget => {
                f.write_str("Unsupported service namespace, resource type or scalable dimension")
            }
            Self::ResourceMissing { resource_id } => write!(f, "DynamoDB table does not exist: {resource_id}"),
            Self::OnDemand => f.write_str(
                "Validation failed for scalable target. Reason: PAY_PER_REQUEST table mode is not scalable.",
            ),
            Self::CapacityMissing { bound } => write!(f, "{bound} capacity must be specified"),
            Self::CapacityTooSmall { bound } => write!(f, "{bound} capacity cannot be less than 1"),
            Self::BoundsCrossed => f.write_str("Maximum capacity cannot be less than minimum capacity"),
            Self::RoleArn { arn } => write!(f, "'{arn}' is not a valid ARN"),
            Self::TagsOfRegistered => f.write_str(
                "The scalable target that you tried to tag already exists. To update tags on an existing scalable target, use the TagResource API.",
            ),
            Self::DimensionWithoutResource { member } => {
                write!(f, "{member} must be specified when ScalableDimension is specified")
            }
            Self::MaxResults => f.write_str("MaxResults cannot be less than 0"),

            Self::PolicyTypeMissing => f.write_str("PolicyType must be specified"),
            Self::PolicyType { policy_type } => {
                write!(f, "{policy_type} policies are not supported for the service namespace dynamodb")
            }
            Self::TargetTrackingMissing => {
                f.write_str("TargetTrackingScalingPolicyConfiguration must be specified")
            }
            Self::MetricMissing => f.write_str("Specify exactly one predefined or customized metric"),
            Self::CustomizedMetric => f.write_str("CustomizedMetricSpecification is not supported"),
            Self::ResourceLabel { metric } => {
                write!(f, "Resource label should not be specified for predefined metric type {metric}")
            }
            Self::MetricOfOther { metric } => {
                write!(f, "Predefined metric type {metric} is not supported for this scalable dimension")
            }
            Self::TargetValue { value } => write!(
                f,
                "For target tracking scaling, target value must be between '8.51592E-109' and '1.174271E108', but was '{:?}'.",
                f64::from_bits(*value)
            ),
            Self::Utilization { metric, value } => write!(
                f,
                "For predefined metric type {metric}, target value must be between '10.0' and '90.0', but was '{:?}'.",
                f64::from_bits(*value)
            ),
            Self::RepeatedMetric => f.write_str(
                "Only one TargetTrackingScaling policy for a given metric specification is allowed.",
            ),

            Self::ActionMissing => f.write_str("ScalableTargetAction must be set"),
            Self::ActionEmpty => {
                f.write_str("At least one of minimum capacity and maximum capacity should be provided")
            }
            Self::ScheduleMissing => f.write_str("Schedule must be specified"),
            Self::Schedule => f.write_str("Invalid schedule expression"),
            Self::Timezone => f.write_str("Timezone is not supported, but for UTC"),
            Self::Times => f.write_str("StartTime must be before EndTime"),
            Self::TooManyScheduledActions => {
                f.write_str("Limit exceeded: a scalable target may have 200 scheduled actions")
            }

            Self::NotRegistered(target) => {
                write!(f, "No scalable target registered for {}", Named(target))
            }
            Self::NoTarget(target) => write!(f, "No scalable target found for {}", Named(target)),
            Self::NoPolicy { target, name } => {
                write!(f, "No scaling policy found for {}, policy name: {name}", Named(target))
            }
            Self::NoScheduledAction { target, name } => {
                write!(f, "No scheduled action found for {}, scheduled action name: {name}", Named(target))
            }
            Self::NoSuchArn { .. } => f.write_str("Scalable Target not found"),
            Self::TooManyTags { .. } => f.write_str("A scalable target may have 50 tags"),
            Self::NextToken => f.write_str("Invalid NextToken"),
        }
    }
}

/// A target as the sentences name it.
struct Named<'a>(&'a ScalableTargetId);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (resource, dimension) = (self.0.resource_id(), self.0.dimension());
        write!(f, "service namespace: dynamodb, resource ID: {resource}, scalable dimension: {dimension}")
    }
}

pub(super) fn of_replica(
    table: &str,
    fault: &ReplicaScalingFault,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let quoted = |names: &[&str]| names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    match fault {
        ReplicaScalingFault::Incomplete { parameters } => write!(
            f,
            "Failed to update settings for global table with name: ‘{table}’: Parameters {} are required unless auto scaling is being disabled.",
            quoted(parameters)
        ),
        // Without the colon, as AWS has it.
        ReplicaScalingFault::BesideDisabled { parameters } => write!(
            f,
            "Failed to update settings for global table with name ‘{table}’: Parameters {} must be left blank when disabling auto scaling.",
            quoted(parameters)
        ),
        ReplicaScalingFault::NothingForRegion { region } => write!(
            f,
            "Failed to update settings for global table with name: ‘{table}’ because at least one update parameter must be specified for region: ‘{region}’."
        ),
        ReplicaScalingFault::RepeatedRegion { region } => write!(
            f,
            "Failed to update settings for global table with name: ‘{table}’ because the regions: ‘[{region}]’ were specified more than once."
        ),
        // Opened and closed with the same quotation mark, as AWS has it.
        ReplicaScalingFault::OnDemand { region, parameter } => write!(
            f,
            "Failed to update global table with name ‘{table}‘. Replicas '{}' BillingMode is PayPerRequest. You must convert table's BillingMode to PROVISIONED to set parameters: '{parameter}'.",
            region.to_ascii_uppercase()
        ),
        ReplicaScalingFault::Scaling { fault, request_id } => write!(
            f,
            "{fault} (Service: AWSApplicationAutoScaling; Status Code: 400; Error Code: {}; Request ID: {request_id}; Proxy: null)",
            fault.code()
        ),
    }
}

fn units(flow: Flow) -> &'static str {
    match flow {
        Flow::Read => "read capacity units",
        Flow::Write => "write capacity units",
    }
}

impl fmt::Display for Doing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Capacity { flow, capacity } => write!(f, "Setting {} to {capacity}.", units(*flow)),
            Self::Bounds(bounds) => {
                f.write_str("Setting ")?;
                set_bounds(bounds.min_capacity, bounds.max_capacity, f)
            }
        }
    }
}

fn set_bounds(min: Option<i32>, max: Option<i32>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match (min, max) {
        (Some(min), Some(max)) => write!(f, "min capacity to {min} and max capacity to {max}"),
        (Some(min), None) => write!(f, "min capacity to {min}"),
        (None, Some(max)) => write!(f, "max capacity to {max}"),
        (None, None) => Ok(()),
    }
}

impl fmt::Display for Cause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alarm { alarm, policy } => {
                write!(f, "monitor alarm {alarm} in state ALARM triggered policy {policy}")
            }
            Self::Minimum(min) => write!(f, "minimum capacity was set to {min}"),
            Self::Maximum(max) => write!(f, "maximum capacity was set to {max}"),
            Self::ScheduledAction(name) => write!(f, "scheduled action name {name} was triggered"),
        }
    }
}

impl fmt::Display for Outcome<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Waiting { flow, capacity } => write!(
                f,
                "Successfully set {} to {capacity}. Waiting for change to be fulfilled by dynamodb.",
                units(*flow)
            ),
            Self::Fulfilled { flow, capacity } => write!(
                f,
                "Successfully set {} to {capacity}. Change successfully fulfilled by dynamodb.",
                units(*flow)
            ),
            Self::Refused { flow, capacity, error } => {
                write!(f, "Failed to set {} to {capacity}. Reason: ", units(*flow))?;
                // AWS was seen to begin so for decreases, and not for a table's maximum.
                if let ApiError::LimitExceeded(Quota::Decreases { .. }) = error {
                    f.write_str("Failed updating table: ")?;
                }
                error.fmt(f)
            }
            Self::BoundsSet(bounds) => {
                f.write_str("Successfully set ")?;
                set_bounds(bounds.min_capacity, bounds.max_capacity, f)
            }
            Self::BoundsRefused { bounds, reason } => {
                f.write_str("Failed to set ")?;
                set_bounds(bounds.min_capacity, bounds.max_capacity, f)?;
                write!(f, ". Reason: {reason}")
            }
        }
    }
}
