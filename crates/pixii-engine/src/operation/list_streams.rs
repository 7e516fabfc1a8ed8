//! ListStreams.

use crate::engine::Engine;
use crate::keyspace;
use crate::stream::{StreamRecord, read::streams_in};
use pixii_model::operation::list_streams::LIMIT_MAX;
use pixii_model::operation::{Execute, ListStreams, ListStreamsInput, ListStreamsOutput};
use pixii_model::stream::Stream;
use pixii_model::{ApiError, RequestContext};
use pixii_store::{Freshness, Store};

impl<S: Store> Execute<ListStreams> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: ListStreamsInput,
    ) -> Result<ListStreamsOutput, ApiError> {
        let limit = input.limit.unwrap_or(LIMIT_MAX) as usize;
        let mut range = match &input.table_name {
            Some(table) => keyspace::streams_of(table),
            None => keyspace::streams(),
        };
        if let Some(start) = &input.exclusive_start_stream_arn {
            let behind = keyspace::streams_labelled(&start.table, &start.label).end;
            range.start = range.start.max(behind.unwrap_or_default());
        }
        let mut streams = self
            .read(|| async {
                let snapshot = self.store.snapshot(Freshness::Latest).await?;
                streams_in(&snapshot, range.clone()).await
            })
            .await?;
        let now = self.env.now();
        streams.retain(|stream| !stream.is_gone(now, self.settings.stream_retention));
        let more = streams.len() > limit;
        streams.truncate(limit);
        let arns: Vec<_> = streams.iter().map(StreamRecord::model_arn).collect();
        Ok(ListStreamsOutput {
            last_evaluated_stream_arn: arns.last().filter(|_| more).cloned(),
            streams: arns.into_iter().map(|stream_arn| Stream { stream_arn }).collect(),
        })
    }
}
