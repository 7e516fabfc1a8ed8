//! ListBulkOperations: there is nothing of the kind yet.

use crate::engine::Engine;
use pixii_model::operation::{
    Execute, ListBulkOperations, ListBulkOperationsInput, ListBulkOperationsOutput,
};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<ListBulkOperations> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        _: ListBulkOperationsInput,
    ) -> Result<ListBulkOperationsOutput, ApiError> {
        Ok(ListBulkOperationsOutput)
    }
}
