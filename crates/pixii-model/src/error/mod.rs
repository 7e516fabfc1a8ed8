//! Every error a client can see, in AWS's names.
//!
//! Faults are enums, not sentences: the sentence of each is in `message`, the only folder with AWS's words, and its code
//! and status are in [`crate::wire::fault`].

pub mod auth;
pub mod data;
pub mod expression;
pub mod key;
pub mod legacy;
mod message;
pub mod partiql;
pub mod quota;
pub mod read;
pub mod scaling;
pub mod serialization;
pub mod stream;
pub mod table;
pub mod throttling;
pub mod transaction;
pub mod value;
pub mod violation;

pub use auth::AuthFault;
pub use data::DataFault;
pub use expression::{ExpressionError, ExpressionFault, ExpressionKind, PlaceholderFault};
pub use key::KeyFault;
pub use legacy::LegacyFault;
pub use partiql::{StatementFault, StatementSyntaxFault};
pub use quota::{Quota, UnitsSetting};
pub use read::ReadFault;
pub use scaling::{ReplicaScalingFault, ScalingFault};
pub use serialization::SerializationFault;
pub use stream::StreamFault;
pub use table::{TableFault, WarmLeast};
pub use throttling::{Flow, Throttle, ThrottledKind, ThroughputLimit};
pub use transaction::CancellationReason;
pub use value::ValueFault;
pub use violation::{Constraint, ViolatingValue, Violation};

use crate::encoded::OutputItem;
use crate::stream::StreamArn;
use crate::table::TableStatus;

/// Why a request was refused, or failed.
#[derive(Clone, Debug, PartialEq)]
pub enum ApiError {
    /// `SerializationException`: the body is no JSON, or a member has the wrong JSON type.
    Serialization(SerializationFault),
    /// `UnknownOperationException`: no such operation, or one that is not built yet.
    UnknownOperation {
        /// Its target, if it is an operation of AWS.
        target: Option<&'static str>,
    },
    /// `MissingAuthenticationTokenException`, `IncompleteSignatureException` or `InvalidSignatureException`.
    Authentication(AuthFault),
    /// `ValidationException`.
    Validation(ValidationError),
    /// `AccessDeniedException`: AWS's answer to who names a resource that is none.
    AccessDenied {
        /// The account that asks.
        account: String,
        /// What it asks for.
        operation: &'static str,
        /// Of what.
        resource: String,
    },
    /// `ConditionalCheckFailedException`, with the item found if the request asked for it.
    ConditionalCheckFailed {
        /// The item as it was, under `ReturnValuesOnConditionCheckFailure: ALL_OLD`.
        item: Option<Box<OutputItem>>,
    },
    /// `DuplicateItemException`: an INSERT of an item that is there.
    DuplicateItem,
    /// `ResourceNotFoundException`.
    ResourceNotFound(MissingResource),
    /// `ResourceInUseException`.
    ResourceInUse(BusyResource),
    /// `TableNotFoundException`, which backup operations answer where others say `ResourceNotFoundException`.
    TableNotFound {
        /// The table's name.
        table: String,
    },
    /// `LimitExceededException`.
    LimitExceeded(Quota),
    /// `ItemCollectionSizeLimitExceededException`.
    ItemCollectionSizeLimitExceeded,
    /// `TransactionCanceledException`: a reason for each action, in request order.
    TransactionCanceled {
        /// One for each action.
        reasons: Vec<CancellationReason>,
    },
    /// `TransactionConflictException`: a single-item write kept meeting transactions.
    TransactionConflict,
    /// `TransactionInProgressException`: the same ClientRequestToken is being worked on.
    TransactionInProgress,
    /// `IdempotentParameterMismatchException`: the same ClientRequestToken came with another request.
    IdempotentParameterMismatch,
    /// `PolicyNotFoundException`: the resource has no policy.
    PolicyNotFound {
        /// The resource's ARN.
        resource_arn: String,
    },
    /// `TrimmedDataAccessException`: records that are wanted of a shard are gone from it.
    TrimmedDataAccess,
    /// `ExpiredIteratorException`: a shard iterator is older than 15 minutes.
    ExpiredIterator,
    /// `ProvisionedThroughputExceededException`, or `ThrottlingException` on demand: a table or index has no throughput left.
    ThroughputExceeded(Throttle),
    /// An exception of Application Auto Scaling's: the fault has its name.
    Scaling(ScalingFault),
    /// `ThrottlingException`: the store asks for less load.
    Throttled,
    /// `ThrottlingException`: a stream or a shard of it is read too often.
    StreamThrottled,
    /// `InternalServerError`: the detail goes to the log, the request id to the client.
    Internal(Fault),
}

/// What is wrong with a request whose JSON types are right.
#[derive(Clone, Debug, PartialEq)]
pub enum ValidationError {
    /// Members outside their constraints, up to ten, in one message.
    Constraints(Vec<Violation>),
    /// One of the others, told like a member outside its constraints, as AWS's newer validation framework does.
    InEnvelope(Box<ValidationError>),
    /// An attribute value that no item could hold.
    Value(ValueFault),
    /// An expression that cannot be read, bound or applied.
    Expression {
        /// Which expression.
        kind: ExpressionKind,
        /// What is wrong with it.
        fault: ExpressionFault,
    },
    /// Substitution maps that do not fit the expressions.
    Placeholder(PlaceholderFault),
    /// A legacy parameter that cannot be.
    Legacy(LegacyFault),
    /// A table, index or tag that cannot be.
    Table(TableFault),
    /// A read or write that cannot be.
    Data(DataFault),
    /// An item or a key that does not fit its table.
    Key(KeyFault),
    /// A query or scan that cannot be.
    Read(ReadFault),
    /// A PartiQL statement that cannot be.
    Statement(StatementFault),
    /// A stream, a shard or a position in it that cannot be.
    Stream(StreamFault),
    /// Settings of a table's auto scaling that cannot be.
    ReplicaScaling {
        /// The table's name.
        table: String,
        /// What is wrong with them.
        fault: Box<ReplicaScalingFault>,
    },
}

/// What was not found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MissingResource {
    /// A table, for operations on data, which do not say which.
    Table,
    /// A table, for operations on tables, which name it.
    NamedTable(String),
    /// A table, for operations that take an ARN.
    Arn(String),
    /// A global secondary index.
    GlobalSecondaryIndex {
        /// Its table.
        table: String,
        /// Its name.
        index: String,
    },
    /// A global secondary index, for operations on its insights.
    InsightsIndex {
        /// Its table.
        table: String,
        /// Its name.
        index: String,
    },
    /// A stream.
    Stream(StreamArn),
    /// A shard of a stream.
    Shard,
    /// A table, for operations on how its replicas scale.
    GlobalTable(String),
    /// A replica of a table, to be scaled.
    ScaledReplica {
        /// The table's name.
        table: String,
        /// Where it would be.
        region: String,
    },
    /// Global secondary indexes whose writes are to be scaled.
    ScaledIndexes {
        /// The table's name.
        table: String,
        /// Their names.
        indexes: Vec<String>,
    },
    /// A global secondary index whose reads are to be scaled.
    ScaledReplicaIndex {
        /// The table's name.
        table: String,
        /// Its name.
        index: String,
        /// Where it would be.
        region: String,
    },
}

/// What was in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BusyResource {
    /// A table of that name exists already.
    TableExists(String),
    /// The table is not ACTIVE.
    Table {
        /// The table.
        table: String,
        /// What it is instead.
        status: TableStatus,
    },
    /// An index that is to be deleted is only being created, and not yet being filled.
    IndexBeingAllocated {
        /// The table.
        table: String,
        /// The index.
        index: String,
    },
    /// An index that is to be changed is being created or deleted.
    Index {
        /// The table.
        table: String,
        /// The index.
        index: String,
    },
    /// Indexes of a table that is to be deleted are being created or deleted.
    IndexesOfDeleted,
}

/// Something that is our fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// For the log, never for the client.
    pub detail: String,
}

impl ApiError {
    /// An internal error with a detail for the log.
    pub fn internal(detail: impl Into<String>) -> Self {
        Self::Internal(Fault { detail: detail.into() })
    }
}

impl From<ValidationError> for ApiError {
    fn from(error: ValidationError) -> Self {
        Self::Validation(error)
    }
}

impl From<AuthFault> for ApiError {
    fn from(fault: AuthFault) -> Self {
        Self::Authentication(fault)
    }
}

impl From<SerializationFault> for ApiError {
    fn from(fault: SerializationFault) -> Self {
        Self::Serialization(fault)
    }
}

impl From<ValueFault> for ValidationError {
    fn from(fault: ValueFault) -> Self {
        Self::Value(fault)
    }
}

impl From<TableFault> for ValidationError {
    fn from(fault: TableFault) -> Self {
        Self::Table(fault)
    }
}

impl From<DataFault> for ValidationError {
    fn from(fault: DataFault) -> Self {
        Self::Data(fault)
    }
}

impl From<ValueFault> for ApiError {
    fn from(fault: ValueFault) -> Self {
        Self::Validation(fault.into())
    }
}

impl From<TableFault> for ApiError {
    fn from(fault: TableFault) -> Self {
        Self::Validation(fault.into())
    }
}

impl From<DataFault> for ApiError {
    fn from(fault: DataFault) -> Self {
        Self::Validation(fault.into())
    }
}

impl From<KeyFault> for ValidationError {
    fn from(fault: KeyFault) -> Self {
        Self::Key(fault)
    }
}

impl From<KeyFault> for ApiError {
    fn from(fault: KeyFault) -> Self {
        Self::Validation(fault.into())
    }
}

impl From<ReadFault> for ValidationError {
    fn from(fault: ReadFault) -> Self {
        Self::Read(fault)
    }
}

impl From<ReadFault> for ApiError {
    fn from(fault: ReadFault) -> Self {
        Self::Validation(fault.into())
    }
}

impl From<StreamFault> for ValidationError {
    fn from(fault: StreamFault) -> Self {
        Self::Stream(fault)
    }
}

impl From<StreamFault> for ApiError {
    fn from(fault: StreamFault) -> Self {
        Self::Validation(fault.into())
    }
}

impl From<ScalingFault> for ApiError {
    fn from(fault: ScalingFault) -> Self {
        Self::Scaling(fault)
    }
}

impl std::error::Error for ApiError {}
