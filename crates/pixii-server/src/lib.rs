//! pixii-server
