//! The two ends of a path.

use super::FreeMotion;
use cormorant_core::system::System;
use cormorant_core::system::vector::{difference, norm};
use cormorant_core::{Error, Result};

/// Cell vectors may differ by this much in Å.
const SAME_CELL: f64 = 1.0e-6;
/// Ends nearer to each other than this (Å, the largest distance of an atom) are the same structure.
const SAME_PLACE: f64 = 0.02;

/// Two structures of the same atoms in the same order.
#[derive(Debug, Clone, PartialEq)]
pub struct Ends {
    /// Where the path begins.
    pub first: System,
    /// Where it ends.
    pub second: System,
}

impl Ends {
    /// Two ends of one path.
    ///
    /// # Errors
    /// When they have other atoms, the same in another order, other cells, or another total charge or spin.
    pub fn new(first: System, second: System) -> Result<Self> {
        let refuse = |reason: String| Err(Error::Structure(reason));
        let name = |system: &System, atom: usize| system.elements.get(atom).map_or("none", |element| element.symbol());
        let (count, other) = (first.atom_count(), second.atom_count());
        let differs = (0..count.max(other)).find(|atom| first.elements.get(*atom) != second.elements.get(*atom));
        if let Some(atom) = differs {
            return refuse(format!(
                "the two ends have not the same atoms in the same order: atom {} is {} in the first and {} in the second ({count} and \
                 {other} atoms); write both with the same order of atoms",
                atom + 1,
                name(&first, atom),
                name(&second, atom)
            ));
        }
        if first.state.filled() != second.state.filled() {
            return refuse(
                "the two ends have another total charge or spin; a path has one for all of its images".into(),
            );
        }
        let rows = |system: &System| system.cell.map(|cell| (cell.rows(), cell.periodic()));
        let same = match (rows(&first), rows(&second)) {
            (None, None) => true,
            (Some((one, repeats)), Some((other, also))) => {
                let pairs = one.as_flattened().iter().zip(other.as_flattened());
                repeats == also && pairs.into_iter().all(|(a, b)| (a - b).abs() < SAME_CELL)
            }
            _ => false,
        };
        if !same {
            return refuse(
                "the two ends have different cells; a path keeps its cell, so give both the same, or `cell = \"none\"`"
                    .into(),
            );
        }
        if !first.constraints.is_empty() {
            return refuse("a path with fixed atoms or distances is not supported; leave [constraints] out".into());
        }
        Ok(Self { first, second })
    }

    /// Lays the second upon the first, see [`FreeMotion::superposed`].
    ///
    /// # Errors
    /// When both are the same structure then.
    pub fn superpose(&mut self, free: FreeMotion) -> Result<()> {
        self.second.positions = free.superposed(&self.first, &self.second);
        let pairs = self.first.positions.iter().zip(&self.second.positions);
        let farthest = pairs.map(|(one, other)| norm(difference(*one, *other))).fold(0.0, f64::max);
        if farthest < SAME_PLACE {
            return Err(Error::Structure(format!(
                "both ends are the same structure (no atom is more than {farthest:.3} Å away from where it was), so there is no path \
                 between them; if they became the same when they were minimized, start nearer to the minima that are meant, or leave \
                 the ends as they are"
            )));
        }
        Ok(())
    }
}
