//! Update expressions: what to set, remove, add and delete in an item.

use crate::path::DocumentPath;
use crate::placeholder::Placeholders;
use crate::projection::Projection;
use pixii_model::error::ExpressionError;
use pixii_model::{AttributeValue, Item};

/// A change of one item: actions that all read the item as it was before.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    actions: Vec<UpdateAction>,
}

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub enum UpdateAction {
    /// `SET path = value`
    Set(DocumentPath, SetValue),
    /// `REMOVE path`
    Remove(DocumentPath),
    /// `ADD path value`: to a number, or elements to a set.
    Add(DocumentPath, AttributeValue),
    /// `DELETE path value`: elements from a set.
    Delete(DocumentPath, AttributeValue),
}

/// The right side of a SET.
#[derive(Clone, Debug, PartialEq)]
pub enum SetValue {
    /// The operand itself.
    Operand(SetOperand),
    /// `left + right`
    Plus(SetOperand, SetOperand),
    /// `left - right`
    Minus(SetOperand, SetOperand),
}

/// What a SET reads.
#[derive(Clone, Debug, PartialEq)]
pub enum SetOperand {
    /// The value at a path, which must be there.
    Path(DocumentPath),
    /// A literal.
    Value(AttributeValue),
    /// `if_not_exists(path, operand)`
    IfNotExists(DocumentPath, Box<SetOperand>),
    /// `list_append(first, second)`
    ListAppend(Box<SetOperand>, Box<SetOperand>),
}

impl Update {
    /// Reads an UpdateExpression.
    pub fn parse(text: &str, placeholders: &mut Placeholders<'_>) -> Result<Self, ExpressionError> {
        let _ = (text, placeholders);
        unimplemented!("the parser is being written")
    }

    /// The actions as one update. Refuses paths that clash.
    pub fn new(actions: Vec<UpdateAction>) -> Result<Self, ExpressionError> {
        Ok(Self { actions })
    }

    /// The actions, in order of appearance.
    pub fn actions(&self) -> &[UpdateAction] {
        &self.actions
    }

    /// The item as it is after the update; without an item before, one is made from its key.
    pub fn apply(&self, before: Option<&Item>, key: &Item) -> Result<Item, ExpressionError> {
        let _ = (before, key);
        unimplemented!("the update is being written")
    }

    /// The paths it writes, nested ones too.
    pub fn paths(&self) -> impl Iterator<Item = &DocumentPath> {
        self.actions.iter().map(UpdateAction::path)
    }

    /// The top-level attributes it writes.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        self.paths().map(|path| path.attribute.as_str())
    }

    /// What UPDATED_OLD and UPDATED_NEW return of the item before and after: the written paths, and nothing else.
    pub fn touched(&self) -> Projection {
        Projection::new(self.paths().cloned().collect())
    }
}

impl UpdateAction {
    /// The path it writes.
    pub fn path(&self) -> &DocumentPath {
        match self {
            Self::Set(path, _) | Self::Remove(path) | Self::Add(path, _) | Self::Delete(path, _) => path,
        }
    }
}
