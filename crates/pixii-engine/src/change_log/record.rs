//! A change record: who changed which item when, and its images.
//!
//! ```text
//! record := format:u8 kind:u8 flags:u8 time:u64 region:u8 keys image(old) image(new)
//! keys   := length:u32 encoded item
//! image  := 0 | 1 length:u32 encoded item | 2 id:u128 chunks:u16
//! ```
//!
//! `kind` is 0 for a write that no reader wants to see and that only leaves a retired body to the log, 1 INSERT, 2 MODIFY, 3
//! REMOVE. `flags` bit 0: by Time to Live; bit 1: the old image is there to be freed, not to be shown. `region` is where the
//! write happened; 0 is here. All integers are big-endian.

use super::Position;
use crate::env::Micros;
use crate::keyspace::Key;
use crate::stored::{ChunkedBody, Written, damaged};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use pixii_model::EncodedItem;
use pixii_model::table::StreamViewType;
use pixii_store::StoreError;

const FORMAT: u8 = 1;
const BY_TIME_TO_LIVE: u8 = 1;
const OLD_IMAGE_HIDDEN: u8 = 2;

/// What the writes of a table leave in its change log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Logging {
    /// Nothing: there is no log.
    #[default]
    Off,
    /// Nobody wants to know of them, but earlier records are still kept, and may point to the bodies that these writes
    /// retire.
    Kept,
    /// A record each, with these images.
    On {
        /// The item as it was.
        old_image: bool,
        /// The item as it is now.
        new_image: bool,
    },
}

impl Logging {
    /// What a stream of that view type needs.
    pub fn for_view(view: StreamViewType) -> Self {
        let (old_image, new_image) = match view {
            StreamViewType::KeysOnly => (false, false),
            StreamViewType::OldImage => (true, false),
            StreamViewType::NewImage => (false, true),
            StreamViewType::NewAndOldImages => (true, true),
        };
        Self::On { old_image, new_image }
    }
}

/// Who makes a write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Actor {
    /// Whoever sent the request.
    #[default]
    User,
    /// Time to Live.
    TimeToLive,
}

/// What happened to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It came to be.
    Insert,
    /// It changed.
    Modify,
    /// It went.
    Remove,
}

/// An item in a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Image {
    /// The item itself.
    Inline(EncodedItem),
    /// Where the item's body lies.
    Chunked(ChunkedBody),
}

/// What one write did to one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeRecord {
    /// What happened; `None` for a write that no reader wants to see.
    pub kind: Option<ChangeKind>,
    /// Who did it.
    pub actor: Actor,
    /// When and where.
    pub written: Written,
    /// The item's key.
    pub keys: EncodedItem,
    /// The item as it was: if readers want it, or if its body is to be freed with this record.
    pub old_image: Option<Image>,
    /// Whether the old image is only there to be freed.
    pub old_image_hidden: bool,
    /// The item as it is now, if readers want it.
    pub new_image: Option<Image>,
}

impl ChangeRecord {
    /// The body that this record is the last to need, once it is trimmed.
    pub fn retired_body(&self) -> Option<ChunkedBody> {
        match self.old_image {
            Some(Image::Chunked(body)) => Some(body),
            _ => None,
        }
    }

    /// The record as it is stored.
    pub fn encode(&self) -> Bytes {
        let inline = |image: &Option<Image>| match image {
            Some(Image::Inline(item)) => item.as_bytes().len(),
            _ => 18,
        };
        let keys = self.keys.as_bytes();
        let mut out =
            BytesMut::with_capacity(32 + keys.len() + inline(&self.old_image) + inline(&self.new_image));
        out.put_u8(FORMAT);
        out.put_u8(match self.kind {
            None => 0,
            Some(ChangeKind::Insert) => 1,
            Some(ChangeKind::Modify) => 2,
            Some(ChangeKind::Remove) => 3,
        });
        let by_time_to_live = if self.actor == Actor::TimeToLive { BY_TIME_TO_LIVE } else { 0 };
        out.put_u8(by_time_to_live | if self.old_image_hidden { OLD_IMAGE_HIDDEN } else { 0 });
        out.put_u64(self.written.time.0);
        out.put_u8(self.written.region);
        put_item(&mut out, &self.keys);
        put_image(&mut out, self.old_image.as_ref());
        put_image(&mut out, self.new_image.as_ref());
        out.freeze()
    }

    /// Reads a record; `None` if it is none. Images share the memory of `value`.
    pub fn decode(mut value: Bytes) -> Option<Self> {
        if value.try_get_u8().ok()? != FORMAT {
            return None;
        }
        let kind = match value.try_get_u8().ok()? {
            0 => None,
            1 => Some(ChangeKind::Insert),
            2 => Some(ChangeKind::Modify),
            3 => Some(ChangeKind::Remove),
            _ => return None,
        };
        let flags = value.try_get_u8().ok()?;
        let time = Micros(value.try_get_u64().ok()?);
        let region = value.try_get_u8().ok()?;
        let record = Self {
            kind,
            actor: if flags & BY_TIME_TO_LIVE != 0 { Actor::TimeToLive } else { Actor::User },
            written: Written { time, region },
            keys: take_item(&mut value)?,
            old_image: take_image(&mut value)?,
            old_image_hidden: flags & OLD_IMAGE_HIDDEN != 0,
            new_image: take_image(&mut value)?,
        };
        value.is_empty().then_some(record)
    }

    /// Reads a record with its place.
    pub fn from_stored(key: &[u8], value: &Bytes) -> Result<(Position, Self), StoreError> {
        match (Key::parse(key), Self::decode(value.clone())) {
            (Some(Key::Change { position, .. }), Some(record)) => Ok((position, record)),
            _ => Err(damaged("a change record cannot be read")),
        }
    }

    /// When the write of a stored record happened, without reading the rest of it.
    pub fn time_of(value: &[u8]) -> Option<Micros> {
        let time = value.get(3..11)?.try_into().ok()?;
        Some(Micros(u64::from_be_bytes(time)))
    }
}

fn put_item(out: &mut BytesMut, item: &EncodedItem) {
    out.put_u32(item.as_bytes().len() as u32);
    out.put_slice(item.as_bytes());
}

fn put_image(out: &mut BytesMut, image: Option<&Image>) {
    match image {
        None => out.put_u8(0),
        Some(Image::Inline(item)) => {
            out.put_u8(1);
            put_item(out, item);
        }
        Some(Image::Chunked(body)) => {
            out.put_u8(2);
            out.put_u128(body.id);
            out.put_u16(body.chunks);
        }
    }
}

fn take_item(value: &mut Bytes) -> Option<EncodedItem> {
    let length = value.try_get_u32().ok()? as usize;
    (length <= value.len()).then(|| EncodedItem::from_stored(value.split_to(length)))
}

/// The outer `None` is for what is no image.
fn take_image(value: &mut Bytes) -> Option<Option<Image>> {
    Some(match value.try_get_u8().ok()? {
        0 => None,
        1 => Some(Image::Inline(take_item(value)?)),
        2 => {
            let (id, chunks) = (value.try_get_u128().ok()?, value.try_get_u16().ok()?);
            Some(Image::Chunked(ChunkedBody { id, chunks }))
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use pixii_model::Item;

    #[test]
    fn records_come_back() {
        let item = |value: &str| EncodedItem::encode(&Item::from_iter([("k".to_owned(), value.into())]));
        let body = Image::Chunked(ChunkedBody { id: 9 << 100, chunks: 4 });
        let record = |kind, old_image, new_image| ChangeRecord {
            kind,
            actor: Actor::User,
            written: Written { time: Micros(1_700_000_000_123_456), region: 2 },
            keys: item("v"),
            old_image,
            old_image_hidden: false,
            new_image,
        };
        let inline = |value| Some(Image::Inline(item(value)));
        for record in [
            record(Some(ChangeKind::Insert), None, inline("new")),
            record(Some(ChangeKind::Modify), inline("old"), Some(body.clone())),
            ChangeRecord {
                actor: Actor::TimeToLive,
                old_image_hidden: true,
                ..record(Some(ChangeKind::Remove), Some(body.clone()), None)
            },
            record(None, Some(body), None),
        ] {
            let stored = record.encode();
            assert_eq!(ChangeRecord::time_of(&stored), Some(record.written.time));
            assert_eq!(ChangeRecord::decode(stored.clone()), Some(record));
            for length in 0..stored.len() {
                assert_eq!(ChangeRecord::decode(stored.slice(..length)), None);
            }
        }
    }
}
