//! Operations as types: each is a name, an input and an output; whoever can run it implements [`Execute`] for it.
//!
//! A new operation is one file here, one line in `operations!` below, one file in the engine, and its golden tests. Its
//! route, its name in logs and metrics and its IAM action follow from [`Operation::NAME`].

pub mod batch_execute_statement;
pub mod batch_get_item;
pub mod batch_write_item;
pub mod create_table;
pub mod delete_item;
pub mod delete_scaling_policy;
pub mod delete_scheduled_action;
pub mod delete_table;
pub mod deregister_scalable_target;
pub mod describe_continuous_backups;
pub mod describe_contributor_insights;
pub mod describe_endpoints;
pub mod describe_kinesis_streaming_destination;
pub mod describe_limits;
pub mod describe_scalable_targets;
pub mod describe_scaling_activities;
pub mod describe_scaling_policies;
pub mod describe_scheduled_actions;
pub mod describe_stream;
pub mod describe_table;
pub mod describe_table_replica_auto_scaling;
pub mod describe_time_to_live;
pub mod execute_statement;
pub mod execute_transaction;
pub mod get_item;
pub mod get_records;
pub mod get_resource_policy;
pub mod get_shard_iterator;
pub mod item_write;
pub mod list_backups;
pub mod list_bulk_operations;
pub mod list_contributor_insights;
pub mod list_exports;
pub mod list_global_tables;
pub mod list_imports;
pub mod list_streams;
pub mod list_tables;
pub mod list_tags_for_resource;
pub mod list_tags_of_resource;
pub mod page_read;
pub mod parameters;
pub mod put_item;
pub mod put_scaling_policy;
pub mod put_scheduled_action;
pub mod query;
pub mod register_scalable_target;
pub mod scan;
pub mod tag_resource;
pub mod tag_scalable_target;
pub mod transact_get_items;
pub mod transact_write_items;
pub mod unbuilt;
pub mod unsupported;
pub mod untag_resource;
pub mod untag_scalable_target;
pub mod update_contributor_insights;
pub mod update_item;
pub mod update_table;
pub mod update_table_replica_auto_scaling;
pub mod update_time_to_live;

use crate::context::RequestContext;
use crate::error::ApiError;
use crate::wire::description::{Description, describe};
use crate::wire::{self, Encode, Input, Json};
use std::future::Future;

pub use batch_execute_statement::{
    BatchExecuteStatement, BatchExecuteStatementInput, BatchExecuteStatementOutput,
};
pub use batch_get_item::{BatchGetItem, BatchGetItemInput, BatchGetItemOutput};
pub use batch_write_item::{BatchWriteItem, BatchWriteItemInput, BatchWriteItemOutput};
pub use create_table::{CreateTable, CreateTableInput, CreateTableOutput};
pub use delete_item::{DeleteItem, DeleteItemInput};
pub use delete_scaling_policy::{DeleteScalingPolicy, DeleteScalingPolicyInput, DeleteScalingPolicyOutput};
pub use delete_scheduled_action::{
    DeleteScheduledAction, DeleteScheduledActionInput, DeleteScheduledActionOutput,
};
pub use delete_table::{DeleteTable, DeleteTableInput, DeleteTableOutput};
pub use deregister_scalable_target::{
    DeregisterScalableTarget, DeregisterScalableTargetInput, DeregisterScalableTargetOutput,
};
pub use describe_continuous_backups::{
    DescribeContinuousBackups, DescribeContinuousBackupsInput, DescribeContinuousBackupsOutput,
};
pub use describe_contributor_insights::{
    DescribeContributorInsights, DescribeContributorInsightsInput, DescribeContributorInsightsOutput,
};
pub use describe_endpoints::{DescribeEndpoints, DescribeEndpointsInput, DescribeEndpointsOutput};
pub use describe_kinesis_streaming_destination::{
    DescribeKinesisStreamingDestination, DescribeKinesisStreamingDestinationInput,
    DescribeKinesisStreamingDestinationOutput,
};
pub use describe_limits::{DescribeLimits, DescribeLimitsInput, DescribeLimitsOutput};
pub use describe_scalable_targets::{
    DescribeScalableTargets, DescribeScalableTargetsInput, DescribeScalableTargetsOutput,
};
pub use describe_scaling_activities::{
    DescribeScalingActivities, DescribeScalingActivitiesInput, DescribeScalingActivitiesOutput,
};
pub use describe_scaling_policies::{
    DescribeScalingPolicies, DescribeScalingPoliciesInput, DescribeScalingPoliciesOutput,
};
pub use describe_scheduled_actions::{
    DescribeScheduledActions, DescribeScheduledActionsInput, DescribeScheduledActionsOutput,
};
pub use describe_stream::{DescribeStream, DescribeStreamInput, DescribeStreamOutput};
pub use describe_table::{DescribeTable, DescribeTableInput, DescribeTableOutput};
pub use describe_table_replica_auto_scaling::{
    DescribeTableReplicaAutoScaling, DescribeTableReplicaAutoScalingInput,
    DescribeTableReplicaAutoScalingOutput,
};
pub use describe_time_to_live::{DescribeTimeToLive, DescribeTimeToLiveInput, DescribeTimeToLiveOutput};
pub use execute_statement::{ExecuteStatement, ExecuteStatementInput, ExecuteStatementOutput};
pub use execute_transaction::{ExecuteTransaction, ExecuteTransactionInput, ExecuteTransactionOutput};
pub use get_item::{GetItem, GetItemInput, GetItemOutput};
pub use get_records::{GetRecords, GetRecordsInput, GetRecordsOutput};
pub use get_resource_policy::{GetResourcePolicy, GetResourcePolicyInput, GetResourcePolicyOutput};
pub use get_shard_iterator::{GetShardIterator, GetShardIteratorInput, GetShardIteratorOutput};
pub use item_write::{ItemWriteOutput, ItemWriteParameters};
pub use list_backups::{ListBackups, ListBackupsInput, ListBackupsOutput};
pub use list_bulk_operations::{ListBulkOperations, ListBulkOperationsInput, ListBulkOperationsOutput};
pub use list_contributor_insights::{
    ListContributorInsights, ListContributorInsightsInput, ListContributorInsightsOutput,
};
pub use list_exports::{ListExports, ListExportsInput, ListExportsOutput};
pub use list_global_tables::{ListGlobalTables, ListGlobalTablesInput, ListGlobalTablesOutput};
pub use list_imports::{ListImports, ListImportsInput, ListImportsOutput};
pub use list_streams::{ListStreams, ListStreamsInput, ListStreamsOutput};
pub use list_tables::{ListTables, ListTablesInput, ListTablesOutput};
pub use list_tags_for_resource::{ListTagsForResource, ListTagsForResourceInput, ListTagsForResourceOutput};
pub use list_tags_of_resource::{ListTagsOfResource, ListTagsOfResourceInput, ListTagsOfResourceOutput};
pub use page_read::PageReadOutput;
pub use put_item::{PutItem, PutItemInput};
pub use put_scaling_policy::{PutScalingPolicy, PutScalingPolicyInput, PutScalingPolicyOutput};
pub use put_scheduled_action::{PutScheduledAction, PutScheduledActionInput, PutScheduledActionOutput};
pub use query::{Query, QueryInput};
pub use register_scalable_target::{
    RegisterScalableTarget, RegisterScalableTargetInput, RegisterScalableTargetOutput,
};
pub use scan::{Scan, ScanInput};
pub use tag_resource::{TagResource, TagResourceInput, TagResourceOutput};
pub use tag_scalable_target::{TagScalableTarget, TagScalableTargetInput, TagScalableTargetOutput};
pub use transact_get_items::{TransactGetItems, TransactGetItemsInput, TransactGetItemsOutput};
pub use transact_write_items::{TransactWriteItems, TransactWriteItemsInput, TransactWriteItemsOutput};
pub use unbuilt::{UNBUILT, unbuilt};
pub use untag_resource::{UntagResource, UntagResourceInput, UntagResourceOutput};
pub use untag_scalable_target::{UntagScalableTarget, UntagScalableTargetInput, UntagScalableTargetOutput};
pub use update_contributor_insights::{
    UpdateContributorInsights, UpdateContributorInsightsInput, UpdateContributorInsightsOutput,
};
pub use update_item::{UpdateItem, UpdateItemInput};
pub use update_table::{UpdateTable, UpdateTableInput, UpdateTableOutput};
pub use update_table_replica_auto_scaling::{
    UpdateTableReplicaAutoScaling, UpdateTableReplicaAutoScalingInput, UpdateTableReplicaAutoScalingOutput,
};
pub use update_time_to_live::{UpdateTimeToLive, UpdateTimeToLiveInput, UpdateTimeToLiveOutput};

/// One operation of the API.
pub trait Operation {
    /// Its name, as in `X-Amz-Target`.
    const NAME: &'static str;
    /// Which API it belongs to, as in `X-Amz-Target`.
    const TARGET: &'static str = DYNAMODB_TARGET;
    /// What it takes.
    type Input: Input + Send;
    /// What it answers.
    type Output: Encode + Send;
}

/// Something that can run an operation.
pub trait Execute<Op: Operation>: Send + Sync {
    /// Runs it.
    fn execute(
        &self,
        context: &RequestContext,
        input: Op::Input,
    ) -> impl Future<Output = Result<Op::Output, ApiError>> + Send;
}

/// DynamoDB's own API, as `X-Amz-Target` names it.
pub const DYNAMODB_TARGET: &str = "DynamoDB_20120810";
/// The API of its streams, which has operations of its own.
pub const DYNAMODB_STREAMS_TARGET: &str = "DynamoDBStreams_20120810";
/// The API of Application Auto Scaling.
pub const APPLICATION_AUTO_SCALING_TARGET: &str = "AnyScaleFrontendService";

macro_rules! operations {
    ($($operation:ident),+ $(,)?) => {
        /// Every operation there is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs)]
        pub enum OperationName { $($operation),+ }

        impl OperationName {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$operation),+];

            /// Its name, as in `X-Amz-Target`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$operation => <$operation as Operation>::NAME),+ }
            }

            /// Its name here, which no other has: an operation of another API may be called the same.
            pub fn unique_name(self) -> &'static str {
                match self { $(Self::$operation => stringify!($operation)),+ }
            }

            /// Which API it belongs to, as in `X-Amz-Target`.
            pub fn target(self) -> &'static str {
                match self { $(Self::$operation => <$operation as Operation>::TARGET),+ }
            }

            /// The operation that a target such as `DynamoDB_20120810.PutItem` names.
            pub fn from_target(target: &str) -> Option<Self> {
                let (api, name) = target.split_once('.')?;
                $(if name == <$operation as Operation>::NAME && api == <$operation as Operation>::TARGET {
                    return Some(Self::$operation);
                })+
                None
            }

            /// What its input reads.
            pub fn input_description(self) -> Description {
                match self { $(Self::$operation => describe::<<$operation as Operation>::Input>()),+ }
            }
        }

        /// Something that can run every operation. A missing one does not compile.
        pub trait Service: $(Execute<$operation> +)+ Send + Sync + 'static {}
        impl<S: $(Execute<$operation> +)+ Send + Sync + 'static> Service for S {}

        /// Runs an operation on its JSON input and answers its JSON output.
        pub async fn dispatch<S: Service>(
            service: &S,
            context: &RequestContext,
            operation: OperationName,
            input: Json<'_>,
        ) -> Result<Vec<u8>, ApiError> {
            match operation {
                $(OperationName::$operation => {
                    let input = wire::decode_input::<<$operation as Operation>::Input>(input)?;
                    let output = Execute::<$operation>::execute(service, context, input).await?;
                    Ok(wire::encode::to_json(&output))
                })+
            }
        }
    };
}

operations! {
    BatchExecuteStatement,
    BatchGetItem,
    BatchWriteItem,
    CreateTable,
    DeleteItem,
    DeleteScalingPolicy,
    DeleteScheduledAction,
    DeleteTable,
    DeregisterScalableTarget,
    DescribeContinuousBackups,
    DescribeContributorInsights,
    DescribeEndpoints,
    DescribeKinesisStreamingDestination,
    DescribeLimits,
    DescribeScalableTargets,
    DescribeScalingActivities,
    DescribeScalingPolicies,
    DescribeScheduledActions,
    DescribeStream,
    DescribeTable,
    DescribeTableReplicaAutoScaling,
    DescribeTimeToLive,
    ExecuteStatement,
    ExecuteTransaction,
    GetItem,
    GetRecords,
    GetResourcePolicy,
    GetShardIterator,
    ListBackups,
    ListBulkOperations,
    ListContributorInsights,
    ListExports,
    ListGlobalTables,
    ListImports,
    ListStreams,
    ListTables,
    ListTagsForResource,
    ListTagsOfResource,
    PutItem,
    PutScalingPolicy,
    PutScheduledAction,
    Query,
    RegisterScalableTarget,
    Scan,
    TagResource,
    TagScalableTarget,
    TransactGetItems,
    TransactWriteItems,
    UntagResource,
    UntagScalableTarget,
    UpdateContributorInsights,
    UpdateItem,
    UpdateTable,
    UpdateTableReplicaAutoScaling,
    UpdateTimeToLive,
}
