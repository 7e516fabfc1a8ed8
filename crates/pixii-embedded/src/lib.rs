//! pixii-embedded
