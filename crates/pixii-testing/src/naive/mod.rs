//! A model of DynamoDB that is too simple to be wrong in the ways the engine could be: items in a map by key, no stored
//! indexes, no expressions as text, every answer worked out by looking at all there is.
//!
//! - **Invariant:** nothing here uses the engine's or the expressions' code, so that a mistake must be made twice to go
//!   unnoticed. Error texts are written out again for the same reason.

mod answer;
mod condition;
mod decimal;
mod path;
mod read;
mod schema;
mod statement;
mod table;
mod text;
mod transact;
mod update;
mod value;

pub use answer::{Expected, Fault, Reason, same};
pub use condition::{Condition, Operand};
pub use decimal::Decimal;
pub use path::{Element, Path, project};
pub use read::{Access, Page, ReadShape, SortPredicate};
pub use schema::{Index, KeyAttribute, Projection, Schema};
pub use statement::Statement;
pub use table::{Change, Key, Logged, ReturnValues, Table, Write};
pub use text::Text;
pub use transact::{Action, BatchGet, Model};
pub use update::{SetOperand, SetValue, Update, UpdateAction};
pub use value::{Item, Value, item_from_engine, item_from_json, item_json, item_size};
