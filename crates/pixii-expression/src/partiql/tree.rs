//! What a statement's expressions are before they are bound: a tree of them as written.

use super::lexer::Span;
use crate::condition::Comparator;
use std::borrow::Cow;

/// An expression and its first token.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expr<'t> {
    pub kind: Kind<'t>,
    pub at: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind<'t> {
    Path(PathExpr<'t>),
    Text(Cow<'t, str>),
    Number {
        negative: bool,
        digits: &'t str,
    },
    Bool(bool),
    Null,
    Missing,
    Ion(&'t str),
    /// Which of the statement's question marks.
    Parameter(usize),
    List(Vec<Expr<'t>>),
    Map(Vec<(Expr<'t>, Expr<'t>)>),
    Bag(Vec<Expr<'t>>),
    Call {
        name: Cow<'t, str>,
        arguments: Vec<Expr<'t>>,
    },
    /// A SELECT in parentheses.
    Subquery(Box<super::statement::SelectSyntax<'t>>),
    And(Vec<Expr<'t>>),
    Or(Vec<Expr<'t>>),
    Not(Box<Expr<'t>>),
    Compare(Comparator, Box<[Expr<'t>; 2]>),
    Between(Box<[Expr<'t>; 3]>),
    In(Box<Expr<'t>>, Vec<Expr<'t>>),
    Is(Box<Expr<'t>>, TypeName),
    /// `+`, `-` and what else DynamoDB knows but does not do.
    Operator(&'static str, Box<[Expr<'t>; 2]>),
}

/// A name, and steps into its value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PathExpr<'t> {
    pub name: Cow<'t, str>,
    pub steps: Vec<Step<'t>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step<'t> {
    Name(Cow<'t, str>),
    Index(&'t str),
    /// `[*]` or `.*`
    Wildcard,
}

/// What IS asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TypeName {
    Missing,
    Null,
    Boolean,
    Blob,
    String,
    Numeric,
    Struct,
    List,
    /// A type of PartiQL that DynamoDB does not have, as AWS calls it.
    Unsupported(&'static str),
}
