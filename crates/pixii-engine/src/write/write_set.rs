//! What a decided write changes in the store, and what it costs.

use super::intent::WriteIntent;
use crate::change_log::{Actor, ChangeKind, ChangeRecord, Image, Logging};
use crate::index::{self, Entry};
use crate::keyspace::{self, Counter};
use crate::stored::{self, Body, ChunkedBody, StoredItem, Written};
use crate::table::{DataId, Index, IndexKind, Projection, Table};
use bytes::Bytes;
use pixii_model::{EncodedItem, Item};
use pixii_store::Transaction;

/// The outcome of a decision.
#[derive(Clone, Debug, Default)]
pub struct WriteSet {
    /// What changes in the store; nothing if the item stays as it is.
    pub mutations: Vec<Mutation>,
    /// The item as it was.
    pub before: Option<EncodedItem>,
    /// The item as it will be.
    pub after: Option<EncodedItem>,
    /// Write units of the table.
    pub units: f64,
    /// Write units of the indexes that change.
    pub index_costs: Vec<IndexCost>,
    /// By how many bytes the item collection grows, items and local entries together.
    pub collection_growth: i64,
}

/// Write units of one index.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexCost {
    /// The index's place in the table's list.
    pub position: usize,
    /// The key of the entry that changes.
    pub key: Bytes,
    /// Its units.
    pub units: f64,
}

/// One key-value write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mutation {
    /// Sets a key's value.
    Set(Bytes, Bytes),
    /// Removes a key.
    Clear(Bytes),
    /// Adds to a counter.
    Add(Bytes, i64),
    /// Sets the value of a key that begins so and that the store completes.
    Append(Bytes, Bytes),
}

impl WriteSet {
    /// A write that leaves the item as it is.
    pub fn unchanged(before: Option<EncodedItem>) -> Self {
        Self { after: before.clone(), before, units: 1.0, ..Self::default() }
    }

    /// The size of the item that is written, if one is.
    pub fn item_bytes(&self) -> usize {
        let written = self.after.as_ref().filter(|_| !self.mutations.is_empty());
        written.map_or(0, EncodedItem::size)
    }

    /// Whether it leaves a record in the change log.
    pub fn is_logged(&self) -> bool {
        self.mutations.iter().any(|mutation| matches!(mutation, Mutation::Append(..)))
    }

    /// Hands the mutations to a transaction.
    pub fn apply(&self, transaction: &mut impl Transaction) {
        for mutation in self.mutations.iter().cloned() {
            mutation.apply(transaction);
        }
    }
}

impl Mutation {
    /// Hands it to a transaction.
    pub fn apply(self, transaction: &mut impl Transaction) {
        match self {
            Self::Set(key, value) => transaction.set(key, value),
            Self::Clear(key) => transaction.clear(key),
            Self::Add(key, delta) => transaction.add(key, delta),
            Self::Append(prefix, value) => transaction.append(prefix, value),
        }
    }
}

/// What adds an entry that an index lacks, for an item that was there before the index.
pub fn added_entry(
    table: &Table,
    index: &Index,
    item: &StoredItem,
    entry: Entry,
    chunks_bodies: bool,
) -> Vec<Mutation> {
    // The number is for the bodies of items; that of an entry follows from its key.
    let mut mutations = Mutations::new(table, item.written, chunks_bodies.then_some(0));
    mutations.shared_body = item.chunked;
    mutations.index(index, index::Change { before: None, after: Some(entry) });
    mutations.into_list()
}

/// Collects the mutations of one write.
pub(super) struct Mutations<'a> {
    table: &'a Table,
    written: Written,
    body_id: Option<u128>,
    list: Vec<Mutation>,
    /// The item's body, if it went into chunks: entries that hold all attributes point to it.
    shared_body: Option<ChunkedBody>,
    collection_growth: i64,
}

impl<'a> Mutations<'a> {
    pub fn new(table: &'a Table, written: Written, body_id: Option<u128>) -> Self {
        Self { table, written, body_id, list: Vec::new(), shared_body: None, collection_growth: 0 }
    }

    pub fn into_list(self) -> Vec<Mutation> {
        self.list
    }

    /// The item's own key, body and counters.
    pub fn item(&mut self, key: &Bytes, before: Option<&StoredItem>, after: Option<&EncodedItem>) {
        // While the log is kept, it is the change record that frees the body: earlier ones may point to it.
        if let Some(chunked) = before.and_then(|stored| stored.chunked)
            && self.table.logging == Logging::Off
        {
            self.clear_chunks(self.table.id, chunked);
        }
        match after {
            None => self.list.push(Mutation::Clear(key.clone())),
            Some(item) => {
                let body = self.place(item);
                if let Body::Chunked(chunked) = body {
                    self.shared_body = Some(chunked);
                }
                self.list.push(Mutation::Set(key.clone(), stored::encode(self.written, &body)));
            }
        }
        let before = before.map(|stored| stored.item.size());
        self.count(self.table.id, before, after.map(EncodedItem::size), self.table.has_local_indexes());
    }

    /// The item's place in the order of expiry.
    pub fn expiry(&mut self, before: Option<Bytes>, after: Option<Bytes>) {
        if before != after {
            self.list.extend(before.map(Mutation::Clear));
            self.list.extend(after.map(|key| Mutation::Set(key, Bytes::new())));
        }
    }

    /// An index's entry, with its body and counters.
    pub fn index(&mut self, index: &Index, change: index::Change) {
        let size = |entry: &Option<Entry>| entry.as_ref().map(|entry| entry.item.size());
        self.count(index.id, size(&change.before), size(&change.after), index.kind == IndexKind::Local);
        if let Some(before) = &change.before {
            if self.has_own_body(index, &before.item) {
                let chunks = stored::chunks(&before.item).len() as u16;
                self.clear_chunks(index.id, ChunkedBody { id: own_body_id(index, &before.key), chunks });
            }
            if change.after.as_ref().is_none_or(|after| after.key != before.key) {
                self.list.push(Mutation::Clear(before.key.clone()));
            }
        }
        if let Some(after) = change.after {
            let body = if self.has_own_body(index, &after.item) {
                self.put_chunks(index.id, &after.item, own_body_id(index, &after.key))
            } else {
                match (&index.projection, self.shared_body) {
                    (Projection::All, Some(shared)) => Body::Chunked(shared),
                    _ => Body::Inline(after.item),
                }
            };
            self.list.push(Mutation::Set(after.key, stored::encode(self.written, &body)));
        }
    }

    /// The record of the change, as far as anybody needs one. After the item: its image points to the item's body.
    pub fn change_record(
        &mut self,
        intent: &WriteIntent,
        actor: Actor,
        before: Option<&StoredItem>,
        after: Option<&EncodedItem>,
    ) {
        let retired = before.and_then(|stored| stored.chunked).map(Image::Chunked);
        let (kind, shows_old, shows_new) = match self.table.logging {
            Logging::Off => return,
            Logging::Kept if retired.is_none() => return,
            Logging::Kept => (None, false, false),
            Logging::On { old_image, new_image } => {
                let kind = match (before, after) {
                    (None, _) => ChangeKind::Insert,
                    (Some(_), Some(_)) => ChangeKind::Modify,
                    (Some(_), None) => ChangeKind::Remove,
                };
                (Some(kind), old_image, new_image)
            }
        };
        let shared = self.shared_body.map(Image::Chunked);
        let inline = |item: &EncodedItem| Image::Inline(item.clone());
        let old_image = before.filter(|_| shows_old).map(|stored| inline(&stored.item));
        let record = ChangeRecord {
            kind,
            actor,
            written: self.written,
            keys: EncodedItem::encode(&intent.key),
            old_image: retired.or(old_image),
            old_image_hidden: !shows_old,
            new_image: after.filter(|_| shows_new).map(|item| shared.unwrap_or_else(|| inline(item))),
        };
        let partition = self.table.partitions.at(keyspace::place(&intent.stored_key));
        self.list.push(Mutation::Append(keyspace::change_prefix(self.table.id, partition), record.encode()));
    }

    /// Notes how the item collection grew, and answers by how many bytes.
    pub fn finish(&mut self, key: &Item) -> i64 {
        if self.collection_growth != 0 {
            let counter =
                keyspace::collection_size(self.table, key).expect("the key was checked against the schema");
            self.list.push(Mutation::Add(counter, self.collection_growth));
        }
        self.collection_growth
    }

    /// Whether an entry's body is large and its own, not the item's.
    fn has_own_body(&self, index: &Index, item: &EncodedItem) -> bool {
        self.body_id.is_some() && index.projection != Projection::All && stored::is_large(item)
    }

    fn place(&mut self, item: &EncodedItem) -> Body {
        match self.body_id {
            Some(id) if stored::is_large(item) => self.put_chunks(self.table.id, item, id),
            _ => Body::Inline(item.clone()),
        }
    }

    /// Chunks lie under the id of what they go with: a table's, or an index's if they are an entry's own (see
    /// [`Index::body_owner`]).
    fn put_chunks(&mut self, owner: DataId, item: &EncodedItem, id: u128) -> Body {
        let chunks = stored::chunks(item);
        let chunked = ChunkedBody { id, chunks: chunks.len() as u16 };
        for (at, chunk) in chunks.enumerate() {
            let key = keyspace::body_chunk(owner, id, at as u16);
            self.list.push(Mutation::Set(key, chunk));
        }
        Body::Chunked(chunked)
    }

    fn clear_chunks(&mut self, owner: DataId, chunked: ChunkedBody) {
        for chunk in 0..chunked.chunks {
            self.list.push(Mutation::Clear(keyspace::body_chunk(owner, chunked.id, chunk)));
        }
    }

    fn count(&mut self, id: DataId, before: Option<usize>, after: Option<usize>, in_collection: bool) {
        let number = i64::from(after.is_some()) - i64::from(before.is_some());
        let bytes = after.unwrap_or(0) as i64 - before.unwrap_or(0) as i64;
        if number != 0 {
            self.list.push(Mutation::Add(keyspace::counter(id, Counter::Items), number));
        }
        if bytes != 0 {
            self.list.push(Mutation::Add(keyspace::counter(id, Counter::Bytes), bytes));
        }
        if in_collection {
            self.collection_growth += bytes;
        }
    }
}

/// The number of an entry's own body: derived from its key, so that whoever removes the entry can tell it without reading
/// the entry.
fn own_body_id(index: &Index, entry_key: &Bytes) -> u128 {
    twox_hash::XxHash3_128::oneshot_with_seed(index.id.0, entry_key)
}
