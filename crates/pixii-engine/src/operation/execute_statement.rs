//! ExecuteStatement: one PartiQL statement, on the path of the operation that it is the counterpart of.

use super::write_output::FailedWrite;
use super::{read_output, write_output};
use crate::engine::Engine;
use crate::statement::next_token::Fingerprint;
use crate::statement::select;
use crate::statement::write::{self, NamedItem};
use pixii_expression::partiql::{Returning, Select, Statement};
use pixii_model::capacity::ReturnConsumedCapacity;
use pixii_model::error::StatementFault;
use pixii_model::operation::parameters::{ReturnValues, ReturnValuesOnConditionCheckFailure};
use pixii_model::operation::{
    Execute, ExecuteStatement, ExecuteStatementInput, ExecuteStatementOutput, ItemWriteOutput,
    ItemWriteParameters, OperationName,
};
use pixii_model::{ApiError, AttributeValue, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<ExecuteStatement> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: ExecuteStatementInput,
    ) -> Result<ExecuteStatementOutput, ApiError> {
        let parameters = input.parameters.as_deref().unwrap_or_default();
        match Statement::parse(&input.statement, parameters)? {
            Statement::Select(select) => self.read_by_statement(&input, parameters, select).await,
            statement => {
                let on_failure = input.return_values_on_condition_check_failure;
                let (detail, operation) = (input.return_consumed_capacity, OperationName::ExecuteStatement);
                let written = self.write_by_statement(statement, detail, on_failure, operation).await?;
                Ok(ExecuteStatementOutput {
                    items: written.attributes.into_iter().collect(),
                    consumed_capacity: written.consumed_capacity,
                    ..ExecuteStatementOutput::default()
                })
            }
        }
    }
}

impl<S: Store> Engine<S> {
    async fn read_by_statement(
        &self,
        input: &ExecuteStatementInput,
        parameters: &[AttributeValue],
        select: Select,
    ) -> Result<ExecuteStatementOutput, ApiError> {
        let table = self.table(&select.source.table).await?;
        let (path, mut plan) = select::plan(&table, &select, input.consistent_read)?;
        let fingerprint = Fingerprint::new(&input.statement, parameters);
        if let Some(token) = &input.next_token {
            let key = fingerprint.key(token)?;
            plan = plan.behind(&key).ok_or(StatementFault::NextTokenInvalid)?;
        }
        let page = self
            .read_page(path, &plan, input.limit, input.consistent_read, OperationName::ExecuteStatement)
            .await?;
        let next = page.last_evaluated_key.as_ref().map(|key| {
            let key = path.key(key).expect("the last item examined has its key");
            fingerprint.token(&key)
        });
        Ok(ExecuteStatementOutput {
            consumed_capacity: read_output::consumed(path, &page, input.return_consumed_capacity),
            items: page.items,
            next_token: next,
            last_evaluated_key: page.last_evaluated_key,
        })
    }

    /// Carries a statement through that writes one item.
    pub(super) async fn write_by_statement(
        &self,
        statement: Statement,
        return_consumed_capacity: ReturnConsumedCapacity,
        on_failure: ReturnValuesOnConditionCheckFailure,
        operation: OperationName,
    ) -> Result<ItemWriteOutput, FailedWrite> {
        let mut parameters = ItemWriteParameters {
            table_name: statement.source().table.clone(),
            return_values_on_condition_check_failure: on_failure,
            return_consumed_capacity,
            ..ItemWriteParameters::default()
        };
        match statement {
            Statement::Insert(insert) => {
                // What is found is no item of a failed condition, but a duplicate.
                parameters.return_values_on_condition_check_failure = Default::default();
                let written = self
                    .write_item(operation, &parameters, |table| write::insert(table, insert), |_| None)
                    .await;
                written.map_err(|failed| match failed.error {
                    ApiError::ConditionalCheckFailed { .. } => {
                        FailedWrite { error: ApiError::DuplicateItem, ..failed }
                    }
                    _ => failed,
                })
            }
            Statement::Update(update) => {
                let returned = return_values(update.returning);
                let touched = update.update.touched();
                self.write_item(
                    operation,
                    &parameters,
                    |table| {
                        let named = NamedItem::of_write(table, update.condition.as_ref())?;
                        named.check_types(table)?;
                        write::update(table, named, update)
                    },
                    |write_set| write_output::updated_item(write_set, returned, &touched),
                )
                .await
            }
            Statement::Delete(delete) => {
                let returned = return_values(delete.returning);
                self.write_item(
                    operation,
                    &parameters,
                    |table| {
                        let named = NamedItem::of_write(table, delete.condition.as_ref())?;
                        named.check_types(table)?;
                        write::delete(table, named, delete)
                    },
                    |write_set| write_output::old_item(write_set, returned),
                )
                .await
            }
            Statement::Select(_) | Statement::Exists(_) => {
                Err(ApiError::from(StatementFault::ExistsOutsideTransaction).into())
            }
        }
    }
}

fn return_values(returning: Option<Returning>) -> ReturnValues {
    match returning {
        None => ReturnValues::None,
        Some(Returning::AllOld) => ReturnValues::AllOld,
        Some(Returning::AllNew) => ReturnValues::AllNew,
        Some(Returning::ModifiedOld) => ReturnValues::UpdatedOld,
        Some(Returning::ModifiedNew) => ReturnValues::UpdatedNew,
    }
}
