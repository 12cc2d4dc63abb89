//! The networks: what they have in common, which kinds there are, how they are defined and stored.
//!
//! | items | what they are |
//! |---|---|
//! | [`Network`], [`Engine`], [`GraphBatch`], [`Request`], [`Outputs`] | the contract: a batch of graphs in, numbers for each atom and edge gradients out |
//! | [`Facts`], [`Record`] | what a model is and what it was fitted to; programs ask these, not the name of a kind |
//! | [`collect_edges`], [`EdgeGradient`] | from edge gradients to forces and virial, the one place |
//! | [`load`], [`register`], [`Kind`], [`Container`] | the list of kinds, and the file of a model |
//! | [`ModelFile`], [`ShippedModel`] | where the bytes of a model are: on disk, or in the program |
//! | [`Model`], [`CormorantConfig`], [`Composition`] | the `cormorant` network: file, sizes, definition on candle |
//! | [`PropertyModel`], [`Head`] | the same network with a head for a molecular property |
//! | [`AtomModel`], [`AtomTarget`] | the same network with a readout of values of atoms |
//! | [`OriginalModel`], [`OriginalNetwork`] | the network of 2019 |
//! | [`CandleModel`], [`FusedNetwork`] | the fused kernels as a candle module, with forces from autograd |
//! | [`Envelope`], [`Ranges`], [`Certificate`] | what a model records of its training frames and of its trials |
//!
//! A new kind implements [`Network`] and [`Engine`] and is added with one line of the list, or with [`register`] from a
//! program that uses this crate: `examples/own_network_kind.rs` is such a program.
//!
//! # Example
//! A model is read, made ready, and evaluated for a molecule:
//!
//! ```
//! use std::path::Path;
//!
//! use cormorant_core::system::{Element, NeighborList, System};
//! use cormorant_network::{Backend, GraphBatch, Outputs, Precision, Request, load};
//!
//! # fn main() -> cormorant_core::Result<()> {
//! let network = load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/ethanol"))?;
//! let facts = network.facts()?;
//! let mut engine = network.engine(&Backend::Processor, Precision::F64)?;
//!
//! let elements = ["O", "H"].map(Element::from_symbol).into_iter().collect::<Result<Vec<_>, _>>()?;
//! let fragment = System::new(elements, vec![[0.0; 3], [0.97, 0.0, 0.0]], None)?;
//! let mut list = NeighborList::new(facts.cutoff.unwrap_or(f64::INFINITY), 0.0);
//! let neighbors = list.update(&fragment)?;
//! let batch = GraphBatch {
//!     species: &facts.scaling().species(&fragment.elements)?,
//!     offsets: &neighbors.offsets,
//!     senders: &neighbors.senders,
//!     vectors: &neighbors.vectors,
//!     ..GraphBatch::default()
//! };
//! let mut outputs = Outputs::default();
//! engine.evaluate(&batch, Request { gradient: true, parallel: false }, &mut outputs)?;
//! assert_eq!((outputs.scalars.len(), outputs.gradient.len()), (2, 2)); // one for each atom, one for each directed edge
//! # Ok(())
//! # }
//! ```

mod atom_errors;
mod atom_shape;
mod atom_target;
mod atoms;
mod candle_model;
mod certificate;
mod committee_folder;
mod composition;
mod config;
mod container;
mod element_list;
mod engine;
mod envelope;
mod errors;
mod file;
mod fitting;
mod fused;
mod graphics;
mod head;
mod header;
mod kind;
mod kinds;
mod model_file;
mod moments;
mod network;
mod new_cormorant;
mod new_network;
mod original;
mod other_elements;
mod property;
mod readme;
mod records;
mod scaling;
mod seen;
mod seen_bonding;
mod shipped;
mod stored;

pub use atom_errors::AtomErrors;
pub use atom_shape::AtomShape;
pub use atom_target::AtomTarget;
pub use atoms::{AtomHeader, AtomModel};
pub use candle_model::CandleModel;
pub use certificate::{BondTrial, Certificate, ChargeTrial, HeatTrial, PairTrial, TrialPart};
pub use committee_folder::CommitteeFolder;
pub use composition::Composition;
pub use config::{CormorantConfig, DEFAULT_SMEARING, MOST_COLUMNS};
pub use container::{Container, FILE, Place};
pub use envelope::{ElementEnvelope, Envelope};
pub use errors::{ErrorRecord, QuantityErrors};
pub use file::Model;
pub use fitting::{
    Differentiable, DifferentiableCormorant, Doubles, EdgeLengths, ParameterBlock, Parameters, PreparedNetwork,
    ReadoutPlaces, Readouts, Trainable, TrainableNetwork, Worker, initial_weights,
};
pub use fused::{Edges, FusedNetwork};
pub use graphics::graphics_processors;
pub use head::Head;
pub use header::{FORMAT_VERSION, Header};
pub use kind::ModelKind;
pub use kinds::{Kind, as_read, kind, kind_names, load, register, require_shipped, require_shipped_kind};
pub use model_file::ModelFile;
pub use moments::Moments;
pub use network::all_pairs;
pub use network::{
    Backend, DomainMut, EdgeGradient, Engine, EngineOptions, Facts, GraphBatch, Moved, MovingGraph, MovingOutputs,
    Network, Outputs, Precision, Record, RecordMut, Request, collect_edges, join_remarks,
};
pub use new_network::{NewKind, NewNetwork};
pub use original::{
    DifferentiableOriginal, KIND as ORIGINAL_KIND, OriginalConfig, OriginalHarmonics, OriginalHeader, OriginalInput,
    OriginalModel, OriginalNetwork, OriginalOutput, initial_weights as original_initial_weights,
};
pub use other_elements::{for_elements, most_like};
pub use property::{PropertyHeader, PropertyModel};
pub use readme::readme;
pub use records::{DataRecord, FileRecord, FitRecord, TheoryRecord, UnlistedPart};
pub use scaling::Scaling;
pub use seen::{Example, Ranges, SeenBond};
pub use seen_bonding::{SeenBonding, UnusualBonding};
pub use shipped::ShippedModel;
pub use stored::{NetworkHeader, StoredNetwork};
