//! Auto scaling: keeps what is provisioned near what is consumed, within bounds.
//!
//! ```text
//!  requests --> change.rs ----------> records of targets, activities      (in the store)
//!                   ^                     |
//!  meters --> task::scaling --> advance.rs (pure: schedule.rs, tracking.rs)
//!                   |                     |
//!                   +--- UpdateTable's own code <--- what is to be provisioned
//! ```
//!
//! A scalable target is the reads or the writes of a table or of a global index. All that is known of one is one
//! [`TargetRecord`]: its bounds, its policy, its scheduled actions, what was consumed of late, and the change that is under way.
//! So each decision is one transaction: whatever several processes and restarts do, a period is judged once.
//!
//! - Every period (a minute) each process adds what was consumed through it to the records of targets with a policy.
//! - Two periods in a row above the target scale out, fifteen well below it scale in (`tracking`).
//! - A decision is first written down as a change under way, with its activity. Then the table is changed as UpdateTable would
//!   change it, and once it is ACTIVE again the activity is over. Whoever finds a change under way takes it further.
//! - A target that is told new bounds is brought within them once, without a policy, too.
//!
//! As on AWS, a target outlives its table, and then does nothing.

pub mod activity;
mod advance;
mod change;
pub mod page;
mod record;
mod schedule;
mod tracking;

pub use activity::ActivityRecord;
pub(crate) use advance::{Advance, advance, finish, provisioned};
pub(crate) use change::{Found, TargetChange};
pub use record::{ActionRecord, Pending, PolicyRecord, Suspended, TargetRecord};
pub use schedule::Schedule;
pub use tracking::{Point, Tracking};
