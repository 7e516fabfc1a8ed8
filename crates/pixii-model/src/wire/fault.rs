//! The code, status and body of every error.

use super::encode::{Encode, JsonWriter, to_json};
use crate::error::{ApiError, CancellationReason, Throttle};

/// AWS's namespace of errors that the API model names.
const MODELLED: &str = "com.amazonaws.dynamodb.v20120810#";
/// AWS's namespace of validation errors.
const VALIDATE: &str = "com.amazon.coral.validate#";
/// AWS's namespace of errors that its service framework raises.
const SERVICE: &str = "com.amazon.coral.service#";

/// An error as it goes on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireFault {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// The error's name without its namespace: for logs and metrics.
pub fn code(error: &ApiError) -> &'static str {
    match error {
        ApiError::Serialization(_) => "SerializationException",
        ApiError::UnknownOperation { .. } => "UnknownOperationException",
        ApiError::Authentication(fault) => fault.code(),
        ApiError::Validation(_) => "ValidationException",
        ApiError::AccessDenied { .. } => "AccessDeniedException",
        ApiError::ConditionalCheckFailed { .. } => "ConditionalCheckFailedException",
        ApiError::DuplicateItem => "DuplicateItemException",
        ApiError::ResourceNotFound(_) => "ResourceNotFoundException",
        ApiError::ResourceInUse(_) => "ResourceInUseException",
        ApiError::TableNotFound { .. } => "TableNotFoundException",
        ApiError::LimitExceeded(_) => "LimitExceededException",
        ApiError::ItemCollectionSizeLimitExceeded => "ItemCollectionSizeLimitExceededException",
        ApiError::TransactionCanceled { .. } => "TransactionCanceledException",
        ApiError::TransactionConflict => "TransactionConflictException",
        ApiError::TransactionInProgress => "TransactionInProgressException",
        ApiError::IdempotentParameterMismatch => "IdempotentParameterMismatchException",
        ApiError::PolicyNotFound { .. } => "PolicyNotFoundException",
        ApiError::TrimmedDataAccess => "TrimmedDataAccessException",
        ApiError::ExpiredIterator => "ExpiredIteratorException",
        ApiError::Scaling(fault) => fault.code(),
        ApiError::ThroughputExceeded(throttle) if !throttle.on_demand => {
            "ProvisionedThroughputExceededException"
        }
        ApiError::ThroughputExceeded(_) | ApiError::Throttled | ApiError::StreamThrottled => {
            "ThrottlingException"
        }
        ApiError::Internal(_) => "InternalServerError",
    }
}

/// The error as it goes on the wire.
pub fn to_wire(error: &ApiError) -> WireFault {
    let namespace = match error {
        ApiError::Serialization(_)
        | ApiError::UnknownOperation { .. }
        | ApiError::Authentication(_)
        | ApiError::AccessDenied { .. } => SERVICE,
        ApiError::Validation(_) => VALIDATE,
        ApiError::Scaling(_) => "",
        _ => MODELLED,
    };
    let status = if matches!(error, ApiError::Internal(_)) { 500 } else { 400 };
    WireFault { status, body: to_json(&Body { error, namespace }) }
}

struct Body<'a> {
    error: &'a ApiError,
    namespace: &'static str,
}

impl Encode for Body<'_> {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.write("__type", |writer| writer.plain(&format!("{}{}", self.namespace, code(self.error))));
            match self.error {
                ApiError::UnknownOperation { target: None } => return,
                ApiError::UnknownOperation { target: Some(_) } => {
                    object.field("Message", &self.error.to_string());
                    return;
                }
                ApiError::Serialization(fault) => {
                    let message = fault.to_string();
                    if !message.is_empty() {
                        object.field("Message", &message);
                    }
                    return;
                }
                ApiError::TransactionCanceled { reasons } => {
                    object.field("Message", &self.error.to_string());
                    object.field("CancellationReasons", reasons);
                    return;
                }
                ApiError::Scaling(fault) => {
                    object.field("Message", &self.error.to_string());
                    object.optional("ResourceName", &fault.resource_name());
                    return;
                }
                ApiError::TransactionInProgress
                | ApiError::IdempotentParameterMismatch
                | ApiError::AccessDenied { .. } => {
                    object.field("Message", &self.error.to_string());
                    return;
                }
                _ => object.field("message", &self.error.to_string()),
            }
            match self.error {
                ApiError::ConditionalCheckFailed { item: Some(item) } => object.field("Item", item),
                // The API model spells the member in two ways.
                ApiError::ThroughputExceeded(throttle) if throttle.on_demand => {
                    object.field("throttlingReasons", &vec![throttle.clone()]);
                }
                ApiError::ThroughputExceeded(throttle) => {
                    object.field("ThrottlingReasons", &vec![throttle.clone()]);
                }
                _ => {}
            }
        });
    }
}

impl Encode for Throttle {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("reason", &self.reason());
            object.field("resource", &self.resource);
        });
    }
}

impl Encode for CancellationReason {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("Code", self.code());
            object.optional("Message", &self.message());
            if let Self::ConditionalCheckFailed(Some(item)) = self {
                object.field("Item", item);
            }
        });
    }
}
