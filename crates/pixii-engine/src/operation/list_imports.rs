//! ListImports: there is nothing of the kind yet.

use crate::engine::Engine;
use pixii_model::operation::{Execute, ListImports, ListImportsInput, ListImportsOutput};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<ListImports> for Engine<S> {
    async fn execute(&self, _: &RequestContext, _: ListImportsInput) -> Result<ListImportsOutput, ApiError> {
        Ok(ListImportsOutput)
    }
}
