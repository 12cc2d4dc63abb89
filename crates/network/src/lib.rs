//! The networks, on candle.

mod candle_model;
mod certificate;
mod composition;
mod config;
mod container;
mod engine;
mod envelope;
mod errors;
mod file;
mod fitting;
mod fused;
mod head;
mod header;
mod kind;
mod kinds;
mod new_network;
mod network;
mod original;
mod property;
mod readme;
mod scaling;
mod seen;
mod stored;

pub use candle_model::CandleModel;
pub use certificate::{BondTrial, Certificate, HeatTrial, PairTrial, TrialPart};
pub use composition::Composition;
pub use config::CormorantConfig;
pub use container::{Container, FILE, Place};
pub use envelope::{ElementEnvelope, Envelope};
pub use file::Model;
pub use fitting::{
    Differentiable, DifferentiableCormorant, Doubles, EdgeLengths, ParameterBlock, Parameters, PreparedNetwork, Trainable,
    TrainableNetwork, Worker, initial_weights,
};
pub use fused::{Edges, FusedNetwork};
pub use head::Head;
pub use errors::{ErrorRecord, QuantityErrors};
pub use header::{DataRecord, FORMAT_VERSION, FileRecord, FitRecord, Header};
pub use kind::ModelKind;
pub use kinds::{Kind, as_read, kind, load, register, require_shipped};
pub use new_network::{NewKind, NewNetwork};
pub use network::all_pairs;
pub use network::{
    Backend, DomainMut, EdgeGradient, Engine, Facts, GraphBatch, Network, Outputs, Precision, Record, RecordMut, Request,
    collect_edges,
};
pub use original::{
    DifferentiableOriginal, KIND as ORIGINAL_KIND, OriginalConfig, OriginalHarmonics, OriginalHeader, OriginalInput, OriginalModel,
    OriginalNetwork, OriginalOutput, initial_weights as original_initial_weights,
};
pub use property::{PropertyHeader, PropertyModel};
pub use readme::readme;
pub use scaling::Scaling;
pub use seen::{Example, Ranges, SeenBond};
pub use stored::{NetworkHeader, StoredNetwork};
