//! DynamoDB's semantics over any Store.
//!
//! - **Invariant:** the engine sees `impl Store`, no disk; Rust values, no JSON and no HTTP.
//! - **Invariant:** only [`keyspace`] makes key bytes.
//! - **Invariant:** every write goes through [`write::decide()`], whatever front door or task it came from.
//! - **Invariant:** time and chance come through [`Env`].

mod admin;
pub mod audit;
mod calendar;
pub mod capacity;
pub mod catalog;
pub mod change_log;
pub mod engine;
pub mod env;
pub mod index;
mod join;
pub mod key_check;
pub mod keyspace;
pub mod operation;
pub mod partition;
pub mod read;
pub mod scaling;
pub mod statement;
pub mod statistics;
pub mod stored;
pub mod stream;
pub mod table;
pub mod task;
pub mod throughput;
pub mod ttl;
pub mod write;

pub use engine::{Engine, Settings};
pub use env::Env;
