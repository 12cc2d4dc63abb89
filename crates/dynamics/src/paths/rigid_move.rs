//! Changing one internal coordinate and no other.

use crate::analysis::{Coordinate, Internal, Side, Site};
use cormorant_core::system::vector::{cross, difference, norm, plus};
use cormorant_core::system::{BondedPair, System};
use cormorant_core::{Error, Result};

/// Sines below this are those of atoms in a line, which have no plane.
const STRAIGHT: f64 = 1.0e-3;

/// A bond, an angle or a dihedral angle that changes while both sides of a bond stay rigid. The side with fewer atoms moves.
#[derive(Debug, Clone, PartialEq)]
pub struct RigidMove {
    internal: Internal,
    /// From the atom that stays to the one whose side moves.
    pair: [usize; 2],
    bonds: Vec<BondedPair>,
}

impl RigidMove {
    /// For `internal` of `system` with these bonds ([`cormorant_core::system::find_bonds`]).
    ///
    /// # Errors
    /// When its bonds are not there or part of a ring, so that no side can move alone; the message says which.
    pub fn new(system: &System, bonds: Vec<BondedPair>, internal: &Internal) -> Result<Self> {
        // The bond whose sides part, each side with the atoms that it must have and must not have.
        let sides: Vec<([usize; 2], Vec<usize>, Vec<usize>)> = match *internal {
            Internal::Distance([i, j]) => vec![([i, j], vec![j], vec![i]), ([j, i], vec![i], vec![j])],
            Internal::Angle([i, j, k]) => vec![([j, k], vec![k], vec![i, j]), ([j, i], vec![i], vec![j, k])],
            Internal::Dihedral([i, j, k, l]) => {
                vec![([j, k], vec![k, l], vec![i, j]), ([k, j], vec![i, j], vec![k, l])]
            }
        };
        let mut best: Option<(usize, [usize; 2])> = None;
        let mut refusal = None;
        for (pair, inside, outside) in sides {
            match Side::beyond(system, &bonds, pair) {
                Err(error) => refusal = refusal.or(Some(error)),
                Ok(side)
                    if inside.iter().any(|atom| !side.has(*atom)) || outside.iter().any(|atom| side.has(*atom)) =>
                {
                    refusal = refusal.or_else(|| Some(not_a_chain(internal)));
                }
                Ok(side) => {
                    if best.is_none_or(|(atoms, _)| side.atoms.len() < atoms) {
                        best = Some((side.atoms.len(), pair));
                    }
                }
            }
        }
        match (best, refusal) {
            (Some((_, pair)), _) => Ok(Self { internal: internal.clone(), pair, bonds }),
            (None, refusal) => Err(refusal.unwrap_or_else(|| not_a_chain(internal))),
        }
    }

    /// Changes the coordinate of `system` by `change` in Å or rad.
    ///
    /// # Errors
    /// When three atoms of an angle are in a line, so that there is no plane to bend it in.
    pub fn apply(&self, system: &mut System, change: f64) -> Result<()> {
        let side = Side::beyond(system, &self.bonds, self.pair)?;
        match self.internal {
            Internal::Distance(_) => {
                let length = norm(side.axis);
                side.shift(system, side.axis.map(|x| x * change / length));
            }
            Internal::Dihedral(_) => side.turn(system, side.pivot, side.axis, change),
            Internal::Angle([i, j, k]) => {
                let center = difference(side.pivot, side.axis);
                let other = if self.pair[1] == k { i } else { k };
                let direct = difference(system.positions[other], system.positions[j]);
                let arm = system.cell.map_or(direct, |cell| cell.nearest_image(direct));
                let normal = cross(arm, side.axis);
                if norm(normal) < STRAIGHT * norm(arm) * norm(side.axis) {
                    return Err(Error::Invalid(format!(
                        "atoms {}, {} and {} are in a line, so that there is no plane in which their angle could change",
                        i + 1,
                        j + 1,
                        k + 1
                    )));
                }
                side.turn(system, center, normal, change);
            }
        }
        Ok(())
    }
}

/// `internal` as a coordinate with derivatives; in a cell of the images that are nearest in `system`.
pub(super) fn coordinate_of(system: &System, internal: &Internal) -> Coordinate {
    let next = |from: Site, atom: usize| {
        let start = plus(system.positions[from.atom], 1.0, from.shift);
        let direct = difference(system.positions[atom], start);
        let shift = system.cell.map_or([0.0; 3], |cell| difference(cell.nearest_image(direct), direct));
        Site { atom, shift }
    };
    let first = |atom: usize| Site { atom, shift: [0.0; 3] };
    match *internal {
        Internal::Distance([i, j]) => Coordinate::Stretch([first(i), next(first(i), j)]),
        Internal::Angle([i, j, k]) => Coordinate::Bend([next(first(j), i), first(j), next(first(j), k)]),
        Internal::Dihedral([i, j, k, l]) => {
            let third = next(first(j), k);
            Coordinate::Torsion([next(first(j), i), first(j), third, next(third, l)])
        }
    }
}

fn not_a_chain(internal: &Internal) -> Error {
    let atoms: Vec<String> = internal.atoms().iter().map(|atom| (atom + 1).to_string()).collect();
    Error::Invalid(format!(
        "atoms {} are not a chain of bonds with nothing else between them, so that no side of the structure moves alone",
        atoms.join("-")
    ))
}
