//! Distances that are kept.

/// A distance between two atoms that is kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bond {
    /// The two atoms i and j, counted from 0.
    pub atoms: [usize; 2],
    /// Image of j that is meant, in whole cells: the vector is r_j − r_i + S·H.
    pub shift: [i32; 3],
    /// The distance in Å.
    pub length: f64,
}
