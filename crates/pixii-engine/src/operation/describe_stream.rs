//! DescribeStream.

use crate::catalog::timestamp;
use crate::engine::Engine;
use crate::stream::Shard;
use pixii_model::error::MissingResource;
use pixii_model::operation::describe_stream::LIMIT_MAX;
use pixii_model::operation::{DescribeStream, DescribeStreamInput, DescribeStreamOutput, Execute};
use pixii_model::stream::StreamDescription;
use pixii_model::{ApiError, RequestContext};
use pixii_store::{Freshness, Store};

impl<S: Store> Execute<DescribeStream> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: DescribeStreamInput,
    ) -> Result<DescribeStreamOutput, ApiError> {
        self.admit_describe_stream()?;
        let found = self
            .read(|| async {
                let snapshot = self.store.snapshot(Freshness::Latest).await?;
                Ok(match self.find_stream(&snapshot, &input.stream_arn).await? {
                    Some(stream) => {
                        let shards = self.readable_shards(&snapshot, &stream).await?;
                        Some((stream, shards))
                    }
                    None => None,
                })
            })
            .await?;
        let missing = || ApiError::ResourceNotFound(MissingResource::Stream(input.stream_arn.clone()));
        let (stream, mut shards) = found.ok_or_else(missing)?;
        if let Some(filter) = &input.shard_filter {
            let is_child =
                |shard: &Shard| shard.parent.is_some_and(|parent| parent.to_string() == filter.shard_id);
            shards.retain(is_child);
        }
        // Ids sort by the time when their shards began.
        let mut shards: Vec<_> = shards.iter().map(Shard::description).collect();
        if let Some(start) = &input.exclusive_start_shard_id {
            shards.retain(|shard| shard.shard_id > *start);
        }
        let limit = input.limit.unwrap_or(LIMIT_MAX) as usize;
        let more = shards.len() > limit;
        shards.truncate(limit);
        let last_evaluated_shard_id = shards.last().filter(|_| more).map(|shard| shard.shard_id.clone());
        Ok(DescribeStreamOutput {
            stream_description: StreamDescription {
                stream_arn: stream.model_arn(),
                stream_status: stream.status(self.env.now(), self.settings.transition_delay),
                stream_view_type: stream.view_type,
                creation_request_date_time: timestamp(stream.created),
                key_schema: stream.key_elements(),
                shards,
                last_evaluated_shard_id,
            },
        })
    }
}
