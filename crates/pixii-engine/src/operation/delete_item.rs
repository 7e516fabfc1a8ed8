//! DeleteItem.

use super::{binding, write_output};
use crate::engine::Engine;
use crate::write::WriteIntent;
use pixii_model::operation::{DeleteItem, DeleteItemInput, Execute, ItemWriteOutput, OperationName};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<DeleteItem> for Engine<S> {
    async fn execute(&self, _: &RequestContext, input: DeleteItemInput) -> Result<ItemWriteOutput, ApiError> {
        let DeleteItemInput { parameters, key } = input;
        let bound = binding::item_write(&parameters, None)?;
        self.write_item(
            OperationName::DeleteItem,
            &parameters,
            |table| Ok(WriteIntent::delete(table, key, bound.condition)?),
            |write_set| write_output::old_item(write_set, parameters.return_values),
        )
        .await
        .map_err(ApiError::from)
    }
}
