//! pixii-engine
