//! Tables, indexes and tags that cannot be.

use crate::error::{TableFault, WarmLeast};
use crate::limits::{
    GLOBAL_SECONDARY_INDEXES_MAX, LOCAL_SECONDARY_INDEXES_MAX, PROJECTED_ATTRIBUTES_MAX, TAGS_MAX,
};
use crate::table::insights::InsightsFailure;
use crate::table::{KeyType, ScalarAttributeType};
use std::fmt;

/// How most of AWS's refusals begin.
const INVALID: &str = "One or more parameter values were invalid: ";

impl fmt::Display for TableFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingParameter { name } => {
                write!(f, "The parameter '{name}' is required but was not present in the request")
            }
            Self::TableNameLength => {
                f.write_str("TableName must be at least 3 characters long and at most 255 characters long")
            }
            Self::NoArn => f.write_str("ARNs must start with 'arn:'"),
            Self::TableArn { arn: None } => f.write_str("Invalid TableArn"),
            Self::TableArn { arn: Some(arn) } => {
                write!(f, "Invalid TableArn: Invalid ResourceArn provided as input {arn}")
            }
            Self::NotSupported { member } => write!(f, "{INVALID}{member} is not supported"),

            Self::ThroughputOnDemand => write!(
                f,
                "{INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"
            ),
            Self::ThroughputMissing => write!(
                f,
                "{INVALID}ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED"
            ),
            Self::ThroughputMissingToProvision => {
                write!(f, "{INVALID}ProvisionedThroughput must be specified when BillingMode is PROVISIONED")
            }
            Self::ThroughputOutOfBounds { member, value } => {
                write!(f, "Given value {value} for {member} is out of bounds")
            }
            Self::ThroughputUnchanged { index, read, write } => {
                let (named, of) = match index {
                    Some(index) => (format!("the index {index}"), format!("index {index}")),
                    None => ("the table".to_owned(), "the table".to_owned()),
                };
                write!(
                    f,
                    "The provisioned throughput for {named} will not change. The requested value equals the current value. \
                     Current ReadCapacityUnits provisioned for {of}: {read}. Requested ReadCapacityUnits: {read}. \
                     Current WriteCapacityUnits provisioned for {of}: {write}. Requested WriteCapacityUnits: {write}. \
                     Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits."
                )
            }
            Self::IndexThroughputOnDemand { index } => write!(
                f,
                "{INVALID}ProvisionedThroughput should not be specified for index: {index} when BillingMode is PAY_PER_REQUEST"
            ),
            Self::IndexThroughputMissing { indexes } => {
                write!(f, "{INVALID}ProvisionedThroughput must be specified for index: {}", indexes.join(","))
            }
            Self::CeilingOfProvisionedAtCreation { member } => write!(
                f,
                "{INVALID}{member} for OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED."
            ),
            Self::CeilingOfProvisioned { member } => write!(
                f,
                "{INVALID}{member} for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED"
            ),
            Self::CeilingOutOfRange { member, index } => {
                write!(f, "{INVALID}Requested {member} for OnDemandThroughput for ")?;
                resource(index, f)?;
                f.write_str(" is outside of valid range")
            }
            Self::WarmThroughputTooLow { member, index, least } => {
                write!(f, "{INVALID}Requested {member} for WarmThroughput for ")?;
                resource(index, f)?;
                f.write_str(" is lower than ")?;
                match least {
                    WarmLeast::Initial => f.write_str(
                        "initial throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html#on-demand-capacity-mode-initial",
                    ),
                    WarmLeast::Provisioned => {
                        let units = member.trim_end_matches("UnitsPerSecond");
                        write!(f, "{units}CapacityUnits of ProvisionedThroughput")
                    }
                    WarmLeast::Current => {
                        f.write_str("current WarmThroughput, decreasing WarmThroughput is not supported")
                    }
                }
            }
            Self::WarmThroughputEmpty { index } => write!(
                f,
                "{INVALID}WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond specified for index: {index}"
            ),
            Self::WarmThroughputNotAlone => {
                write!(f, "{INVALID}WarmThroughput must be the only operation in the request")
            }
            Self::WarmThroughputBesideNewIndex => write!(
                f,
                "{INVALID}Create global secondary index cannot be specified when updating WarmThroughput"
            ),
            Self::CeilingNotAlone => write!(
                f,
                "{INVALID}OnDemandThroughput can only be combined with BillingMode in an UpdateTable request"
            ),
            Self::IndexUpdateOnDemand { index } => write!(
                f,
                "{INVALID}The only Updates for index: {index} when TableThroughputMode is PAY_PER_REQUEST can be to OnDemandThroughput, WarmThroughput"
            ),

            Self::KeyWithoutDefinition => {
                f.write_str("Invalid KeySchema: Some index key attribute have no definition")
            }
            Self::KeysUndefined { keys, definitions } => write!(
                f,
                "{INVALID}Some index key attributes are not defined in AttributeDefinitions. Keys: [{}], AttributeDefinitions: [{}]",
                keys.join(", "),
                definitions.join(", ")
            ),
            Self::DefinitionCount => write!(
                f,
                "{INVALID}Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions"
            ),
            Self::RepeatedDefinition { attribute } => write!(f, "Attribute Name is duplicated: {attribute}"),
            Self::Redefined { attribute, existing, requested } => {
                write!(
                    f,
                    "{INVALID}Attributes cannot be redefined. Please check that your attribute has the same type as \
                     previously defined. Existing schema: "
                )?;
                schema(attribute, *existing, f)?;
                f.write_str(" New schema: ")?;
                schema(attribute, *requested, f)
            }
            Self::DefinitionsUnused { definitions, used } => write!(
                f,
                "{INVALID}Some AttributeDefinitions are not used. AttributeDefinitions: [{}], keys used: [{}]",
                definitions.join(", "),
                used.join(", ")
            ),
            Self::HashAndRangeSameName => {
                f.write_str("Both the Hash Key and the Range Key element in the KeySchema have the same name")
            }
            Self::FirstKeyNotHash => {
                f.write_str("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
            }
            Self::SecondKeyNotRange => {
                f.write_str("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
            }
            Self::RepeatedKeyName => {
                f.write_str("The KeySchema contains multiple key attributes with the same name")
            }
            Self::HashAfterRange => write!(
                f,
                "{INVALID}All HASH key attributes must precede RANGE key attributes in the KeySchema"
            ),
            Self::TooManyKeyAttributes { key_type } => write!(
                f,
                "{INVALID}The KeySchema exceeds the maximum allowed number of {} key attributes",
                key_type.as_str()
            ),

            Self::EmptyIndexList { list } => write!(f, "{INVALID}List of {list} is empty"),
            Self::LocalIndexOfSimpleTable => write!(
                f,
                "{INVALID}Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex"
            ),
            Self::LocalIndexWithoutRange { index } => {
                write!(f, "{INVALID}Index KeySchema does not have a range key for index: {index}")
            }
            Self::LocalIndexHashDiffers { index, index_hash, table_hash } => write!(
                f,
                "{INVALID}Index KeySchema does not have the same leading hash key as table KeySchema for index: {index}. \
                 index hash key: {index_hash}, table hash key: {table_hash}"
            ),
            Self::NoProjectionType => write!(f, "{INVALID}Unknown ProjectionType: null"),
            Self::NonKeyAttributesUnwanted { projection_type } => write!(
                f,
                "{INVALID}ProjectionType is {}, but NonKeyAttributes is specified",
                projection_type.as_str()
            ),
            Self::NonKeyAttributesMissing => {
                write!(f, "{INVALID}ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
            }
            Self::RepeatedNonKeyAttribute { attribute } => {
                write!(f, "{INVALID}Duplicate value in attribute name: {attribute}")
            }
            Self::RepeatedIndexName { index } => write!(f, "{INVALID}Duplicate index name: {index}"),
            Self::TooManyLocalIndexes => write!(
                f,
                "{INVALID}Number of LocalSecondaryIndexes exceeds per-table limit of {LOCAL_SECONDARY_INDEXES_MAX}"
            ),
            Self::TooManyGlobalIndexes => write!(
                f,
                "{INVALID}GlobalSecondaryIndex count exceeds the per-table limit of {GLOBAL_SECONDARY_INDEXES_MAX}"
            ),
            Self::TooManyProjectedAttributes => write!(
                f,
                "{INVALID}Number of NonKeyAttributes over all indexes exceeds the per-table limit of {PROJECTED_ATTRIBUTES_MAX}"
            ),

            Self::ViewTypeWithoutStream => write!(
                f,
                "{INVALID}Table is being created with a stream disabled, UpdateViewType should not be specified"
            ),
            Self::StreamWithoutViewType => {
                write!(f, "{INVALID}StreamViewType must be specified when StreamEnabled is true")
            }
            Self::StreamAlreadyEnabled { table } => {
                write!(f, "Table already has an enabled stream: TableName: {table}")
            }
            Self::StreamAlreadyDisabled { table } => {
                write!(f, "Table has no stream to disable: TableName: {table}")
            }
            Self::SseSettingsWhileDisabled => {
                write!(f, "{INVALID}SSEType or KMSMasterKeyId cannot be specified when SSE is disabled")
            }
            Self::SseTypeUnsupported => write!(f, "{INVALID}SSEType AES256 is currently not supported"),

            Self::NothingToUpdate => f.write_str(
                "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required",
            ),
            Self::EmptyIndexUpdate => write!(
                f,
                "{INVALID}One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null"
            ),
            Self::AmbiguousIndexUpdate => write!(
                f,
                "{INVALID}Only one of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null"
            ),
            Self::RepeatedIndexUpdate { index } => write!(
                f,
                "{INVALID}Only one global secondary index update per index is allowed simultaneously. Index: {index}"
            ),
            Self::UpdateOfAbsentIndex => f.write_str(
                "This operation cannot be performed with given input values. Please contact DynamoDB service team for more info: Action Blocked: IndexUpdate",
            ),
            Self::IndexExists => f.write_str("Attempting to create an index which already exists"),
            Self::DeletionProtected => f.write_str(
                "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
            ),

            Self::NoTags => f.write_str("Atleast one Tag needs to be provided as Input."),
            Self::NoTagKeys => f.write_str("Atleast one Tag Key needs to be provided as Input."),
            Self::TagCharacters => write!(
                f,
                "{INVALID}Tags can only contain letters, numbers, spaces, and the following special characters: _ . : / = + - @"
            ),
            Self::ReservedTag => {
                write!(f, "{INVALID}aws: prefixed tag key names are not allowed for external use.")
            }
            Self::RepeatedTag { key } => write!(f, "{INVALID}Duplicate tag key found: {key}"),
            Self::TooManyTags => write!(f, "{INVALID}Too many tags: the limit is {TAGS_MAX} for each resource"),

            Self::TimeToLiveAlreadyEnabled => f.write_str("TimeToLive is already enabled"),
            Self::TimeToLiveAlreadyDisabled => f.write_str("TimeToLive is already disabled"),
            Self::TimeToLiveByOtherAttribute { attribute } => write!(
                f,
                "TimeToLive is active on a different AttributeName: current AttributeName is {attribute}"
            ),
            Self::TimeToLiveChangedRecently => {
                f.write_str("Time to live has been modified multiple times within a fixed interval")
            }

            Self::InsightsUnavailable { index } => {
                let status = if *index { "IndexStatus" } else { "TableStatus" };
                write!(
                    f,
                    "Table or Index is not in a valid state to update Key Access Insights: {status} must be ACTIVE to \
                     enable ContributorInsights."
                )
            }
            // AWS's words are not known.
            Self::InsightsTokenInvalid => f.write_str("Invalid NextToken"),
        }
    }
}

impl fmt::Display for InsightsFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooManyRules => {
                "Amazon CloudWatch Contributor Insights rule limit reached. Please disable Contributor Insights for other \
                 tables/indexes OR disable other CloudWatch Contributor Insights rules before retrying."
            }
        })
    }
}

/// One key attribute, as AWS prints a schema.
fn schema(
    attribute: &str,
    (attribute_type, key_type): (ScalarAttributeType, KeyType),
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    write!(f, "Schema:[SchemaElement: key{{{attribute}:{}:{}}}]", attribute_type.as_str(), key_type.as_str())
}

fn resource(index: &Option<String>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match index {
        Some(index) => write!(f, "index {index}"),
        None => f.write_str("table"),
    }
}
