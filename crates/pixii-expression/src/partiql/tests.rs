//! Statements, read and refused.
