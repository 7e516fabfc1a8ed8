//! PutItem.

use super::binding::{self, ConditionParameters};
use super::write_output;
use crate::engine::Engine;
use crate::write::{Planned, WriteIntent};
use pixii_model::capacity::ReturnConsumedCapacity;
use pixii_model::error::KeyFault;
use pixii_model::limits::ITEM_SIZE_MAX;
use pixii_model::operation::parameters::ReturnValues;
use pixii_model::operation::{Execute, PutItem, PutItemInput, PutItemOutput};
use pixii_model::{ApiError, OutputItem, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<PutItem> for Engine<S> {
    async fn execute(&self, _: &RequestContext, input: PutItemInput) -> Result<PutItemOutput, ApiError> {
        if input.item.size() > ITEM_SIZE_MAX {
            return Err(KeyFault::ItemTooLarge.into());
        }
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
        let condition = parameters.expression(&mut placeholders)?.or(legacy_condition);
        placeholders.finish()?;

        let table = self.table(&input.table_name).await?;
        let intent = WriteIntent::put(&table, input.item, condition)?;
        let key = intent.key.clone();
        let planned = Planned { table, intent };
        let (table, write_set) =
            self.write_one(planned, input.return_values_on_condition_check_failure).await?;

        Ok(PutItemOutput {
            consumed_capacity: (input.return_consumed_capacity != ReturnConsumedCapacity::None)
                .then(|| write_output::consumed(&table, [&write_set], 1.0, input.return_consumed_capacity)),
            item_collection_metrics: self
                .collection_metrics(&table, &key, input.return_item_collection_metrics)
                .await?,
            attributes: match input.return_values {
                ReturnValues::AllOld => write_set.before.map(OutputItem::Encoded),
                _ => None,
            },
        })
    }
}
