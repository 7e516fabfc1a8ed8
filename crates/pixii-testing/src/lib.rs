//! pixii-testing
