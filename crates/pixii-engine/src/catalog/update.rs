//! What UpdateTable makes of a table's record: pure. What the request alone shows to be wrong is refused before this.

use super::define::{global_index, key_attributes};
use super::describe::definition;
use super::quota::{Quotas, check_switches};
use super::record::{ChosenTableClass, IndexRecord, NextEncryption, TableRecord};
use crate::env::Micros;
use crate::stream::TableStream;
use crate::table::{DataId, IndexKind, Projection};
use pixii_model::ApiError;
use pixii_model::error::{BusyResource, MissingResource, Quota, TableFault};
use pixii_model::limits::{GLOBAL_SECONDARY_INDEXES_MAX, SWITCHES_TO_ON_DEMAND_MAX};
use pixii_model::operation::UpdateTableInput;
use pixii_model::table::definition::{check_new_index, check_projected_attributes};
use pixii_model::table::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, GlobalSecondaryIndexUpdate, IndexStatus, KeyType,
    OnDemandThroughput, ProvisionedThroughput, TableStatus, UpdateGlobalSecondaryIndexAction,
};
use std::iter;
use std::time::Duration;

/// How many changes to indexes one request may ask for, creations and deletions being at most one of them.
const INDEX_UPDATES_MAX: usize = 5;

/// A request, and what its outcome depends on beside the record.
#[derive(Clone, Debug)]
pub struct Update<'a> {
    /// The request.
    pub input: &'a UpdateTableInput,
    /// The time.
    pub now: Micros,
    /// For how long the table is UPDATING.
    pub delay: Duration,
    /// The id of the stream that is turned on, if one is.
    pub stream_id: DataId,
    /// The id of the index that is created, if one is.
    pub index_id: DataId,
    /// The key that encrypts the table from now on, if the request turns encryption on.
    pub kms_key_arn: Option<&'a str>,
    /// What the change is held to, where quotas are enforced.
    pub quotas: Option<&'a Quotas>,
}

impl Update<'_> {
    /// Makes the record what the request wants, or what it is until that is ready.
    pub fn apply(&self, record: &mut TableRecord) -> Result<(), ApiError> {
        if record.status != TableStatus::Active {
            let (table, status) = (record.name.clone(), record.status);
            return Err(ApiError::ResourceInUse(BusyResource::Table { table, status }));
        }
        let before = self.quotas.map(|_| record.clone());
        self.change_throughput(record)?;
        self.change_ceiling(record)?;
        self.change_warm_throughput(record)?;
        self.change_indexes(record)?;
        self.change_stream(record)?;
        if let Some(quotas) = self.quotas {
            quotas.check(before.as_ref(), record).map_err(ApiError::LimitExceeded)?;
        }
        if self.input.sse_specification.is_some() {
            record.next_encryption =
                Some(NextEncryption { kms_key_arn: self.kms_key_arn.map(str::to_owned) });
        }
        if let Some(class) = self.input.table_class {
            record.table_class = Some(ChosenTableClass { class, changed: Some(self.now) });
        }
        if let Some(protection) = self.input.deletion_protection_enabled {
            record.deletion_protection = protection;
        }
        if self.takes_time() {
            record.status = TableStatus::Updating;
        }
        if self.takes_time() || self.warms() {
            record.due = Some(self.now.after(self.delay));
        }
        Ok(())
    }

    /// Whether the table is UPDATING for a while. Deletion protection and ceilings change at once, and what is warmed is ACTIVE.
    fn takes_time(&self) -> bool {
        let input = self.input;
        input.billing_mode.is_some()
            || input.provisioned_throughput.is_some()
            || !input.index_updates().iter().all(only_warms)
            || input.stream_specification.is_some()
            || input.sse_specification.is_some()
            || input.table_class.is_some()
    }

    /// Whether something gets warmer.
    fn warms(&self) -> bool {
        self.input.warm_throughput.is_some() || self.input.index_updates().iter().any(only_warms)
    }

    /// How the table will be billed.
    fn billing_mode(&self, record: &TableRecord) -> BillingMode {
        self.input.billing_mode.unwrap_or(record.billing.mode)
    }

    fn change_throughput(&self, record: &mut TableRecord) -> Result<(), ApiError> {
        let wanted = self.input.provisioned_throughput;
        match (record.billing.mode, self.billing_mode(record), wanted) {
            (_, BillingMode::PayPerRequest, Some(_)) => Err(TableFault::ThroughputOnDemand.into()),
            (BillingMode::PayPerRequest, BillingMode::PayPerRequest, None) => Ok(()),
            (BillingMode::Provisioned, BillingMode::PayPerRequest, None) => self.switch_to_on_demand(record),
            (BillingMode::PayPerRequest, BillingMode::Provisioned, Some(wanted)) => {
                Ok(self.switch_to_provisioned(record, wanted)?)
            }
            (BillingMode::Provisioned, BillingMode::Provisioned, Some(wanted)) => {
                record.throughput.change(wanted, self.now, None, self.quotas.is_some())
            }
            (_, BillingMode::Provisioned, None) => Ok(()),
        }
    }

    fn switch_to_on_demand(&self, record: &mut TableRecord) -> Result<(), ApiError> {
        if self.quotas.is_some() {
            check_switches(&record.billing.switches, self.now).map_err(ApiError::LimitExceeded)?;
        }
        if record.billing.switches.len() >= SWITCHES_TO_ON_DEMAND_MAX {
            record.billing.switches.remove(0);
        }
        record.billing.switches.push(self.now);
        record.billing.mode = BillingMode::PayPerRequest;
        record.billing.on_demand_since = None;
        record.throughput.provisioned = ProvisionedThroughput::default();
        for index in record.indexes.iter_mut().filter(|index| index.kind == IndexKind::Global) {
            index.throughput.provisioned = ProvisionedThroughput::default();
            if index.status == IndexStatus::Active {
                index.status = IndexStatus::Updating;
            }
        }
        Ok(())
    }

    fn switch_to_provisioned(
        &self,
        record: &mut TableRecord,
        wanted: ProvisionedThroughput,
    ) -> Result<(), TableFault> {
        let updates = || self.input.index_updates().iter();
        let named = |index: &IndexRecord| {
            updates().any(|update| {
                update.index_name() == Some(&index.name)
                    && (update.delete.is_some()
                        || update
                            .update
                            .as_ref()
                            .is_some_and(|update| update.provisioned_throughput.is_some()))
            })
        };
        let unnamed = record.indexes.iter().filter(|index| index.kind == IndexKind::Global && !named(index));
        let indexes: Vec<String> = unnamed.map(|index| index.name.clone()).collect();
        if !indexes.is_empty() {
            return Err(TableFault::IndexThroughputMissing { indexes });
        }
        record.billing.mode = BillingMode::Provisioned;
        record.throughput.provisioned = wanted;
        record.throughput.ceiling = None;
        for index in &mut record.indexes {
            index.throughput.ceiling = None;
        }
        Ok(())
    }

    fn change_ceiling(&self, record: &mut TableRecord) -> Result<(), TableFault> {
        let Some(wanted) = self.input.on_demand_throughput else { return Ok(()) };
        check_ceiling(wanted, self.billing_mode(record), None)?;
        record.throughput.change_ceiling(wanted);
        Ok(())
    }

    fn change_warm_throughput(&self, record: &mut TableRecord) -> Result<(), TableFault> {
        let Some(wanted) = self.input.warm_throughput else { return Ok(()) };
        let on_demand = record.is_on_demand();
        record.throughput.warm_to(wanted, on_demand, None)
    }

    fn change_indexes(&self, record: &mut TableRecord) -> Result<(), ApiError> {
        let updates = self.input.index_updates();
        let starts =
            updates.iter().filter(|update| update.create.is_some() || update.delete.is_some()).count();
        if updates.len() > INDEX_UPDATES_MAX || starts > 1 {
            return Err(ApiError::LimitExceeded(Quota::IndexChangesPerUpdate));
        }
        for update in updates {
            if let Some(update) = &update.update {
                self.update_index(record, update)?;
            }
            if let Some(create) = &update.create {
                self.create_index(record, &create.0)?;
            }
            if let Some(delete) = &update.delete {
                delete_index(record, &delete.index_name)?;
            }
        }
        Ok(())
    }

    fn update_index(
        &self,
        record: &mut TableRecord,
        update: &UpdateGlobalSecondaryIndexAction,
    ) -> Result<(), ApiError> {
        let billing_mode = self.billing_mode(record);
        let table = record.name.clone();
        let Some(index) =
            record.index_mut(&update.index_name).filter(|index| index.kind == IndexKind::Global)
        else {
            return Err(TableFault::UpdateOfAbsentIndex.into());
        };
        if index.status != IndexStatus::Active {
            let index = index.name.clone();
            return Err(ApiError::ResourceInUse(BusyResource::Index { table, index }));
        }
        if let Some(wanted) = update.provisioned_throughput {
            if billing_mode == BillingMode::PayPerRequest {
                return Err(TableFault::IndexUpdateOnDemand { index: index.name.clone() }.into());
            }
            // AWS says this of an index that cannot have so much.
            wanted.check_bounds().map_err(|_| TableFault::UpdateOfAbsentIndex)?;
            // Without any, the table has just been switched to PROVISIONED.
            match index.throughput.is_zero() {
                true => index.throughput.provisioned = wanted,
                false => {
                    let limited = self.quotas.is_some();
                    index.throughput.change(wanted, self.now, Some(&update.index_name), limited)?;
                }
            }
        }
        if let Some(wanted) = update.on_demand_throughput {
            check_ceiling(wanted, billing_mode, Some(&index.name))?;
            index.throughput.change_ceiling(wanted);
        }
        if let Some(wanted) = update.warm_throughput {
            let on_demand = billing_mode == BillingMode::PayPerRequest;
            index.throughput.warm_to(wanted, on_demand, Some(&update.index_name))?;
        }
        if update.provisioned_throughput.is_some() || update.on_demand_throughput.is_some() {
            index.status = IndexStatus::Updating;
        }
        Ok(())
    }

    fn create_index(&self, record: &mut TableRecord, create: &GlobalSecondaryIndex) -> Result<(), ApiError> {
        let on_demand = self.billing_mode(record) == BillingMode::PayPerRequest;
        if record.index(&create.index_name).is_some() {
            return Err(TableFault::IndexExists.into());
        }
        if record.changes_indexes() {
            return Err(ApiError::LimitExceeded(Quota::IndexChangesAtOnce));
        }
        let definitions = self.input.attribute_definitions.as_deref().unwrap_or_default();
        check_new_index(create, definitions, on_demand)?;
        check_redefined(record, create, definitions)?;
        if let Some(ceiling) = create.on_demand_throughput {
            check_ceiling(ceiling, self.billing_mode(record), Some(&create.index_name))?;
        }
        if let Some(warm) = create.warm_throughput {
            warm.check_new(create.provisioned_throughput, Some(&create.index_name))?;
        }
        // What is defined already stays as it is, whatever the request says.
        for definition in key_attributes(definitions) {
            let is_used = create.key_schema.iter().any(|key| key.attribute_name == definition.name);
            let is_new = record.attribute_definitions.iter().all(|defined| defined.name != definition.name);
            if is_used && is_new {
                record.attribute_definitions.push(definition);
            }
        }
        record.indexes.push(global_index(create, self.index_id, &record.attribute_definitions, on_demand));
        if record.indexes.iter().filter(|index| index.kind == IndexKind::Global).count()
            > GLOBAL_SECONDARY_INDEXES_MAX
        {
            return Err(TableFault::TooManyGlobalIndexes.into());
        }
        check_projected_attributes(record.indexes.iter().map(|index| match &index.projection {
            Projection::Include(names) => Some(&names[..]),
            _ => None,
        }))?;
        Ok(())
    }

    fn change_stream(&self, record: &mut TableRecord) -> Result<(), TableFault> {
        let Some(wanted) = &self.input.stream_specification else { return Ok(()) };
        match (record.stream, wanted.stream_enabled) {
            (Some(_), true) => return Err(TableFault::StreamAlreadyEnabled { table: record.name.clone() }),
            (None, false) => return Err(TableFault::StreamAlreadyDisabled { table: record.name.clone() }),
            (None, true) => {
                let view_type = wanted.stream_view_type.expect("the request was checked to have one");
                record.start_stream(TableStream { id: self.stream_id, view_type }, self.now);
            }
            (Some(_), false) => record.stream = None,
        }
        Ok(())
    }
}

/// Whether an update of an index does nothing but warm it.
fn only_warms(update: &GlobalSecondaryIndexUpdate) -> bool {
    update.update.as_ref().is_some_and(|update| {
        update.provisioned_throughput.is_none() && update.on_demand_throughput.is_none()
    })
}

fn delete_index(record: &mut TableRecord, name: &str) -> Result<(), ApiError> {
    let table = record.name.clone();
    let others_change = record.indexes.iter().any(|index| index.name != name && index.is_changing());
    let Some(index) = record.index_mut(name).filter(|index| index.kind == IndexKind::Global) else {
        let index = name.to_owned();
        return Err(ApiError::ResourceNotFound(MissingResource::GlobalSecondaryIndex { table, index }));
    };
    if others_change {
        return Err(ApiError::LimitExceeded(Quota::IndexChangesAtOnce));
    }
    // Deleting an index that is being filled gives it up. (Before that, its table is UPDATING.)
    index.status = IndexStatus::Deleting;
    index.backfilling = false;
    Ok(())
}

/// Refuses keys of a new index that the table has as keys of another type. (Other attributes that the request defines
/// again are none of the index's business.)
fn check_redefined(
    record: &TableRecord,
    create: &GlobalSecondaryIndex,
    definitions: &[AttributeDefinition],
) -> Result<(), TableFault> {
    let schemas =
        || iter::once(&record.key_schema).chain(record.indexes.iter().map(|index| &index.key_schema));
    for key in &create.key_schema {
        let same_name = |name: &str| name == key.attribute_name;
        let requested = definitions.iter().find(|defined| same_name(&defined.attribute_name));
        let partition = schemas().flat_map(|schema| &schema.partition).map(|key| (key, KeyType::Hash));
        let sort = schemas().flat_map(|schema| &schema.sort).map(|key| (key, KeyType::Range));
        let existing = partition.chain(sort).find(|(existing, _)| same_name(&existing.name));
        let (Some(requested), Some((existing, key_type))) = (requested, existing) else { continue };
        let existing = (definition(existing).attribute_type, key_type);
        let requested = (requested.attribute_type, key.key_type);
        if existing.0 != requested.0 {
            return Err(TableFault::Redefined { attribute: key.attribute_name.clone(), existing, requested });
        }
    }
    Ok(())
}

fn check_ceiling(
    wanted: OnDemandThroughput,
    billing_mode: BillingMode,
    index: Option<&str>,
) -> Result<(), TableFault> {
    if billing_mode == BillingMode::Provisioned
        && let Some((member, _)) = wanted.members().next()
    {
        return Err(TableFault::CeilingOfProvisioned { member });
    }
    wanted.check_range(-1, index)
}

impl IndexRecord {
    fn is_changing(&self) -> bool {
        matches!(self.status, IndexStatus::Creating | IndexStatus::Deleting)
    }
}
