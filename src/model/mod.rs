//! The networks, on candle.

mod certificate;
mod composition;
mod config;
mod envelope;
mod file;
mod fused;
mod header;
mod readme;
mod scaling;
mod seen;

pub use certificate::{Certificate, HeatTrial, PairTrial};
pub use composition::Composition;
pub use config::CormorantConfig;
pub use envelope::{ElementEnvelope, Envelope};
pub use file::{FILE, Model};
pub use fused::{Edges, FusedNetwork};
pub use header::{DataRecord, ErrorRecord, FORMAT_VERSION, FitRecord, Header};
pub use readme::readme;
pub use scaling::Scaling;
pub use seen::{Example, Ranges};
