//! UpdateItem.

use super::binding;
use crate::engine::Engine;
use crate::write::{WriteIntent, WriteSet};
use pixii_expression::{Projection, Update, legacy};
use pixii_model::operation::parameters::ReturnValues;
use pixii_model::operation::{Execute, ItemWriteOutput, UpdateItem, UpdateItemInput};
use pixii_model::{ApiError, EncodedItem, OutputItem, RequestContext};
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
            &parameters,
            |table| WriteIntent::update(table, key, update, bound.condition),
            |write_set| attributes(write_set, parameters.return_values, &touched),
        )
        .await
    }
}

fn attributes(write_set: &WriteSet, wanted: ReturnValues, touched: &Projection) -> Option<OutputItem> {
    let whole = |item: &Option<EncodedItem>| item.clone().map(OutputItem::Encoded);
    let touched = |item: &Option<EncodedItem>| {
        let item = touched.project(item.as_ref()?);
        (!item.is_empty()).then(|| OutputItem::Decoded(item))
    };
    match wanted {
        ReturnValues::None => None,
        ReturnValues::AllOld => whole(&write_set.before),
        ReturnValues::AllNew => whole(&write_set.after),
        ReturnValues::UpdatedOld => touched(&write_set.before),
        ReturnValues::UpdatedNew => touched(&write_set.after),
    }
}
