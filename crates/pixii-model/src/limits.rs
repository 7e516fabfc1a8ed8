//! Every documented limit, once, with where AWS states it. Units last.
//!
//! Source unless said otherwise: Amazon DynamoDB Developer Guide, "Quotas and limits" (Constraints).

/// Largest item: attribute names (UTF-8) and values together.
pub const ITEM_SIZE_MAX: usize = 400 * 1024;
/// Longest partition key value.
pub const PARTITION_KEY_BYTES_MAX: usize = 2048;
/// Longest sort key value.
pub const SORT_KEY_BYTES_MAX: usize = 1024;
/// Longest name of an attribute that is no key.
pub const ATTRIBUTE_NAME_BYTES_MAX: usize = 65_535;
/// Longest name of a key attribute.
pub const KEY_ATTRIBUTE_NAME_BYTES_MAX: usize = 255;
/// Deepest nesting of lists and maps, and of document paths.
pub const NESTING_LEVELS_MAX: usize = 32;
/// Most significant digits of a Number.
pub const NUMBER_DIGITS_MAX: usize = 38;

/// One page of Query or Scan, before filters; one partition's share of a BatchGetItem.
pub const PAGE_BYTES_MAX: usize = 1024 * 1024;
/// A BatchGetItem's answer.
pub const BATCH_GET_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Keys in one BatchGetItem.
pub const BATCH_GET_KEYS_MAX: usize = 100;
/// Requests in one BatchWriteItem.
pub const BATCH_WRITE_REQUESTS_MAX: usize = 25;
/// Actions in one transaction (API model: TransactWriteItemList, TransactGetItemList).
pub const TRANSACTION_ACTIONS_MAX: usize = 100;
/// Statements in one BatchExecuteStatement (API model: PartiQLBatchRequest).
pub const BATCH_STATEMENTS_MAX: usize = 25;
/// Partitions, or items by their keys, that one PartiQL statement may name (Developer Guide, "PartiQL select statements").
pub const STATEMENT_READS_MAX: usize = 50;
/// Longest PartiQL statement, in characters (API model: PartiQLStatement).
pub const STATEMENT_LENGTH_MAX: usize = 8192;
/// Items of one transaction together.
pub const TRANSACTION_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How long a ClientRequestToken is good after its request completed, in seconds (API model: TransactWriteItemsInput).
pub const CLIENT_REQUEST_TOKEN_SECONDS: u64 = 600;
/// Largest request body.
pub const REQUEST_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Longest expression text.
pub const EXPRESSION_BYTES_MAX: usize = 4 * 1024;
/// Operators and functions in one expression.
pub const EXPRESSION_OPERATORS_MAX: usize = 300;
/// Operands of IN.
pub const IN_OPERANDS_MAX: usize = 100;
/// Longest `#name` or `:value`, its sign included.
pub const PLACEHOLDER_BYTES_MAX: usize = 255;
/// ExpressionAttributeNames and ExpressionAttributeValues together.
pub const SUBSTITUTION_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Segments of a parallel Scan (API model: ScanTotalSegments).
pub const TOTAL_SEGMENTS_MAX: u32 = 1_000_000;
/// Local secondary indexes of one table.
pub const LOCAL_SECONDARY_INDEXES_MAX: usize = 5;
/// Global secondary indexes of one table.
pub const GLOBAL_SECONDARY_INDEXES_MAX: usize = 20;
/// Key attributes of each kind in a global secondary index's schema.
pub const INDEX_KEY_ATTRIBUTES_MAX: usize = 4;
/// NonKeyAttributes over all indexes of one table.
pub const PROJECTED_ATTRIBUTES_MAX: usize = 100;
/// An item collection of a table with local secondary indexes, entries included.
pub const ITEM_COLLECTION_BYTES_MAX: u64 = 10 * 1024 * 1024 * 1024;
/// Read units, and likewise write units, of one provisioned table.
pub const TABLE_CAPACITY_UNITS_MAX: i64 = 40_000;
/// Read units, and likewise write units, of all provisioned tables of an account.
pub const ACCOUNT_CAPACITY_UNITS_MAX: i64 = 80_000;
/// Decreases of the provisioned throughput of one table or index in a day (UTC) before they must be apart.
pub const DECREASES_AT_ONCE_MAX: i64 = 4;
/// How far apart decreases must be after those, in seconds.
pub const DECREASE_PAUSE_SECONDS: u64 = 3600;
/// Switches of one table to on demand in 24 hours ("Considerations when switching capacity modes").
pub const SWITCHES_TO_ON_DEMAND_MAX: usize = 4;
/// Tags of one table.
pub const TAGS_MAX: usize = 50;

/// One read unit covers this many bytes.
pub const READ_UNIT_BYTES: usize = 4 * 1024;
/// One write unit covers this many bytes.
pub const WRITE_UNIT_BYTES: usize = 1024;
