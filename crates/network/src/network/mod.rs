//! The contract that every network fulfils, whatever its kind.
//!
//! ```text
//! Network (facts, engine) ── Engine: GraphBatch + Request ─→ Outputs ── collect_edges ─→ forces, virial
//! ```
//!
//! A potential, a halo of a larger simulation, a prediction and a candle module all call the same [`Engine`], on plain slices.

mod all_pairs;
mod batch;
mod contract;
mod edges;
mod facts;
mod idle;
mod moving;
mod outputs;
mod record;

pub use all_pairs::all_pairs;
pub use batch::GraphBatch;
pub use contract::{Backend, Engine, EngineOptions, Network, Precision};
pub use edges::{EdgeGradient, collect_edges};
pub use facts::{Facts, join_remarks};
pub(super) use idle::Idle;
pub use moving::{Moved, MovingGraph, MovingOutputs};
pub use outputs::{Outputs, Request};
pub use record::{DomainMut, Record, RecordMut};
