//! The record of a table: all that is known of it, as one JSON value in the store.
//!
//! - **Invariant:** every change of a record raises its version, and the counter at
//!   [`keyspace::table_version`](crate::keyspace::table_version) with it, in the same transaction.
//! - New members get `#[serde(default)]`; a change that old records cannot be read under raises [`FORMAT`].

use super::insights::Insights;
use super::resource::stream_label;
use crate::change_log::Logging;
use crate::env::Micros;
use crate::partition::Partitions;
use crate::stream::TableStream;
use crate::table::{self, DataId, Index, IndexKind, KeyAttribute, KeySchema, Projection, Table};
use bytes::Bytes;
use pixii_model::table::{
    BillingMode, ContributorInsightsMode, IndexStatus, OnDemandThroughput, ProvisionedThroughput, TableClass,
    TableStatus, WarmThroughput,
};
use pixii_store::StoreError;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// The format of records that this program writes, and the newest it reads. Before 2, a stream was a setting without effect,
/// and nothing was kept of when items expire.
pub const FORMAT: u32 = 2;

/// The tag that, with the value `true`, has a table's throughput enforced where that is not the rule.
const ENFORCE_TAG: &str = "pixii:enforce-throughput";

/// All that is known of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableRecord {
    /// [`FORMAT`] of the program that wrote it.
    pub format: u32,
    /// What its items are keyed by.
    pub id: DataId,
    /// Raised by every change.
    pub version: i64,
    /// A random number of the change that made this version, by which a commit of unknown outcome is recognised.
    pub change: u64,
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Its id on the wire: a UUID.
    pub table_id: String,
    /// When it was created.
    pub created: Micros,
    /// Where it stands.
    pub status: TableStatus,
    /// When a status that passes is over.
    pub due: Option<Micros>,
    /// The key attributes of the table and all its indexes, in the order they were defined.
    pub attribute_definitions: Vec<KeyAttribute>,
    /// Its key.
    pub key_schema: KeySchema,
    /// How it is billed.
    pub billing: Billing,
    /// Its throughput.
    pub throughput: Throughput,
    /// Its partitions.
    #[serde(default)]
    pub partitions: Partitions,
    /// Its stream, if it has one.
    pub stream: Option<TableStream>,
    /// When its stream, or the last one it had, was turned on.
    #[serde(default)]
    pub stream_changed: Option<Micros>,
    /// Whether its change log is kept: there is a stream, or one that can still be read.
    #[serde(default)]
    pub log_kept: bool,
    /// The label of its stream, or of the last one it had.
    pub latest_stream_label: Option<String>,
    /// The ARN of the managed key that encrypts it, if one does.
    pub kms_key_arn: Option<String>,
    /// A change of that which is under way.
    pub next_encryption: Option<NextEncryption>,
    /// Its class, once one was chosen.
    pub table_class: Option<ChosenTableClass>,
    /// Whether DeleteTable is refused.
    pub deletion_protection: bool,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Whether its items expire.
    pub time_to_live: TimeToLive,
    /// Its insights, if it ever had any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insights: Option<Insights>,
    /// Its indexes, local ones first.
    pub indexes: Vec<IndexRecord>,
}

/// All that is known of an index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndexRecord {
    /// What its entries are keyed by.
    pub id: DataId,
    /// Its name.
    pub name: String,
    /// Local or global.
    pub kind: IndexKind,
    /// Its keys.
    pub key_schema: KeySchema,
    /// What it holds beside keys.
    pub projection: Projection,
    /// Where it stands; a local one is always ACTIVE.
    pub status: IndexStatus,
    /// Whether items that were there before it are still being added.
    pub backfilling: bool,
    /// Its partitions, if it is global.
    #[serde(default)]
    pub partitions: Partitions,
    /// Its throughput, if it is global.
    pub throughput: Throughput,
    /// Its insights, if it is global and ever had any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insights: Option<Insights>,
}

/// How a table is billed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Billing {
    /// How.
    pub mode: BillingMode,
    /// When it last became PAY_PER_REQUEST.
    pub on_demand_since: Option<Micros>,
    /// When it was switched to that of late: as often as a day allows.
    #[serde(default)]
    pub switches: Vec<Micros>,
}

/// The throughput of a table or index.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Throughput {
    /// Provisioned; zeros on demand.
    pub provisioned: ProvisionedThroughput,
    /// What it becomes when the table's status passes.
    pub next: Option<ProvisionedThroughput>,
    /// When it was last raised.
    pub raised: Option<Micros>,
    /// When it was last lowered.
    pub lowered: Option<Micros>,
    /// How often it was lowered on the day of `lowered`.
    pub times_lowered: i64,
    /// The ceiling on demand.
    pub ceiling: Option<OnDemandThroughput>,
    /// How warm it is: the most that it was asked to be, had provisioned or has grown to. It never cools.
    pub warm: Option<WarmThroughput>,
    /// How warm it is to be, while that is being done.
    #[serde(default)]
    pub next_warm: Option<WarmThroughput>,
    /// How it last grew by itself.
    #[serde(default)]
    pub growth: Option<Growth>,
}

/// Since when something on demand has grown, and from what.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Growth {
    /// Since when.
    pub since: Micros,
    /// The read and write units that it was warm for.
    pub from: (i64, i64),
}

/// How a table is to be encrypted when its status passes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NextEncryption {
    /// The ARN of the managed key, if one is to do it.
    pub kms_key_arn: Option<String>,
}

/// The class of a table.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChosenTableClass {
    /// Which.
    pub class: TableClass,
    /// When it was last changed.
    pub changed: Option<Micros>,
}

/// Whether a table's items expire.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TimeToLive {
    /// The attribute that tells when, if they do.
    pub attribute: Option<String>,
    /// The attribute that was in use until it was turned off.
    pub previous: Option<String>,
    /// When that was last changed.
    pub changed: Option<Micros>,
    /// The order in which items expire, if they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<ExpiryOrder>,
}

/// The order in which a table's items expire.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExpiryOrder {
    /// What it is keyed by.
    pub id: DataId,
    /// Whether items that were there before it are still being added.
    pub backfilling: bool,
}

impl TimeToLive {
    /// Whether items that were there before it was enabled are still to be put in order. (In a record that was made before there
    /// was an order, that has not begun.)
    pub fn is_backfilling(&self) -> bool {
        self.attribute.is_some() && self.order.is_none_or(|order| order.backfilling)
    }
}

impl TableRecord {
    /// Reads a record.
    pub fn from_stored(value: &[u8]) -> Result<Self, StoreError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let damaged = |error: serde_json::Error| StoreError::Fatal {
            detail: format!(
                "a table's record cannot be read ({error}); run `pixii check` on the data directory"
            ),
        };
        let Format { format } = serde_json::from_slice(value).map_err(damaged)?;
        if format > FORMAT {
            return Err(StoreError::Fatal {
                detail: format!("a table's record has format {format}; this program reads up to {FORMAT}"),
            });
        }
        if format < 2 {
            let mut record: serde_json::Value = serde_json::from_slice(value).map_err(damaged)?;
            record["stream"] = serde_json::Value::Null;
            record["format"] = FORMAT.into();
            return serde_json::from_value(record).map_err(damaged);
        }
        serde_json::from_slice(value).map_err(damaged)
    }

    /// The record as it is stored.
    pub fn to_stored(&self) -> Bytes {
        serde_json::to_vec(self).expect("a record is plain data").into()
    }

    /// The table as the data path sees it.
    pub fn table(&self) -> Table {
        Table {
            id: self.id,
            version: self.version,
            name: self.name.clone(),
            arn: self.arn.clone(),
            created: self.created,
            key_schema: self.key_schema.clone(),
            indexes: self
                .indexes
                .iter()
                .filter(|index| index.is_kept_up())
                .map(|index| index.index(self.is_on_demand()))
                .collect(),
            time_to_live: self.time_to_live.attribute.clone().zip(self.time_to_live.order).map(
                |(attribute, order)| table::TimeToLive {
                    attribute,
                    id: order.id,
                    enabled: self.time_to_live.changed.unwrap_or_default(),
                },
            ),
            available: matches!(self.status, TableStatus::Active | TableStatus::Updating),
            partitions: self.partitions.clone(),
            allowance: self.throughput.allowance(self.is_on_demand()),
            enforced: self.tags.get(ENFORCE_TAG).is_some_and(|value| value == "true"),
            insights: insights_mode(self.insights),
            logging: self.logging(),
        }
    }

    /// What its writes leave in its change log.
    fn logging(&self) -> Logging {
        match self.stream {
            Some(stream) => Logging::for_view(stream.view_type),
            None if self.log_kept => Logging::Kept,
            None => Logging::Off,
        }
    }

    /// Gives it a stream.
    pub fn start_stream(&mut self, stream: TableStream, now: Micros) {
        self.stream = Some(stream);
        self.stream_changed = Some(now);
        self.latest_stream_label = Some(stream_label(now));
        self.log_kept = true;
    }

    /// The index of that name.
    pub fn index(&self, name: &str) -> Option<&IndexRecord> {
        self.indexes.iter().find(|index| index.name == name)
    }

    /// The index of that name, to change it.
    pub fn index_mut(&mut self, name: &str) -> Option<&mut IndexRecord> {
        self.indexes.iter_mut().find(|index| index.name == name)
    }

    /// Whether an index is being created or deleted.
    pub fn changes_indexes(&self) -> bool {
        self.indexes.iter().any(|index| matches!(index.status, IndexStatus::Creating | IndexStatus::Deleting))
    }

    /// Whether an index, or the order of expiry, is being filled.
    pub fn is_backfilling(&self) -> bool {
        self.indexes.iter().any(|index| index.backfilling) || self.time_to_live.is_backfilling()
    }

    /// The ids of all its data.
    pub fn data_ids(&self) -> Vec<DataId> {
        let of_expiry = self.time_to_live.order.map(|order| order.id);
        [self.id].into_iter().chain(self.indexes.iter().map(|index| index.id)).chain(of_expiry).collect()
    }

    /// Whether it is billed on demand.
    pub fn is_on_demand(&self) -> bool {
        self.billing.mode == BillingMode::PayPerRequest
    }
}

impl IndexRecord {
    /// Whether writes keep its entries up: from the moment it is in the record until it is to go.
    fn is_kept_up(&self) -> bool {
        self.status != IndexStatus::Deleting
    }

    fn index(&self, on_demand: bool) -> Index {
        Index {
            id: self.id,
            name: self.name.clone(),
            kind: self.kind,
            key_schema: self.key_schema.clone(),
            projection: self.projection.clone(),
            readable: self.status != IndexStatus::Creating,
            partitions: self.partitions.clone(),
            allowance: self.throughput.allowance(on_demand),
            insights: insights_mode(self.insights),
        }
    }
}

/// What insights are gathered, if any are.
fn insights_mode(insights: Option<Insights>) -> Option<ContributorInsightsMode> {
    insights.filter(Insights::is_live).map(|insights| insights.mode)
}

// Points in time are stored as their microseconds.
impl Serialize for Micros {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

impl<'de> Deserialize<'de> for Micros {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u64::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record as the first format had it: its stream had no log, and it had no partitions.
    const FIRST: &str = r#"{"format":1,"id":1,"version":1,"change":7,"name":"Plain","arn":"arn:aws:dynamodb:us-east-1:000000000000:table/Plain","table_id":"07c2e0e9-6aa8-4bbe-8e9d-34e8247e5f86","created":1793534400000000,"status":"ACTIVE","due":null,"attribute_definitions":[{"name":"pk","key_type":"S"}],"key_schema":{"partition":[{"name":"pk","key_type":"S"}],"sort":[]},"billing":{"mode":"PAY_PER_REQUEST","on_demand_since":1793534400000000},"throughput":{"provisioned":{"read_capacity_units":0,"write_capacity_units":0},"next":null,"raised":null,"lowered":null,"times_lowered":0,"ceiling":null,"warm":null},"stream":"NEW_IMAGE","latest_stream_label":"2026-11-23T03:04:26.123","kms_key_arn":null,"next_encryption":null,"table_class":null,"deletion_protection":false,"tags":{},"time_to_live":{"attribute":null,"previous":null,"changed":null},"indexes":[]}"#;

    #[test]
    fn records_of_the_first_format_are_read() {
        let record = TableRecord::from_stored(FIRST.as_bytes()).unwrap();
        assert_eq!((record.stream, record.log_kept, record.partitions.iter().len()), (None, false, 1));
        assert_eq!(TableRecord::from_stored(&record.to_stored()).unwrap(), record);
        let newer = FIRST.replacen("\"format\":1", &format!("\"format\":{}", FORMAT + 1), 1);
        assert!(matches!(TableRecord::from_stored(newer.as_bytes()), Err(StoreError::Fatal { .. })));
    }
}
