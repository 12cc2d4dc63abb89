//! One point of a scan.

use cormorant_core::system::System;
use cormorant_potential::Evaluation;

/// A structure whose scanned coordinate has a value.
#[derive(Debug, Clone, PartialEq)]
pub struct ScanPoint {
    /// Value of the coordinate in Å or rad, as it was asked for.
    pub value: f64,
    /// Whether it was met on the way back.
    pub backward: bool,
    /// The structure.
    pub system: System,
    /// Its energy and forces.
    pub evaluation: Evaluation,
    /// Largest force on an atom in eV/Å without the part along the scanned coordinate.
    pub residual: f64,
    /// Force along the coordinate, −dE/dq of what else is at rest, in eV/Å or eV/rad.
    pub along: f64,
    /// Whether everything else is at rest; true for a rigid scan, where nothing is asked.
    pub converged: bool,
    /// Evaluations of the potential that it took.
    pub evaluations: u64,
}
