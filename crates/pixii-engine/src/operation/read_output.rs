//! What reads of pages answer, Query, Scan and SELECT alike: which page, and what it consumed.

use crate::capacity::ReadKind;
use crate::engine::Engine;
use crate::keyspace::DataPath;
use crate::read::page::{self, Page, PageTerms};
use crate::read::plan::{Output, Plan};
use crate::table::IndexKind;
use crate::throughput::Account;
use pixii_model::ApiError;
use pixii_model::capacity::{Capacity, ConsumedCapacity, ReturnConsumedCapacity};
use pixii_model::error::Flow;
use pixii_model::operation::{OperationName, PageReadOutput};
use pixii_store::{Freshness, Store};

/// What Query and Scan answer of a page.
pub fn page_read(
    path: DataPath<'_>,
    plan: &Plan,
    page: Page,
    detail: ReturnConsumedCapacity,
) -> PageReadOutput {
    PageReadOutput {
        consumed_capacity: consumed(path, &page, detail),
        items: (!matches!(plan.output, Output::Count)).then_some(page.items),
        count: page.count,
        scanned_count: page.scanned_count,
        last_evaluated_key: page.last_evaluated_key,
    }
}

/// What a page consumed, on what was read.
pub fn consumed(path: DataPath<'_>, page: &Page, detail: ReturnConsumedCapacity) -> Option<ConsumedCapacity> {
    if detail == ReturnConsumedCapacity::None {
        return None;
    }
    let table_name = path.table().name.clone();
    let mut consumed = ConsumedCapacity { table_name, detail, ..ConsumedCapacity::default() };
    let units = Capacity::read(page.units);
    match path.index() {
        None => consumed.table = units,
        Some(index) => {
            consumed.table = Capacity::read(page.fetch_units);
            let shares = match index.kind {
                IndexKind::Local => &mut consumed.local_secondary_indexes,
                IndexKind::Global => &mut consumed.global_secondary_indexes,
            };
            shares.insert(index.name.clone(), units);
        }
    }
    Some(consumed)
}

impl<S: Store> Engine<S> {
    /// Reads one page from a snapshot of its own.
    pub(super) async fn read_page(
        &self,
        path: DataPath<'_>,
        plan: &Plan,
        limit: Option<u32>,
        consistent_read: bool,
        operation: OperationName,
    ) -> Result<Page, ApiError> {
        let start = plan.ranges.first().map(|range| range.start.clone()).unwrap_or_default();
        let account = self.account(path, Flow::Read, Some(operation));
        account.admit_from(&start).map_err(ApiError::ThroughputExceeded)?;
        let freshness = if consistent_read { Freshness::Latest } else { Freshness::Recent };
        let admits = |key: &[u8], owed: f64| account.may_go_on(key, owed);
        let terms = PageTerms {
            limit,
            kind: ReadKind::of(consistent_read),
            admits: &admits,
            marks_items: path.insights().is_some(),
        };
        let page = self
            .read(|| async {
                let snapshot = self.store.snapshot(freshness).await?;
                page::read(&snapshot, path, plan, terms).await
            })
            .await?;
        consume_page(&account, &start, &page);
        Ok(page)
    }
}

/// Takes what a page cost from the partitions it was read from.
fn consume_page<S: Store>(account: &Account<'_, S>, start: &[u8], page: &Page) {
    let units = page.units + page.fetch_units;
    if page.bytes == 0 {
        return account.consume_from(start, units);
    }
    let (mut bytes, mut taken) = (0, 0.0);
    for (key, share) in page.marks.iter() {
        bytes += share;
        // Shares are whole millionths, so that they add up to what the page cost.
        let up_to_here = (units * 1e6 * bytes as f64 / page.bytes as f64).round() / 1e6;
        account.consume(key, up_to_here - taken);
        taken = up_to_here;
    }
}
