//! GetShardIterator.

use crate::change_log::Position;
use crate::engine::Engine;
use crate::env::Micros;
use crate::stream::read::ShardReader;
use crate::stream::{Place, Shard, ShardId, ShardIterator, StreamRecord};
use pixii_model::error::{MissingResource, StreamFault};
use pixii_model::operation::{Execute, GetShardIterator, GetShardIteratorInput, GetShardIteratorOutput};
use pixii_model::stream::{SequenceNumber, ShardPosition};
use pixii_model::{ApiError, RequestContext};
use pixii_store::{Freshness, Read, Store, StoreError};

impl<S: Store> Execute<GetShardIterator> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: GetShardIteratorInput,
    ) -> Result<GetShardIteratorOutput, ApiError> {
        let position = input.position()?;
        if let ShardPosition::AtTimestamp(time) = position
            && time.millis > self.env.now().millis()
        {
            return Err(StreamFault::TimestampInFuture.into());
        }
        let found = self
            .read(|| async {
                let snapshot = self.store.snapshot(Freshness::Latest).await?;
                let Some(stream) = self.find_stream(&snapshot, &input.stream_arn).await? else {
                    return Ok(Err(ApiError::ResourceNotFound(MissingResource::Stream(
                        input.stream_arn.clone(),
                    ))));
                };
                let shard = match input.shard_id.parse::<ShardId>() {
                    Ok(id) => self.readable_shard(&snapshot, &stream, id).await?,
                    Err(_) => None,
                };
                let Some(shard) = shard else {
                    return Ok(Err(ApiError::ResourceNotFound(MissingResource::Shard)));
                };
                let place = self.place(&snapshot, &stream, &shard, position).await?;
                Ok(place.map(|place| (stream, shard, place)))
            })
            .await?;
        let (stream, shard, place) = found?;
        let iterator = ShardIterator {
            arn: stream.model_arn(),
            stream: stream.id,
            shard: shard.id,
            place,
            issued: self.env.now(),
        };
        Ok(GetShardIteratorOutput { shard_iterator: iterator.encode() })
    }
}

impl<S: Store> Engine<S> {
    /// Where in a shard a reader wants to begin.
    async fn place(
        &self,
        read: &impl Read,
        stream: &StreamRecord,
        shard: &Shard,
        position: ShardPosition,
    ) -> Result<Result<Place, ApiError>, StoreError> {
        let reader = self.shard_reader(stream, shard);
        let after = match position {
            ShardPosition::TrimHorizon => return Ok(Ok(Place::TrimHorizon)),
            ShardPosition::Latest => return Ok(Ok(reader.latest(read).await?)),
            ShardPosition::AtTimestamp(time) => {
                return Ok(Ok(reader.at_time(read, Micros(time.millis * 1000)).await?));
            }
            ShardPosition::At(number) => position_in(shard, number).map(Position::before),
            ShardPosition::After(number) => position_in(shard, number),
        };
        // A shard's first number is that of its beginning, before all its records.
        let Some(after) = after.map(|after| after.max(shard.begin)) else {
            return Ok(Err(StreamFault::InvalidSequenceNumber.into()));
        };
        if reader.is_trimmed(read, after).await? {
            return Ok(Err(ApiError::TrimmedDataAccess));
        }
        Ok(Ok(Place::After(after)))
    }

    /// A reader of a shard.
    pub(crate) fn shard_reader<'a>(&self, stream: &'a StreamRecord, shard: &'a Shard) -> ShardReader<'a> {
        let region = self.settings.region.as_str().into();
        ShardReader { region, stream, shard, horizon: self.stream_horizon() }
    }
}

/// The position of a sequence number; `None` if it is outside the shard.
fn position_in(shard: &Shard, number: SequenceNumber) -> Option<Position> {
    let position = Position::from(number);
    let is_inside = shard.begin <= position && shard.end.is_none_or(|end| position <= end);
    is_inside.then_some(position)
}
