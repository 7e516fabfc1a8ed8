//! What DynamoDB says of a table.

use super::index::Projection;
use super::throughput::{
    IndexWarmThroughputDescription, OnDemandThroughput, ProvisionedThroughputDescription,
    TableWarmThroughputDescription,
};
use super::{
    AttributeDefinition, BillingMode, IndexStatus, KeySchemaElement, SseStatus, SseType, StreamSpecification,
    TableClass, TableStatus,
};
use crate::wire::{Encode, JsonWriter, Timestamp};

/// A table as DynamoDB describes it (API model: TableDescription).
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "the API's own names")]
pub struct TableDescription {
    pub attribute_definitions: Option<Vec<AttributeDefinition>>,
    pub table_name: String,
    pub key_schema: Option<Vec<KeySchemaElement>>,
    pub table_status: TableStatus,
    pub creation_date_time: Option<Timestamp>,
    pub provisioned_throughput: ProvisionedThroughputDescription,
    pub table_size_bytes: i64,
    pub item_count: i64,
    pub table_arn: String,
    pub table_id: String,
    pub billing_mode_summary: Option<BillingModeSummary>,
    pub local_secondary_indexes: Vec<LocalSecondaryIndexDescription>,
    pub global_secondary_indexes: Vec<GlobalSecondaryIndexDescription>,
    pub stream_specification: Option<StreamSpecification>,
    pub latest_stream_label: Option<String>,
    pub latest_stream_arn: Option<String>,
    pub sse_description: Option<SseDescription>,
    pub table_class_summary: Option<TableClassSummary>,
    pub deletion_protection_enabled: bool,
    pub on_demand_throughput: Option<OnDemandThroughput>,
    pub warm_throughput: Option<TableWarmThroughputDescription>,
}

impl Encode for TableDescription {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("AttributeDefinitions", &self.attribute_definitions);
            object.field("TableName", &self.table_name);
            object.optional("KeySchema", &self.key_schema);
            object.field("TableStatus", &self.table_status);
            object.optional("CreationDateTime", &self.creation_date_time);
            object.field("ProvisionedThroughput", &self.provisioned_throughput);
            object.field("TableSizeBytes", &self.table_size_bytes);
            object.field("ItemCount", &self.item_count);
            object.field("TableArn", &self.table_arn);
            object.field("TableId", &self.table_id);
            object.optional("BillingModeSummary", &self.billing_mode_summary);
            if !self.local_secondary_indexes.is_empty() {
                object.field("LocalSecondaryIndexes", &self.local_secondary_indexes);
            }
            if !self.global_secondary_indexes.is_empty() {
                object.field("GlobalSecondaryIndexes", &self.global_secondary_indexes);
            }
            object.optional("StreamSpecification", &self.stream_specification);
            object.optional("LatestStreamLabel", &self.latest_stream_label);
            object.optional("LatestStreamArn", &self.latest_stream_arn);
            object.optional("SSEDescription", &self.sse_description);
            object.optional("TableClassSummary", &self.table_class_summary);
            object.field("DeletionProtectionEnabled", &self.deletion_protection_enabled);
            object.optional("OnDemandThroughput", &self.on_demand_throughput);
            object.optional("WarmThroughput", &self.warm_throughput);
        });
    }
}

/// How a table is billed (API model: BillingModeSummary).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BillingModeSummary {
    /// How.
    pub billing_mode: BillingMode,
    /// When it last became PAY_PER_REQUEST.
    pub last_update_to_pay_per_request_date_time: Option<Timestamp>,
}

impl Encode for BillingModeSummary {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("BillingMode", &self.billing_mode);
            object.optional(
                "LastUpdateToPayPerRequestDateTime",
                &self.last_update_to_pay_per_request_date_time,
            );
        });
    }
}

/// A local secondary index (API model: LocalSecondaryIndexDescription).
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "the API's own names")]
pub struct LocalSecondaryIndexDescription {
    pub index_name: String,
    pub key_schema: Vec<KeySchemaElement>,
    pub projection: Projection,
    pub index_size_bytes: i64,
    pub item_count: i64,
    pub index_arn: String,
}

impl Encode for LocalSecondaryIndexDescription {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("IndexName", &self.index_name);
            object.field("KeySchema", &self.key_schema);
            object.field("Projection", &self.projection);
            object.field("IndexSizeBytes", &self.index_size_bytes);
            object.field("ItemCount", &self.item_count);
            object.field("IndexArn", &self.index_arn);
        });
    }
}

/// A global secondary index (API model: GlobalSecondaryIndexDescription).
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "the API's own names")]
pub struct GlobalSecondaryIndexDescription {
    pub index_name: String,
    pub key_schema: Vec<KeySchemaElement>,
    pub projection: Projection,
    pub index_status: IndexStatus,
    /// Whether items that were there before the index are still being added. Absent once it is done.
    pub backfilling: Option<bool>,
    pub provisioned_throughput: ProvisionedThroughputDescription,
    pub index_size_bytes: i64,
    pub item_count: i64,
    pub index_arn: String,
    pub on_demand_throughput: Option<OnDemandThroughput>,
    pub warm_throughput: Option<IndexWarmThroughputDescription>,
}

impl Encode for GlobalSecondaryIndexDescription {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("IndexName", &self.index_name);
            object.field("KeySchema", &self.key_schema);
            object.field("Projection", &self.projection);
            object.field("IndexStatus", &self.index_status);
            object.optional("Backfilling", &self.backfilling);
            object.field("ProvisionedThroughput", &self.provisioned_throughput);
            object.field("IndexSizeBytes", &self.index_size_bytes);
            object.field("ItemCount", &self.item_count);
            object.field("IndexArn", &self.index_arn);
            object.optional("OnDemandThroughput", &self.on_demand_throughput);
            object.optional("WarmThroughput", &self.warm_throughput);
        });
    }
}

/// How a table is encrypted, if a managed key does it (API model: SSEDescription).
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the API's own names")]
pub struct SseDescription {
    pub status: SseStatus,
    pub sse_type: SseType,
    pub kms_master_key_arn: String,
}

impl Encode for SseDescription {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("Status", &self.status);
            object.field("SSEType", &self.sse_type);
            object.field("KMSMasterKeyArn", &self.kms_master_key_arn);
        });
    }
}

/// Which class a table has, if it was ever chosen (API model: TableClassSummary).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the API's own names")]
pub struct TableClassSummary {
    pub table_class: TableClass,
    pub last_update_date_time: Option<Timestamp>,
}

impl Encode for TableClassSummary {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("TableClass", &self.table_class);
            object.optional("LastUpdateDateTime", &self.last_update_date_time);
        });
    }
}
