//! PartiQL statements onto the paths that the other operations take: a SELECT becomes a [`Plan`](crate::read::plan::Plan), a
//! write an [`WriteIntent`](crate::write::WriteIntent). All of it is pure.
//!
//! - [`key_terms`] finds in a WHERE clause which keys it names.
//! - [`select`] plans reads; [`write`](mod@write) makes intents; [`next_token`] goes on where a page ended.
//!
//! - **Invariant:** which keys a WHERE clause names only says where to look. Whether it holds of an item is decided by the
//!   whole clause, as of any other condition.

pub mod key_terms;
pub mod next_token;
pub mod select;
pub mod write;
