//! Auto scaling as the API of Application Auto Scaling describes it: what is scaled, between which bounds, by which policy, when
//! else, and what came of it.
//!
//! That API scales much that is not DynamoDB's. Its words are all known here, and only DynamoDB's mean something: the reads or
//! the writes of a table, or of one of its global indexes.

pub mod activity;
pub mod policy;
pub mod replica;
pub mod scheduled_action;
pub mod target;

pub use activity::{ActivityStatus, ScalingActivity};
pub use policy::{Alarm, PolicyType, PredefinedMetric, ScalingPolicy, TargetTracking};
pub use scheduled_action::{Bounds, ScheduledAction};
pub use target::{ScalableTarget, ScalableTargetId, SuspendedState, TargetName};

use crate::error::SerializationFault;
use crate::wire::primitive::decode_enum;
use crate::wire::{Decode, Decoder, Encode, Json, JsonKind, JsonWriter, Rule};

/// Rule of names of resources, and of much else (API model: ResourceIdMaxLen1600). It takes every text that JSON can hold.
pub const RESOURCE_ID: Rule = Rule::length(1, 1600);

/// Rule of lists of them (API model: ResourceIdsMaxLen1600).
pub const RESOURCE_IDS: Rule = Rule::length_max(50).members(&RESOURCE_ID);

/// Declares an enum of the API model of which few values mean something here: a text that is one of those listed.
macro_rules! listed {
    ($(#[$doc:meta])* $name:ident [$($value:literal),+ $(,)?]) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name(&'static str);

        impl $name {
            const LISTED: &'static [&'static str] = &[$($value),+];

            /// As on the wire.
            pub fn as_str(self) -> &'static str {
                self.0
            }
        }

        impl Decode for $name {
            const KIND: JsonKind = JsonKind::String;
            const VALUES: Option<&'static [&'static str]> = Some(Self::LISTED);

            fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
                decode_enum(json, decoder, |text| Self::LISTED.iter().find(|value| **value == text).map(|value| Self(value)))
            }
        }

        impl Encode for $name {
            fn encode(&self, writer: &mut JsonWriter) {
                writer.string(self.0);
            }
        }
    };
}

listed! {
    /// A service that Application Auto Scaling scales for.
    ServiceNamespace [
        "appstream", "cassandra", "comprehend", "custom-resource", "dynamodb", "ec2", "ecs", "elasticache", "elasticmapreduce",
        "kafka", "lambda", "neptune", "rds", "sagemaker", "workspaces",
    ]
}

listed! {
    /// What of a resource is scaled.
    ScalableDimension [
        "appstream:fleet:DesiredCapacity",
        "cassandra:table:ReadCapacityUnits",
        "cassandra:table:WriteCapacityUnits",
        "comprehend:document-classifier-endpoint:DesiredInferenceUnits",
        "comprehend:entity-recognizer-endpoint:DesiredInferenceUnits",
        "custom-resource:ResourceType:Property",
        "dynamodb:index:ReadCapacityUnits",
        "dynamodb:index:WriteCapacityUnits",
        "dynamodb:table:ReadCapacityUnits",
        "dynamodb:table:WriteCapacityUnits",
        "ec2:spot-fleet-request:TargetCapacity",
        "ecs:service:DesiredCount",
        "elasticache:cache-cluster:Nodes",
        "elasticache:replication-group:NodeGroups",
        "elasticache:replication-group:Replicas",
        "elasticmapreduce:instancegroup:InstanceCount",
        "kafka:broker-storage:VolumeSize",
        "lambda:function:ProvisionedConcurrency",
        "neptune:cluster:ReadReplicaCount",
        "rds:cluster:ReadReplicaCount",
        "sagemaker:inference-component:DesiredCopyCount",
        "sagemaker:variant:DesiredInstanceCount",
        "sagemaker:variant:DesiredProvisionedConcurrency",
        "workspaces:workspacespool:DesiredUserSessions",
    ]
}

listed! {
    /// A metric that Application Auto Scaling knows by itself.
    MetricType [
        "ALBRequestCountPerTarget",
        "AppStreamAverageCapacityUtilization",
        "CassandraReadCapacityUtilization",
        "CassandraWriteCapacityUtilization",
        "ComprehendInferenceUtilization",
        "DynamoDBReadCapacityUtilization",
        "DynamoDBWriteCapacityUtilization",
        "EC2SpotFleetRequestAverageCPUUtilization",
        "EC2SpotFleetRequestAverageNetworkIn",
        "EC2SpotFleetRequestAverageNetworkOut",
        "ECSServiceAverageCPUUtilization",
        "ECSServiceAverageCPUUtilizationHighResolution",
        "ECSServiceAverageMemoryUtilization",
        "ECSServiceAverageMemoryUtilizationHighResolution",
        "ElastiCacheDatabaseCapacityUsageCountedForEvictPercentage",
        "ElastiCacheDatabaseMemoryUsageCountedForEvictPercentage",
        "ElastiCacheDatabaseMemoryUsagePercentage",
        "ElastiCacheEngineCPUUtilization",
        "ElastiCachePrimaryEngineCPUUtilization",
        "ElastiCacheReplicaEngineCPUUtilization",
        "KafkaBrokerStorageUtilization",
        "LambdaProvisionedConcurrencyUtilization",
        "NeptuneReaderAverageCPUUtilization",
        "RDSReaderAverageCPUUtilization",
        "RDSReaderAverageDatabaseConnections",
        "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution",
        "SageMakerInferenceComponentInvocationsPerCopy",
        "SageMakerVariantConcurrentRequestsPerModelHighResolution",
        "SageMakerVariantInvocationsPerInstance",
        "SageMakerVariantProvisionedConcurrencyUtilization",
        "WorkSpacesAverageUserSessionsCapacityUtilization",
    ]
}

impl ServiceNamespace {
    /// Whether it is the one of DynamoDB.
    pub fn is_dynamodb(self) -> bool {
        self.0 == DYNAMODB
    }
}

/// The namespace of DynamoDB.
pub const DYNAMODB: &str = "dynamodb";
