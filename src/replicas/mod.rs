//! Many simulations side by side: independent ones, and ones that exchange their configurations.

mod exchange;
mod ladder;
mod log;
mod replicas;
mod state;
mod summary;

pub use exchange::{Exchange, accepts};
pub use ladder::Ladder;
pub use replicas::{Replica, Replicas};
pub use summary::ReplicaSummary;
