//! BatchExecuteStatement: up to 25 PartiQL statements, each for itself.

use super::write_output::FailedWrite;
use crate::engine::Engine;
use crate::join::join_all;
use crate::keyspace;
use crate::statement::select;
use crate::statement::write::{NamedItem, inserted_key};
use crate::table::Table;
use pixii_expression::partiql::{Select, Statement};
use pixii_model::capacity::{Capacity, ConsumedCapacity, ReturnConsumedCapacity};
use pixii_model::error::{KeyFault, StatementFault, ValidationError};
use pixii_model::operation::batch_execute_statement::{
    BatchStatementError, BatchStatementRequest, BatchStatementResponse,
};
use pixii_model::operation::{
    BatchExecuteStatement, BatchExecuteStatementInput, BatchExecuteStatementOutput, Execute, OperationName,
};
use pixii_model::{ApiError, OutputItem, RequestContext};
use pixii_store::Store;
use std::collections::HashSet;
use std::sync::Arc;

const OPERATION: OperationName = OperationName::BatchExecuteStatement;

/// What became of a statement that did what it says.
type Done = (Option<OutputItem>, Option<ConsumedCapacity>);

/// What a statement consumed.
enum Consumed {
    /// By what it did.
    Done(Option<ConsumedCapacity>),
    /// By what it tried.
    Failed { table_name: String, units: f64 },
}

impl<S: Store> Execute<BatchExecuteStatement> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: BatchExecuteStatementInput,
    ) -> Result<BatchExecuteStatementOutput, ApiError> {
        let parsed: Vec<Result<Statement, ApiError>> = input.statements.iter().map(parse).collect();
        // What is refused by itself takes no part in what is checked of the whole.
        let reads = parsed.iter().flatten().filter(|statement| statement.is_read()).count();
        if reads > 0 && reads < parsed.iter().flatten().count() {
            return Err(StatementFault::MixedBatch.into());
        }
        self.check_distinct(&parsed).await?;

        let detail = input.return_consumed_capacity;
        let statements = parsed.into_iter().zip(&input.statements);
        let done =
            join_all(statements.map(|(statement, request)| self.answer(statement, request, detail))).await;
        let (responses, consumed): (Vec<_>, Vec<_>) = done.into_iter().unzip();
        Ok(BatchExecuteStatementOutput { responses, consumed_capacity: consumed_by_all(consumed, detail) })
    }
}

/// What all statements consumed. Those that failed count where another on their table did not; if none did anything, AWS says
/// nothing.
fn consumed_by_all(consumed: Vec<Consumed>, detail: ReturnConsumedCapacity) -> Option<Vec<ConsumedCapacity>> {
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for consumed in consumed {
        match consumed {
            Consumed::Done(consumed) => done.extend(consumed),
            Consumed::Failed { table_name, units } => failed.push((table_name, units)),
        }
    }
    if done.is_empty() {
        return None;
    }
    let mut by_table = ConsumedCapacity::by_table(done);
    for (table_name, units) in failed {
        if let Some(table) = by_table.iter_mut().find(|table| table.table_name == table_name) {
            table.failed += Capacity::write(units);
        }
    }
    (detail != ReturnConsumedCapacity::None).then_some(by_table)
}

fn parse(request: &BatchStatementRequest) -> Result<Statement, ApiError> {
    let parameters = match &request.parameters {
        Some(parameters) => parameters.checked()?.as_slice(),
        None => &[],
    };
    match Statement::parse(&request.statement, parameters)? {
        Statement::Exists(_) => Err(StatementFault::ExistsOutsideTransaction.into()),
        statement => Ok(statement),
    }
}

impl<S: Store> Engine<S> {
    /// Refuses two statements on one item.
    async fn check_distinct(&self, statements: &[Result<Statement, ApiError>]) -> Result<(), ApiError> {
        let mut keys = HashSet::with_capacity(statements.len());
        for statement in statements.iter().flatten() {
            // What has no table, or names no item, is refused by itself.
            let Ok(table) = self.table(&statement.source().table).await else { continue };
            let Some(key) = stored_key(&table, statement) else { continue };
            if !keys.insert(key) {
                return Err(KeyFault::RepeatedKey.into());
            }
        }
        Ok(())
    }

    async fn answer(
        &self,
        statement: Result<Statement, ApiError>,
        request: &BatchStatementRequest,
        detail: ReturnConsumedCapacity,
    ) -> (BatchStatementResponse, Consumed) {
        let (table_name, done) = match statement {
            Err(error) => (None, Err(error.into())),
            Ok(statement) => {
                let table_name = statement.source().table.clone();
                (Some(table_name), self.run(statement, request, detail).await)
            }
        };
        match done {
            Ok((item, consumed)) => {
                (BatchStatementResponse { error: None, table_name, item }, Consumed::Done(consumed))
            }
            Err(FailedWrite { error, units }) => {
                let consumed = Consumed::Failed { table_name: table_name.clone().unwrap_or_default(), units };
                let table_name = table_name.filter(|_| names_table(&error));
                let error = Some(BatchStatementError(error));
                (BatchStatementResponse { error, table_name, item: None }, consumed)
            }
        }
    }

    async fn run(
        &self,
        statement: Statement,
        request: &BatchStatementRequest,
        detail: ReturnConsumedCapacity,
    ) -> Result<Done, FailedWrite> {
        match statement {
            Statement::Select(select) => Ok(self.read_one(&select, request.consistent_read, detail).await?),
            statement => {
                let on_failure = request.return_values_on_condition_check_failure;
                let written = self.write_by_statement(statement, detail, on_failure, OPERATION).await?;
                Ok((written.attributes, written.consumed_capacity))
            }
        }
    }

    /// Carries a SELECT through that must name one item by its key, and nothing else.
    async fn read_one(
        &self,
        select: &Select,
        consistent_read: bool,
        detail: ReturnConsumedCapacity,
    ) -> Result<Done, ApiError> {
        let table = self.table(&select.source.table).await?;
        let (path, plan) = select::plan(&table, select, consistent_read)?;
        if path.index().is_some() || NamedItem::of_read(&table, select.condition.as_ref()).is_none() {
            return Err(StatementFault::SelectWithoutKey { operation: "BatchExecuteStatement" }.into());
        }
        let page = self.read_page(path, &plan, None, consistent_read, OPERATION).await?;
        let consumed = super::read_output::consumed(path, &page, detail);
        Ok((page.items.into_iter().next(), consumed))
    }
}

/// The stored key of the one item that a statement names.
fn stored_key(table: &Arc<Table>, statement: &Statement) -> Option<bytes::Bytes> {
    let key = match statement {
        Statement::Select(select) => {
            if select.source.index.is_some() {
                return None;
            }
            NamedItem::of_read(table, select.condition.as_ref())?.key
        }
        Statement::Insert(insert) => inserted_key(table, &insert.item)?,
        Statement::Update(update) => NamedItem::of_write(table, update.condition.as_ref()).ok()?.key,
        Statement::Delete(delete) => NamedItem::of_write(table, delete.condition.as_ref()).ok()?.key,
        Statement::Exists(_) => return None,
    };
    crate::key_check::is_key(table, &key).ok()?;
    keyspace::item(table, &key)
}

/// Whether AWS names the table beside an error: where the statement got as far as the item.
fn names_table(error: &ApiError) -> bool {
    use KeyFault::{PartitionKeyTooLong, SortKeyTooLong, Updated};
    match error {
        ApiError::Validation(ValidationError::Key(fault)) => {
            matches!(fault, PartitionKeyTooLong | SortKeyTooLong | Updated { .. })
        }
        ApiError::Validation(_) => false,
        _ => true,
    }
}
