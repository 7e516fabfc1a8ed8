//! The write path: every write, whatever it came from, reads, decides and applies here.
//!
//! ```text
//! WriteIntent -> transact: begin (keys named) -> read -> decide (pure) -> apply -> commit, again on conflict
//! ```

pub mod decide;
pub mod intent;
mod reserved;
pub mod token;
pub mod transact;
pub mod write_set;

pub use decide::{Origin, WriteRefused, decide};
pub use intent::{Change, WriteIntent};
pub use token::TokenRequest;
pub use transact::{Failure, Outcome, Planned, Refusal, Terms, transact};
pub use write_set::WriteSet;
