//! UpdateItem.

use super::{binding, write_output};
use crate::engine::Engine;
use crate::write::WriteIntent;
use pixii_expression::{Update, legacy};
use pixii_model::operation::{Execute, ItemWriteOutput, OperationName, UpdateItem, UpdateItemInput};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<UpdateItem> for Engine<S> {
    async fn execute(&self, _: &RequestContext, input: UpdateItemInput) -> Result<ItemWriteOutput, ApiError> {
        let UpdateItemInput { parameters, key, attribute_updates, update_expression } = input;
        let legacy_update = attribute_updates.as_ref().map(legacy::attribute_updates).transpose()?;
        let bound = binding::item_write(&parameters, update_expression.as_deref())?;
        // An update without changes still creates the item.
        let update = match bound.update.or(legacy_update) {
            Some(update) => update,
            None => Update::new(Vec::new())?,
        };
        let touched = update.touched();
        self.write_item(
            OperationName::UpdateItem,
            &parameters,
            |table| WriteIntent::update(table, key, update, bound.condition),
            |write_set| write_output::updated_item(write_set, parameters.return_values, &touched),
        )
        .await
        .map_err(ApiError::from)
    }
}
