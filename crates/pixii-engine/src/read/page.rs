//! One page of a Query, Scan or SELECT: reads along a plan and closes at the limit or at 1 MB, whichever comes first.
//!
//! Source: Developer Guide, "Paginating table query results": both limits count what is examined, before the filter. The 1 MB
//! counts items by the documented size, as the 128.5 units show that a full page of small items is known to cost.

use super::marks::Marks;
use super::output;
use super::plan::{Output, Plan};
use crate::capacity::{ReadKind, read_units};
use crate::keyspace::{self, DataPath};
use crate::stored;
use bytes::Bytes;
use pixii_model::limits::PAGE_BYTES_MAX;
use pixii_model::{EncodedItem, Item, OutputItem};
use pixii_store::{Chunk, Direction, KeyRange, Read, ScanLimit, StoreError};

/// How much one step asks of the store.
const STEP_BYTES: usize = 256 * 1024;
/// The same, in entries.
const STEP_ENTRIES: usize = 1024;

/// What one page found.
#[derive(Debug, Default)]
pub struct Page {
    /// What is returned of the items that pass the filter; empty if they are only counted.
    pub items: Vec<OutputItem>,
    /// How many pass the filter.
    pub count: usize,
    /// How many were examined.
    pub scanned_count: usize,
    /// The key of the last item examined, unless the range ended or cannot be gone on with.
    pub last_evaluated_key: Option<Item>,
    /// Bytes examined, by AWS's size rules.
    pub bytes: usize,
    /// Units for what was examined: one sum of bytes for each range, rounded once.
    pub units: f64,
    /// Units for items read from the table beside a local index.
    pub fetch_units: f64,
    /// Where the bytes were read, and how many. What they cost is taken from the partitions there.
    pub marks: Marks,
}

/// On what terms a page is read.
#[derive(Clone, Copy)]
pub struct PageTerms<'a> {
    /// The most items to examine.
    pub limit: Option<u32>,
    /// How the read was asked for.
    pub kind: ReadKind,
    /// Whether there is throughput to read on at a key, when the page has cost so many units. If not, the page closes there.
    pub admits: &'a (dyn Fn(&[u8], f64) -> bool + Send + Sync),
    /// Whether somebody wants to know which items were read.
    pub marks_items: bool,
}

/// Reads one page.
pub async fn read(
    snapshot: &impl Read,
    path: DataPath<'_>,
    plan: &Plan,
    terms: PageTerms<'_>,
) -> Result<Page, StoreError> {
    let mut page = Page { marks: Marks::new(terms.marks_items), ..Page::default() };
    for range in &plan.ranges {
        let before = page.bytes;
        let full = page.read_range(snapshot, path, plan, range, terms).await?;
        page.units += read_units(page.bytes - before, terms.kind);
        if full {
            return Ok(page);
        }
    }
    if plan.ranges.is_empty() {
        page.units = read_units(0, terms.kind);
    }
    Ok(page)
}

impl Page {
    /// Reads one range into the page; tells whether the page is full.
    async fn read_range(
        &mut self,
        snapshot: &impl Read,
        path: DataPath<'_>,
        plan: &Plan,
        range: &KeyRange,
        terms: PageTerms<'_>,
    ) -> Result<bool, StoreError> {
        let page = self;
        let limit = terms.limit.map_or(usize::MAX, |limit| limit as usize);
        let owner = path.index().map_or(path.table().id, |index| index.body_owner(path.table()));
        let mut range = range.clone();
        let mut last: Option<Bytes> = None;
        loop {
            if range.is_empty() {
                return Ok(false);
            }
            let step =
                ScanLimit { entries: (limit - page.scanned_count).min(STEP_ENTRIES), bytes: STEP_BYTES };
            let Chunk { entries, more } = match range.single_key() {
                Some(key) => {
                    let value = snapshot.get(key).await?;
                    Chunk {
                        entries: value.map(|value| (key.clone(), value)).into_iter().collect(),
                        more: false,
                    }
                }
                None => snapshot.scan(&range, plan.direction, step).await?,
            };
            let Some((first, _)) = entries.first() else { return Ok(false) };
            let owed = || read_units(page.bytes, terms.kind) + page.fetch_units;
            if let Some(last) = last.take_if(|_| plan.has_start_keys && !(terms.admits)(first, owed())) {
                let item = stored::load(snapshot, owner, &last).await?.item;
                page.last_evaluated_key = Some(key_of(path, &item));
                return Ok(true);
            }
            page.marks.begin_step(first);
            for (key, value) in &entries {
                let item = stored::load(snapshot, owner, value).await?.item;
                page.bytes += item.size();
                page.marks.examine(key, item.size());
                page.scanned_count += 1;
                let full = page.scanned_count == limit || page.bytes >= PAGE_BYTES_MAX;
                if full && plan.has_start_keys {
                    page.last_evaluated_key = Some(key_of(path, &item));
                }
                let item = if plan.fetches_items {
                    let whole = fetch(snapshot, path, &item).await?;
                    page.fetch_units += read_units(whole.size(), terms.kind);
                    whole
                } else {
                    item
                };
                page.take(item, plan);
                if full {
                    return Ok(true);
                }
            }
            match entries.last() {
                Some((key, value)) if more => {
                    last = Some(value.clone());
                    range = match plan.direction {
                        Direction::Forward => range.after(key),
                        Direction::Backward => range.before(key),
                    };
                }
                _ => return Ok(false),
            }
        }
    }

    /// Takes an item into the page, if it passes the filter.
    fn take(&mut self, item: EncodedItem, plan: &Plan) {
        if plan.filter.as_ref().is_some_and(|filter| !filter.holds(&item)) {
            return;
        }
        self.count += 1;
        match &plan.output {
            Output::Count => {}
            Output::Whole => self.items.push(OutputItem::Encoded(item)),
            Output::Projected(projection) => self.items.push(output::select(item, Some(projection))),
        }
    }
}

/// The key that a next request starts behind: of the table, and of the index that is read.
fn key_of(path: DataPath<'_>, item: &EncodedItem) -> Item {
    let schemas = [&path.table().key_schema, path.key_schema()];
    item.attributes()
        .filter(|(name, _)| schemas.iter().any(|schema| schema.contains(name)))
        .map(|(name, value)| (name.to_owned(), value.decode()))
        .collect()
}

/// The whole item of an entry of a local index.
async fn fetch(
    snapshot: &impl Read,
    path: DataPath<'_>,
    entry: &EncodedItem,
) -> Result<EncodedItem, StoreError> {
    let table = path.table();
    let key =
        keyspace::item(table, &key_of(DataPath::Table(table), entry)).expect("an entry has its table's key");
    let value = snapshot.get(&key).await?.expect("an index entry has its item");
    Ok(stored::load(snapshot, table.id, &value).await?.item)
}
