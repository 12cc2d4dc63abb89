//! The networks, on candle.

mod composition;
mod config;

pub use composition::Composition;
pub use config::CormorantConfig;
