//! ListBackups: there is nothing of the kind yet.

use crate::engine::Engine;
use pixii_model::operation::{Execute, ListBackups, ListBackupsInput, ListBackupsOutput};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<ListBackups> for Engine<S> {
    async fn execute(&self, _: &RequestContext, _: ListBackupsInput) -> Result<ListBackupsOutput, ApiError> {
        Ok(ListBackupsOutput)
    }
}
