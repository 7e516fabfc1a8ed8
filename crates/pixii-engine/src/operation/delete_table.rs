//! DeleteTable.

use crate::catalog::{Change, Found, Sizes};
use crate::engine::Engine;
use pixii_model::error::{BusyResource, MissingResource, TableFault};
use pixii_model::operation::{DeleteTable, DeleteTableInput, DeleteTableOutput, Execute};
use pixii_model::table::TableStatus;
use pixii_model::{ApiError, RequestContext};
use pixii_store::{Freshness, Store};

impl<S: Store> Execute<DeleteTable> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: DeleteTableInput,
    ) -> Result<DeleteTableOutput, ApiError> {
        let record = self.record(&input.table_name).await?;
        let sizes = self.read(|| async {
            let snapshot = self.store.snapshot(Freshness::Latest).await?;
            Sizes::read(&snapshot, &record).await
        });
        let sizes = sizes.await?;
        let (name, delay) = (record.name, self.settings.transition_delay);
        let decide = move |found: Found| {
            let Some(mut record) = found.record else {
                return Err(ApiError::ResourceNotFound(MissingResource::NamedTable(
                    input.table_name.clone(),
                )));
            };
            if record.status != TableStatus::Active {
                return Err(ApiError::ResourceInUse(BusyResource::Table {
                    table: record.name,
                    status: record.status,
                }));
            }
            if record.deletion_protection {
                return Err(TableFault::DeletionProtected.into());
            }
            if record.changes_indexes() {
                return Err(ApiError::ResourceInUse(BusyResource::IndexesOfDeleted));
            }
            record.status = TableStatus::Deleting;
            record.due = Some(found.now.after(delay));
            let answer = record.describe_deleting(&sizes, found.now);
            Ok(Change { record: Some(record), answer })
        };
        let table_description = self.change_table(&name, 0, decide).await?;
        Ok(DeleteTableOutput { table_description })
    }
}
