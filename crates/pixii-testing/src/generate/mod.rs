//! Requests, tables and values by the roll of seeded dice: small pools, so that requests meet, with odd values in them.

mod condition;
mod dice;
mod read;
mod request;
mod schema;
mod twin;
mod update;
mod value;

pub use dice::Dice;
pub use read::{KeyQuery, Reading, StartKey, shape};
pub use request::{Kind, Request};
pub use schema::{global_index, schema};
pub use twin::Twin;
pub use value::{EXPIRES, key_value, random_item, random_key};
