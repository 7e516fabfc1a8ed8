//! pixii-expression
