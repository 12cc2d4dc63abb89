//! What an engine gives for a graph that it keeps while its atoms move, a [`MovingGraph`].

pub use cormorant_kernels::network::MovingGraph;

/// In units of the network's output.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MovingOutputs {
    /// Energy of each atom, `[atoms]`.
    pub scalars: Vec<f64>,
    /// Minus the gradient of their sum with respect to each position, per Å, `[atoms]`.
    pub forces: Vec<[f64; 3]>,
    /// Minus its gradient with respect to a strain, where it was asked for.
    pub virial: Option<[[f64; 3]; 3]>,
}

/// What became of a request for such a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// The outputs are there.
    Evaluated,
    /// A pair is nearer than its limit: the outputs mean nothing.
    TooClose,
    /// The engine keeps no graphs.
    Unknown,
}
