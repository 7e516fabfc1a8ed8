//! Requests for which a table or index has no throughput left.

/// A table or a global secondary index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ThrottledKind {
    /// A table.
    Table,
    /// A global secondary index.
    Index,
}

/// Which way units flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flow {
    /// Read units.
    Read,
    /// Write units.
    Write,
}

/// Which limit is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ThroughputLimit {
    /// The provisioned units.
    ProvisionedThroughput,
    /// The units that the partition of the key can serve.
    KeyRangeThroughput,
    /// The maximum that was set for a table or index on demand.
    MaxOnDemandThroughput,
}

/// Why a request was throttled (API model: ThrottlingReason).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// What ran out of throughput.
    pub kind: ThrottledKind,
    /// Of which.
    pub flow: Flow,
    /// Which limit it reached.
    pub limit: ThroughputLimit,
    /// The ARN of the table or index.
    pub resource: String,
    /// Whether that is on demand: then it is a `ThrottlingException`, else a `ProvisionedThroughputExceededException`.
    pub on_demand: bool,
}
