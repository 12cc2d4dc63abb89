//! Where the atoms of an evaluation are.

use cormorant_core::system::{Cell, ElectronicState};

/// Where the atoms of an evaluation are.
#[derive(Debug, Clone, Copy)]
pub struct Places<'a> {
    /// Positions in Å, never wrapped.
    pub positions: &'a [[f64; 3]],
    /// The cell, which repeats in two or three directions, or none.
    pub cell: Option<&'a Cell>,
    /// Total charge and spin.
    pub state: ElectronicState,
}
