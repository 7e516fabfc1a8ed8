//! DynamoDB's semantics over any Store.
//!
//! - **Invariant:** the engine sees `impl Store`, no disk; Rust values, no JSON and no HTTP.
//! - **Invariant:** only [`keyspace`] makes key bytes.
//! - **Invariant:** every write goes through [`write::decide`], whatever front door or task it came from.
//! - **Invariant:** time and chance come through [`Env`].

pub mod env;
pub mod keyspace;
pub mod table;

pub use env::Env;
