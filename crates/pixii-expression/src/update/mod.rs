//! Update expressions: what to set, remove, add and delete in an item.

mod apply;
mod bind;
mod operand;
mod syntax;
#[cfg(test)]
mod tests;

use crate::path::{self, DocumentPath};
use crate::placeholder::Placeholders;
use crate::projection::Projection;
use pixii_model::error::{ExpressionError, ExpressionFault, ExpressionKind};
use pixii_model::{AttributeValue, Item};

pub(crate) use bind::is_function;

/// A change of one item: actions that all read the item as it was before.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    actions: Vec<UpdateAction>,
    /// Whether it comes from AttributeUpdates, which tells mismatched types otherwise.
    legacy: bool,
}

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub enum UpdateAction {
    /// `SET path = value`
    Set(DocumentPath, SetValue),
    /// `REMOVE path`
    Remove(DocumentPath),
    /// `ADD path value`: to a number, or elements to a set. From AttributeUpdates also elements to a list.
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
        syntax::parse(text).and_then(|syntax| bind::bind(&syntax, placeholders)).map_err(error)
    }

    /// Actions made without text, as one update. Refuses paths that clash.
    pub fn new(actions: Vec<UpdateAction>) -> Result<Self, ExpressionError> {
        path::check_clashes(actions.iter().map(UpdateAction::path)).map_err(error)?;
        Ok(Self::from_checked(actions))
    }

    /// Actions whose paths do not clash.
    fn from_checked(actions: Vec<UpdateAction>) -> Self {
        Self { actions, legacy: false }
    }

    /// Actions made from AttributeUpdates: on top-level attributes, each at most once.
    pub(crate) fn legacy(actions: Vec<UpdateAction>) -> Self {
        Self { actions, legacy: true }
    }

    /// The actions, in order of appearance.
    pub fn actions(&self) -> &[UpdateAction] {
        &self.actions
    }

    /// The item as it is after the update; without an item before, one is made from its key.
    ///
    /// Whether the item has become too large, its key changed, or there is to be an item at all
    /// ([`Update::creates_item`]), is for the caller to see.
    pub fn apply(&self, before: Option<&Item>, key: &Item) -> Result<Item, ExpressionError> {
        self.apply_to(before.cloned(), key)
    }

    /// The same, for those who need the item before no more.
    pub fn apply_to(&self, before: Option<Item>, key: &Item) -> Result<Item, ExpressionError> {
        apply::apply(self, before, key).map_err(error)
    }

    /// How many operators and functions it has, as AWS counts them.
    pub fn operators(&self) -> usize {
        self.actions.iter().map(UpdateAction::operators).sum()
    }

    /// Whether it makes an item where there is none. An update that only takes away does not; one without actions does.
    pub fn creates_item(&self) -> bool {
        self.actions.is_empty() || self.actions.iter().any(UpdateAction::gives_value)
    }

    /// The paths it writes, nested ones too.
    pub fn paths(&self) -> impl Iterator<Item = &DocumentPath> {
        self.actions.iter().map(UpdateAction::path)
    }

    /// The paths that its operands read.
    pub fn operand_paths(&self) -> Vec<&DocumentPath> {
        let mut paths = Vec::new();
        for action in &self.actions {
            action.collect_operand_paths(&mut paths);
        }
        paths
    }

    /// What UPDATED_OLD and UPDATED_NEW return of the item before and of the item after.
    ///
    /// AWS looks at the written paths as they were written, also in the item after: what was appended past a list's end is
    /// not among it, and where an element was removed stands the next one.
    pub fn touched(&self) -> Projection {
        Projection::new(self.paths().cloned().collect())
    }

    /// The top-level attributes it writes, possibly with repeats.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        self.paths().map(|path| path.attribute.as_str())
    }
}

impl UpdateAction {
    /// The path it writes.
    pub fn path(&self) -> &DocumentPath {
        match self {
            Self::Set(path, _) | Self::Remove(path) | Self::Add(path, _) | Self::Delete(path, _) => path,
        }
    }

    /// Whether it gives a value to what has none, rather than only taking away.
    pub(super) fn gives_value(&self) -> bool {
        matches!(self, Self::Set(..) | Self::Add(..))
    }
}

fn error(fault: ExpressionFault) -> ExpressionError {
    ExpressionError { kind: ExpressionKind::Update, fault }
}
