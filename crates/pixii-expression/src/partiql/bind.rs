//! Syntax trees to statements: question marks replaced, literals, paths, functions and operands checked.
//!
//! AWS looks at the WHERE clause before the rest of a statement. In it, what no condition can hold is told in the order in
//! which it is written, and only then what is wrong with operands.

use super::lexer::Span;
use super::statement::{SelectSyntax, SourceSyntax, StatementSyntax};
use super::tree::{Expr, Kind, PathExpr, Step};
use super::{Delete, Insert, OrderTerm, Returning, Select, Source, Statement, UpdateStatement};
use crate::condition::Condition;
use crate::path::{DocumentPath, PathElement};
use crate::projection::Projection;
use pixii_model::AttributeValue;
use pixii_model::error::ExpressionFault;
use pixii_model::error::partiql::{StatementFault, StatementPosition};
use pixii_model::limits::NESTING_LEVELS_MAX;

type Bound<T> = Result<T, StatementFault>;

/// What statements are bound with.
pub(super) struct Binder<'p> {
    pub text: &'p str,
    pub parameters: &'p [AttributeValue],
    /// The first fault of operands in the WHERE clause.
    pub operand_fault: Option<StatementFault>,
}

/// Binds a statement.
pub(super) fn bind(
    text: &str,
    statement: &StatementSyntax<'_>,
    parameters: &[AttributeValue],
) -> Bound<Statement> {
    let mut binder = Binder { text, parameters, operand_fault: None };
    Ok(match statement {
        StatementSyntax::Select(select) => Statement::Select(binder.select(select)?),
        StatementSyntax::Insert { source, value } => {
            let item = binder.item(value)?;
            Statement::Insert(Insert { source: writable(source)?, item })
        }
        StatementSyntax::Update { source, actions, condition, returning } => {
            let condition = binder.clause(condition.as_ref())?;
            let update = binder.update(actions)?;
            Statement::Update(UpdateStatement {
                source: writable(source)?,
                update,
                condition,
                returning: *returning,
            })
        }
        StatementSyntax::Delete { source, condition, returning } => {
            let condition = binder.clause(condition.as_ref())?;
            let source = writable(source)?;
            if let Some(returning) = returning
                && *returning != Returning::AllOld
            {
                return Err(StatementFault::DeleteReturning { returning: returning.as_str() });
            }
            Statement::Delete(Delete { source, condition, returning: *returning })
        }
        StatementSyntax::Expression(expr) => Statement::Exists(binder.exists(expr)?),
    })
}

fn source(source: &SourceSyntax<'_>) -> Source {
    Source {
        table: source.table.clone().into_owned(),
        index: source.index.as_ref().map(|index| index.clone().into_owned()),
    }
}

fn writable(syntax: &SourceSyntax<'_>) -> Bound<Source> {
    if syntax.index.is_some() { Err(StatementFault::WriteToIndex) } else { Ok(source(syntax)) }
}

impl Binder<'_> {
    fn select(&mut self, select: &SelectSyntax<'_>) -> Bound<Select> {
        let columns = select.columns.as_ref().map(|columns| self.columns(columns)).transpose()?;
        let condition = self.clause(select.condition.as_ref())?;
        let order = select.order.iter().map(|term| self.order_term(&term.argument, term.descending));
        let order = order.collect::<Bound<_>>()?;
        Ok(Select { source: source(&select.source), columns, condition, order })
    }

    /// The only expression that is a statement is EXISTS.
    fn exists(&mut self, expr: &Expr<'_>) -> Bound<Select> {
        if let Kind::Call { name, arguments } = &expr.kind
            && name == "exists"
            && let [Expr { kind: Kind::Subquery(select), .. }] = &arguments[..]
        {
            return self.select(select);
        }
        Err(match &expr.kind {
            Kind::Call { .. } | Kind::Subquery(_) => StatementFault::ExistsOutsideTransaction,
            kind => match super::literal::kind_name(kind) {
                "NAry" => StatementFault::ExistsOutsideTransaction,
                expression => StatementFault::UnsupportedOperation { expression },
            },
        })
    }

    fn columns(&self, columns: &[Expr<'_>]) -> Bound<Projection> {
        let mut paths = Vec::with_capacity(columns.len());
        for column in columns {
            match &column.kind {
                Kind::Path(path) => paths.push(self.path(path)?),
                Kind::Call { name, .. } => {
                    return Err(StatementFault::Column(self.name_position(column, name)));
                }
                _ => return Err(StatementFault::Column(self.position(column))),
            }
        }
        Projection::columns(paths).map_err(|name| StatementFault::DuplicateColumn { name })
    }

    fn clause(&mut self, clause: Option<&Expr<'_>>) -> Bound<Option<Condition>> {
        let Some(clause) = clause else { return Ok(None) };
        let condition = self.where_clause(clause)?;
        self.operand_fault.take().map_or(Ok(Some(condition)), Err)
    }

    fn order_term(&self, argument: &Expr<'_>, descending: bool) -> Bound<OrderTerm> {
        let fault = |found: String| StatementFault::OrderByArgument { found, at: self.position(argument) };
        Ok(match &argument.kind {
            Kind::Path(path) if path.steps.is_empty() => {
                OrderTerm { attribute: Ok(path.name.clone().into_owned()), descending }
            }
            Kind::Path(_) => OrderTerm { attribute: Err(fault("PATH".to_owned())), descending },
            Kind::Text(text) => OrderTerm { attribute: Err(fault(text.clone().into_owned())), descending },
            kind => {
                let found = super::literal::kind_name(kind).to_ascii_uppercase();
                OrderTerm { attribute: Err(fault(found)), descending }
            }
        })
    }

    /// A path bound: no wildcards, no index that no list has, not too deep.
    pub(super) fn path(&self, path: &PathExpr<'_>) -> Bound<DocumentPath> {
        if path.name.is_empty() {
            return Err(StatementFault::EmptyName);
        }
        let mut rest = Vec::with_capacity(path.steps.len());
        for step in &path.steps {
            rest.push(match step {
                Step::Name(name) if name.is_empty() => return Err(StatementFault::EmptyName),
                Step::Name(name) => PathElement::Name(name.clone().into_owned()),
                Step::Index(digits) => PathElement::Index(
                    digits
                        .parse::<i32>()
                        .map_err(|_| ExpressionFault::ListIndex { index: (*digits).to_owned() })?
                        .unsigned_abs() as usize,
                ),
                Step::Wildcard => return Err(StatementFault::WildcardPath),
            });
        }
        if rest.len() >= NESTING_LEVELS_MAX {
            return Err(ExpressionFault::PathTooDeep { levels: rest.len() + 1 }.into());
        }
        Ok(DocumentPath { attribute: path.name.clone().into_owned(), rest })
    }

    /// Where an expression stands.
    pub(super) fn position(&self, expr: &Expr<'_>) -> StatementPosition {
        expr.at.position(self.text)
    }

    /// Where the name of a function stands that begins an expression.
    pub(super) fn name_position(&self, expr: &Expr<'_>, name: &str) -> StatementPosition {
        Span { start: expr.at.start, end: expr.at.start + name.len() }.position(self.text)
    }
}
