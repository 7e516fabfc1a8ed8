//! UpdateItem.

use super::binding::{self, ConditionParameters};
use super::write_output;
use crate::engine::Engine;
use crate::write::{Planned, WriteIntent, WriteSet};
use pixii_expression::{Projection, Update, legacy};
use pixii_model::capacity::ReturnConsumedCapacity;
use pixii_model::operation::parameters::ReturnValues;
use pixii_model::operation::{Execute, UpdateItem, UpdateItemInput, UpdateItemOutput};
use pixii_model::{ApiError, EncodedItem, OutputItem, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<UpdateItem> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: UpdateItemInput,
    ) -> Result<UpdateItemOutput, ApiError> {
        let legacy_update = input.attribute_updates.as_ref().map(legacy::attribute_updates).transpose()?;
        let parameters = ConditionParameters {
            expected: input.expected.as_ref(),
            operator: input.conditional_operator,
            expression: input.condition_expression.as_deref(),
        };
        let legacy_condition = parameters.legacy()?;
        let mut placeholders = binding::placeholders(
            input.expression_attribute_names.as_ref(),
            input.expression_attribute_values.as_ref(),
        )?;
        let update = input
            .update_expression
            .as_deref()
            .map(|text| Update::parse(text, &mut placeholders))
            .transpose()?;
        let condition = parameters.expression(&mut placeholders)?.or(legacy_condition);
        placeholders.finish()?;
        // An update without changes still creates the item.
        let update = match update.or(legacy_update) {
            Some(update) => update,
            None => Update::new(Vec::new())?,
        };
        let touched = update.touched();

        let table = self.table(&input.table_name).await?;
        let intent = WriteIntent::update(&table, input.key, update, condition)?;
        let key = intent.key.clone();
        let planned = Planned { table, intent };
        let (table, write_set) =
            self.write_one(planned, input.return_values_on_condition_check_failure).await?;

        Ok(UpdateItemOutput {
            consumed_capacity: (input.return_consumed_capacity != ReturnConsumedCapacity::None)
                .then(|| write_output::consumed(&table, [&write_set], 1.0, input.return_consumed_capacity)),
            item_collection_metrics: self
                .collection_metrics(&table, &key, input.return_item_collection_metrics)
                .await?,
            attributes: attributes(write_set, input.return_values, &touched),
        })
    }
}

fn attributes(write_set: WriteSet, wanted: ReturnValues, touched: &Projection) -> Option<OutputItem> {
    let touched = |item: Option<EncodedItem>| {
        let item = touched.project(&item?);
        (!item.is_empty()).then(|| OutputItem::Decoded(item))
    };
    match wanted {
        ReturnValues::None => None,
        ReturnValues::AllOld => write_set.before.map(OutputItem::Encoded),
        ReturnValues::AllNew => write_set.after.map(OutputItem::Encoded),
        ReturnValues::UpdatedOld => touched(write_set.before),
        ReturnValues::UpdatedNew => touched(write_set.after),
    }
}
