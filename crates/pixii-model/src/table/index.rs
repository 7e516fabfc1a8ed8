//! Secondary indexes as requests define and change them.

use super::{KeySchemaElement, OnDemandThroughput, ProvisionedThroughput, WarmThroughput};
use crate::error::SerializationFault;
use crate::operation::parameters::NAME;
use crate::wire::{Decode, Decoder, Encode, Json, JsonKind, JsonWriter, Rule};
use crate::wire_enum;

wire_enum! {
    /// Which attributes an index holds beside keys.
    ProjectionType {
        /// All.
        All = "ALL",
        /// None.
        KeysOnly = "KEYS_ONLY",
        /// Those listed.
        Include = "INCLUDE",
    }
    printed ["ALL", "INCLUDE", "KEYS_ONLY"]
}

/// What an index holds beside keys (API model: Projection).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Projection {
    /// Which attributes.
    pub projection_type: Option<ProjectionType>,
    /// Under INCLUDE: these.
    pub non_key_attributes: Option<Vec<String>>,
}

impl Decode for Projection {
    const KIND: JsonKind = JsonKind::Structure("Projection");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        const NON_KEY_ATTRIBUTES: Rule = Rule::length(1, 20).members(&Rule::length(1, 255));
        let mut input = decoder.structure(json)?;
        Ok(Self {
            projection_type: input.optional("ProjectionType", &Rule::NONE)?,
            non_key_attributes: input.optional("NonKeyAttributes", &NON_KEY_ATTRIBUTES)?,
        })
    }
}

impl Encode for Projection {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("ProjectionType", &self.projection_type);
            object.optional("NonKeyAttributes", &self.non_key_attributes);
        });
    }
}

/// An index with the table's partition key (API model: LocalSecondaryIndex).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocalSecondaryIndex {
    /// Its name.
    pub index_name: String,
    /// Its key.
    pub key_schema: Vec<KeySchemaElement>,
    /// What it holds beside keys.
    pub projection: Projection,
}

/// Rule of an index's key schema. How long it may be depends on the kind of index, and is checked later.
const KEY_SCHEMA: Rule = Rule::length_min(1);

impl Decode for LocalSecondaryIndex {
    const KIND: JsonKind = JsonKind::Structure("LocalSecondaryIndex");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            index_name: input.required("IndexName", &NAME)?,
            key_schema: input.required("KeySchema", &KEY_SCHEMA)?,
            projection: input.required("Projection", &Rule::NONE)?,
        })
    }
}

/// An index with a key of its own (API model: GlobalSecondaryIndex).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GlobalSecondaryIndex {
    /// Its name.
    pub index_name: String,
    /// Its key.
    pub key_schema: Vec<KeySchemaElement>,
    /// What it holds beside keys.
    pub projection: Projection,
    /// Its throughput, if the table's is provisioned.
    pub provisioned_throughput: Option<ProvisionedThroughput>,
    /// Its ceiling, if the table is on demand.
    pub on_demand_throughput: Option<OnDemandThroughput>,
    /// How warm it is to be kept.
    pub warm_throughput: Option<WarmThroughput>,
}

impl Decode for GlobalSecondaryIndex {
    const KIND: JsonKind = JsonKind::Structure("GlobalSecondaryIndex");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            index_name: input.required("IndexName", &NAME)?,
            key_schema: input.required("KeySchema", &KEY_SCHEMA)?,
            projection: input.required("Projection", &Rule::NONE)?,
            provisioned_throughput: input.optional("ProvisionedThroughput", &Rule::NONE)?,
            on_demand_throughput: input.optional("OnDemandThroughput", &Rule::NONE)?,
            warm_throughput: input.optional("WarmThroughput", &Rule::NONE)?,
        })
    }
}

/// An index to create on a table that exists (API model: CreateGlobalSecondaryIndexAction).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateGlobalSecondaryIndexAction(pub GlobalSecondaryIndex);

impl Decode for CreateGlobalSecondaryIndexAction {
    const KIND: JsonKind = JsonKind::Structure("CreateGlobalSecondaryIndexAction");

    fn decode(json: Json<'_>, rule: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        GlobalSecondaryIndex::decode(json, rule, decoder).map(Self)
    }
}

/// An index whose throughput is to change (API model: UpdateGlobalSecondaryIndexAction).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpdateGlobalSecondaryIndexAction {
    /// Its name.
    pub index_name: String,
    /// Its new throughput.
    pub provisioned_throughput: Option<ProvisionedThroughput>,
    /// Its new ceiling.
    pub on_demand_throughput: Option<OnDemandThroughput>,
    /// How warm it is to be kept.
    pub warm_throughput: Option<WarmThroughput>,
}

impl Decode for UpdateGlobalSecondaryIndexAction {
    const KIND: JsonKind = JsonKind::Structure("UpdateGlobalSecondaryIndexAction");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        let index_name = input.required("IndexName", &NAME)?;
        let on_demand_throughput = input.optional("OnDemandThroughput", &Rule::NONE)?;
        let warm_throughput = input.optional("WarmThroughput", &Rule::NONE)?;
        // The API model requires none of the three; AWS misses this one where all are missing.
        let misses = on_demand_throughput.is_none() && warm_throughput.is_none();
        let provisioned_throughput = if misses && !input.decoder().is_describing() {
            Some(input.required("ProvisionedThroughput", &Rule::NONE)?)
        } else {
            input.optional("ProvisionedThroughput", &Rule::NONE)?
        };
        Ok(Self { index_name, provisioned_throughput, on_demand_throughput, warm_throughput })
    }
}

/// An index to delete (API model: DeleteGlobalSecondaryIndexAction).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteGlobalSecondaryIndexAction {
    /// Its name.
    pub index_name: String,
}

impl Decode for DeleteGlobalSecondaryIndexAction {
    const KIND: JsonKind = JsonKind::Structure("DeleteGlobalSecondaryIndexAction");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self { index_name: input.required("IndexName", &NAME)? })
    }
}

/// One change to the indexes of a table (API model: GlobalSecondaryIndexUpdate). One of its members is to be there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GlobalSecondaryIndexUpdate {
    /// Change an index's throughput.
    pub update: Option<UpdateGlobalSecondaryIndexAction>,
    /// Create an index.
    pub create: Option<CreateGlobalSecondaryIndexAction>,
    /// Delete an index.
    pub delete: Option<DeleteGlobalSecondaryIndexAction>,
}

impl GlobalSecondaryIndexUpdate {
    /// Whether it says more than one thing to do.
    pub fn is_ambiguous(&self) -> bool {
        [self.update.is_some(), self.create.is_some(), self.delete.is_some()].iter().filter(|is| **is).count()
            > 1
    }

    /// The index it is about.
    pub fn index_name(&self) -> Option<&str> {
        let update = self.update.as_ref().map(|update| &update.index_name);
        let create = self.create.as_ref().map(|create| &create.0.index_name);
        let delete = self.delete.as_ref().map(|delete| &delete.index_name);
        update.or(create).or(delete).map(String::as_str)
    }
}

impl Decode for GlobalSecondaryIndexUpdate {
    const KIND: JsonKind = JsonKind::Structure("GlobalSecondaryIndexUpdate");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            update: input.optional("Update", &Rule::NONE)?,
            create: input.optional("Create", &Rule::NONE)?,
            delete: input.optional("Delete", &Rule::NONE)?,
        })
    }
}
