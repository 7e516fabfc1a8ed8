//! CreateTable.

use crate::catalog::{
    Billing, Change, ChosenTableClass, Found, RECORD_FORMAT, Sizes, TableRecord, Throughput, TimeToLive,
    global_index, key_attributes, key_schema, local_index, warn_of_plain_text,
};
use crate::engine::Engine;
use crate::stream::TableStream;
use crate::table::DataId;
use pixii_model::error::BusyResource;
use pixii_model::operation::{CreateTable, CreateTableInput, CreateTableOutput, Execute};
use pixii_model::table::{BillingMode, TableStatus};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<CreateTable> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: CreateTableInput,
    ) -> Result<CreateTableOutput, ApiError> {
        let local = input.local_secondary_indexes.as_ref().map_or(0, Vec::len);
        let global = input.global_secondary_indexes.as_ref().map_or(0, Vec::len);
        let streams = usize::from(input.stream_view_type().is_some());
        let ids = (1 + local + global + streams) as u64;
        let engine = self.clone();
        let (table_id, name) = (self.env.uuid(), input.table_name.clone());
        let kms_key_arn = input.sse_specification.as_ref().and_then(|sse| self.kms_key_arn(sse, None));
        let wants_encryption = kms_key_arn.is_some();
        let quotas = self.quotas(&name).await?;
        let decide = move |found: Found| {
            if found.record.as_ref().is_some_and(|existing| existing.table_id != table_id) {
                return Err(ApiError::ResourceInUse(BusyResource::TableExists(input.table_name.clone())));
            }
            let record = engine.new_record(&input, &found, &table_id, kms_key_arn.clone());
            if let Some(quotas) = &quotas {
                quotas.check(None, &record).map_err(ApiError::LimitExceeded)?;
            }
            let answer = record.describe(&Sizes::default(), found.now);
            Ok(Change { record: Some(record), answer })
        };
        let table_description = self.change_table(&name, ids, decide).await?;
        if wants_encryption {
            warn_of_plain_text(&name);
        }
        Ok(CreateTableOutput { table_description })
    }
}

impl<S: Store> Engine<S> {
    fn new_record(
        &self,
        input: &CreateTableInput,
        found: &Found,
        table_id: &str,
        kms_key_arn: Option<String>,
    ) -> TableRecord {
        let attribute_definitions = key_attributes(&input.attribute_definitions);
        let on_demand = input.billing_mode == BillingMode::PayPerRequest;
        let mut next_id = found.first_id.0;
        let mut new_id = || {
            next_id += 1;
            DataId(next_id - 1)
        };
        let id = new_id();
        let local = input.local_secondary_indexes.iter().flatten();
        let mut indexes: Vec<_> =
            local.map(|index| local_index(index, new_id(), &attribute_definitions)).collect();
        let global = input.global_secondary_indexes.iter().flatten();
        indexes.extend(global.map(|index| global_index(index, new_id(), &attribute_definitions, on_demand)));
        let stream = input.stream_view_type().map(|view_type| TableStream { id: new_id(), view_type });
        let throughput =
            Throughput::new(input.provisioned_throughput, input.on_demand_throughput, input.warm_throughput);
        let mut record = TableRecord {
            format: RECORD_FORMAT,
            id,
            version: 0,
            change: 0,
            arn: self.settings.table_arn(&input.table_name),
            name: input.table_name.clone(),
            table_id: table_id.to_owned(),
            created: found.now,
            status: TableStatus::Creating,
            due: Some(found.now.after(self.settings.transition_delay)),
            key_schema: key_schema(&input.key_schema, &attribute_definitions),
            attribute_definitions,
            billing: Billing { mode: input.billing_mode, ..Billing::default() },
            partitions: throughput.partitions(on_demand),
            throughput,
            stream: None,
            stream_changed: None,
            latest_stream_label: None,
            log_kept: false,
            kms_key_arn,
            next_encryption: None,
            table_class: input.table_class.map(|class| ChosenTableClass { class, changed: None }),
            deletion_protection: input.deletion_protection_enabled,
            tags: input.tags.iter().flatten().map(|tag| (tag.key.clone(), tag.value.clone())).collect(),
            time_to_live: TimeToLive::default(),
            insights: None,
            indexes,
        };
        if let Some(stream) = stream {
            record.start_stream(stream, found.now);
        }
        record
    }
}
