//! Who is asking, and may they: Signature Version 4 today, policies with the security work.
//!
//! Front doors call [`sigv4::verify`] with what a request says of itself and get a [`Principal`], or the fault that
//! AWS answers. No sockets and no HTTP types here, so that every front door can use it.

pub mod credential;
pub mod sigv4;

pub use credential::{Credentials, Principal};
