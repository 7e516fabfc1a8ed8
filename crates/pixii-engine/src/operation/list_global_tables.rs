//! ListGlobalTables: there is nothing of the kind yet.

use crate::engine::Engine;
use pixii_model::operation::{Execute, ListGlobalTables, ListGlobalTablesInput, ListGlobalTablesOutput};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<ListGlobalTables> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        _: ListGlobalTablesInput,
    ) -> Result<ListGlobalTablesOutput, ApiError> {
        Ok(ListGlobalTablesOutput)
    }
}
