//! UpdateTable: changes a table's throughput, indexes and settings.

use super::Operation;
use super::unsupported::Unsupported;
use crate::error::{SerializationFault, TableFault, ValidationError};
use crate::table::name::table_name;
use crate::table::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndexUpdate, OnDemandThroughput, ProvisionedThroughput,
    SseSpecification, StreamSpecification, TableClass, TableDescription, WarmThroughput,
};
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Changes a table's throughput, indexes and settings.
pub struct UpdateTable;

impl Operation for UpdateTable {
    const NAME: &'static str = "UpdateTable";
    type Input = UpdateTableInput;
    type Output = UpdateTableOutput;
}

/// API model: UpdateTableInput.
#[derive(Clone, Debug, Default)]
pub struct UpdateTableInput {
    /// The types of the key attributes of a new index.
    pub attribute_definitions: Option<Vec<AttributeDefinition>>,
    /// The table's name or ARN.
    pub table_name: String,
    /// How it is to be billed.
    pub billing_mode: Option<BillingMode>,
    /// Its new throughput.
    pub provisioned_throughput: Option<ProvisionedThroughput>,
    /// Changes to its indexes.
    pub global_secondary_index_updates: Option<Vec<GlobalSecondaryIndexUpdate>>,
    /// Whether it is to have a stream.
    pub stream_specification: Option<StreamSpecification>,
    /// Encryption with a managed key.
    pub sse_specification: Option<SseSpecification>,
    /// What storage is to cost beside requests.
    pub table_class: Option<TableClass>,
    /// Whether DeleteTable is to be refused.
    pub deletion_protection_enabled: Option<bool>,
    /// The ceiling of an on-demand table.
    pub on_demand_throughput: Option<OnDemandThroughput>,
    /// How warm it is to be kept.
    pub warm_throughput: Option<WarmThroughput>,
    /// Members that the API has and this service does not.
    pub unsupported: Unsupported,
}

impl Decode for UpdateTableInput {
    const KIND: JsonKind = JsonKind::Structure("UpdateTableInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            table_name: table_name(&mut input)?,
            billing_mode: input.optional("BillingMode", &Rule::NONE)?,
            provisioned_throughput: input.optional("ProvisionedThroughput", &Rule::NONE)?,
            attribute_definitions: input.optional("AttributeDefinitions", &Rule::NONE)?,
            global_secondary_index_updates: input.optional("GlobalSecondaryIndexUpdates", &Rule::NONE)?,
            stream_specification: input.optional("StreamSpecification", &Rule::NONE)?,
            sse_specification: input.optional("SSESpecification", &Rule::NONE)?,
            table_class: input.optional("TableClass", &Rule::NONE)?,
            deletion_protection_enabled: input.optional("DeletionProtectionEnabled", &Rule::NONE)?,
            on_demand_throughput: input.optional("OnDemandThroughput", &Rule::NONE)?,
            warm_throughput: input.optional("WarmThroughput", &Rule::NONE)?,
            unsupported: Unsupported::take(
                &mut input,
                &[
                    "ReplicaUpdates",
                    "MultiRegionConsistency",
                    "GlobalTableWitnessUpdates",
                    "GlobalTableSettingsReplicationMode",
                    "DisassociationProtectionEnabled",
                    "VectorIndexUpdates",
                ],
            )?,
        })
    }
}

impl UpdateTableInput {
    /// The changes to its indexes.
    pub fn index_updates(&self) -> &[GlobalSecondaryIndexUpdate] {
        self.global_secondary_index_updates.as_deref().unwrap_or_default()
    }

    fn asks_for_nothing(&self) -> bool {
        self.billing_mode.is_none()
            && self.provisioned_throughput.is_none()
            && self.index_updates().is_empty()
            && self.stream_specification.is_none()
            && self.sse_specification.is_none()
            && self.table_class.is_none()
            && self.deletion_protection_enabled.is_none()
            && self.on_demand_throughput.is_none()
            && self.warm_throughput.is_none()
    }

    /// Refuses what AWS takes only by itself.
    fn check_what_stands_alone(&self) -> Result<(), TableFault> {
        let creates_index = self.index_updates().iter().any(|update| update.create.is_some());
        let others = self.provisioned_throughput.is_some()
            || self.stream_specification.is_some()
            || self.sse_specification.is_some()
            || self.table_class.is_some()
            || self.deletion_protection_enabled.is_some();
        let warms = self.warm_throughput.is_some_and(|warm| !warm.is_empty());
        if self.on_demand_throughput.is_some_and(|ceiling| ceiling.members().next().is_some())
            && (warms || others && self.provisioned_throughput.is_none())
        {
            return Err(TableFault::CeilingNotAlone);
        }
        if warms && creates_index {
            return Err(TableFault::WarmThroughputBesideNewIndex);
        }
        if warms && (others || self.billing_mode.is_some()) {
            return Err(TableFault::WarmThroughputNotAlone);
        }
        let empty = |update: &&GlobalSecondaryIndexUpdate| {
            let update = update.update.as_ref();
            update.and_then(|update| update.warm_throughput).is_some_and(|warm| warm.is_empty())
        };
        match self.index_updates().iter().find(empty).and_then(GlobalSecondaryIndexUpdate::index_name) {
            Some(index) => Err(TableFault::WarmThroughputEmpty { index: index.to_owned() }),
            None => Ok(()),
        }
    }

    fn check_index_updates(&self) -> Result<(), TableFault> {
        let updates = self.index_updates();
        if updates.iter().any(|update| update.index_name().is_none()) {
            return Err(TableFault::EmptyIndexUpdate);
        }
        if updates.iter().any(GlobalSecondaryIndexUpdate::is_ambiguous) {
            return Err(TableFault::AmbiguousIndexUpdate);
        }
        for (at, update) in updates.iter().enumerate() {
            if let Some(index) = update.index_name()
                && updates[..at].iter().any(|earlier| earlier.index_name() == Some(index))
            {
                return Err(TableFault::RepeatedIndexUpdate { index: index.to_owned() });
            }
        }
        Ok(())
    }
}

impl Input for UpdateTableInput {
    fn check(&self) -> Result<(), ValidationError> {
        self.unsupported.check()?;
        if self.asks_for_nothing() {
            return Err(TableFault::NothingToUpdate.into());
        }
        match (self.billing_mode, &self.provisioned_throughput) {
            (Some(BillingMode::PayPerRequest), Some(_)) => return Err(TableFault::ThroughputOnDemand.into()),
            (Some(BillingMode::Provisioned), None) => {
                return Err(TableFault::ThroughputMissingToProvision.into());
            }
            (_, Some(throughput)) => throughput.check_bounds()?,
            (_, None) => {}
        }
        self.check_index_updates()?;
        self.check_what_stands_alone()?;
        if let Some(StreamSpecification { stream_enabled: true, stream_view_type: None }) =
            self.stream_specification
        {
            return Err(TableFault::StreamWithoutViewType.into());
        }
        if let Some(sse) = &self.sse_specification {
            sse.check()?;
        }
        Ok(())
    }
}

/// API model: UpdateTableOutput.
#[derive(Clone, Debug, Default)]
pub struct UpdateTableOutput {
    /// The table as it is on its way.
    pub table_description: TableDescription,
}

impl Encode for UpdateTableOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| object.field("TableDescription", &self.table_description));
    }
}
