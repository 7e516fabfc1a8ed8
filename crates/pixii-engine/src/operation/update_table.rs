//! UpdateTable.

use crate::catalog::{Change, Found, Sizes, Update, warn_of_plain_text};
use crate::engine::Engine;
use crate::table::DataId;
use pixii_model::error::MissingResource;
use pixii_model::operation::{Execute, UpdateTable, UpdateTableInput, UpdateTableOutput};
use pixii_model::{ApiError, RequestContext};
use pixii_store::{Freshness, Store};

impl<S: Store> Execute<UpdateTable> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: UpdateTableInput,
    ) -> Result<UpdateTableOutput, ApiError> {
        let before = self.record(&input.table_name).await?;
        let sizes = self.read(|| async {
            let snapshot = self.store.snapshot(Freshness::Latest).await?;
            Sizes::read(&snapshot, &before).await
        });
        let sizes = sizes.await?;
        let kms_key_arn = input
            .sse_specification
            .as_ref()
            .and_then(|wanted| self.kms_key_arn(wanted, before.kms_key_arn.as_deref()));
        let starts_stream = input.stream_specification.as_ref().is_some_and(|stream| stream.stream_enabled);
        let streams = u64::from(starts_stream);
        let indexes = input.index_updates().iter().filter(|update| update.create.is_some()).count() as u64;
        let wants_encryption = kms_key_arn.is_some();
        let quotas = self.quotas(&before.name).await?;
        let (name, delay) = (before.name, self.settings.transition_delay);
        let decide = move |found: Found| {
            let Some(mut record) = found.record else {
                return Err(ApiError::ResourceNotFound(MissingResource::NamedTable(
                    input.table_name.clone(),
                )));
            };
            let update = Update {
                input: &input,
                now: found.now,
                delay,
                stream_id: found.first_id,
                index_id: DataId(found.first_id.0 + streams),
                kms_key_arn: kms_key_arn.as_deref(),
                quotas: quotas.as_ref(),
            };
            update.apply(&mut record)?;
            let answer = record.describe(&sizes, found.now);
            Ok(Change { record: Some(record), answer })
        };
        let table_description = self.change_table(&name, streams + indexes, decide).await?;
        if wants_encryption {
            warn_of_plain_text(&name);
        }
        Ok(UpdateTableOutput { table_description })
    }
}
