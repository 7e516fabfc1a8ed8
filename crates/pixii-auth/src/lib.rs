//! pixii-auth
