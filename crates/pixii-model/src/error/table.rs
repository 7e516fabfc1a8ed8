//! Tables, indexes and tags that cannot be.

use crate::table::index::ProjectionType;
use crate::table::{KeyType, ScalarAttributeType};

/// What is wrong with a request about tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableFault {
    /// A parameter that AWS asks for before it looks at anything else.
    MissingParameter {
        /// Its name.
        name: &'static str,
    },
    /// A table's name shorter than 3 or longer than 255 characters.
    TableNameLength,
    /// Something else where an ARN must be.
    NoArn,
    /// No ARN where one must be, or one that is none of a table.
    TableArn {
        /// What came, if anything.
        arn: Option<String>,
    },
    /// A member that the API has and this service does not.
    NotSupported {
        /// Its name.
        member: &'static str,
    },

    /// `ProvisionedThroughput` on demand.
    ThroughputOnDemand,
    /// A provisioned table to be created without throughput.
    ThroughputMissing,
    /// A table to become provisioned without throughput.
    ThroughputMissingToProvision,
    /// More units than AWS can count.
    ThroughputOutOfBounds {
        /// Which units.
        member: &'static str,
        /// How many.
        value: i64,
    },
    /// Throughput that is what it was.
    ThroughputUnchanged {
        /// The index; `None` is the table.
        index: Option<String>,
        /// Read units.
        read: i64,
        /// Write units.
        write: i64,
    },
    /// Throughput of an index on demand.
    IndexThroughputOnDemand {
        /// The index.
        index: String,
    },
    /// Indexes of a provisioned table without throughput.
    IndexThroughputMissing {
        /// The indexes.
        indexes: Vec<String>,
    },
    /// A ceiling of on-demand throughput for a provisioned table that is being created.
    CeilingOfProvisionedAtCreation {
        /// Which one.
        member: &'static str,
    },
    /// A ceiling of on-demand throughput for a provisioned table.
    CeilingOfProvisioned {
        /// Which one.
        member: &'static str,
    },
    /// A ceiling that is no positive number.
    CeilingOutOfRange {
        /// Which one.
        member: &'static str,
        /// The index; `None` is the table.
        index: Option<String>,
    },
    /// Warm throughput below what the table or index has anyway.
    WarmThroughputTooLow {
        /// Which units.
        member: &'static str,
        /// The index; `None` is the table.
        index: Option<String>,
        /// What it has.
        least: WarmLeast,
    },
    /// Warm throughput of an index that names neither reads nor writes.
    WarmThroughputEmpty {
        /// The index.
        index: String,
    },
    /// Warm throughput beside something else.
    WarmThroughputNotAlone,
    /// Warm throughput beside an index to be created.
    WarmThroughputBesideNewIndex,
    /// A ceiling beside something other than the billing mode.
    CeilingNotAlone,
    /// Other throughput than ceiling and warmth for an index on demand.
    IndexUpdateOnDemand {
        /// The index.
        index: String,
    },

    /// More key attributes than definitions.
    KeyWithoutDefinition,
    /// Key attributes without definitions.
    KeysUndefined {
        /// The key.
        keys: Vec<String>,
        /// What is defined.
        definitions: Vec<String>,
    },
    /// A table without indexes that defines other attributes than its key's.
    DefinitionCount,
    /// An attribute that is defined twice.
    RepeatedDefinition {
        /// The attribute.
        attribute: String,
    },
    /// A key attribute of a new index that is defined otherwise than the table has it.
    Redefined {
        /// The attribute.
        attribute: String,
        /// Its type, and the kind of key it is part of.
        existing: (ScalarAttributeType, KeyType),
        /// The same as requested.
        requested: (ScalarAttributeType, KeyType),
    },
    /// Definitions that no key uses.
    DefinitionsUnused {
        /// What is defined.
        definitions: Vec<String>,
        /// What keys use.
        used: Vec<String>,
    },
    /// One attribute as both HASH and RANGE.
    HashAndRangeSameName,
    /// A key that does not begin with HASH.
    FirstKeyNotHash,
    /// A second key element that is not RANGE.
    SecondKeyNotRange,
    /// One attribute twice in an index's key.
    RepeatedKeyName,
    /// A HASH attribute behind a RANGE attribute.
    HashAfterRange,
    /// More than four attributes of one kind.
    TooManyKeyAttributes {
        /// The kind.
        key_type: KeyType,
    },

    /// A list of indexes that lists none.
    EmptyIndexList {
        /// Its name.
        list: &'static str,
    },
    /// A local secondary index of a table without sort key.
    LocalIndexOfSimpleTable,
    /// A local secondary index without sort key.
    LocalIndexWithoutRange {
        /// The index.
        index: String,
    },
    /// A local secondary index with another partition key than the table's.
    LocalIndexHashDiffers {
        /// The index.
        index: String,
        /// Its partition key.
        index_hash: String,
        /// The table's.
        table_hash: String,
    },
    /// A projection without type.
    NoProjectionType,
    /// `NonKeyAttributes` where they mean nothing.
    NonKeyAttributesUnwanted {
        /// The type that does not want them.
        projection_type: ProjectionType,
    },
    /// INCLUDE without `NonKeyAttributes`.
    NonKeyAttributesMissing,
    /// An attribute twice in `NonKeyAttributes`.
    RepeatedNonKeyAttribute {
        /// The attribute.
        attribute: String,
    },
    /// Two indexes of one name.
    RepeatedIndexName {
        /// The name.
        index: String,
    },
    /// More than five local secondary indexes.
    TooManyLocalIndexes,
    /// More than twenty global secondary indexes.
    TooManyGlobalIndexes,
    /// More than a hundred `NonKeyAttributes` over all indexes.
    TooManyProjectedAttributes,

    /// A table to be created without a stream, yet with a view type.
    ViewTypeWithoutStream,
    /// A stream without a view type.
    StreamWithoutViewType,
    /// A stream to be turned on that is on.
    StreamAlreadyEnabled {
        /// The table.
        table: String,
    },
    /// A stream to be turned off that is not on.
    StreamAlreadyDisabled {
        /// The table.
        table: String,
    },
    /// Encryption settings beside `Enabled: false`.
    SseSettingsWhileDisabled,
    /// An encryption type other than KMS.
    SseTypeUnsupported,

    /// An UpdateTable that asks for nothing.
    NothingToUpdate,
    /// An index update that says neither Create, Update nor Delete.
    EmptyIndexUpdate,
    /// An index update that says more than one of Create, Update and Delete.
    AmbiguousIndexUpdate,
    /// Two updates of one index.
    RepeatedIndexUpdate {
        /// The index.
        index: String,
    },
    /// Throughput for an index that is not there.
    UpdateOfAbsentIndex,
    /// An index to be created that exists.
    IndexExists,
    /// A table to be deleted that is protected.
    DeletionProtected,

    /// No tags to add.
    NoTags,
    /// No tags to remove.
    NoTagKeys,
    /// A tag with other characters than AWS allows in tags.
    TagCharacters,
    /// A tag whose key begins as only those of AWS do.
    ReservedTag,
    /// The same tag twice in a request.
    RepeatedTag {
        /// Its key.
        key: String,
    },
    /// More tags than a table may have.
    TooManyTags,

    /// TTL to be turned on that is on.
    TimeToLiveAlreadyEnabled,
    /// TTL to be turned off that is off.
    TimeToLiveAlreadyDisabled,
    /// TTL to be changed that is on by another attribute.
    TimeToLiveByOtherAttribute {
        /// The attribute.
        attribute: String,
    },
    /// TTL changed twice within an hour.
    TimeToLiveChangedRecently,

    /// Insights to be turned on of a table that is not ACTIVE, or of an index.
    InsightsUnavailable {
        /// Whether it is an index.
        index: bool,
    },
    /// A token to go on listing insights that was never given out.
    InsightsTokenInvalid,
}

/// Below what warm throughput cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarmLeast {
    /// What a new table or index on demand has.
    Initial,
    /// What is provisioned with it.
    Provisioned,
    /// What it is.
    Current,
}
