//! What a ring polymer says of the quantum system.

use cormorant_core::system::System;
use cormorant_core::units::BOLTZMANN;
use cormorant_potential::Evaluation;

/// Quantum energies from one configuration of a ring polymer.
///
///   ⟨V⟩ = (1/P) Σ_k V(q_k),   ⟨K⟩ = 3N k T / 2 − ½ Σ_k Σ_i (q_ik − q̄_i)·f_ik,   f = −∂U/∂q
///
/// with q̄ the centroid and U the mean over the beads, so that f carries the factor 1/P. The kinetic energy is the centroid
/// virial estimator, whose fluctuations do not grow with P. Source: Herman, Bruskin and Berne 1982, doi:10.1063/1.442815.
/// Checked by `suite::path_integrals::harmonic_oscillator`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimators {
    /// Potential energy in eV.
    pub potential: f64,
    /// Kinetic energy in eV.
    pub kinetic: f64,
    /// Root mean square distance of beads from their centroid in Å.
    pub gyration: f64,
}

impl Estimators {
    /// Of `system`, `beads` copies at `temperature` (K), whose potential gave `evaluation`.
    #[must_use]
    pub fn of(system: &System, evaluation: &Evaluation, beads: usize, temperature: f64) -> Self {
        let atoms = system.atom_count() / beads;
        let (mut virial, mut spread) = (0.0, 0.0);
        for atom in 0..atoms {
            let copies = || (0..beads).map(|bead| bead * atoms + atom);
            for axis in 0..3 {
                let centroid = copies().map(|copy| system.positions[copy][axis]).sum::<f64>() / beads as f64;
                for copy in copies() {
                    let away = system.positions[copy][axis] - centroid;
                    virial += away * evaluation.forces[copy][axis];
                    spread += away * away;
                }
            }
        }
        Self {
            potential: evaluation.energy,
            kinetic: 1.5 * atoms as f64 * BOLTZMANN * temperature - 0.5 * virial,
            gyration: (spread / system.atom_count() as f64).sqrt(),
        }
    }
}
