//! Scalable targets, policies and scheduled actions that cannot be.

use crate::scaling::ScalableTargetId;

/// What is wrong with a request to Application Auto Scaling, in its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScalingFault {
    /// Something that is not scaled here, or parts of a target's name that do not go together.
    UnsupportedTarget,
    /// A target whose table, or index, is not there.
    ResourceMissing {
        /// As the request names it.
        resource_id: String,
    },
    /// A target on demand, which has nothing to scale.
    OnDemand,
    /// A new target without one of its bounds.
    CapacityMissing {
        /// `Minimum` or `Maximum`.
        bound: &'static str,
    },
    /// A bound below what DynamoDB provisions.
    CapacityTooSmall {
        /// `Minimum` or `Maximum`.
        bound: &'static str,
    },
    /// A maximum below the minimum.
    BoundsCrossed,
    /// A role that is no ARN.
    RoleArn {
        /// As it came.
        arn: String,
    },
    /// Tags for a target that is there already.
    TagsOfRegistered,
    /// A dimension without the resource that it is of.
    DimensionWithoutResource {
        /// What would name the resource.
        member: &'static str,
    },
    /// Fewer results asked for than none.
    MaxResults,

    /// A new policy that does not say its type.
    PolicyTypeMissing,
    /// A type of policy that DynamoDB is not scaled by.
    PolicyType {
        /// Which.
        policy_type: &'static str,
    },
    /// A policy without its configuration.
    TargetTrackingMissing,
    /// A policy that does not say what it measures.
    MetricMissing,
    /// A policy by a metric of the user's own.
    CustomizedMetric,
    /// A label for a metric that takes none.
    ResourceLabel {
        /// The metric.
        metric: &'static str,
    },
    /// A metric that is not one of the target's.
    MetricOfOther {
        /// The metric.
        metric: &'static str,
    },
    /// A target value that no metric can have; the bits of the number.
    TargetValue {
        /// Which.
        value: u64,
    },
    /// A utilization that is not to be kept; the bits of the number.
    Utilization {
        /// The metric.
        metric: &'static str,
        /// Which.
        value: u64,
    },
    /// A second policy by the same metric.
    RepeatedMetric,

    /// A scheduled action that does nothing.
    ActionMissing,
    /// A scheduled action that changes neither bound.
    ActionEmpty,
    /// A new scheduled action without a schedule.
    ScheduleMissing,
    /// A schedule that cannot be read.
    Schedule,
    /// A time zone other than UTC.
    Timezone,
    /// A schedule that ends before it starts.
    Times,
    /// More scheduled actions than a target may have.
    TooManyScheduledActions,

    /// No such target, for operations that need one to put something to it.
    NotRegistered(ScalableTargetId),
    /// No such target, for operations that take something away.
    NoTarget(ScalableTargetId),
    /// No such policy.
    NoPolicy {
        /// Of this target.
        target: ScalableTargetId,
        /// Its name.
        name: String,
    },
    /// No such scheduled action.
    NoScheduledAction {
        /// Of this target.
        target: ScalableTargetId,
        /// Its name.
        name: String,
    },
    /// No target has that ARN.
    NoSuchArn {
        /// Which.
        arn: String,
    },
    /// More tags than a target may have.
    TooManyTags {
        /// The target's ARN.
        arn: String,
    },
    /// A token that is not one of ours.
    NextToken,
}

impl ScalingFault {
    /// The exception's name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotRegistered(_)
            | Self::NoTarget(_)
            | Self::NoPolicy { .. }
            | Self::NoScheduledAction { .. } => "ObjectNotFoundException",
            Self::NoSuchArn { .. } => "ResourceNotFoundException",
            Self::TooManyTags { .. } => "TooManyTagsException",
            Self::TooManyScheduledActions => "LimitExceededException",
            Self::NextToken => "InvalidNextTokenException",
            _ => "ValidationException",
        }
    }

    /// The resource that the exception names beside its message.
    pub fn resource_name(&self) -> Option<&str> {
        match self {
            Self::NoSuchArn { arn } | Self::TooManyTags { arn } => Some(arn),
            _ => None,
        }
    }
}

/// What is wrong with an UpdateTableReplicaAutoScaling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplicaScalingFault {
    /// Settings that ask for auto scaling, and lack some of what it needs.
    Incomplete {
        /// What they lack.
        parameters: Vec<&'static str>,
    },
    /// Settings beside those that turn auto scaling off.
    BesideDisabled {
        /// Which.
        parameters: Vec<&'static str>,
    },
    /// A replica that nothing is said of.
    NothingForRegion {
        /// Where it is.
        region: String,
    },
    /// A replica that is named twice.
    RepeatedRegion {
        /// Where it is.
        region: String,
    },
    /// A table on demand.
    OnDemand {
        /// Where it is.
        region: String,
        /// What it cannot be given.
        parameter: &'static str,
    },
    /// What Application Auto Scaling says.
    Scaling {
        /// That.
        fault: ScalingFault,
        /// Of the request.
        request_id: String,
    },
}
