//! Items and index entries as values of the store.
//!
//! ```text
//! value := format:u8 flags:u8 time:u64 region:u8 body
//! body  := encoded item                          flags bit 0 clear
//!        | id:u128 chunks:u16                    flags bit 0 set: the encoded item lies in chunks of its own
//! ```
//!
//! `time` is that of the item's last write, in microseconds since 1970, `region` where that happened (0 is here): last writer
//! wins by them between regions. All integers are big-endian.
//!
//! A body is put into chunks where the store cannot hold a large value, once, however many indexes hold all attributes:
//! their entries point to it, and live and die with the item.

use crate::env::Micros;
use crate::keyspace;
use crate::table::DataId;
use bytes::{BufMut, Bytes, BytesMut};
use pixii_model::EncodedItem;
use pixii_model::limits::ITEM_SIZE_MAX;
use pixii_store::{Limits, Read, StoreError};

const FORMAT: u8 = 1;
const CHUNKED: u8 = 1;
const HEADER_BYTES: usize = 11;

/// Largest body that stays beside its key where bodies are chunked: a hundred actions on a table with twenty indexes that
/// hold all attributes then still fit a transaction of 10 MB.
const INLINE_BYTES_MAX: usize = 4 * 1024;
/// Largest chunk.
const CHUNK_BYTES_MAX: usize = 90 * 1024;

/// When and where an item was last written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// When.
    pub time: Micros,
    /// In which region; 0 is here.
    pub region: u8,
}

/// Where an encoded item lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Beside its key.
    Inline(EncodedItem),
    /// In chunks of its own.
    Chunked(ChunkedBody),
}

/// A body in chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkedBody {
    /// Its number, unique within the table.
    pub id: u128,
    /// How many chunks it has.
    pub chunks: u16,
}

/// A value that no item or entry has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged;

/// An item or entry read back, wherever its body lay.
#[derive(Clone, Debug)]
pub struct StoredItem {
    /// When and where it was written.
    pub written: Written,
    /// The item.
    pub item: EncodedItem,
    /// Its chunks, if its body lay in some.
    pub chunked: Option<ChunkedBody>,
}

/// Whether a store takes whole items as values.
pub fn chunks_bodies(limits: &Limits) -> bool {
    // An encoded item can be somewhat larger than its size by AWS's rules: short names and values cost a length each.
    limits.value_bytes_max < 4 * ITEM_SIZE_MAX
}

/// Whether an encoded item of that length goes into chunks, on a store that needs them.
pub fn is_large(item: &EncodedItem) -> bool {
    item.as_bytes().len() > INLINE_BYTES_MAX
}

/// The chunks of a body.
pub fn chunks(item: &EncodedItem) -> impl ExactSizeIterator<Item = Bytes> {
    let bytes = item.as_bytes().clone();
    (0..bytes.len().div_ceil(CHUNK_BYTES_MAX))
        .map(move |at| bytes.slice(at * CHUNK_BYTES_MAX..bytes.len().min((at + 1) * CHUNK_BYTES_MAX)))
}

/// The value of an item or entry.
pub fn encode(written: Written, body: &Body) -> Bytes {
    let mut value = BytesMut::with_capacity(match body {
        Body::Inline(item) => HEADER_BYTES + item.as_bytes().len(),
        Body::Chunked(_) => HEADER_BYTES + 18,
    });
    value.put_u8(FORMAT);
    value.put_u8(if matches!(body, Body::Chunked(_)) { CHUNKED } else { 0 });
    value.put_u64(written.time.0);
    value.put_u8(written.region);
    match body {
        Body::Inline(item) => value.put_slice(item.as_bytes()),
        Body::Chunked(chunked) => {
            value.put_u128(chunked.id);
            value.put_u16(chunked.chunks);
        }
    }
    value.freeze()
}

/// Takes a value apart.
pub fn parse(value: &Bytes) -> Result<(Written, Body), Damaged> {
    let (header, rest) = value.split_first_chunk::<HEADER_BYTES>().ok_or(Damaged)?;
    let [format, flags, time @ .., region] = *header;
    if format != FORMAT {
        return Err(Damaged);
    }
    let written = Written { time: Micros(u64::from_be_bytes(time)), region };
    if flags & CHUNKED == 0 {
        return Ok((written, Body::Inline(EncodedItem::from_stored(value.slice(HEADER_BYTES..)))));
    }
    let (id, chunks) = rest.split_first_chunk::<16>().ok_or(Damaged)?;
    let chunks = chunks.try_into().map_err(|_| Damaged)?;
    Ok((
        written,
        Body::Chunked(ChunkedBody { id: u128::from_be_bytes(*id), chunks: u16::from_be_bytes(chunks) }),
    ))
}

/// Reads the item that a value holds or points to. `owner` is the id of the table, or the [`Index::body_owner`] of the
/// index, that the value belongs to.
///
/// [`Index::body_owner`]: crate::table::Index::body_owner
pub async fn load(read: &impl Read, owner: DataId, value: &Bytes) -> Result<StoredItem, StoreError> {
    let (written, body) = parse(value).map_err(|Damaged| damaged("a stored item has an unknown format"))?;
    match body {
        Body::Inline(item) => Ok(StoredItem { written, item, chunked: None }),
        Body::Chunked(chunked) => {
            Ok(StoredItem { written, item: read_body(read, owner, chunked).await?, chunked: Some(chunked) })
        }
    }
}

/// Reads an item whose body lies in chunks.
pub async fn read_body(
    read: &impl Read,
    owner: DataId,
    body: ChunkedBody,
) -> Result<EncodedItem, StoreError> {
    let mut bytes = BytesMut::new();
    for chunk in 0..body.chunks {
        let key = keyspace::body_chunk(owner, body.id, chunk);
        let part = read.get(&key).await?.ok_or_else(|| damaged("a stored item lacks a part of its body"))?;
        bytes.put_slice(&part);
    }
    Ok(EncodedItem::from_stored(bytes.freeze()))
}

/// What is told of stored bytes that are not what they should be.
pub(crate) fn damaged(what: &str) -> StoreError {
    StoreError::Fatal { detail: format!("{what}; run `pixii check` on the data directory") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pixii_model::Item;

    #[test]
    fn values_come_back() {
        let item = EncodedItem::encode(&Item::from_iter([("k".to_owned(), "v".into())]));
        let written = Written { time: Micros(123_456_789), region: 3 };
        for body in [Body::Inline(item), Body::Chunked(ChunkedBody { id: 7 << 100, chunks: 5 })] {
            assert_eq!(parse(&encode(written, &body)), Ok((written, body)));
        }
        assert_eq!(parse(&Bytes::from_static(b"\x01\x00short")), Err(Damaged));
    }
}
