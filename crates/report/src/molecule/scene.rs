//! Atoms at one instant, ready to be drawn.

use cormorant_core::Result;
use cormorant_core::system::{Cell, Element, System, find_bonds};

/// More atoms than this are drawn without bonds, which nobody could see.
const MOST_BONDED: usize = 4000;

/// What is drawn of a system.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// Element of each atom.
    pub elements: Vec<Element>,
    /// Positions in Å; `[atoms][3]`.
    pub positions: Vec<[f64; 3]>,
    /// Pairs of atoms that are joined, counted from 0; none across a face of the cell.
    pub bonds: Vec<(usize, usize)>,
    /// The cell, whose edges are drawn.
    pub cell: Option<Cell>,
}

impl Scene {
    /// Atoms with the bonds that their distances suggest ([`find_bonds`]).
    ///
    /// # Errors
    /// When there are no atoms, or a position is not finite.
    pub fn new(elements: &[Element], positions: &[[f64; 3]], cell: Option<Cell>) -> Result<Self> {
        let system = System::new(elements.to_vec(), positions.to_vec(), cell)?;
        // Atoms on one spot have no bonds that could be drawn; the picture is still worth having.
        let found =
            if system.atom_count() <= MOST_BONDED { find_bonds(&system).unwrap_or_default() } else { Vec::new() };
        let bonds =
            found.into_iter().filter(|bond| bond.shift == [0; 3]).map(|bond| (bond.first, bond.second)).collect();
        Ok(Self { elements: system.elements, positions: system.positions, bonds, cell: system.cell })
    }

    /// The edges of the cell along its repeating directions as pairs of points in Å: of a parallelogram for a slab, one for a wire.
    #[must_use]
    pub fn edges(&self) -> Vec<[[f64; 3]; 2]> {
        let Some(cell) = &self.cell else { return Vec::new() };
        let (rows, periodic) = (cell.repeating_rows(), cell.periodic());
        let corner = |bits: usize| {
            let mut point = [0.0; 3];
            for (axis, row) in rows.iter().enumerate() {
                let there = f64::from((bits >> axis & 1) as u8);
                point = [point[0] + there * row[0], point[1] + there * row[1], point[2] + there * row[2]];
            }
            point
        };
        let free = |from: usize| (0..3).filter(move |&axis| periodic[axis] && from >> axis & 1 == 0);
        (0..8_usize)
            .filter(|corner| (0..3).all(|axis| periodic[axis] || corner >> axis & 1 == 0))
            .flat_map(|from| free(from).map(move |axis| (from, from | 1 << axis)))
            .map(|(a, b)| [corner(a), corner(b)])
            .collect()
    }
}
