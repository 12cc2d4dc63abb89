//! Parts of a system.

/// Atoms of a part and of the halo around it.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// Place of each atom's element among [`PartialPotential::elements`](crate::PartialPotential::elements); `[atoms]`.
    pub species: &'a [u32],
    /// Positions in Å, images already put where they are seen; `[atoms][3]`.
    pub positions: &'a [[f64; 3]],
    /// Whether the atom belongs to the part; the energy is the sum over those. `[atoms]`
    pub owned: &'a [bool],
}
