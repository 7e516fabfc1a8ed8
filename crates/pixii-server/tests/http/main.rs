//! The wire rules of the front door, over real sockets and in raw bytes.
//!
//! The service behind it is a fake that answers by table name: what operations do is not the subject here.

mod client;
mod connections;
mod encodings;
mod fake;
mod hostile;
mod operators;
mod refusals;
