//! Tables as the API describes them: keys, indexes, throughput and settings. [`definition`] has the rules that AWS checks on
//! a definition as a whole.

pub mod definition;
pub mod description;
pub mod index;
pub mod insights;
mod java_order;
pub mod name;
pub mod throughput;

pub use description::{
    BillingModeSummary, GlobalSecondaryIndexDescription, LocalSecondaryIndexDescription, SseDescription,
    TableClassSummary, TableDescription,
};
pub use index::{
    CreateGlobalSecondaryIndexAction, DeleteGlobalSecondaryIndexAction, GlobalSecondaryIndex,
    GlobalSecondaryIndexUpdate, LocalSecondaryIndex, Projection, UpdateGlobalSecondaryIndexAction,
};
pub use insights::{ContributorInsightsMode, ContributorInsightsStatus};
pub use throughput::{
    OnDemandThroughput, ProvisionedThroughput, ProvisionedThroughputDescription, WarmThroughput,
    WarmThroughputDescription,
};

use crate::error::{SerializationFault, TableFault};
use crate::limits::TAGS_MAX;
use crate::wire::{Decode, Decoder, Encode, Json, JsonKind, JsonWriter, Rule};
use crate::wire_enum;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

wire_enum! {
    /// The type of a key attribute.
    ScalarAttributeType {
        /// String.
        S = "S",
        /// Number.
        N = "N",
        /// Binary.
        B = "B",
    }
    printed ["B", "N", "S"]
}

wire_enum! {
    /// Which part of a key an attribute is.
    KeyType {
        /// Part of the partition key.
        Hash = "HASH",
        /// Part of the sort key.
        Range = "RANGE",
    }
    printed ["HASH", "RANGE"]
}

wire_enum! {
    /// How capacity is paid for and limited.
    BillingMode {
        /// So many units a second, bought in advance.
        Provisioned = "PROVISIONED",
        /// Whatever is used.
        PayPerRequest = "PAY_PER_REQUEST",
    }
    printed ["PROVISIONED", "PAY_PER_REQUEST"]
}

wire_enum! {
    /// What storage costs beside requests.
    TableClass {
        /// The usual.
        Standard = "STANDARD",
        /// Cheaper to keep, dearer to use.
        StandardInfrequentAccess = "STANDARD_INFREQUENT_ACCESS",
    }
    printed ["STANDARD", "STANDARD_INFREQUENT_ACCESS"]
}

wire_enum! {
    /// What a stream's records hold beside keys.
    StreamViewType {
        /// The item as it is after the change.
        NewImage = "NEW_IMAGE",
        /// The item as it was before.
        OldImage = "OLD_IMAGE",
        /// Both.
        NewAndOldImages = "NEW_AND_OLD_IMAGES",
        /// Nothing.
        KeysOnly = "KEYS_ONLY",
    }
    printed ["NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"]
}

wire_enum! {
    /// Whose key encrypts a table at rest.
    SseType {
        /// DynamoDB's own; AWS takes it no more.
        Aes256 = "AES256",
        /// One of a key management service.
        Kms = "KMS",
    }
    printed ["AES256", "KMS"]
}

wire_enum! {
    /// Whether encryption with a managed key is on.
    SseStatus {
        /// Being turned on.
        Enabling = "ENABLING",
        /// On.
        Enabled = "ENABLED",
        /// Being turned off.
        Disabling = "DISABLING",
        /// Off.
        Disabled = "DISABLED",
        /// Being changed.
        Updating = "UPDATING",
    }
    printed ["ENABLING", "ENABLED", "DISABLING", "DISABLED", "UPDATING"]
}

wire_enum! {
    /// Where a table stands in its life.
    TableStatus {
        /// Being created: takes no requests on items yet.
        Creating = "CREATING",
        /// Ready.
        Active = "ACTIVE",
        /// Its definition is being changed; it takes requests on items.
        Updating = "UPDATING",
        /// Being deleted.
        Deleting = "DELETING",
    }
    printed ["CREATING", "UPDATING", "DELETING", "ACTIVE"]
}

wire_enum! {
    /// Where a global secondary index stands in its life.
    IndexStatus {
        /// Being created: not readable yet.
        Creating = "CREATING",
        /// Ready.
        Active = "ACTIVE",
        /// Its throughput is being changed.
        Updating = "UPDATING",
        /// Being deleted.
        Deleting = "DELETING",
    }
    printed ["CREATING", "UPDATING", "DELETING", "ACTIVE"]
}

wire_enum! {
    /// Whether expired items are deleted.
    TimeToLiveStatus {
        /// Being turned on.
        Enabling = "ENABLING",
        /// Being turned off.
        Disabling = "DISABLING",
        /// On.
        Enabled = "ENABLED",
        /// Off.
        Disabled = "DISABLED",
    }
    printed ["ENABLING", "DISABLING", "ENABLED", "DISABLED"]
}

/// Enums that are stored in table records as their wire names, which never change.
macro_rules! stored_as_wire_name {
    ($($name:ident),+ $(,)?) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::from_wire(&text)
                    .ok_or_else(|| serde::de::Error::custom(format_args!("no {}: {text}", stringify!($name))))
            }
        }
    )+};
}

stored_as_wire_name!(
    BillingMode,
    TableClass,
    StreamViewType,
    SseType,
    TableStatus,
    IndexStatus,
    ContributorInsightsMode,
    ContributorInsightsStatus,
);

/// One attribute of a key (API model: KeySchemaElement).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeySchemaElement {
    /// Its name.
    pub attribute_name: String,
    /// Which part of the key it is.
    pub key_type: KeyType,
}

/// Rule of a key attribute's name (API model: KeySchemaAttributeName).
const KEY_ATTRIBUTE_NAME: Rule = Rule::length(1, 255);

impl Decode for KeySchemaElement {
    const KIND: JsonKind = JsonKind::Structure("KeySchemaElement");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            attribute_name: input.required("AttributeName", &KEY_ATTRIBUTE_NAME)?,
            key_type: input.required("KeyType", &Rule::NONE)?,
        })
    }
}

impl Encode for KeySchemaElement {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("AttributeName", &self.attribute_name);
            object.field("KeyType", &self.key_type);
        });
    }
}

/// The type of a key attribute, by name (API model: AttributeDefinition).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttributeDefinition {
    /// Its name.
    pub attribute_name: String,
    /// Its type.
    pub attribute_type: ScalarAttributeType,
}

impl Decode for AttributeDefinition {
    const KIND: JsonKind = JsonKind::Structure("AttributeDefinition");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            attribute_name: input.required("AttributeName", &KEY_ATTRIBUTE_NAME)?,
            attribute_type: input.required("AttributeType", &Rule::NONE)?,
        })
    }
}

impl Encode for AttributeDefinition {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("AttributeName", &self.attribute_name);
            object.field("AttributeType", &self.attribute_type);
        });
    }
}

/// Whether a table has a stream, and what its records hold (API model: StreamSpecification).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamSpecification {
    /// Whether it has one.
    pub stream_enabled: bool,
    /// What the records hold beside keys.
    pub stream_view_type: Option<StreamViewType>,
}

impl Decode for StreamSpecification {
    const KIND: JsonKind = JsonKind::Structure("StreamSpecification");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            stream_enabled: input.required("StreamEnabled", &Rule::NONE)?,
            stream_view_type: input.optional("StreamViewType", &Rule::NONE)?,
        })
    }
}

impl Encode for StreamSpecification {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("StreamEnabled", &self.stream_enabled);
            object.optional("StreamViewType", &self.stream_view_type);
        });
    }
}

/// Encryption at rest with a managed key (API model: SSESpecification).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SseSpecification {
    /// Whether a managed key is used.
    pub enabled: Option<bool>,
    /// Which kind.
    pub sse_type: Option<SseType>,
    /// Which key: an id, an alias or an ARN.
    pub kms_master_key_id: Option<String>,
}

impl Decode for SseSpecification {
    const KIND: JsonKind = JsonKind::Structure("SSESpecification");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            enabled: input.optional("Enabled", &Rule::NONE)?,
            sse_type: input.optional("SSEType", &Rule::NONE)?,
            kms_master_key_id: input.optional("KMSMasterKeyId", &Rule::NONE)?,
        })
    }
}

/// A label that a user gave a table (API model: Tag).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tag {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// Rule of a tag's key (API model: TagKeyString).
pub const TAG_KEY: Rule = Rule::length(1, 128);
/// Rule of a tag's value (API model: TagValueString).
const TAG_VALUE: Rule = Rule::length(0, 256);

impl Decode for Tag {
    const KIND: JsonKind = JsonKind::Structure("Tag");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self { key: input.required("Key", &TAG_KEY)?, value: input.required("Value", &TAG_VALUE)? })
    }
}

impl Encode for Tag {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("Key", &self.key);
            object.field("Value", &self.value);
        });
    }
}

/// Which attribute tells when an item expires, and whether that is heeded (API model: TimeToLiveSpecification).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimeToLiveSpecification {
    /// Whether it is.
    pub enabled: bool,
    /// The attribute.
    pub attribute_name: String,
}

impl Decode for TimeToLiveSpecification {
    const KIND: JsonKind = JsonKind::Structure("TimeToLiveSpecification");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            enabled: input.required("Enabled", &Rule::NONE)?,
            attribute_name: input.required("AttributeName", &Rule::length(1, 255))?,
        })
    }
}

impl Encode for TimeToLiveSpecification {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("Enabled", &self.enabled);
            object.field("AttributeName", &self.attribute_name);
        });
    }
}

impl SseSpecification {
    /// Whether its members go together.
    pub fn check(&self) -> Result<(), TableFault> {
        if self.sse_type == Some(SseType::Aes256) {
            return Err(TableFault::SseTypeUnsupported);
        }
        let settings = self.sse_type.is_some() || self.kms_master_key_id.is_some();
        if settings && self.enabled != Some(true) {
            return Err(TableFault::SseSettingsWhileDisabled);
        }
        Ok(())
    }
}

/// Whether a resource can have these tags together.
pub fn check_tags(tags: &[Tag]) -> Result<(), TableFault> {
    let is_allowed =
        |c: char| c.is_alphabetic() || c.is_numeric() || c.is_whitespace() || "+-=._:/@".contains(c);
    for (at, tag) in tags.iter().enumerate() {
        if !tag.key.chars().chain(tag.value.chars()).all(is_allowed) {
            return Err(TableFault::TagCharacters);
        }
        if tag.key.starts_with("aws:") {
            return Err(TableFault::ReservedTag);
        }
        if tags[..at].iter().any(|earlier| earlier.key == tag.key) {
            return Err(TableFault::RepeatedTag { key: tag.key.clone() });
        }
    }
    if tags.len() > TAGS_MAX { Err(TableFault::TooManyTags) } else { Ok(()) }
}
