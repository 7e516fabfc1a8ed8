//! UpdateTimeToLive.

use crate::catalog::{Change, ExpiryOrder, Found, TimeToLive};
use crate::engine::Engine;
use pixii_model::error::{BusyResource, MissingResource, TableFault};
use pixii_model::operation::{Execute, UpdateTimeToLive, UpdateTimeToLiveInput, UpdateTimeToLiveOutput};
use pixii_model::table::TableStatus;
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;
use std::time::Duration;

/// How long the setting stays as it was changed, where quotas are enforced.
const CHANGE_INTERVAL: Duration = Duration::from_secs(60 * 60);

impl<S: Store> Execute<UpdateTimeToLive> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: UpdateTimeToLiveInput,
    ) -> Result<UpdateTimeToLiveOutput, ApiError> {
        let table = self.named_table(&input.table_name)?;
        let enforce = self.settings.enforce;
        let ids = u64::from(input.time_to_live_specification.enabled);
        let decide = move |found: Found| {
            let Some(mut record) = found.record else {
                return Err(ApiError::ResourceNotFound(MissingResource::NamedTable(
                    input.table_name.clone(),
                )));
            };
            if matches!(record.status, TableStatus::Creating | TableStatus::Deleting) {
                let (table, status) = (record.name, record.status);
                return Err(ApiError::ResourceInUse(BusyResource::Table { table, status }));
            }
            let specification = input.time_to_live_specification.clone();
            let current = record.time_to_live.attribute.take();
            match (&current, specification.enabled) {
                (Some(attribute), _) if *attribute != specification.attribute_name => {
                    let attribute = attribute.clone();
                    return Err(TableFault::TimeToLiveByOtherAttribute { attribute }.into());
                }
                (Some(_), true) => return Err(TableFault::TimeToLiveAlreadyEnabled.into()),
                (None, false) => return Err(TableFault::TimeToLiveAlreadyDisabled.into()),
                _ => {}
            }
            let changed = record.time_to_live.changed;
            if enforce && changed.is_some_and(|changed| changed.after(CHANGE_INTERVAL) > found.now) {
                return Err(TableFault::TimeToLiveChangedRecently.into());
            }
            record.time_to_live = TimeToLive {
                attribute: specification.enabled.then(|| specification.attribute_name.clone()),
                previous: current,
                changed: Some(found.now),
                order: specification.enabled.then_some(ExpiryOrder { id: found.first_id, backfilling: true }),
            };
            let answer = UpdateTimeToLiveOutput { time_to_live_specification: specification };
            Ok(Change { record: Some(record), answer })
        };
        self.change_table(&table, ids, decide).await
    }
}
