//! What Pixii's tests of the whole are made of.
//!
//! - [`world`]: an engine over any Store, with a clock and chance that a seed decides.
//! - [`golden`]: requests and the answers they must get, as text (ring 2).
//! - [`naive`]: a model of DynamoDB too simple to be wrong in the same ways as the engine, [`generate`] for requests, and
//!   [`workload`], which sends them to both (ring 3). [`audit`] holds what is stored against the model.
//! - [`consumer`]: a reader of streams, which holds them to their promises.
//! - [`history`]: what happened when many asked at once, and whether one order explains it.

pub mod audit;
pub mod clock;
pub mod consumer;
pub mod generate;
pub mod golden;
pub mod history;
pub mod naive;
pub mod workload;
pub mod world;
