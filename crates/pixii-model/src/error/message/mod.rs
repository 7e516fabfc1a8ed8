//! AWS's sentences. Nothing outside this folder spells one, so that following AWS is an edit here.
//!
//! This is the long-standing wording of us-east-1, which documentation, SDK tests and users' assertions show.

mod auth;
mod data;
mod expression;
mod key;
mod legacy;
mod partiql;
mod quota;
mod read;
mod scaling;
mod serialization;
mod stream;
mod table;
mod throttling;
mod transaction;
mod value;
mod violation;

use super::{ApiError, BusyResource, MissingResource, ValidationError};
use crate::table::TableStatus;
use std::fmt;

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Serialization(fault) => fault.fmt(f),
            // AWS says nothing more of what it does not know.
            Self::UnknownOperation { target: None } => Ok(()),
            Self::UnknownOperation { target: Some(target) } => {
                write!(f, "Pixii does not have {target} yet; docs/compatibility.md lists what it has")
            }
            Self::Authentication(fault) => fault.fmt(f),
            Self::Validation(error) => error.fmt(f),
            Self::AccessDenied { account, operation, resource } => {
                let resource = if resource.is_empty() { "*" } else { resource };
                write!(
                    f,
                    "User: arn:aws:iam::{account}:root is not authorized to perform: dynamodb:{operation} on resource: {resource}"
                )
            }
            Self::ConditionalCheckFailed { .. } => f.write_str("The conditional request failed"),
            Self::DuplicateItem => f.write_str("Duplicate primary key exists in table"),
            Self::ResourceNotFound(resource) => resource.fmt(f),
            Self::ResourceInUse(resource) => resource.fmt(f),
            Self::TableNotFound { table } => write!(f, "Table not found: {table}"),
            Self::LimitExceeded(quota) => quota.fmt(f),
            Self::ItemCollectionSizeLimitExceeded => f.write_str("Collection size exceeded."),
            Self::TransactionCanceled { reasons } => transaction::canceled(reasons, f),
            Self::TransactionConflict => f.write_str("Transaction is ongoing for the item"),
            Self::TransactionInProgress => {
                f.write_str("The transaction with the given request token is already in progress.")
            }
            Self::IdempotentParameterMismatch => f.write_str(
                "The provided client token is already in use by a request with different parameters",
            ),
            Self::PolicyNotFound { resource_arn } => {
                write!(f, "Resource-based policy not found for the provided ResourceArn: {resource_arn}")
            }
            Self::TrimmedDataAccess => f.write_str("The data you are trying to access has been trimmed"),
            Self::ExpiredIterator => f.write_str("The provided iterator exceeds the maximum age allowed."),
            Self::ThroughputExceeded(throttle) => throttle.fmt(f),
            Self::Scaling(fault) => fault.fmt(f),
            Self::StreamThrottled => f.write_str("Rate exceeded"),
            Self::Throttled => f.write_str("Rate of requests exceeds the allowed throughput."),
            Self::Internal(_) => f.write_str(
                "The request processing has failed because of an unknown error, exception or failure.",
            ),
        }
    }
}

impl fmt::Display for ValidationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constraints(violations) => violation::gathered(violations, f),
            Self::InEnvelope(error) => write!(f, "1 validation error detected: {error}"),
            Self::Value(fault) => fault.fmt(f),
            Self::Expression { kind, fault } => expression::sentence(*kind, fault, f),
            Self::Placeholder(fault) => fault.fmt(f),
            Self::Legacy(fault) => fault.fmt(f),
            Self::Table(fault) => fault.fmt(f),
            Self::Data(fault) => fault.fmt(f),
            Self::Key(fault) => fault.fmt(f),
            Self::Read(fault) => fault.fmt(f),
            Self::Statement(fault) => fault.fmt(f),
            Self::Stream(fault) => fault.fmt(f),
            Self::ReplicaScaling { table, fault } => scaling::of_replica(table, fault, f),
        }
    }
}

impl fmt::Display for MissingResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table => f.write_str("Requested resource not found"),
            Self::NamedTable(table) => write!(f, "Requested resource not found: Table: {table} not found"),
            Self::Arn(arn) => write!(f, "Requested resource not found: ResourcArn: {arn} not found"),
            Self::GlobalSecondaryIndex { table, index } => {
                write!(f, "Requested resource not found: Index {index} for table {table}")
            }
            Self::InsightsIndex { table, index } => {
                write!(f, "Requested resource not found: Index: {index} not found for table: {table}")
            }
            Self::Stream(arn) => write!(f, "Requested resource not found: Stream: {arn} not found"),
            Self::Shard => f.write_str("Requested resource not found: Shard does not exist"),
            Self::GlobalTable(table) => write!(f, "Global table with name: '{table}' does not exist."),
            Self::ScaledReplica { table, region } => write!(
                f,
                "Failed to update settings for global table with name: ‘{table}’ because a replica does not exist in region: ‘{region}’."
            ),
            Self::ScaledIndexes { table, indexes } => write!(
                f,
                "Failed to update settings for global table with name: ‘{table}’ because the global secondary indexes with names: ‘[{}]’ do not exist.",
                indexes.join(", ")
            ),
            Self::ScaledReplicaIndex { table, index, region } => write!(
                f,
                "Failed to update settings for global table with name: ‘{table}’ because a global secondary index with name: ‘{index}’ does not exist in region: ‘{region}’."
            ),
        }
    }
}

/// How AWS begins to say that something is busy.
const IN_USE: &str = "Attempt to change a resource which is still in use: ";

impl fmt::Display for BusyResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TableExists(table) => write!(f, "Table already exists: {table}"),
            Self::Table { table, status } => {
                let doing = match status {
                    TableStatus::Creating => "created",
                    TableStatus::Deleting => "deleted",
                    TableStatus::Updating | TableStatus::Active => "updated",
                };
                write!(f, "{IN_USE}Table is being {doing}: {table}")
            }
            Self::IndexBeingAllocated { table, index } => write!(
                f,
                "{IN_USE}Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the index is active. Table: {table} Index: {index}"
            ),
            Self::Index { table, index } => {
                write!(f, "{IN_USE}Index is being created/deleted: Table: {table}, Index: {index}")
            }
            Self::IndexesOfDeleted => {
                write!(f, "{IN_USE}Cannot delete table while indexes are being created, updated, or deleted.")
            }
        }
    }
}
