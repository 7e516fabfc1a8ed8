//! ListTables.

use crate::catalog::table_names;
use crate::engine::Engine;
use pixii_model::operation::list_tables::LIMIT_MAX;
use pixii_model::operation::{Execute, ListTables, ListTablesInput, ListTablesOutput};
use pixii_model::{ApiError, RequestContext};
use pixii_store::{Freshness, Store};

impl<S: Store> Execute<ListTables> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: ListTablesInput,
    ) -> Result<ListTablesOutput, ApiError> {
        self.settle_due().await?;
        let limit = input.limit.unwrap_or(LIMIT_MAX) as usize;
        let names = self.read(|| async {
            let snapshot = self.store.snapshot(Freshness::Latest).await?;
            table_names(&snapshot, input.exclusive_start_table_name.as_deref(), limit).await
        });
        let (table_names, more) = names.await?;
        let last_evaluated_table_name = if more { table_names.last().cloned() } else { None };
        Ok(ListTablesOutput { table_names, last_evaluated_table_name })
    }
}
