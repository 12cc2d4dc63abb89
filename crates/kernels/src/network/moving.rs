//! A graph that stays while its atoms move.

use crate::topology::Topology;

/// Edges that may come within the cutoff before the graph changes, and where their atoms are now.
#[derive(Clone, Copy)]
pub struct MovingGraph<'a> {
    /// Atoms and edges, each with its reverse; edges beyond the cutoff do no harm.
    pub topology: Topology<'a>,
    /// Number of the reverse of each edge, `[edges]`.
    pub reversed: &'a [u32],
    /// Number of the shift of each edge among `shifts`, `[edges]`.
    pub shift_of: &'a [u32],
    /// S·H of the shifts in Å: what is added to r_j − r_i.
    pub shifts: &'a [[f64; 3]],
    /// Where the atoms are, in Å, `[atoms]`.
    pub positions: &'a [[f64; 3]],
    /// Square of the distance of each pair of elements below which the network must not be asked, in Å², `[species][species]`; 0 for none.
    pub limits: &'a [f32],
    /// Changes when anything but positions and shifts does.
    pub generation: u64,
}
