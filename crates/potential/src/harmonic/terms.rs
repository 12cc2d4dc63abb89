//! What a spring can hold.

/// A spring between two atoms: ½ k (r − r₀)².
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bond {
    /// The two atoms.
    pub atoms: [usize; 2],
    /// k in eV/Å².
    pub force_constant: f64,
    /// r₀ in Å.
    pub length: f64,
}

/// A spring on the angle at the middle one of three atoms: ½ k (θ − θ₀)².
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Angle {
    /// The three atoms; the second is the middle one.
    pub atoms: [usize; 3],
    /// k in eV/rad².
    pub force_constant: f64,
    /// θ₀ in radians.
    pub angle: f64,
}

/// A spring on the angle of twist about the middle two of four atoms: ½ k (φ − φ₀)², the shorter way round.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dihedral {
    /// The four atoms.
    pub atoms: [usize; 4],
    /// k in eV/rad².
    pub force_constant: f64,
    /// φ₀ in radians: 0 is cis, π is trans, positive is clockwise looking from the second to the third atom (IUPAC).
    pub angle: f64,
}

/// A spring between an atom and a point in space: ½ k |r − a|². The position is not taken to its nearest image,
/// since atoms are not wrapped in a run; inputs name the image nearest to where the atom starts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Anchor {
    /// The atom.
    pub atom: usize,
    /// k in eV/Å².
    pub force_constant: f64,
    /// a in Å.
    pub position: [f64; 3],
}
