//! Statements as written: tokens to syntax trees.
//!
//! ```text
//! SELECT * | path, ... FROM source [WHERE or] [ORDER BY path [ASC | DESC] [NULLS FIRST | LAST], ...]
//! INSERT INTO source VALUE {...}
//! UPDATE source (SET path = or, ... | REMOVE path)... [WHERE or] [returning]
//! FROM source [WHERE or] (SET path = or, ... | REMOVE path)... [returning]
//! DELETE FROM source [WHERE or] [returning]
//! EXISTS(SELECT ...)
//! source    := name [. name]
//! returning := RETURNING (ALL | MODIFIED) (OLD | NEW) *
//! ```

use super::Returning;
use super::lexer::{self, Span, Token};
use super::syntax::Parser;
use super::tree::{Expr, PathExpr, Step};
use pixii_model::error::partiql::{StatementFault, StatementSyntaxFault as Fault};
use std::borrow::Cow;

/// One statement as written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum StatementSyntax<'t> {
    Select(SelectSyntax<'t>),
    Insert {
        source: SourceSyntax<'t>,
        value: Expr<'t>,
    },
    Update {
        source: SourceSyntax<'t>,
        actions: Vec<ActionSyntax<'t>>,
        condition: Option<Expr<'t>>,
        returning: Option<Returning>,
    },
    Delete {
        source: SourceSyntax<'t>,
        condition: Option<Expr<'t>>,
        returning: Option<Returning>,
    },
    /// An expression where there should be a statement.
    Expression(Expr<'t>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct SelectSyntax<'t> {
    /// The SELECT keyword.
    pub at: Span,
    /// `None` for `*`.
    pub columns: Option<Vec<Expr<'t>>>,
    pub source: SourceSyntax<'t>,
    pub condition: Option<Expr<'t>>,
    pub order: Vec<OrderSyntax<'t>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct OrderSyntax<'t> {
    pub argument: Expr<'t>,
    pub descending: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct SourceSyntax<'t> {
    pub table: Cow<'t, str>,
    pub index: Option<Cow<'t, str>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum ActionSyntax<'t> {
    Set(PathExpr<'t>, Expr<'t>),
    Remove(PathExpr<'t>),
}

type Parsed<T> = Result<T, StatementFault>;

/// Reads a statement; tells also how many question marks it has.
pub(super) fn parse(text: &str) -> Parsed<(StatementSyntax<'_>, usize)> {
    let mut parser = Parser::new(text)?;
    let statement = whole(&mut parser)?;
    Ok((statement, parser.parameters))
}

/// The token at which reading ends of what is no statement.
pub(super) fn fault(text: &str) -> Option<Span> {
    let Ok(mut parser) = Parser::new(text) else { return lexer::fault(text) };
    whole(&mut parser).err().map(|_| parser.span())
}

fn whole<'t>(parser: &mut Parser<'t>) -> Parsed<StatementSyntax<'t>> {
    let at = parser.span();
    let statement = match *parser.peek() {
        Token::Keyword(word) => match word.to_ascii_uppercase().as_str() {
            "SELECT" => StatementSyntax::Select(select(parser, at)?),
            "INSERT" => insert(parser)?,
            "UPDATE" => update(parser)?,
            "DELETE" => delete(parser)?,
            "FROM" => from_first(parser)?,
            "SET" | "REMOVE" => {
                actions(parser)?;
                end(parser)?;
                return Err(StatementFault::NoTable);
            }
            _ => StatementSyntax::Expression(parser.clause()?),
        },
        _ => StatementSyntax::Expression(parser.clause()?),
    };
    end(parser)?;
    Ok(statement)
}

/// One semicolon may stand at the end.
fn end(parser: &mut Parser<'_>) -> Parsed<()> {
    let semicolon = parser.symbol(";");
    match (parser.peek(), semicolon) {
        (Token::End, _) => Ok(()),
        (_, true) => Err(Fault::SecondStatement.into()),
        (_, false) => Err(Fault::UnexpectedToken.into()),
    }
}

/// Reads a SELECT, whose keyword stands at `at` and is still to be passed.
pub(super) fn select<'t>(parser: &mut Parser<'t>, at: Span) -> Parsed<SelectSyntax<'t>> {
    parser.advance();
    if parser.is_keyword("VALUE") || parser.is_keyword("PIVOT") {
        return Err(StatementFault::SelectValue);
    }
    let _ = parser.keyword("ALL");
    let columns = columns(parser)?;
    if !parser.keyword("FROM") {
        return Err(Fault::UnexpectedToken.into());
    }
    let source = read_source(parser)?;
    let condition = condition(parser)?;
    let order = order(parser)?;
    if parser.is_keyword("LIMIT") {
        parser.advance();
        let operand = parser.clause()?;
        return Err(StatementFault::UnsupportedClause {
            clause: "LIMIT",
            at: operand.at.position(parser.text),
        });
    }
    Ok(SelectSyntax { at, columns, source, condition, order })
}

fn columns<'t>(parser: &mut Parser<'t>) -> Parsed<Option<Vec<Expr<'t>>>> {
    if parser.symbol("*") {
        return if parser.is_symbol(",") { Err(StatementFault::StarAndColumns) } else { Ok(None) };
    }
    let mut columns = Vec::new();
    loop {
        if parser.is_symbol("*") && !columns.is_empty() {
            return Err(StatementFault::StarAndColumns);
        }
        columns.push(parser.clause()?);
        refuse_alias(parser)?;
        if !parser.symbol(",") {
            return Ok(Some(columns));
        }
    }
}

/// The table or index that a SELECT reads. AWS reads it as an expression, unlike that of a write.
fn read_source<'t>(parser: &mut Parser<'t>) -> Parsed<SourceSyntax<'t>> {
    match parser.peek() {
        Token::Word(_) | Token::Quoted(_) => source(parser),
        Token::Keyword(_) => Err(Fault::UnexpectedKeyword.into()),
        _ => Err(Fault::UnexpectedTerm.into()),
    }
}

/// The table that a statement names, with an index if it has one.
fn source<'t>(parser: &mut Parser<'t>) -> Parsed<SourceSyntax<'t>> {
    let mut path = simple_path(parser)?;
    if path.name.is_empty() {
        return Err(StatementFault::EmptyName);
    }
    let index = match path.steps.pop() {
        None => None,
        Some(_) if !path.steps.is_empty() => return Err(StatementFault::SourceTooLong),
        Some(Step::Name(name)) if name.is_empty() => return Err(StatementFault::EmptyName),
        Some(Step::Name(name)) => Some(name),
        Some(Step::Index(_) | Step::Wildcard) => return Err(StatementFault::WildcardPath),
    };
    refuse_alias(parser)?;
    if parser.is_symbol(",") {
        return Err(StatementFault::NoTable);
    }
    Ok(SourceSyntax { table: path.name, index })
}

fn refuse_alias(parser: &Parser<'_>) -> Parsed<()> {
    match parser.peek() {
        Token::Word(_) | Token::Quoted(_) => Err(StatementFault::Alias),
        Token::Keyword(word) if word.eq_ignore_ascii_case("as") => Err(StatementFault::Alias),
        _ => Ok(()),
    }
}

/// A path as SET, REMOVE and the sources of writes take it.
fn simple_path<'t>(parser: &mut Parser<'t>) -> Parsed<PathExpr<'t>> {
    let name = match parser.peek().clone() {
        Token::Word(name) => Cow::Borrowed(name),
        Token::Quoted(name) => name,
        _ => return Err(Fault::ExpectedSimplePath.into()),
    };
    parser.advance();
    parser.path(name)
}

fn condition<'t>(parser: &mut Parser<'t>) -> Parsed<Option<Expr<'t>>> {
    if parser.keyword("WHERE") { parser.clause().map(Some) } else { Ok(None) }
}

fn order<'t>(parser: &mut Parser<'t>) -> Parsed<Vec<OrderSyntax<'t>>> {
    let mut order = Vec::new();
    if !parser.keyword("ORDER") {
        return Ok(order);
    }
    if !parser.keyword("BY") {
        return Err(Fault::Expected("BY").into());
    }
    loop {
        let argument = parser.clause()?;
        let descending = parser.keyword("DESC");
        if !descending {
            let _ = parser.keyword("ASC");
        }
        if parser.keyword("NULLS") && !parser.keyword("FIRST") && !parser.keyword("LAST") {
            return Err(Fault::Expected("FIRST or LAST").into());
        }
        order.push(OrderSyntax { argument, descending });
        if !parser.symbol(",") {
            return Ok(order);
        }
    }
}

fn insert<'t>(parser: &mut Parser<'t>) -> Parsed<StatementSyntax<'t>> {
    parser.advance();
    if !parser.keyword("INTO") {
        return Err(Fault::UnexpectedKeyword.into());
    }
    let source = source(parser)?;
    if !parser.keyword("VALUE") {
        return Err(Fault::UnexpectedKeyword.into());
    }
    let value = parser.clause()?;
    if parser.is_keyword("RETURNING") {
        return Err(StatementFault::InsertReturning);
    }
    Ok(StatementSyntax::Insert { source, value })
}

fn update<'t>(parser: &mut Parser<'t>) -> Parsed<StatementSyntax<'t>> {
    parser.advance();
    let source = source(parser)?;
    let actions = actions(parser)?;
    if actions.is_empty() {
        return Err(Fault::ExpectedDataManipulation.into());
    }
    let condition = condition(parser)?;
    let returning = returning(parser)?;
    Ok(StatementSyntax::Update { source, actions, condition, returning })
}

/// An UPDATE that names its table first.
fn from_first<'t>(parser: &mut Parser<'t>) -> Parsed<StatementSyntax<'t>> {
    parser.advance();
    let source = read_source(parser)?;
    let condition = condition(parser)?;
    let actions = actions(parser)?;
    if actions.is_empty() {
        return Err(Fault::ExpectedDataManipulation.into());
    }
    let returning = returning(parser)?;
    Ok(StatementSyntax::Update { source, actions, condition, returning })
}

/// SET and REMOVE, as many as there are.
fn actions<'t>(parser: &mut Parser<'t>) -> Parsed<Vec<ActionSyntax<'t>>> {
    let mut actions = Vec::new();
    loop {
        if parser.keyword("SET") {
            loop {
                let path = simple_path(parser)?;
                if !parser.symbol("=") {
                    return Err(Fault::Expected("'='").into());
                }
                actions.push(ActionSyntax::Set(path, parser.clause()?));
                if !parser.symbol(",") {
                    break;
                }
            }
        } else if parser.keyword("REMOVE") {
            actions.push(ActionSyntax::Remove(simple_path(parser)?));
        } else {
            return Ok(actions);
        }
    }
}

fn delete<'t>(parser: &mut Parser<'t>) -> Parsed<StatementSyntax<'t>> {
    parser.advance();
    if !parser.keyword("FROM") {
        return Err(Fault::ExpectedFromAfterDelete.into());
    }
    let source = source(parser)?;
    let condition = condition(parser)?;
    let returning = returning(parser)?;
    Ok(StatementSyntax::Delete { source, condition, returning })
}

fn returning(parser: &mut Parser<'_>) -> Parsed<Option<Returning>> {
    if !parser.keyword("RETURNING") {
        return Ok(None);
    }
    let all = parser.keyword("ALL");
    if !all && !parser.keyword("MODIFIED") {
        return Err(Fault::Expected("( MODIFIED | ALL )").into());
    }
    let old = parser.keyword("OLD");
    if !old && !parser.keyword("NEW") {
        return Err(Fault::Expected("( NEW | OLD )").into());
    }
    if !parser.symbol("*") {
        return Err(StatementFault::ReturningSyntax);
    }
    Ok(Some(match (all, old) {
        (true, true) => Returning::AllOld,
        (true, false) => Returning::AllNew,
        (false, true) => Returning::ModifiedOld,
        (false, false) => Returning::ModifiedNew,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_ends_at_the_fault() {
        for (text, expect) in [
            ("SELECT * FORM Music", Some("FORM")),
            ("SELECT * FROM Music WHERE", Some("")),
            ("SELECT * FROM Music WHERE a = = 1", Some("=")),
            ("INSERT INTO Music VALUE {'a': 1", Some("")),
            ("SELECT * FROM Music; SELECT", Some("SELECT")),
            ("SELECT * FROM Music WHERE a = 'x", Some("'x")),
            ("SELECT * /* it */ /* is", Some("/* is")),
            ("SELECT #a FROM Music", Some("#a")),
            ("SELECT * FROM Music WHERE a = 1", None),
        ] {
            assert_eq!(fault(text).map(|at| &text[at.start..at.end]), expect, "{text}");
        }
    }
}
