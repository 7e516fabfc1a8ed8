//! What holds of every number, every item and every body, tried on generated ones.

mod any;
mod bodies;
mod items;
mod numbers;
