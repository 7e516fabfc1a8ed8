//! Tables, indexes and tags that cannot be.

/// What is wrong with a request about tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableFault {}
