//! CreateTable: adds a table.

use super::Operation;
use super::parameters::NAME;
use super::unsupported::Unsupported;
use crate::error::{SerializationFault, TableFault, ValidationError};
use crate::table::definition::TableDefinition;
use crate::table::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, LocalSecondaryIndex,
    OnDemandThroughput, ProvisionedThroughput, SseSpecification, StreamSpecification, StreamViewType,
    TableClass, TableDescription, Tag, WarmThroughput,
};
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Adds a table.
pub struct CreateTable;

impl Operation for CreateTable {
    const NAME: &'static str = "CreateTable";
    type Input = CreateTableInput;
    type Output = CreateTableOutput;
}

/// API model: CreateTableInput.
#[derive(Clone, Debug, Default)]
pub struct CreateTableInput {
    /// The types of all key attributes.
    pub attribute_definitions: Vec<AttributeDefinition>,
    /// The table's name.
    pub table_name: String,
    /// The table's key.
    pub key_schema: Vec<KeySchemaElement>,
    /// Indexes with the table's partition key.
    pub local_secondary_indexes: Option<Vec<LocalSecondaryIndex>>,
    /// Indexes with keys of their own.
    pub global_secondary_indexes: Option<Vec<GlobalSecondaryIndex>>,
    /// PROVISIONED unless said otherwise.
    pub billing_mode: BillingMode,
    /// Throughput of a provisioned table.
    pub provisioned_throughput: Option<ProvisionedThroughput>,
    /// Whether it has a stream.
    pub stream_specification: Option<StreamSpecification>,
    /// Encryption with a managed key.
    pub sse_specification: Option<SseSpecification>,
    /// Labels.
    pub tags: Option<Vec<Tag>>,
    /// What storage costs beside requests.
    pub table_class: Option<TableClass>,
    /// Whether DeleteTable is refused.
    pub deletion_protection_enabled: bool,
    /// How warm it is to be kept.
    pub warm_throughput: Option<WarmThroughput>,
    /// The ceiling of an on-demand table.
    pub on_demand_throughput: Option<OnDemandThroughput>,
    /// Members that the API has and this service does not.
    pub unsupported: Unsupported,
}

impl Decode for CreateTableInput {
    const KIND: JsonKind = JsonKind::Structure("CreateTableInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        let missing = TableFault::MissingParameter { name: "TableName" };
        Ok(Self {
            table_name: input.required_first("TableName", &NAME, missing)?,
            billing_mode: input.optional("BillingMode", &Rule::NONE)?.unwrap_or_default(),
            provisioned_throughput: input.optional("ProvisionedThroughput", &Rule::NONE)?,
            key_schema: input.required("KeySchema", &Rule::length(1, 2))?,
            attribute_definitions: input.required("AttributeDefinitions", &Rule::NONE)?,
            global_secondary_indexes: input.optional("GlobalSecondaryIndexes", &Rule::NONE)?,
            local_secondary_indexes: input.optional("LocalSecondaryIndexes", &Rule::NONE)?,
            stream_specification: input.optional("StreamSpecification", &Rule::NONE)?,
            sse_specification: input.optional("SSESpecification", &Rule::NONE)?,
            tags: input.optional("Tags", &Rule::NONE)?,
            table_class: input.optional("TableClass", &Rule::NONE)?,
            deletion_protection_enabled: input
                .optional("DeletionProtectionEnabled", &Rule::NONE)?
                .unwrap_or_default(),
            warm_throughput: input.optional("WarmThroughput", &Rule::NONE)?,
            on_demand_throughput: input.optional("OnDemandThroughput", &Rule::NONE)?,
            unsupported: Unsupported::take(
                &mut input,
                &[
                    "ResourcePolicy",
                    "GlobalTableSourceArn",
                    "GlobalTableSettingsReplicationMode",
                    "VectorIndexes",
                ],
            )?,
        })
    }
}

impl CreateTableInput {
    fn is_on_demand(&self) -> bool {
        self.billing_mode == BillingMode::PayPerRequest
    }

    fn check_throughput(&self) -> Result<(), TableFault> {
        match (&self.provisioned_throughput, self.is_on_demand()) {
            (Some(_), true) => Err(TableFault::ThroughputOnDemand),
            (None, false) => Err(TableFault::ThroughputMissing),
            (Some(throughput), false) => throughput.check_bounds(),
            (None, true) => Ok(()),
        }
    }

    fn check_ceilings(&self) -> Result<(), TableFault> {
        let indexes = self.global_secondary_indexes.iter().flatten();
        let of_indexes = indexes.map(|index| (index.on_demand_throughput, Some(&*index.index_name)));
        for (ceilings, index) in [(self.on_demand_throughput, None)].into_iter().chain(of_indexes) {
            let Some(ceilings) = ceilings else { continue };
            if !self.is_on_demand()
                && let Some((member, _)) = ceilings.members().next()
            {
                return Err(TableFault::CeilingOfProvisionedAtCreation { member });
            }
            ceilings.check_range(1, index)?;
        }
        Ok(())
    }

    fn check_warm_throughput(&self) -> Result<(), TableFault> {
        if let Some(warm) = &self.warm_throughput {
            warm.check_new(self.provisioned_throughput, None)?;
        }
        for index in self.global_secondary_indexes.iter().flatten() {
            if let Some(warm) = &index.warm_throughput {
                warm.check_new(index.provisioned_throughput, Some(&index.index_name))?;
            }
        }
        Ok(())
    }

    /// What the records of its stream hold, if it is to have one.
    pub fn stream_view_type(&self) -> Option<StreamViewType> {
        let wanted = self.stream_specification.as_ref().filter(|stream| stream.stream_enabled);
        wanted.and_then(|stream| stream.stream_view_type)
    }

    fn check_stream(&self) -> Result<(), TableFault> {
        match &self.stream_specification {
            Some(StreamSpecification { stream_enabled: false, stream_view_type: Some(_) }) => {
                Err(TableFault::ViewTypeWithoutStream)
            }
            Some(StreamSpecification { stream_enabled: true, stream_view_type: None }) => {
                Err(TableFault::StreamWithoutViewType)
            }
            _ => Ok(()),
        }
    }
}

impl Input for CreateTableInput {
    fn check(&self) -> Result<(), ValidationError> {
        self.unsupported.check()?;
        self.check_throughput()?;
        TableDefinition {
            attribute_definitions: &self.attribute_definitions,
            key_schema: &self.key_schema,
            local_secondary_indexes: self.local_secondary_indexes.as_deref(),
            global_secondary_indexes: self.global_secondary_indexes.as_deref(),
            on_demand: self.is_on_demand(),
        }
        .check()?;
        self.check_stream()?;
        self.check_ceilings()?;
        self.check_warm_throughput()?;
        if let Some(sse) = &self.sse_specification {
            sse.check()?;
        }
        if let Some(tags) = &self.tags {
            crate::table::check_tags(tags)?;
        }
        Ok(())
    }
}

/// API model: CreateTableOutput.
#[derive(Clone, Debug, Default)]
pub struct CreateTableOutput {
    /// The table, CREATING.
    pub table_description: TableDescription,
}

impl Encode for CreateTableOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| object.field("TableDescription", &self.table_description));
    }
}

#[cfg(test)]
mod tests;
