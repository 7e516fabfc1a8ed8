//! pixii-model
