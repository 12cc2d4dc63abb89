//! Distances, angles and dihedral angles of single frames.

use super::Sample;
use cormorant_core::system::Element;
use cormorant_core::system::vector::{cross, difference, dot, norm};
use cormorant_core::{Error, Result};

/// A distance, an angle or a dihedral angle between atoms counted from 0.
///
///   angle i-j-k            acos(û · v̂)                   u = r_i − r_j, v = r_k − r_j
///   dihedral i-j-k-l       atan2(|b₂| b₁ · (b₂ × b₃), (b₁ × b₂) · (b₂ × b₃))      b₁ = r_j − r_i, b₂ = r_k − r_j, b₃ = r_l − r_k
///
/// Angles are computed as atan2(|u × v|, u · v), which is exact near 0° and 180° too. A dihedral angle is in (−180°, 180°];
/// cis is 0°, and it is positive when, seen along the middle bond from j to k, the bond k-l is turned clockwise against
/// i-j (IUPAC, Gold Book, "torsion angle", doi:10.1351/goldbook.T06406; Klyne and Prelog 1960). In a cell, vectors are the
/// shortest of all images. Checked by `suite::analysis::shapes`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Internal {
    /// The distance between two atoms, in Å.
    Distance([usize; 2]),
    /// The angle at the second of three atoms, in degrees.
    Angle([usize; 3]),
    /// The dihedral angle about the two middle ones of four atoms, in degrees.
    Dihedral([usize; 4]),
}

impl Internal {
    /// The atoms, counted from 0.
    #[must_use]
    pub fn atoms(&self) -> &[usize] {
        match self {
            Self::Distance(atoms) => atoms,
            Self::Angle(atoms) => atoms,
            Self::Dihedral(atoms) => atoms,
        }
    }

    /// From atoms counted from 1 and joined by `-`, e.g. `5-7-9-15`.
    ///
    /// # Errors
    /// When it does not name two, three or four different atoms.
    pub fn parse(text: &str) -> Result<Self> {
        let refuse = || {
            Error::Invalid(format!(
                "{text:?} does not name two, three or four different atoms; write their numbers, counted from 1, as in \
                 \"5-7-9-15\""
            ))
        };
        let number = |word: &str| word.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let atoms: Vec<usize> = text.split('-').map(number).collect::<Option<_>>().ok_or_else(refuse)?;
        let mut distinct = atoms.clone();
        distinct.sort_unstable();
        distinct.dedup();
        if distinct.len() != atoms.len() { Err(refuse()) } else { Self::of(&atoms).map_err(|_| refuse()) }
    }

    /// The distance, angle or dihedral angle of two, three or four atoms, counted from 0.
    ///
    /// # Errors
    /// When there are fewer or more.
    pub fn of(atoms: &[usize]) -> Result<Self> {
        match *atoms {
            [a, b] => Ok(Self::Distance([a, b])),
            [a, b, c] => Ok(Self::Angle([a, b, c])),
            [a, b, c, d] => Ok(Self::Dihedral([a, b, c, d])),
            _ => Err(Error::Invalid(format!("{} atoms have no distance, angle or dihedral angle", atoms.len()))),
        }
    }

    /// The atoms of `elements` by name: `O1-H3`, or `H-O` without numbers, then from the end that comes first in the
    /// alphabet.
    #[must_use]
    pub fn label(&self, elements: &[Element], numbers: bool) -> String {
        let names = |atom: &usize| {
            let symbol = elements.get(*atom).map_or("?", |element| element.symbol());
            if numbers { format!("{symbol}{}", atom + 1) } else { symbol.to_string() }
        };
        let forward: Vec<String> = self.atoms().iter().map(names).collect();
        let backward: Vec<String> = forward.iter().rev().cloned().collect();
        (if numbers { forward } else { forward.min(backward) }).join("-")
    }

    /// Its value in Å or degrees.
    ///
    /// # Errors
    /// When there is no such atom.
    pub fn value(&self, sample: &Sample<'_>) -> Result<f64> {
        let system = sample.system;
        if let Some(atom) = self.atoms().iter().find(|atom| **atom >= system.atom_count()) {
            return Err(Error::Invalid(format!("there is no atom {}; there are {}", atom + 1, system.atom_count())));
        }
        let vector = |from: usize, to: usize| {
            let direct = difference(system.positions[to], system.positions[from]);
            system.cell.as_ref().map_or(direct, |cell| cell.nearest_image(direct))
        };
        Ok(match *self {
            Self::Distance([i, j]) => norm(vector(i, j)),
            Self::Angle([i, j, k]) => {
                let (u, v) = (vector(j, i), vector(j, k));
                norm(cross(u, v)).atan2(dot(u, v)).to_degrees()
            }
            Self::Dihedral([i, j, k, l]) => {
                let (first, second, third) = (vector(i, j), vector(j, k), vector(k, l));
                let (left, right) = (cross(first, second), cross(second, third));
                let angle = (norm(second) * dot(first, right)).atan2(dot(left, right)).to_degrees();
                if angle <= -180.0 { 180.0 } else { angle }
            }
        })
    }
}
