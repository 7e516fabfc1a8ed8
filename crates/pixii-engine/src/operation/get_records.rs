//! GetRecords.

use crate::engine::Engine;
use crate::stream::read::{PageLimit, Unreadable};
use crate::stream::{InvalidIterator, ShardIterator};
use pixii_model::error::{MissingResource, StreamFault};
use pixii_model::operation::get_records::{LIMIT_MAX, PAGE_BYTES_MAX};
use pixii_model::operation::{Execute, GetRecords, GetRecordsInput, GetRecordsOutput};
use pixii_model::{ApiError, RequestContext};
use pixii_store::{Freshness, Store};
use std::time::Duration;

/// For how long an iterator is good (AWS: GetShardIterator).
const ITERATOR_AGE_MAX: Duration = Duration::from_secs(15 * 60);

impl<S: Store> Execute<GetRecords> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: GetRecordsInput,
    ) -> Result<GetRecordsOutput, ApiError> {
        let iterator = ShardIterator::decode(&input.shard_iterator)
            .map_err(|InvalidIterator| StreamFault::InvalidShardIterator)?;
        if iterator.issued.after(ITERATOR_AGE_MAX) < self.env.now() {
            return Err(ApiError::ExpiredIterator);
        }
        self.admit_get_records(iterator.stream, iterator.shard)?;
        let limit = PageLimit { records: input.limit.unwrap_or(LIMIT_MAX) as usize, bytes: PAGE_BYTES_MAX };
        let page = self
            .read(|| async {
                let snapshot = self.store.snapshot(Freshness::Latest).await?;
                let stream = self.find_stream(&snapshot, &iterator.arn).await?;
                let Some(stream) = stream.filter(|stream| stream.id == iterator.stream) else {
                    return Ok(Err(ApiError::ResourceNotFound(MissingResource::Stream(
                        iterator.arn.clone(),
                    ))));
                };
                // A shard that is gone had records, or was empty; either way there is nothing left to read.
                let Some(shard) = self.readable_shard(&snapshot, &stream, iterator.shard).await? else {
                    return Ok(Err(ApiError::TrimmedDataAccess));
                };
                let reader = self.shard_reader(&stream, &shard);
                match reader.page(&snapshot, iterator.place, limit).await {
                    Ok(page) => Ok(Ok(page)),
                    Err(Unreadable::Trimmed) => Ok(Err(ApiError::TrimmedDataAccess)),
                    Err(Unreadable::Store(error)) => Err(error),
                }
            })
            .await??;
        let issued = self.env.now();
        Ok(GetRecordsOutput {
            records: page.records,
            next_shard_iterator: page
                .next
                .map(|place| ShardIterator { place, issued, ..iterator.clone() }.encode()),
        })
    }
}
