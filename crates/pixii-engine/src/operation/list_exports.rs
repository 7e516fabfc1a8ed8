//! ListExports: there is nothing of the kind yet.

use crate::engine::Engine;
use pixii_model::operation::{Execute, ListExports, ListExportsInput, ListExportsOutput};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<ListExports> for Engine<S> {
    async fn execute(&self, _: &RequestContext, _: ListExportsInput) -> Result<ListExportsOutput, ApiError> {
        Ok(ListExportsOutput)
    }
}
