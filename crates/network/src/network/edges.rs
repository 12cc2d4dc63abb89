//! From gradients of edges to forces and virial: the one place.

/// An edge and the gradient of the energy with respect to its vector.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EdgeGradient {
    /// The atom that the edge belongs to.
    pub receiver: usize,
    /// The atom at its other end.
    pub sender: usize,
    /// r_sender − r_receiver, in Å.
    pub vector: [f64; 3],
    /// ∂E/∂`vector`.
    pub gradient: [f64; 3],
}

/// Adds forces and, where one is given, virial, edge by edge in their order.
///
///   F_i = Σ_(e received by i) g_e − Σ_(e sent by i) g_e        W = −Σ_e r_e ⊗ g_e
///
/// | symbol | here       | unit          | shape        |
/// |--------|------------|---------------|--------------|
/// | g_e    | `gradient` | energy/Å      | `[3]`        |
/// | r_e    | `vector`   | Å             | `[3]`        |
/// | F_i    | `forces`   | energy/Å      | `[atoms][3]` |
/// | W      | `virial`   | energy, −∂E/∂strain | `[3][3]` |
///
/// It holds for any cell, since an edge knows the shift of its sender. Checked by: `suite::learned::forces_are_energy_differences`,
/// `suite::learned::virial_is_the_strain_derivative`, `suite::partial`, `suite::trainer`.
#[inline]
pub fn collect_edges(
    edges: impl Iterator<Item = EdgeGradient>,
    forces: &mut [[f64; 3]],
    virial: Option<&mut [[f64; 3]; 3]>,
) {
    let mut add = |EdgeGradient { receiver, sender, gradient, .. }: &EdgeGradient| {
        for axis in 0..3 {
            forces[*receiver][axis] += gradient[axis];
            forces[*sender][axis] -= gradient[axis];
        }
    };
    match virial {
        None => edges.for_each(|edge| add(&edge)),
        Some(virial) => edges.for_each(|edge| {
            add(&edge);
            for (row, along) in virial.iter_mut().zip(edge.vector) {
                row.iter_mut().zip(edge.gradient).for_each(|(sum, g)| *sum -= along * g);
            }
        }),
    }
}
