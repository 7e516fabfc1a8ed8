//! PartiQL as DynamoDB speaks it: statements to bound trees.
//!
//! ```text
//! text --lexer--> tokens --syntax, statement--> syntax trees --bind (parameters)--> Statement
//! ```
//!
//! A [`Statement`] holds the same [`Condition`], [`Update`] and [`Projection`] that expressions become, so that there is one
//! semantics. What a statement is refused for on its own is found here; what its table has to say to it is for the engine.

mod bind;
mod condition;
mod keyword;
mod lexer;
mod literal;
mod statement;
mod syntax;
#[cfg(test)]
mod tests;
mod tree;
mod update;

use crate::condition::Condition;
use crate::projection::Projection;
use crate::update::Update;
use pixii_model::error::StatementFault;
use pixii_model::{AttributeValue, Item};
use std::ops::Range;

pub use keyword::is_keyword;

/// Where a text stops to be a statement, in bytes; `None` if it is one as far as its syntax goes. AWS's sentences on syntax
/// do not say it, but who writes statements wants to know.
pub fn fault_place(text: &str) -> Option<Range<usize>> {
    statement::fault(text).map(|at| at.start..at.end)
}

/// One statement, bound.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// Reads items.
    Select(Select),
    /// Makes an item where there is none.
    Insert(Insert),
    /// Changes an item that is there.
    Update(UpdateStatement),
    /// Removes an item.
    Delete(Delete),
    /// Checks an item, in a transaction that writes others.
    Exists(Select),
}

/// A table, or one of its indexes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The table's name or ARN.
    pub table: String,
    /// The index.
    pub index: Option<String>,
}

/// `SELECT columns FROM source WHERE condition ORDER BY order`
#[derive(Clone, Debug, PartialEq)]
pub struct Select {
    /// What to read.
    pub source: Source,
    /// What to return of each item; `None` for all of it.
    pub columns: Option<Projection>,
    /// What must hold of an item to be returned.
    pub condition: Option<Condition>,
    /// In which order; empty if it does not matter.
    pub order: Vec<OrderTerm>,
}

/// One argument of ORDER BY.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderTerm {
    /// The attribute; or why it is none, which AWS tells only once there is a table.
    pub attribute: Result<String, StatementFault>,
    /// Whether it descends.
    pub descending: bool,
}

/// `INSERT INTO source VALUE item`
#[derive(Clone, Debug, PartialEq)]
pub struct Insert {
    /// The table.
    pub source: Source,
    /// The item.
    pub item: Item,
}

/// `UPDATE source SET ... REMOVE ... WHERE condition RETURNING returning`
#[derive(Clone, Debug, PartialEq)]
pub struct UpdateStatement {
    /// The table.
    pub source: Source,
    /// What to change.
    pub update: Update,
    /// Which item, and what must hold of it.
    pub condition: Option<Condition>,
    /// What to return of it.
    pub returning: Option<Returning>,
}

/// `DELETE FROM source WHERE condition RETURNING returning`
#[derive(Clone, Debug, PartialEq)]
pub struct Delete {
    /// The table.
    pub source: Source,
    /// Which item, and what must hold of it.
    pub condition: Option<Condition>,
    /// Whether to return the item: it can only be ALL OLD.
    pub returning: Option<Returning>,
}

/// What a write returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returning {
    /// The whole item as it was.
    AllOld,
    /// What was changed of it, as it was.
    ModifiedOld,
    /// The whole item as it is now.
    AllNew,
    /// What was changed of it, as it is now.
    ModifiedNew,
}

impl Returning {
    /// As in a statement.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AllOld => "ALL OLD",
            Self::ModifiedOld => "MODIFIED OLD",
            Self::AllNew => "ALL NEW",
            Self::ModifiedNew => "MODIFIED NEW",
        }
    }
}

impl Statement {
    /// Reads a statement and gives its question marks their values. More values than question marks are taken.
    pub fn parse(text: &str, parameters: &[AttributeValue]) -> Result<Self, StatementFault> {
        let (syntax, question_marks) = statement::parse(text)?;
        if question_marks > parameters.len() {
            return Err(StatementFault::ParameterCount);
        }
        bind::bind(text, &syntax, parameters)
    }

    /// The table or index that it names.
    pub fn source(&self) -> &Source {
        match self {
            Self::Select(select) | Self::Exists(select) => &select.source,
            Self::Insert(insert) => &insert.source,
            Self::Update(update) => &update.source,
            Self::Delete(delete) => &delete.source,
        }
    }

    /// Whether it only reads.
    pub fn is_read(&self) -> bool {
        matches!(self, Self::Select(_))
    }
}
