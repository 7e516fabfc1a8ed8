//! Reading streams: finding them, their shards, and a page of a shard's records.

use super::{Place, Shard, ShardId, StreamRecord, shards};
use crate::catalog::key_elements;
use crate::change_log::{Actor, ChangeKind, ChangeRecord, Image, Position};
use crate::engine::Engine;
use crate::env::Micros;
use crate::keyspace;
use crate::read::rows;
use crate::stored;
use crate::table::DataId;
use pixii_model::encoded::OutputItem;
use pixii_model::stream::{Identity, OperationType, Record, SequenceNumber, StreamArn, StreamStatus};
use pixii_model::table::{KeySchemaElement, StreamViewType};
use pixii_model::{EncodedItem, stream as model};
use pixii_store::{Direction, KeyRange, Read, ScanLimit, Store, StoreError};
use std::sync::Arc;
use std::time::Duration;

/// How much of a log is read at a time.
const STEP: ScanLimit = ScanLimit { entries: 1000, bytes: 2 << 20 };
/// How long before a point in time a mark is taken for older than all that was written then: a write looks at the clock first,
/// and commits somewhat later.
const MARK_SLACK: Duration = Duration::from_secs(30);
/// The streams whose records lie in a range.
pub(crate) async fn streams_in(read: &impl Read, range: KeyRange) -> Result<Vec<StreamRecord>, StoreError> {
    rows(read, range).await?.iter().map(|(_, value)| StreamRecord::from_stored(value)).collect()
}

/// The shards whose beginnings and ends lie in a range.
pub(crate) async fn shards_in(read: &impl Read, range: KeyRange) -> Result<Vec<Shard>, StoreError> {
    shards(&rows(read, range).await?)
}

impl StreamRecord {
    /// Its ARN, taken apart.
    pub fn model_arn(&self) -> StreamArn {
        StreamArn::parse(&self.arn).expect("a stream was given an ARN that is one")
    }

    /// Where it stands.
    pub fn status(&self, now: Micros, delay: Duration) -> StreamStatus {
        match self.disabled {
            None if self.created.after(delay) > now => StreamStatus::Enabling,
            None => StreamStatus::Enabled,
            Some(disabled) if disabled.after(delay) > now => StreamStatus::Disabling,
            Some(_) => StreamStatus::Disabled,
        }
    }

    /// The key of its table, on the wire.
    pub fn key_elements(&self) -> Vec<KeySchemaElement> {
        key_elements(&self.key_schema)
    }
}

impl Shard {
    /// Whether all its records are too old to be read.
    pub fn is_gone(&self, now: Micros, retention: Duration) -> bool {
        self.ended.is_some_and(|ended| ended.after(retention) <= now)
    }

    /// As DescribeStream tells it.
    pub fn description(&self) -> model::Shard {
        model::Shard {
            shard_id: self.id.to_string(),
            sequence_number_range: model::SequenceNumberRange {
                starting_sequence_number: self.begin.sequence_number(),
                ending_sequence_number: self.end.map(Position::sequence_number),
            },
            parent_shard_id: self.parent.map(|parent| parent.to_string()),
        }
    }
}

/// Some records of a shard.
pub struct Page {
    /// The records.
    pub records: Vec<Record>,
    /// Where to read on; `None` if a closed shard is read to its end.
    pub next: Option<Place>,
}

/// Why there is no page.
pub enum Unreadable {
    /// Records that should come next are trimmed.
    Trimmed,
    /// The store failed.
    Store(StoreError),
}

impl From<StoreError> for Unreadable {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// How much a page may hold.
#[derive(Clone, Copy, Debug)]
pub struct PageLimit {
    /// The most records.
    pub records: usize,
    /// The most that they count together.
    pub bytes: u64,
}

/// One shard of a stream, to be read.
pub struct ShardReader<'a> {
    /// The region in records.
    pub region: Arc<str>,
    /// The stream.
    pub stream: &'a StreamRecord,
    /// The shard.
    pub shard: &'a Shard,
    /// Records that are older cannot be read.
    pub horizon: Micros,
}

impl ShardReader<'_> {
    /// The shard's part of the log, behind a position.
    fn range(&self, after: Position) -> KeyRange {
        let key = |position| keyspace::change(self.stream.table, self.shard.id.partition, position);
        let all = keyspace::changes(self.stream.table, self.shard.id.partition);
        let end = self.shard.end.map(key);
        KeyRange { end: end.or(all.end), ..all }.after(&key(after))
    }

    /// The place behind the newest record.
    pub async fn latest(&self, read: &impl Read) -> Result<Place, StoreError> {
        let one = ScanLimit { entries: 1, bytes: usize::MAX };
        let chunk = read.scan(&self.range(self.shard.begin), Direction::Backward, one).await?;
        let last = chunk.entries.first().and_then(|(key, _)| Position::of_key(key));
        Ok(Place::After(match last {
            Some(last) => last,
            None => self.floor(read).await?,
        }))
    }

    /// The place before the first record that is not older than a point in time.
    pub async fn at_time(&self, read: &impl Read, time: Micros) -> Result<Place, StoreError> {
        if time <= self.horizon {
            return Ok(Place::TrimHorizon);
        }
        // What was committed before a mark that is much older is older, too.
        let one = ScanLimit { entries: 1, bytes: usize::MAX };
        let before = Micros(time.0.saturating_sub(MARK_SLACK.as_micros() as u64));
        let mark = read.scan(&keyspace::clock_marks_before(before), Direction::Backward, one).await?;
        let mark = mark.entries.first().and_then(|(key, _)| Position::of_key(key));
        let mut last = mark.unwrap_or_default().max(self.floor(read).await?);
        let mut range = self.range(last);
        loop {
            let chunk = read.scan(&range, Direction::Forward, STEP).await?;
            for (key, value) in &chunk.entries {
                if ChangeRecord::time_of(value).is_some_and(|written| written >= time) {
                    return Ok(Place::After(last));
                }
                last = Position::of_key(key).unwrap_or(last);
            }
            match chunk.entries.last() {
                Some((key, _)) if chunk.more => range = range.after(key),
                _ => return Ok(Place::After(last)),
            }
        }
    }

    /// The position behind which all records are still there.
    async fn floor(&self, read: &impl Read) -> Result<Position, StoreError> {
        let trimmed = keyspace::trimmed(self.stream.table, self.shard.id.partition);
        let trimmed =
            read.get(&trimmed).await?.and_then(|value| Position::from_bytes(&value)).unwrap_or_default();
        Ok(self.shard.end.map_or(trimmed, |end| trimmed.min(end)).max(self.shard.begin))
    }

    /// Whether records behind a position are trimmed.
    pub async fn is_trimmed(&self, read: &impl Read, after: Position) -> Result<bool, StoreError> {
        if after < self.floor(read).await? {
            return Ok(true);
        }
        // What is too old is as good as trimmed.
        let one = ScanLimit { entries: 1, bytes: usize::MAX };
        let next = read.scan(&self.range(after), Direction::Forward, one).await?;
        let time = next.entries.first().and_then(|(_, value)| ChangeRecord::time_of(value));
        Ok(time.is_some_and(|time| time <= self.horizon))
    }

    /// A page of records from a place on.
    pub async fn page(&self, read: &impl Read, place: Place, limit: PageLimit) -> Result<Page, Unreadable> {
        let (mut last, skips_old) = match place {
            Place::TrimHorizon => (self.shard.begin, true),
            Place::After(position) => (position, false),
        };
        if !skips_old && self.is_trimmed(read, last).await? {
            return Err(Unreadable::Trimmed);
        }
        let mut records = Vec::new();
        let mut bytes = 0;
        let mut range = self.range(last);
        loop {
            let wanted = STEP.entries.min(limit.records - records.len());
            let chunk = read.scan(&range, Direction::Forward, ScanLimit { entries: wanted, ..STEP }).await?;
            for (key, value) in &chunk.entries {
                let (position, record) = ChangeRecord::from_stored(key, value)?;
                let is_old = skips_old && records.is_empty() && record.written.time <= self.horizon;
                if let Some(kind) = record.kind.filter(|_| !is_old) {
                    let record = self.record(read, position, kind, &record).await?;
                    bytes += record.dynamodb.size_bytes;
                    if bytes > limit.bytes && !records.is_empty() {
                        return Ok(Page { records, next: Some(Place::After(last)) });
                    }
                    records.push(record);
                }
                last = position;
            }
            let has_more = chunk.more || chunk.entries.len() == wanted;
            match chunk.entries.last() {
                Some((key, _)) if has_more && records.len() < limit.records => range = range.after(key),
                Some(_) if has_more => return Ok(Page { records, next: Some(Place::After(last)) }),
                _ => {
                    let next = if skips_old && last == self.shard.begin { place } else { Place::After(last) };
                    return Ok(Page { records, next: self.shard.end.is_none().then_some(next) });
                }
            }
        }
    }

    /// A stored record as clients see it.
    async fn record(
        &self,
        read: &impl Read,
        position: Position,
        kind: ChangeKind,
        record: &ChangeRecord,
    ) -> Result<Record, StoreError> {
        let view = self.stream.view_type;
        let shows_old = matches!(view, StreamViewType::OldImage | StreamViewType::NewAndOldImages);
        let shows_new = matches!(view, StreamViewType::NewImage | StreamViewType::NewAndOldImages);
        let old = record.old_image.as_ref().filter(|_| shows_old && !record.old_image_hidden);
        let new = record.new_image.as_ref().filter(|_| shows_new);
        let old_image = load(read, self.stream.table, old).await?;
        let new_image = load(read, self.stream.table, new).await?;
        let images = [Some(&record.keys), old_image.as_ref(), new_image.as_ref()];
        let size_bytes = images.into_iter().flatten().map(|item| item.size() as u64).sum();
        Ok(Record {
            event_id: self.event_id(position),
            event_name: match kind {
                ChangeKind::Insert => OperationType::Insert,
                ChangeKind::Modify => OperationType::Modify,
                ChangeKind::Remove => OperationType::Remove,
            },
            aws_region: Arc::clone(&self.region),
            dynamodb: model::StreamRecord {
                approximate_creation_date_time: record.written.time.seconds(),
                keys: OutputItem::Encoded(record.keys.clone()),
                new_image: new_image.map(OutputItem::Encoded),
                old_image: old_image.map(OutputItem::Encoded),
                sequence_number: position.sequence_number(),
                size_bytes,
                stream_view_type: view,
            },
            user_identity: (record.actor == Actor::TimeToLive).then_some(Identity::TIME_TO_LIVE),
        })
    }

    /// The same whenever the record is read, and no other record's.
    fn event_id(&self, position: Position) -> String {
        let seed = self.stream.id.0;
        format!("{:032x}", twox_hash::XxHash3_128::oneshot_with_seed(seed, &position.to_bytes()))
    }
}

async fn load(
    read: &impl Read,
    table: DataId,
    image: Option<&Image>,
) -> Result<Option<EncodedItem>, StoreError> {
    Ok(match image {
        None => None,
        Some(Image::Inline(item)) => Some(item.clone()),
        Some(Image::Chunked(body)) => Some(stored::read_body(read, table, *body).await?),
    })
}

impl Position {
    /// As clients see it.
    pub fn sequence_number(self) -> SequenceNumber {
        SequenceNumber(u128::from_be_bytes(self.to_bytes()))
    }
}

impl From<SequenceNumber> for Position {
    fn from(number: SequenceNumber) -> Self {
        Self::from_bytes(&number.0.to_be_bytes()).expect("both have 16 bytes")
    }
}

impl<S: Store> Engine<S> {
    /// The stream of that ARN; `None` if there is none, or no longer.
    pub(crate) async fn find_stream(
        &self,
        read: &impl Read,
        arn: &StreamArn,
    ) -> Result<Option<StreamRecord>, StoreError> {
        let found = streams_in(read, keyspace::streams_labelled(&arn.table, &arn.label)).await?;
        let name = arn.to_string();
        let now = self.env.now();
        let mut readable =
            found.into_iter().filter(|stream| !stream.is_gone(now, self.settings.stream_retention));
        // What was found has the name and the label, and so differs in region and account alone.
        Ok(readable.rfind(|stream| stream.arn == name || !self.settings.strict_arns))
    }

    /// Records of that time and older cannot be read.
    pub(crate) fn stream_horizon(&self) -> Micros {
        Micros(self.env.now().0.saturating_sub(self.settings.stream_retention.as_micros() as u64))
    }

    /// The shards of a stream that can be read, by id.
    pub(crate) async fn readable_shards(
        &self,
        read: &impl Read,
        stream: &StreamRecord,
    ) -> Result<Vec<Shard>, StoreError> {
        let now = self.env.now();
        let mut shards = shards_in(read, keyspace::shards(stream.id)).await?;
        shards.retain(|shard| !shard.is_gone(now, self.settings.stream_retention));
        shards.sort_by_key(|shard| shard.id);
        Ok(shards)
    }

    /// One shard of a stream, if it can be read.
    pub(crate) async fn readable_shard(
        &self,
        read: &impl Read,
        stream: &StreamRecord,
        id: ShardId,
    ) -> Result<Option<Shard>, StoreError> {
        let now = self.env.now();
        let shards = shards_in(read, keyspace::shards_of(stream.id, id.partition)).await?;
        let found = shards.into_iter().find(|shard| shard.id == id);
        Ok(found.filter(|shard| !shard.is_gone(now, self.settings.stream_retention)))
    }
}
