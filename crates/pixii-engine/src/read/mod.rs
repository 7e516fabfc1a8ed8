//! The read path: a pure plan, a cursor over stored entries, and pages that close by AWS's rules.

pub mod marks;
pub mod output;
pub mod page;
pub mod plan;
mod rows;
mod start_key;

pub(crate) use rows::rows;
