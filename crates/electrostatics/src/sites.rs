//! Multipoles at their places, and what comes of them.

use super::symmetric::full;
use cormorant_core::system::vector::dot;

/// Multipoles at their places: the density of site i is (q + μ·∇' + Θ:∇'∇') of a Gaussian, ∇' = −∇ acting on its place.
///
/// | field         | unit | shape        | definition                                                          |
/// |---------------|------|--------------|---------------------------------------------------------------------|
/// | `positions`   | Å    | `[sites][3]` | never wrapped                                                       |
/// | `charges`     | e    | `[sites]`    | q                                                                   |
/// | `dipoles`     | e·Å  | `[sites][3]` | μ                                                                   |
/// | `quadrupoles` | e·Å² | `[sites][6]` | Θ = ½ Σ e (r r − r² 1/3), traceless, in the order of [`SYMMETRIC`](super::SYMMETRIC)  |
///
/// Dipoles and quadrupoles may be empty for none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sites<'a> {
    /// Positions in Å.
    pub positions: &'a [[f64; 3]],
    /// Charges in e.
    pub charges: &'a [f64],
    /// Dipoles in e·Å, or none.
    pub dipoles: &'a [[f64; 3]],
    /// Quadrupoles in e·Å², or none.
    pub quadrupoles: &'a [[f64; 6]],
}

/// Energy of multipoles, and its derivatives.
///
/// | field           | unit    | shape        | definition                                      |
/// |-----------------|---------|--------------|-------------------------------------------------|
/// | `energy`        | eV      | scalar       | E                                               |
/// | `by_charge`     | eV/e    | `[sites]`    | ∂E/∂q: the potential φ                          |
/// | `by_dipole`     | eV/eÅ   | `[sites][3]` | ∂E/∂μ: ∇φ; empty without dipoles                |
/// | `by_quadrupole` | eV/eÅ²  | `[sites][6]` | ∇∇φ in the order of [`SYMMETRIC`](super::SYMMETRIC), so that dE = Σ_ab ∂_a∂_b φ dΘ_ab over all nine; empty without quadrupoles |
/// | `gradient`      | eV/Å    | `[sites][3]` | ∂E/∂r at fixed multipoles                       |
/// | `by_strain`     | eV      | `[3][3]`     | ∂E/∂ε at fixed multipoles: r → (1 + ε) r        |
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Interaction {
    /// Energy in eV.
    pub energy: f64,
    /// Derivative with respect to the charges.
    pub by_charge: Vec<f64>,
    /// Derivative with respect to the dipoles.
    pub by_dipole: Vec<[f64; 3]>,
    /// Derivative with respect to the quadrupoles.
    pub by_quadrupole: Vec<[f64; 6]>,
    /// Derivative with respect to the positions.
    pub gradient: Vec<[f64; 3]>,
    /// Derivative with respect to a strain.
    pub by_strain: [[f64; 3]; 3],
}

impl Sites<'_> {
    /// Highest degree of the multipoles: 0, 1 or 2.
    #[must_use]
    pub fn degree(&self) -> usize {
        if !self.quadrupoles.is_empty() { 2 } else { usize::from(!self.dipoles.is_empty()) }
    }
}

impl Interaction {
    /// Nothing yet, with room for `sites`.
    pub(crate) fn clear(&mut self, sites: &Sites<'_>) {
        self.energy = 0.0;
        zero(&mut self.by_charge, sites.charges.len(), 0.0);
        zero(&mut self.by_dipole, sites.dipoles.len(), [0.0; 3]);
        zero(&mut self.by_quadrupole, sites.quadrupoles.len(), [0.0; 6]);
        zero(&mut self.gradient, sites.positions.len(), [0.0; 3]);
        self.by_strain = [[0.0; 3]; 3];
    }

    /// Adds forces and, where one is given, virial, in units of `unit` eV.
    pub(crate) fn collect(&self, unit: f64, forces: &mut [[f64; 3]], virial: Option<&mut [[f64; 3]; 3]>) {
        for (force, by) in forces.iter_mut().zip(&self.gradient) {
            force.iter_mut().zip(by).for_each(|(force, by)| *force -= by / unit);
        }
        // A virial has the place first and the gradient second; this part by itself is not symmetric.
        for (a, row) in virial.into_iter().flatten().enumerate() {
            row.iter_mut().zip(&self.by_strain).for_each(|(virial, by)| *virial -= by[a] / unit);
        }
    }

    /// Takes from the derivative by strain that multipoles do not move with the cell: −Σ_j [∂_a φ μ_b + 2 Σ_c ∂_a∂_c φ Θ_cb].
    pub(crate) fn leave_moments(&mut self, sites: &Sites<'_>) {
        for (dipole, slope) in sites.dipoles.iter().zip(&self.by_dipole) {
            for a in 0..3 {
                for b in 0..3 {
                    self.by_strain[a][b] -= slope[a] * dipole[b];
                }
            }
        }
        for (quadrupole, curvature) in sites.quadrupoles.iter().zip(&self.by_quadrupole) {
            let (quadrupole, curvature) = (full(quadrupole), full(curvature));
            for a in 0..3 {
                for b in 0..3 {
                    self.by_strain[a][b] -= 2.0 * dot(curvature[a], quadrupole[b]);
                }
            }
        }
    }
}

/// `count` times `zero` in place of what `list` held.
pub(crate) fn zero<T: Clone>(list: &mut Vec<T>, count: usize, zero: T) {
    list.clear();
    list.resize(count, zero);
}
