//! Statements as a client sees them: where one ends, what it is about, and where in it something is wrong.

pub mod anatomy;
pub mod pointer;
pub mod split;
pub mod token;
