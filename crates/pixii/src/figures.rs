//! What the engine and the Store count, under the names that `docs/metrics.md` lists.

use pixii_embedded::{EmbeddedStore, Statistics};
use pixii_engine::Engine;
use pixii_engine::statistics::{PathSize, PathStatistics};
use pixii_model::error::Flow;
use pixii_server::{Exposition, Kind};
use pixii_store::Store;
use std::collections::BTreeMap;

/// What tables beyond those that have figures of their own are told as: no table can be called so.
const OTHER: &str = "(other)";

/// What the engine counts, of so many tables each by itself.
pub fn of_engine<S: Store>(engine: &Engine<S>, tables_max: usize, page: &mut Exposition) {
    let statistics = engine.statistics();
    page.gauge("pixii_tables", "Tables there are.", statistics.tables);
    page.gauge("pixii_streams", "Tables with a stream.", statistics.streams);
    of_used(&statistics.used, tables_max, page);
    let mut family = page.family("pixii_task_runs_total", Kind::Counter, "Runs of background work.");
    statistics.tasks.iter().for_each(|task| family.value(&[("task", task.name)], task.runs));
    let mut family = page.family("pixii_task_failures_total", Kind::Counter, "Of these, failed.");
    statistics.tasks.iter().for_each(|task| family.value(&[("task", task.name)], task.failures));
    let mut family = page.family("pixii_task_panics_total", Kind::Counter, "Of these, panicked.");
    statistics.tasks.iter().for_each(|task| family.value(&[("task", task.name)], task.panics));
    let help = "When it last succeeded, in seconds since 1970; 0 if never.";
    let mut family = page.family("pixii_task_last_success_seconds", Kind::Gauge, help);
    statistics.tasks.iter().for_each(|task| family.value(&[("task", task.name)], task.succeeded));
}

/// The figures of tables and indexes that were used, those beyond the first so many by name told together.
fn of_used(used: &[PathStatistics], tables_max: usize, page: &mut Exposition) {
    let mut named: Vec<&str> = used.iter().map(|path| path.table.as_str()).collect();
    named.sort_unstable();
    named.dedup();
    named.truncate(tables_max);
    let labels = |path: &PathStatistics| match named.binary_search(&path.table.as_str()) {
        Ok(_) => (path.table.clone(), path.index.clone().unwrap_or_default()),
        Err(_) => (OTHER.to_owned(), String::new()),
    };
    let units = [
        (Flow::Read, "pixii_consumed_read_units_total", "Read units consumed."),
        (Flow::Write, "pixii_consumed_write_units_total", "Write units consumed."),
    ];
    for (flow, name, help) in units {
        let mut sums: BTreeMap<_, i64> = BTreeMap::new();
        for path in used {
            for consumed in path.consumed.iter().filter(|consumed| consumed.flow == flow) {
                let key = (labels(path), consumed.operation.unique_name());
                *sums.entry(key).or_default() += consumed.micro_units;
            }
        }
        let mut family = page.family(name, Kind::Counter, help);
        for (((table, index), operation), micro_units) in &sums {
            let labels = [("table", table.as_str()), ("index", index.as_str()), ("operation", *operation)];
            family.value(&labels, *micro_units as f64 / 1e6);
        }
    }
    let throttled = [
        (Flow::Read, "pixii_throttled_reads_total", "Reads throttled."),
        (Flow::Write, "pixii_throttled_writes_total", "Writes throttled."),
    ];
    for (flow, name, help) in throttled {
        let mut sums: BTreeMap<_, u64> = BTreeMap::new();
        for path in used {
            *sums.entry(labels(path)).or_default() += path.throttled[flow as usize];
        }
        let mut family = page.family(name, Kind::Counter, help);
        for ((table, index), count) in &sums {
            family.value(&[("table", table), ("index", index)], *count);
        }
    }
    let mut sums: BTreeMap<_, usize> = BTreeMap::new();
    for path in used {
        *sums.entry(labels(path)).or_default() += path.partitions;
    }
    let help = "Partitions of tables and indexes that were used.";
    let mut family = page.family("pixii_partitions", Kind::Gauge, help);
    for ((table, index), count) in &sums {
        family.value(&[("table", table), ("index", index)], *count);
    }
}

/// How large tables and indexes are, those beyond the number that have figures of their own left out.
pub fn of_sizes(sizes: &[PathSize], page: &mut Exposition) {
    let index = |size: &PathSize| size.index.clone().unwrap_or_default();
    let help = "Items of tables, entries of indexes.";
    let mut family = page.family("pixii_table_items", Kind::Gauge, help);
    for size in sizes {
        family.value(&[("table", &size.table), ("index", &index(size))], size.items);
    }
    let help = "Their bytes, as DynamoDB counts them.";
    let mut family = page.family("pixii_table_size_bytes", Kind::Gauge, help);
    for size in sizes {
        family.value(&[("table", &size.table), ("index", &index(size))], size.bytes);
    }
}

/// What the Store in a directory counts.
pub fn of_store(store: &EmbeddedStore, page: &mut Exposition) {
    let statistics: Statistics = store.statistics();
    let Statistics { groups, transactions, written_bytes, syncs, writing, stalls, stalled, .. } = statistics;
    page.counter("pixii_commit_groups_total", "Groups of transactions that were committed.", groups);
    page.counter("pixii_commit_transactions_total", "Transactions in them.", transactions);
    page.counter("pixii_commit_written_bytes_total", "Bytes written to the journal.", written_bytes);
    page.counter("pixii_commit_syncs_total", "Syncs of the journal.", syncs);
    let help = "Time spent on writing groups, syncs included.";
    page.counter("pixii_commit_write_seconds_total", help, writing.as_secs_f64());
    let help = "Groups that waited for memtables to be written or tables to be compacted.";
    page.counter("pixii_commit_stalls_total", help, stalls);
    page.counter("pixii_commit_stall_seconds_total", "Time they waited.", stalled.as_secs_f64());
    let Statistics { memtable_bytes, sealed_memtables, tables, table_bytes, level0_runs, .. } = statistics;
    page.gauge("pixii_memtable_bytes", "Bytes in the memtable that takes writes.", memtable_bytes);
    page.gauge("pixii_sealed_memtables", "Memtables that wait to be written out.", sealed_memtables);
    page.gauge("pixii_level0_runs", "Runs of new tables that wait to be compacted.", level0_runs);
    page.gauge("pixii_lsm_tables", "Table files on disk.", tables);
    page.gauge("pixii_lsm_table_bytes", "Their bytes.", table_bytes);
    let Statistics { cache_bytes, cache_bytes_max, journals, journal_bytes, .. } = statistics;
    page.gauge("pixii_block_cache_bytes", "Bytes in the block cache.", cache_bytes);
    page.gauge("pixii_block_cache_bytes_max", "Bytes it may hold.", cache_bytes_max);
    page.gauge("pixii_journals", "Journal files.", journals);
    page.gauge("pixii_journal_bytes", "Their bytes, zeros laid ahead included.", journal_bytes);
    let Statistics { disk_free_bytes, disk_bytes, is_full, is_stopped, .. } = statistics;
    page.gauge("pixii_disk_free_bytes", "Bytes free on the data directory's disk.", disk_free_bytes);
    page.gauge("pixii_disk_bytes", "Bytes it holds in all.", disk_bytes);
    let help = "Whether writes are refused because the disk is full: 1 if so.";
    page.gauge("pixii_disk_full", help, u8::from(is_full));
    let help = "Whether the Store has stopped after a failure: 1 if so.";
    page.gauge("pixii_store_stopped", help, u8::from(is_stopped));
}
