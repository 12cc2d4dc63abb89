//! Many simulations side by side: independent ones, and ones that exchange their configurations.

mod exchange;
mod ladder;
mod log;
mod run;
mod state;
mod summary;

pub use exchange::{Exchange, accepts};
pub use ladder::Ladder;
pub use run::{Replica, Replicas};
pub use summary::ReplicaSummary;
