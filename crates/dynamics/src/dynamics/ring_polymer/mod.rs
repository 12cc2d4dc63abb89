//! Path integrals: quantum nuclei as rings of classical copies.
//!
//! A quantum system at temperature T is a classical one of P copies in a ring, neighbors joined by springs:
//!
//!   H = Σ_k Σ_i \[ p_ik² / 2m′_i + ½ m′_i ω_P² |q_ik − q_{i,k+1}|² \] + (1/P) Σ_k V(q_k),   ω_P = P·k·T / ħ
//!
//! | symbol | here                | unit    | what                                                        |
//! |--------|---------------------|---------|-------------------------------------------------------------|
//! | P      | `beads`             |         | number of copies                                            |
//! | m′     | `system.masses`     | u       | m / P, so that the temperature of the copies is T itself    |
//! | q, p   | `system.positions`, `system.momenta` | Å, √(u·eV) | copy 0 of all atoms first, then copy 1 and so on |
//! | V      | [`MeanOverBeads`](cormorant_potential::MeanOverBeads) | eV | the potential of one copy                    |
//! | ħ      | [`REDUCED_PLANCK`](cormorant_core::units::REDUCED_PLANCK) | eV·t | reduced Planck constant                                  |
//!
//! Often H·P and the temperature P·T are written instead; the trajectories are the same. Source: Parrinello and Rahman
//! 1984, doi:10.1063/1.446740; Ceriotti, Parrinello, Markland and Manolopoulos 2010, doi:10.1063/1.3489925.

mod estimators;
mod integrator;
mod modes;
mod pile;

pub use estimators::Estimators;
pub use integrator::RingPolymer;
pub use modes::NormalModes;
pub use pile::Pile;

use cormorant_core::system::System;

/// A ring polymer of `beads` copies of `system`, all at its positions, each with its momentum per bead.
#[must_use]
pub fn ring_of(system: &System, beads: usize) -> System {
    let mut ring = system.clone();
    let share = 1.0 / beads as f64;
    ring.masses = system.masses.iter().map(|mass| mass * share).collect();
    ring.momenta = system.momenta.iter().map(|momentum| momentum.map(|p| p * share)).collect();
    let (masses, momenta) = (ring.masses.clone(), ring.momenta.clone());
    for _ in 1..beads {
        ring.elements.extend_from_slice(&system.elements);
        ring.positions.extend_from_slice(&system.positions);
        ring.masses.extend_from_slice(&masses);
        ring.momenta.extend_from_slice(&momenta);
    }
    ring
}
