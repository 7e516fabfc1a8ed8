//! Cancelled transactions.

use crate::error::{ApiError, CancellationReason, MissingResource};
use std::fmt;

impl CancellationReason {
    /// The reason's code, as in `CancellationReasons`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::None => "None",
            Self::ConditionalCheckFailed(_) => "ConditionalCheckFailed",
            Self::DuplicateItem => "DuplicateItem",
            Self::ResourceNotFound => "ResourceNotFound",
            Self::ThroughputExceeded(throttle) if throttle.on_demand => "ThrottlingError",
            Self::ThroughputExceeded(_) => "ProvisionedThroughputExceeded",
            Self::TransactionConflict => "TransactionConflict",
            Self::ValidationError(_) => "ValidationError",
            Self::ItemCollectionSizeLimitExceeded => "ItemCollectionSizeLimitExceeded",
        }
    }

    /// The reason's sentence; the innocent have none.
    pub fn message(&self) -> Option<String> {
        match self {
            Self::None => None,
            Self::ConditionalCheckFailed(_) => Some("The conditional request failed".to_owned()),
            Self::DuplicateItem => Some(ApiError::DuplicateItem.to_string()),
            Self::ResourceNotFound => Some(MissingResource::Table.to_string()),
            Self::ThroughputExceeded(throttle) => Some(throttle.to_string()),
            Self::TransactionConflict => Some("Transaction is ongoing for the item".to_owned()),
            Self::ValidationError(error) => Some(error.to_string()),
            Self::ItemCollectionSizeLimitExceeded => Some("Collection size exceeded.".to_owned()),
        }
    }
}

pub(super) fn canceled(reasons: &[CancellationReason], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("Transaction cancelled, please refer cancellation reasons for specific reasons [")?;
    for (at, reason) in reasons.iter().enumerate() {
        if at > 0 {
            f.write_str(", ")?;
        }
        f.write_str(reason.code())?;
    }
    f.write_str("]")
}
