//! ExecuteTransaction: up to 100 PartiQL statements, all or nothing.

use super::transact_get_items::KeyedGet;
use super::transact_write_items::{OnFailure, TransactedWrite};
use crate::engine::Engine;
use crate::statement::select;
use crate::statement::write::{self, NamedItem};
use crate::table::Table;
use crate::write::{TokenRequest, WriteIntent};
use pixii_expression::partiql::{Select, Statement};
use pixii_model::capacity::ReturnItemCollectionMetrics;
use pixii_model::error::{CancellationReason, KeyFault, MissingResource, StatementFault, ValidationError};
use pixii_model::operation::execute_transaction::ParameterizedStatement;
use pixii_model::operation::{
    Execute, ExecuteTransaction, ExecuteTransactionInput, ExecuteTransactionOutput, OperationName,
};
use pixii_model::{ApiError, AttributeValue, EncodedItem, Item, RequestContext};
use pixii_store::Store;
use std::sync::Arc;

const OPERATION: OperationName = OperationName::ExecuteTransaction;

impl<S: Store> Execute<ExecuteTransaction> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: ExecuteTransactionInput,
    ) -> Result<ExecuteTransactionOutput, ApiError> {
        let mut statements = Vec::with_capacity(input.transact_statements.len());
        for (index, written) in input.transact_statements.iter().enumerate() {
            statements.push(parse(written).map_err(|error| in_statement(index, error))?);
        }
        let reads = statements.iter().filter(|statement| statement.is_read()).count();
        if reads > 0 && reads < statements.len() {
            return Err(StatementFault::MixedTransaction.into());
        }
        let tables = self.tables(&statements).await?;
        if reads > 0 {
            let gets = keyed_gets(statements, tables)?;
            let read = self.transact_get(gets, input.return_consumed_capacity, OPERATION).await?;
            return Ok(ExecuteTransactionOutput {
                responses: read.responses,
                consumed_capacity: read.consumed_capacity,
            });
        }
        let token = input
            .client_request_token
            .map(|token| TokenRequest { token, hash: hash(&input.transact_statements) });
        let mut writes = Vec::with_capacity(statements.len());
        for (index, statement) in statements.into_iter().enumerate() {
            check_write(&tables[index], &statement).map_err(|error| in_statement(index, error))?;
            let returned = input.transact_statements[index].return_values_on_condition_check_failure;
            let on_failure = match statement {
                Statement::Insert(_) => OnFailure::Duplicate,
                _ => OnFailure::Condition(returned),
            };
            writes.push(StatementWrite { statement, on_failure });
        }
        let (detail, metrics) = (input.return_consumed_capacity, ReturnItemCollectionMetrics::None);
        let written = self.transact_writes(writes, token, detail, metrics, OPERATION).await?;
        Ok(ExecuteTransactionOutput { responses: Vec::new(), consumed_capacity: written.consumed_capacity })
    }
}

fn in_statement(index: usize, error: ValidationError) -> ApiError {
    StatementFault::InTransaction { index, error: Box::new(error) }.into()
}

fn parse(written: &ParameterizedStatement) -> Result<Statement, ValidationError> {
    let parameters = written.parameters.as_deref().unwrap_or_default();
    let statement = Statement::parse(&written.statement, parameters)?;
    let returning = match &statement {
        Statement::Update(update) => update.returning,
        Statement::Delete(delete) => delete.returning,
        _ => None,
    };
    if returning.is_some() {
        return Err(StatementFault::ReturningInTransaction.into());
    }
    if statement.is_read() && statement.source().index.is_some() {
        return Err(StatementFault::IndexInTransaction.into());
    }
    Ok(statement)
}

impl<S: Store> Engine<S> {
    /// The tables of all statements. Those that are missing cancel the transaction.
    async fn tables(&self, statements: &[Statement]) -> Result<Vec<Arc<Table>>, ApiError> {
        let mut tables = Vec::with_capacity(statements.len());
        let mut reasons = vec![CancellationReason::None; statements.len()];
        for (statement, reason) in statements.iter().zip(&mut reasons) {
            match self.table(&statement.source().table).await {
                Ok(table) => tables.push(table),
                Err(ApiError::ResourceNotFound(MissingResource::Table)) => {
                    *reason = CancellationReason::ResourceNotFound;
                }
                Err(error) => return Err(error),
            }
        }
        if tables.len() < statements.len() {
            return Err(ApiError::TransactionCanceled { reasons });
        }
        Ok(tables)
    }
}

/// Each SELECT of a transaction reads one item by its key.
fn keyed_gets(statements: Vec<Statement>, tables: Vec<Arc<Table>>) -> Result<Vec<KeyedGet>, ApiError> {
    let mut gets = Vec::with_capacity(statements.len());
    for (index, (statement, table)) in statements.into_iter().zip(tables).enumerate() {
        let Statement::Select(select) = statement else {
            unreachable!("a transaction that reads only reads")
        };
        gets.push(keyed_get(select, table).map_err(|error| in_statement(index, error))?);
    }
    Ok(gets)
}

fn keyed_get(select: Select, table: Arc<Table>) -> Result<KeyedGet, ValidationError> {
    match NamedItem::of_read(&table, select.condition.as_ref()) {
        Some(named) => Ok(KeyedGet { table, key: named.key, projection: select.columns }),
        None => {
            // Alternatives that ask for the same item are told first.
            select::plan(&table, &select, false)?;
            Err(StatementFault::SelectWithoutKey { operation: "ExecuteTransaction" }.into())
        }
    }
}

/// What refuses the whole request rather than cancelling the transaction.
fn check_write(table: &Table, statement: &Statement) -> Result<(), ValidationError> {
    let condition = match statement {
        Statement::Update(update) => update.condition.as_ref(),
        Statement::Delete(delete) => delete.condition.as_ref(),
        Statement::Exists(select) => {
            write::exists(table, select.clone()).map(drop).or_else(|error| match error {
                // A key of another type cancels.
                ValidationError::Key(KeyFault::SchemaMismatch) => Ok(()),
                other => Err(other),
            })?;
            return Ok(());
        }
        Statement::Insert(_) | Statement::Select(_) => return Ok(()),
    };
    let named = NamedItem::of_write(table, condition)?;
    match named.check_types(table) {
        Err(fault @ StatementFault::KeyType { .. }) => Err(fault.into()),
        // A key of another type that keys can have cancels the transaction.
        _ => Ok(()),
    }
}

/// A statement that writes, in a transaction.
struct StatementWrite {
    statement: Statement,
    on_failure: OnFailure,
}

impl TransactedWrite for StatementWrite {
    fn table_name(&self) -> &str {
        &self.statement.source().table
    }

    fn on_failure(&self) -> OnFailure {
        self.on_failure
    }

    fn intent(self, table: &Table) -> Result<WriteIntent, ValidationError> {
        match self.statement {
            Statement::Insert(insert) => write::insert_checked(table, insert),
            Statement::Update(update) => {
                let named = NamedItem::of_write(table, update.condition.as_ref())?;
                write::update(table, named, update)
            }
            Statement::Delete(delete) => {
                let named = NamedItem::of_write(table, delete.condition.as_ref())?;
                write::delete(table, named, delete)
            }
            Statement::Exists(select) => write::exists(table, select),
            Statement::Select(_) => unreachable!("a transaction that writes only writes"),
        }
    }
}

/// A hash of the statements, whose order, text and parameters make a request the same.
fn hash(statements: &[ParameterizedStatement]) -> u128 {
    let mut bytes = Vec::with_capacity(1024);
    let mut part = |part: &[u8]| {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    };
    for written in statements {
        let parameters = AttributeValue::L(written.parameters.clone().unwrap_or_default());
        part(b"PartiQL");
        part(written.statement.as_bytes());
        part(EncodedItem::encode(&Item::from_iter([(String::new(), parameters)])).as_bytes());
        part(written.return_values_on_condition_check_failure.as_str().as_bytes());
    }
    twox_hash::XxHash3_128::oneshot(&bytes)
}
