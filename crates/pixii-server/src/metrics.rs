//! What is counted of requests: by operation, by error, and by table for a bounded number of tables.
//!
//! A request adds to a handful of atomic counters that lie ready. It takes no lock and allocates nothing, but for the first
//! request of a table, which makes that table's counters.

use crate::exposition::{Exposition, Kind};
use crate::in_work::AllWork;
use arc_swap::ArcSwap;
use pixii_model::operation::OperationName;
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Upper bounds of the buckets of latencies, in microseconds.
const BOUNDS_MICROS: [u64; 14] = [
    250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
    10_000_000,
];
/// Every operation, and requests for one that there is none.
const OPERATIONS: usize = OperationName::ALL.len() + 1;
/// The errors that are counted by their code; all others are counted together.
const CODES: [&str; 28] = [
    "AccessDeniedException",
    "ConditionalCheckFailedException",
    "DuplicateItemException",
    "ExpiredIteratorException",
    "IdempotentParameterMismatchException",
    "IncompleteSignatureException",
    "InternalServerError",
    "InvalidNextTokenException",
    "InvalidSignatureException",
    "ItemCollectionSizeLimitExceededException",
    "LimitExceededException",
    "MissingAuthenticationTokenException",
    "ObjectNotFoundException",
    "PolicyNotFoundException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ResourceInUseException",
    "ResourceNotFoundException",
    "SerializationException",
    "TableNotFoundException",
    "ThrottlingException",
    "TooManyTagsException",
    "TransactionCanceledException",
    "TransactionConflictException",
    "TransactionInProgressException",
    "TrimmedDataAccessException",
    "UnknownOperationException",
    "ValidationException",
];
/// What tables without counters of their own are counted as: no table can be called so.
const OTHER: &str = "(other)";
/// What requests are counted as that name no operation there is.
const UNKNOWN: &str = "(unknown)";

/// How many tables have counters of their own, unless somebody says otherwise.
const TABLES_MAX: usize = 100;

/// What a server counts, and what it is working on. Clones are the same.
#[derive(Clone)]
pub struct Metrics(Arc<Counters>);

struct Counters {
    work: Arc<AllWork>,
    connections: AtomicU64,
    request_bytes: AtomicU64,
    answer_bytes: AtomicU64,
    requests: [Latency; OPERATIONS],
    errors: [[AtomicU64; CODES.len() + 1]; OPERATIONS],
    tables_max: usize,
    tables: ArcSwap<HashMap<Box<str>, Arc<TableCounters>>>,
    other_tables: TableCounters,
    /// What else the front door can tell.
    more: OnceLock<Box<Figures>>,
}

/// Something that writes figures.
pub type Figures = dyn Fn(&mut Exposition) + Send + Sync;

/// How many requests took how long.
#[derive(Default)]
struct Latency {
    buckets: [AtomicU64; BOUNDS_MICROS.len() + 1],
    micros: AtomicU64,
}

/// What is counted of one table.
struct TableCounters {
    requests: [AtomicU64; OPERATIONS],
    errors: [AtomicU64; CODES.len() + 1],
    micros: AtomicU64,
}

/// One request, answered.
pub(crate) struct Answered<'a> {
    pub(crate) operation: Option<OperationName>,
    /// Empty where it is about none.
    pub(crate) table: &'a str,
    pub(crate) code: Option<&'static str>,
    pub(crate) took: Duration,
    pub(crate) request_bytes: u64,
    pub(crate) answer_bytes: u64,
}

impl Default for TableCounters {
    fn default() -> Self {
        Self {
            requests: [const { AtomicU64::new(0) }; OPERATIONS],
            errors: [const { AtomicU64::new(0) }; CODES.len() + 1],
            micros: AtomicU64::new(0),
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new(TABLES_MAX)
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").field("tables_max", &self.0.tables_max).finish_non_exhaustive()
    }
}

impl Metrics {
    /// Counters of which so many tables have their own.
    pub fn new(tables_max: usize) -> Self {
        Self(Arc::new(Counters {
            work: Arc::default(),
            connections: AtomicU64::new(0),
            request_bytes: AtomicU64::new(0),
            answer_bytes: AtomicU64::new(0),
            requests: std::array::from_fn(|_| Latency::default()),
            errors: [const { [const { AtomicU64::new(0) }; CODES.len() + 1] }; OPERATIONS],
            tables_max,
            tables: ArcSwap::default(),
            other_tables: TableCounters::default(),
            more: OnceLock::new(),
        }))
    }
}

impl Metrics {
    /// What connections are working on.
    pub(crate) fn work(&self) -> &Arc<AllWork> {
        &self.0.work
    }

    /// Counts a connection.
    pub(crate) fn count_connection(&self) {
        self.0.connections.fetch_add(1, Relaxed);
    }

    /// Says what else to tell.
    pub(crate) fn tell_too(&self, more: impl Fn(&mut Exposition) + Send + Sync + 'static) {
        _ = self.0.more.set(Box::new(more));
    }

    /// Counts a request.
    pub(crate) fn count(&self, answered: &Answered<'_>) {
        let operation = answered.operation.map_or(OPERATIONS - 1, |operation| operation as usize);
        let micros = answered.took.as_micros().try_into().unwrap_or(u64::MAX);
        self.0.request_bytes.fetch_add(answered.request_bytes, Relaxed);
        self.0.answer_bytes.fetch_add(answered.answer_bytes, Relaxed);
        self.0.requests[operation].add(micros);
        let code = answered.code.map(code_index);
        if let Some(code) = code {
            self.0.errors[operation][code].fetch_add(1, Relaxed);
        }
        if !answered.table.is_empty() {
            self.of_table(answered, |table| {
                table.requests[operation].fetch_add(1, Relaxed);
                table.micros.fetch_add(micros, Relaxed);
                if let Some(code) = code {
                    table.errors[code].fetch_add(1, Relaxed);
                }
            });
        }
    }

    fn of_table(&self, answered: &Answered<'_>, count: impl FnOnce(&TableCounters)) {
        let tables = self.0.tables.load();
        if let Some(table) = tables.get(answered.table) {
            count(table);
            if answered.operation == Some(OperationName::DeleteTable) && answered.code.is_none() {
                drop(tables);
                self.forget(answered.table);
            }
        // Only what succeeds shows that there is such a table: a client may make up any number of names.
        } else if answered.code.is_none()
            && answered.operation != Some(OperationName::DeleteTable)
            && tables.len() < self.0.tables_max
        {
            drop(tables);
            count(&self.table(answered.table));
        } else {
            count(&self.0.other_tables);
        }
    }

    /// Makes the counters of a table.
    fn table(&self, name: &str) -> Arc<TableCounters> {
        let new = Arc::new(TableCounters::default());
        self.0.tables.rcu(|tables| {
            let mut tables = HashMap::clone(tables);
            tables.entry(name.into()).or_insert_with(|| Arc::clone(&new));
            tables
        });
        self.0.tables.load().get(name).cloned().unwrap_or(new)
    }

    fn forget(&self, name: &str) {
        self.0.tables.rcu(|tables| {
            let mut tables = HashMap::clone(tables);
            tables.remove(name);
            tables
        });
    }

    /// Writes all of it.
    pub(crate) fn expose(&self, page: &mut Exposition) {
        page.gauge("pixii_connections", "Open connections of clients.", self.0.work.connections());
        let connections = self.0.connections.load(Relaxed);
        page.counter("pixii_connections_total", "Connections that were accepted.", connections);
        let in_work = self.0.work.requests();
        page.gauge("pixii_requests_in_work", "Requests that are being worked on.", in_work.len());
        let oldest = in_work.first().map_or(0.0, |(_, request)| request.since.elapsed().as_secs_f64());
        page.gauge("pixii_oldest_request_seconds", "Age of the oldest of them.", oldest);
        let bytes = self.0.request_bytes.load(Relaxed);
        page.counter("pixii_request_bytes_total", "Bytes of requests' bodies, decompressed.", bytes);
        let bytes = self.0.answer_bytes.load(Relaxed);
        page.counter("pixii_answer_bytes_total", "Bytes of answers' bodies before compression.", bytes);
        self.expose_operations(page);
        self.expose_tables(page);
        if let Some(more) = self.0.more.get() {
            more(page);
        }
    }

    fn expose_operations(&self, page: &mut Exposition) {
        let bounds = BOUNDS_MICROS.map(|micros| micros as f64 / 1e6);
        let help = "Time from a request's head to its answer, errors included.";
        let mut family = page.family("pixii_request_duration_seconds", Kind::Histogram, help);
        for (index, latency) in self.0.requests.iter().enumerate() {
            let counts = latency.buckets.each_ref().map(|bucket| bucket.load(Relaxed));
            if counts.iter().any(|count| *count > 0) {
                let sum = latency.micros.load(Relaxed) as f64 / 1e6;
                family.histogram(&[("operation", operation_name(index))], &bounds, &counts, sum);
            }
        }
        let mut family =
            page.family("pixii_request_errors_total", Kind::Counter, "Requests refused or failed.");
        for (index, codes) in self.0.errors.iter().enumerate() {
            for (code, count) in codes.iter().enumerate().filter(|(_, count)| count.load(Relaxed) > 0) {
                let labels = [("operation", operation_name(index)), ("code", code_name(code))];
                family.value(&labels, count.load(Relaxed));
            }
        }
    }

    fn expose_tables(&self, page: &mut Exposition) {
        let tables = self.0.tables.load();
        let mut sorted: Vec<(&str, &TableCounters)> =
            tables.iter().map(|(name, table)| (name.as_ref(), table.as_ref())).collect();
        sorted.sort_unstable_by_key(|(name, _)| *name);
        sorted.push((OTHER, &self.0.other_tables));
        let help = "Requests that name a table; those of batches may name several.";
        let mut family = page.family("pixii_table_requests_total", Kind::Counter, help);
        for (table, counters) in &sorted {
            for (index, count) in counters.requests.iter().enumerate() {
                let count = count.load(Relaxed);
                if count > 0 {
                    family.value(&[("table", table), ("operation", operation_name(index))], count);
                }
            }
        }
        let mut family =
            page.family("pixii_table_errors_total", Kind::Counter, "Of these, refused or failed.");
        for (table, counters) in &sorted {
            for (code, count) in counters.errors.iter().enumerate() {
                let count = count.load(Relaxed);
                if count > 0 {
                    family.value(&[("table", table), ("code", code_name(code))], count);
                }
            }
        }
        let help = "Time that requests of a table took, together.";
        let mut family = page.family("pixii_table_request_seconds_total", Kind::Counter, help);
        for (table, counters) in &sorted {
            family.value(&[("table", table)], counters.micros.load(Relaxed) as f64 / 1e6);
        }
    }
}

impl Latency {
    fn add(&self, micros: u64) {
        let bucket = BOUNDS_MICROS.partition_point(|bound| *bound < micros);
        self.buckets[bucket].fetch_add(1, Relaxed);
        self.micros.fetch_add(micros, Relaxed);
    }
}

fn operation_name(index: usize) -> &'static str {
    OperationName::ALL.get(index).map_or(UNKNOWN, |operation| operation.unique_name())
}

fn code_index(code: &str) -> usize {
    CODES.binary_search(&code).unwrap_or(CODES.len())
}

fn code_name(index: usize) -> &'static str {
    CODES.get(index).copied().unwrap_or(OTHER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(metrics: &Metrics) -> String {
        let mut page = Exposition::default();
        metrics.expose(&mut page);
        page.into_text()
    }

    fn count(metrics: &Metrics, operation: OperationName, table: &str, code: Option<&'static str>) {
        let (operation, took) = (Some(operation), Duration::from_millis(3));
        metrics.count(&Answered { operation, table, code, took, request_bytes: 10, answer_bytes: 2 });
    }

    #[test]
    fn codes_are_found_by_halving() {
        assert!(CODES.is_sorted());
        assert_eq!(code_name(code_index("ValidationException")), "ValidationException");
        assert_eq!(code_name(code_index("Nobody knows")), OTHER);
    }

    #[test]
    fn latencies_fall_into_the_bucket_that_bounds_them() {
        let latency = Latency::default();
        for micros in [0, 250, 251, 10_000_000, 10_000_001] {
            latency.add(micros);
        }
        let counts = latency.buckets.map(AtomicU64::into_inner);
        assert_eq!((counts[0], counts[1], counts[13], counts[14]), (2, 1, 1, 1));
    }

    #[test]
    fn tables_beyond_the_limit_and_names_made_up_are_counted_together() {
        let metrics = Metrics::new(2);
        for made_up in 0..1000 {
            let code = Some("ResourceNotFoundException");
            count(&metrics, OperationName::GetItem, &format!("made-up-{made_up}"), code);
        }
        for table in ["A", "B", "C"] {
            count(&metrics, OperationName::GetItem, table, None);
        }
        let text = page(&metrics);
        assert!(
            text.contains("pixii_table_requests_total{table=\"(other)\",operation=\"GetItem\"} 1001\n"),
            "{text}"
        );
        assert!(text.contains("pixii_table_requests_total{table=\"B\",operation=\"GetItem\"} 1\n"), "{text}");
        assert!(!text.contains("\"C\"") && !text.contains("made-up"), "{text}");
        count(&metrics, OperationName::DeleteTable, "A", None);
        count(&metrics, OperationName::CreateTable, "C", None);
        let text = page(&metrics);
        assert!(!text.contains("\"A\"") && text.contains("\"C\""), "{text}");
        assert!(
            text.contains("pixii_request_duration_seconds_count{operation=\"GetItem\"} 1003\n"),
            "{text}"
        );
    }
}
