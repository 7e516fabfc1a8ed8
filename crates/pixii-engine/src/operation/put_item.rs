//! PutItem.

use super::{binding, write_output};
use crate::engine::Engine;
use crate::write::WriteIntent;
use pixii_model::error::KeyFault;
use pixii_model::limits::ITEM_SIZE_MAX;
use pixii_model::operation::{Execute, ItemWriteOutput, OperationName, PutItem, PutItemInput};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<PutItem> for Engine<S> {
    async fn execute(&self, _: &RequestContext, input: PutItemInput) -> Result<ItemWriteOutput, ApiError> {
        let PutItemInput { parameters, item } = input;
        if item.size() > ITEM_SIZE_MAX {
            return Err(KeyFault::ItemTooLarge.into());
        }
        let bound = binding::item_write(&parameters, None)?;
        self.write_item(
            OperationName::PutItem,
            &parameters,
            |table| Ok(WriteIntent::put(table, item, bound.condition)?),
            |write_set| write_output::old_item(write_set, parameters.return_values),
        )
        .await
        .map_err(ApiError::from)
    }
}
