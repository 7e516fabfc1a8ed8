//! The wire form: JSON 1.0 in, JSON 1.0 out, and the code and status of every error.
//!
//! - [`json`] is a request body as a tree that borrows from the bytes as they came.
//! - [`decode`] takes that tree apart into inputs, gathering what violates constraints.
//! - [`primitive`] has strings, numbers, lists and maps; [`description`] lets shapes tell what they read.
//! - [`rule`] says what those constraints are; [`attribute_value`] decodes and encodes values.
//! - [`encode`] writes outputs, `stored` the items in them from their stored bytes; [`fault`] gives errors their code, status and body.
//!
//! A request passes, in AWS's order: JSON syntax ([`json::parse`]), types, constraints, checks on the request alone
//! ([`decode::decode_input`]). Behind that, a malformed request cannot exist.

pub mod attribute_value;
pub mod decode;
pub mod description;
pub mod encode;
pub mod fault;
pub mod json;
pub mod primitive;
pub mod rule;
mod stored;

pub use crate::error::serialization::JsonKind;
pub use decode::{Decode, Decoder, Deferred, Input, Structure, decode_input};
pub use encode::{Encode, JsonWriter, ObjectWriter, Timestamp};
pub use json::Json;
pub use rule::Rule;
