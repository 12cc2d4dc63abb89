//! A graph that an engine keeps while its atoms move.

/// Edges that may come within the cutoff before the graph changes, and where their atoms are now. Each edge has its reverse.
#[derive(Debug, Clone, Copy)]
pub struct MovingGraph<'a> {
    /// Index of the element of each atom among those of the network, `[atoms]`.
    pub species: &'a [u32],
    /// First edge of each receiving atom, `[atoms + 1]`.
    pub offsets: &'a [usize],
    /// Sending atom of each edge, `[edges]`.
    pub senders: &'a [u32],
    /// Number of the reverse of each edge, `[edges]`.
    pub reversed: &'a [u32],
    /// Number of the shift of each edge among `shifts`, `[edges]`.
    pub shift_of: &'a [u32],
    /// What is added to r_j − r_i, in Å.
    pub shifts: &'a [[f64; 3]],
    /// Where the atoms are, in Å, `[atoms]`.
    pub positions: &'a [[f64; 3]],
    /// Square of the distance of each pair of elements below which the network must not be asked, in Å², `[species][species]`; 0 for none.
    pub limits: &'a [f32],
    /// Changes when anything but positions and shifts does.
    pub generation: u64,
}

/// What an engine gives for such a graph, in units of the network's output.
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
