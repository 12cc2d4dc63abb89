//! What an engine computes.

/// What a caller needs of an evaluation beside the scalars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Request {
    /// The gradient with respect to the edge vectors.
    pub gradient: bool,
    /// Whether all threads of the current rayon pool may share one frame. The result does not depend on it.
    pub parallel: bool,
}

/// What a network gives for a batch, in units of its output ([`Facts::scale`](super::Facts::scale)); reused from call to call.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outputs {
    /// One number for each atom, `[atoms]`; one for each frame, `[frames]`, where the network does not divide its number
    /// among the atoms ([`Facts::head`](super::Facts::head)).
    pub scalars: Vec<f64>,
    /// The multipole of each atom, `[atoms][components]`; empty where the network gives none.
    pub multipoles: Vec<f64>,
    /// Gradient of the sum of the scalars that count with respect to each edge vector, per Å, `[edges]`; empty where it was not
    /// asked for.
    pub gradient: Vec<[f64; 3]>,
}
