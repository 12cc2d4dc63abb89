//! The networks, on candle.

mod composition;
mod config;
mod scaling;

pub use composition::Composition;
pub use config::CormorantConfig;
pub use scaling::Scaling;
