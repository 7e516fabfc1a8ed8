//! Records as DynamoDB describes tables.

use super::record::{IndexRecord, TableRecord, Throughput};
use crate::env::Micros;
use crate::keyspace::{self, Counter};
use crate::table::{DataId, IndexKind, KeyAttribute, KeySchema, KeyType as AttributeKeyType, Projection};
use crate::write::transact::counter;
use pixii_model::table::index::ProjectionType;
use pixii_model::table::{
    self as model, AttributeDefinition, BillingModeSummary, GlobalSecondaryIndexDescription, IndexStatus,
    KeySchemaElement, KeyType, LocalSecondaryIndexDescription, ProvisionedThroughputDescription,
    ScalarAttributeType, SseDescription, SseStatus, SseType, StreamSpecification, TableClassSummary,
    TableDescription, TableStatus, WarmThroughputDescription,
};
use pixii_model::wire::Timestamp;
use pixii_store::{Read, StoreError};
use std::collections::HashMap;

/// How many items or entries there are under each id, and their bytes.
#[derive(Clone, Debug, Default)]
pub struct Sizes(HashMap<DataId, Size>);

#[derive(Clone, Copy, Debug, Default)]
struct Size {
    items: i64,
    bytes: i64,
}

impl Sizes {
    /// Reads the counters of a table and its indexes.
    pub async fn read(read: &impl Read, record: &TableRecord) -> Result<Self, StoreError> {
        let mut sizes = HashMap::new();
        for id in record.data_ids() {
            let items = counter(read.get(&keyspace::counter(id, Counter::Items)).await?.as_deref());
            let bytes = counter(read.get(&keyspace::counter(id, Counter::Bytes)).await?.as_deref());
            sizes.insert(id, Size { items, bytes });
        }
        Ok(Self(sizes))
    }

    fn of(&self, id: DataId) -> Size {
        self.0.get(&id).copied().unwrap_or_default()
    }
}

impl TableRecord {
    /// The table as CreateTable, UpdateTable and DescribeTable describe it.
    pub fn describe(&self, sizes: &Sizes, now: Micros) -> TableDescription {
        let size = sizes.of(self.id);
        // AWS tells how warm a table is once it is there, or when the request said how warm it should be.
        let tells_warm = self.status != TableStatus::Creating || self.throughput.warm.is_some();
        TableDescription {
            attribute_definitions: Some(self.attribute_definitions.iter().map(definition).collect()),
            key_schema: Some(key_elements(&self.key_schema)),
            creation_date_time: Some(timestamp(self.created)),
            local_secondary_indexes: self
                .indexes_of(IndexKind::Local)
                .map(|index| self.describe_local(index, sizes))
                .collect(),
            global_secondary_indexes: self
                .indexes_of(IndexKind::Global)
                .map(|index| self.describe_global(index, sizes, now))
                .collect(),
            stream_specification: self.stream.map(|stream| StreamSpecification {
                stream_enabled: true,
                stream_view_type: Some(stream.view_type),
            }),
            latest_stream_label: self.latest_stream_label.clone(),
            latest_stream_arn: self.latest_stream_arn(),
            sse_description: self.sse_description(),
            table_class_summary: self.table_class.map(|chosen| TableClassSummary {
                table_class: chosen.class,
                last_update_date_time: chosen.changed.map(timestamp),
            }),
            on_demand_throughput: self
                .throughput
                .ceiling
                .filter(|ceiling| ceiling.members().next().is_some()),
            warm_throughput: tells_warm.then(|| {
                let warms = self.status == TableStatus::Creating || self.throughput.next_warm.is_some();
                self.warm(&self.throughput, if warms { TableStatus::Updating } else { TableStatus::Active })
            }),
            ..self.describe_deleted(size, now)
        }
    }

    /// The table as DeleteTable describes it, which says less.
    pub fn describe_deleting(&self, sizes: &Sizes, now: Micros) -> TableDescription {
        self.describe_deleted(sizes.of(self.id), now)
    }

    fn describe_deleted(&self, size: Size, now: Micros) -> TableDescription {
        TableDescription {
            table_name: self.name.clone(),
            table_status: self.status,
            billing_mode_summary: self.billing_mode_summary(),
            provisioned_throughput: provisioned(&self.throughput, now),
            table_size_bytes: size.bytes,
            item_count: size.items,
            table_arn: self.arn.clone(),
            table_id: self.table_id.clone(),
            deletion_protection_enabled: self.deletion_protection,
            ..TableDescription::default()
        }
    }

    fn indexes_of(&self, kind: IndexKind) -> impl Iterator<Item = &IndexRecord> {
        self.indexes.iter().filter(move |index| index.kind == kind)
    }

    fn describe_local(&self, index: &IndexRecord, sizes: &Sizes) -> LocalSecondaryIndexDescription {
        let size = sizes.of(index.id);
        LocalSecondaryIndexDescription {
            index_name: index.name.clone(),
            key_schema: key_elements(&index.key_schema),
            projection: projection(&index.projection),
            index_size_bytes: size.bytes,
            item_count: size.items,
            index_arn: self.index_arn(index),
        }
    }

    fn describe_global(
        &self,
        index: &IndexRecord,
        sizes: &Sizes,
        now: Micros,
    ) -> GlobalSecondaryIndexDescription {
        let size = sizes.of(index.id);
        let tells_warm = index.status != IndexStatus::Creating || index.throughput.warm.is_some();
        GlobalSecondaryIndexDescription {
            index_name: index.name.clone(),
            key_schema: key_elements(&index.key_schema),
            projection: projection(&index.projection),
            index_status: index.status,
            backfilling: index.backfilling.then_some(true),
            provisioned_throughput: provisioned(&index.throughput, now),
            index_size_bytes: size.bytes,
            item_count: size.items,
            index_arn: self.index_arn(index),
            on_demand_throughput: index
                .throughput
                .ceiling
                .filter(|ceiling| ceiling.members().next().is_some()),
            warm_throughput: tells_warm.then(|| {
                let warms = index.status == IndexStatus::Creating || index.throughput.next_warm.is_some();
                self.warm(&index.throughput, if warms { IndexStatus::Updating } else { IndexStatus::Active })
            }),
        }
    }

    fn index_arn(&self, index: &IndexRecord) -> String {
        format!("{}/index/{}", self.arn, index.name)
    }

    /// The ARN of its stream, or of the last one it had.
    pub fn latest_stream_arn(&self) -> Option<String> {
        self.latest_stream_label.as_ref().map(|label| format!("{}/stream/{label}", self.arn))
    }

    /// What was asked for, and that it is not so: items lie in plain text. With `ENABLED`, as AWS describes it, whoever must
    /// know whether data is encrypted would be told what is not true.
    fn sse_description(&self) -> Option<SseDescription> {
        let next = self.next_encryption.as_ref();
        let key_arn = next.and_then(|next| next.kms_key_arn.as_ref()).or(self.kms_key_arn.as_ref())?;
        Some(SseDescription {
            status: if next.is_some() { SseStatus::Updating } else { SseStatus::Disabled },
            sse_type: SseType::Kms,
            kms_master_key_arn: key_arn.clone(),
        })
    }

    /// AWS has a summary for tables that are on demand or once were.
    fn billing_mode_summary(&self) -> Option<BillingModeSummary> {
        let told = self.is_on_demand() || self.billing.on_demand_since.is_some();
        told.then(|| BillingModeSummary {
            billing_mode: self.billing.mode,
            last_update_to_pay_per_request_date_time: self.billing.on_demand_since.map(timestamp),
        })
    }

    /// How warm it is. While the billing mode changes, that is what it was before.
    fn warm<Status>(&self, throughput: &Throughput, status: Status) -> WarmThroughputDescription<Status> {
        let (read, write) = throughput.warmth(self.is_on_demand());
        let warm = throughput.warm.filter(|_| self.status == TableStatus::Updating).unwrap_or_default();
        WarmThroughputDescription {
            read_units_per_second: warm.read_units_per_second.unwrap_or(read),
            write_units_per_second: warm.write_units_per_second.unwrap_or(write),
            status,
        }
    }
}

/// A point in time as on the wire.
pub fn timestamp(time: Micros) -> Timestamp {
    Timestamp { millis: time.millis() }
}

fn provisioned(throughput: &Throughput, now: Micros) -> ProvisionedThroughputDescription {
    ProvisionedThroughputDescription {
        last_increase_date_time: throughput.raised.map(timestamp),
        last_decrease_date_time: throughput.lowered.map(timestamp),
        number_of_decreases_today: throughput.times_lowered_today(now),
        read_capacity_units: throughput.provisioned.read_capacity_units,
        write_capacity_units: throughput.provisioned.write_capacity_units,
    }
}

/// The definition of a key attribute.
pub fn definition(attribute: &KeyAttribute) -> AttributeDefinition {
    AttributeDefinition {
        attribute_name: attribute.name.clone(),
        attribute_type: match attribute.key_type {
            AttributeKeyType::S => ScalarAttributeType::S,
            AttributeKeyType::N => ScalarAttributeType::N,
            AttributeKeyType::B => ScalarAttributeType::B,
        },
    }
}

/// A key on the wire.
pub fn key_elements(schema: &KeySchema) -> Vec<KeySchemaElement> {
    let element = |key_type| {
        move |attribute: &KeyAttribute| KeySchemaElement { attribute_name: attribute.name.clone(), key_type }
    };
    let partition = schema.partition.iter().map(element(KeyType::Hash));
    partition.chain(schema.sort.iter().map(element(KeyType::Range))).collect()
}

fn projection(projection: &Projection) -> model::Projection {
    let (projection_type, non_key_attributes) = match projection {
        Projection::KeysOnly => (ProjectionType::KeysOnly, None),
        Projection::Include(names) => (ProjectionType::Include, Some(names.clone())),
        Projection::All => (ProjectionType::All, None),
    };
    model::Projection { projection_type: Some(projection_type), non_key_attributes }
}
