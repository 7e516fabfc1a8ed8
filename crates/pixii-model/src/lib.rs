//! What the DynamoDB API says: its shapes, their rules and their wire form. No I/O, no clock, no storage.
//!
//! - [`AttributeValue`], [`Number`], [`Item`] and [`EncodedItem`] are the data.
//! - [`operation`] has one file per operation: what goes in, what comes out, what may be wrong with it.
//! - [`wire`] turns JSON into inputs and outputs into JSON; nothing else in the workspace knows JSON's shape.
//! - [`error`] has every error a client can see; `error/message.rs` is the only file with AWS's sentences.

pub mod admin;
pub mod attribute_value;
pub mod capacity;
pub mod context;
pub mod date;
pub mod encoded;
pub mod error;
pub mod item;
pub mod legacy;
pub mod limits;
pub mod number;
pub mod operation;
pub mod scaling;
pub mod stream;
pub mod table;
pub mod tally;
pub mod wire;

pub use attribute_value::{AttributeType, AttributeValue};
pub use context::RequestContext;
pub use encoded::{EncodedItem, EncodedValue, OutputItem};
pub use error::ApiError;
pub use item::Item;
pub use number::Number;
