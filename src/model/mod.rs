//! The networks, on candle.

mod composition;
mod config;
mod file;
mod fused;
mod header;
mod readme;
mod scaling;

pub use composition::Composition;
pub use config::CormorantConfig;
pub use file::{FILE, Model};
pub use fused::{Edges, FusedNetwork};
pub use header::{DataRecord, ErrorRecord, FORMAT_VERSION, FitRecord, Header};
pub use readme::readme;
pub use scaling::Scaling;
