//! Condition and filter expressions: a tree of comparisons and functions that an item meets or does not.

mod bind;
mod evaluate;
mod operand;
mod syntax;
#[cfg(test)]
mod tests;

use crate::path::DocumentPath;
use crate::placeholder::Placeholders;
use pixii_model::error::{ExpressionError, ExpressionKind};
use pixii_model::{AttributeType, AttributeValue};

pub(crate) use bind::is_function;

/// A condition on one item.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// All hold.
    And(Vec<Condition>),
    /// One holds.
    Or(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// `left = right` and its like.
    Compare {
        /// How.
        comparator: Comparator,
        /// What.
        left: Operand,
        /// With what.
        right: Operand,
    },
    /// `operand BETWEEN low AND high`.
    Between {
        /// What.
        operand: Operand,
        /// The lower bound, included.
        low: Operand,
        /// The upper bound, included.
        high: Operand,
    },
    /// `operand IN (list)`.
    In {
        /// What.
        operand: Operand,
        /// What it may equal.
        list: Vec<Operand>,
    },
    /// `attribute_exists(path)`.
    AttributeExists(DocumentPath),
    /// `attribute_not_exists(path)`.
    AttributeNotExists(DocumentPath),
    /// `attribute_type(operand, type)`.
    AttributeType(Operand, AttributeType),
    /// `begins_with(operand, prefix)`.
    BeginsWith(Operand, Operand),
    /// `contains(operand, element)`.
    Contains(Operand, Operand),
}

/// What conditions compare.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// The value at a path, if there is one.
    Path(DocumentPath),
    /// A literal.
    Value(AttributeValue),
    /// `size(operand)`.
    Size(Box<Operand>),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparator {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Condition {
    /// Reads a condition; `kind` is what AWS calls it in its errors.
    pub fn parse(
        text: &str,
        placeholders: &mut Placeholders<'_>,
        kind: ExpressionKind,
    ) -> Result<Self, ExpressionError> {
        syntax::parse(text)
            .and_then(|syntax| bind::bind(&syntax, placeholders))
            .map_err(|fault| ExpressionError { kind, fault })
    }

    /// The paths it reads, from left to right; an engine refuses filters on key attributes by them.
    pub fn paths(&self) -> Vec<&DocumentPath> {
        let mut paths = Vec::new();
        self.collect_paths(&mut paths);
        paths
    }

    /// The top-level attributes it reads, from left to right, possibly with repeats.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        self.paths().into_iter().map(|path| path.attribute.as_str())
    }

    /// How many operators and functions it has, as AWS counts them. Text is held to
    /// [`EXPRESSION_OPERATORS_MAX`](pixii_model::limits::EXPRESSION_OPERATORS_MAX) before there is a tree; who builds one
    /// otherwise holds it to a depth, and asks here.
    pub fn operators(&self) -> usize {
        match self {
            Self::And(conditions) | Self::Or(conditions) => {
                conditions.len().saturating_sub(1) + conditions.iter().map(Self::operators).sum::<usize>()
            }
            Self::Not(condition) => 1 + condition.operators(),
            Self::Compare { left, right, .. } => 1 + left.operators() + right.operators(),
            Self::Between { operand, low, high } => {
                1 + operand.operators() + low.operators() + high.operators()
            }
            Self::In { operand, list } => {
                1 + operand.operators() + list.iter().map(Operand::operators).sum::<usize>()
            }
            Self::AttributeExists(_) | Self::AttributeNotExists(_) => 1,
            Self::AttributeType(operand, _) => 1 + operand.operators(),
            Self::BeginsWith(operand, other) | Self::Contains(operand, other) => {
                1 + operand.operators() + other.operators()
            }
        }
    }

    fn collect_paths<'a>(&'a self, paths: &mut Vec<&'a DocumentPath>) {
        match self {
            Self::And(conditions) | Self::Or(conditions) => {
                conditions.iter().for_each(|condition| condition.collect_paths(paths));
            }
            Self::Not(condition) => condition.collect_paths(paths),
            Self::Compare { left, right, .. } => {
                paths.extend([left, right].into_iter().filter_map(Operand::path))
            }
            Self::Between { operand, low, high } => {
                paths.extend([operand, low, high].into_iter().filter_map(Operand::path));
            }
            Self::In { operand, list } => {
                paths.extend(std::iter::once(operand).chain(list).filter_map(Operand::path));
            }
            Self::AttributeExists(path) | Self::AttributeNotExists(path) => paths.push(path),
            Self::AttributeType(operand, _) => paths.extend(operand.path()),
            Self::BeginsWith(operand, other) | Self::Contains(operand, other) => {
                paths.extend([operand, other].into_iter().filter_map(Operand::path));
            }
        }
    }
}
