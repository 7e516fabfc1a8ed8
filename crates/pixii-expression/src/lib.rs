//! Expressions: text to bound syntax tree to value. Knows attribute values and items, knows no tables.
//!
//! Each kind of expression is a tree of plain values with public constructors. Text is one way to get a tree
//! ([`Condition::parse`] and its like, which bind placeholders at once); [`legacy`] parameters, PartiQL and DAX build the
//! same trees without text. [`Placeholders`] is shared by all expressions of a request and knows at the end which of its
//! names and values nothing used.
//!
//! ```text
//! text --lexer--> tokens --parse--> syntax tree --bind (names, values, operands)--> Condition, Update, ... --> value
//! ```
//!
//! - **Invariant:** a tree's depth is bounded by [`limits::EXPRESSION_OPERATORS_MAX`](pixii_model::limits), so walking one
//!   and dropping one may recurse. Reading text may not, and uses a stack of its own; or, in [`partiql`], counts how deep it is.
//! - **Invariant:** evaluation never fails for a condition: operands that cannot be compared make it false.
//! - Trees read items through [`AttributeSource`], so that a filter looks at stored bytes without decoding the item.

pub mod attribute_source;
mod compare;
pub mod condition;
pub mod key_condition;
pub mod legacy;
mod lexer;
pub mod partiql;
pub mod path;
mod path_syntax;
pub mod placeholder;
pub mod projection;
mod reserved;
#[cfg(test)]
mod sample;
pub mod update;

pub use attribute_source::{AttributeSource, ValueRef};
pub use condition::{Comparator, Condition, Operand};
pub use key_condition::{KeyAttribute, KeyCondition, KeyPredicate, KeySelection};
pub use path::{DocumentPath, PathElement};
pub use pixii_model::error::{
    ExpressionError, ExpressionFault, ExpressionKind, LegacyFault, PlaceholderFault,
};
pub use placeholder::Placeholders;
pub use projection::Projection;
pub use reserved::is_reserved;
pub use update::{SetOperand, SetValue, Update, UpdateAction};
