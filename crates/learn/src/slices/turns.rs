//! Turns about single bonds with all else at rest.

use std::f64::consts::{PI, TAU};

use super::Slice;
use super::committee_energy::CommitteeEnergy;
use crate::sample::rotatable_bonds;
use cormorant_core::Result;
use cormorant_core::system::vector::{cross, difference, norm};
use cormorant_core::system::{BondedPair, System, find_bonds};
use cormorant_dynamics::analysis::{Internal, Side};
use cormorant_dynamics::dynamics::ForceEvaluator;
use cormorant_dynamics::minimize::{Goal, LimitedMemory};
use cormorant_dynamics::paths::{Scan, relaxed_scan};

/// Points of a full turn.
const POINTS: usize = 24;
/// Sine of an angle below which atoms are in a line.
const STRAIGHT: f64 = 0.1;

/// A dihedral angle about a bond that turns.
pub(super) struct Turn {
    pub(super) name: String,
    axis: String,
    internal: Internal,
}

/// Turns of the largest groups first: those of methyl groups are quick, and last.
pub(super) fn slowest(minimum: &System, most: usize) -> Result<Vec<Turn>> {
    let bonds = find_bonds(minimum)?;
    let mut turns = Vec::new();
    for pair @ [first, second] in rotatable_bonds(minimum)? {
        let mut sizes = Vec::new();
        for way in [pair, [second, first]] {
            let side = Side::beyond(minimum, &bonds, way)?;
            let heavy = side.atoms.iter().filter(|(atom, _)| minimum.elements[*atom].symbol() != "H").count();
            sizes.push((heavy, side.atoms.len()));
        }
        let ends = [end(minimum, &bonds, pair), end(minimum, &bonds, [second, first])];
        if let ([Some(one), Some(other)], Some(size)) = (ends, sizes.into_iter().min()) {
            let label = |atom: usize| format!("{}{}", minimum.elements[atom].symbol(), atom + 1);
            let name = format!("turn about {}-{}", label(first), label(second));
            let chain = [one, first, second, other];
            let axis = format!("dihedral angle {} / deg", chain.map(label).join("-"));
            turns.push((size, Turn { name, axis, internal: Internal::Dihedral(chain) }));
        }
    }
    turns.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
    Ok(turns.into_iter().map(|(_, turn)| turn).take(most).collect())
}

/// The heaviest neighbor of `at` but `other` that is not in a line with both.
fn end(system: &System, bonds: &[BondedPair], [at, other]: [usize; 2]) -> Option<usize> {
    let axis = difference(system.positions[other], system.positions[at]);
    let neighbors = bonds.iter().filter_map(|bond| match [bond.first, bond.second] {
        [first, second] if first == at => Some(second),
        [first, second] if second == at => Some(first),
        _ => None,
    });
    let bent = neighbors.filter(|atom| *atom != other).filter(|atom| {
        let arm = difference(system.positions[*atom], system.positions[at]);
        norm(cross(arm, axis)) > STRAIGHT * norm(arm) * norm(axis)
    });
    bent.max_by(|a, b| system.masses[*a].total_cmp(&system.masses[*b]).then(b.cmp(a)))
}

impl Turn {
    /// The energy over the full turn, each point relaxed from its neighbor.
    pub(super) fn slice(
        &self,
        minimum: &System,
        labeled: &[&System],
        (field, goal): (&mut ForceEvaluator, &Goal),
        energy: &mut CommitteeEnergy,
    ) -> Result<Slice> {
        let here = Scan::even(self.internal.clone(), [0.0, 0.0], 1).start(minimum)?;
        let last = here + TAU * (POINTS - 1) as f64 / POINTS as f64;
        let scan = Scan::even(self.internal.clone(), [here, last], POINTS);
        let found = relaxed_scan(minimum, &scan, field, (&LimitedMemory::default(), goal), &mut |_| true)?;
        let degrees = |angle: f64| (PI - (PI - angle).rem_euclid(TAU)).to_degrees();
        let mut points = Vec::new();
        for point in &found {
            points.push(energy.point(degrees(point.value), &point.system)?);
        }
        points.sort_by(|a, b| a.value.total_cmp(&b.value));
        let values = labeled.iter().map(|system| Ok(degrees(scan.start(system)?)));
        Ok(Slice {
            name: self.name.clone(),
            axis: self.axis.clone(),
            points,
            labeled: values.collect::<Result<_>>()?,
            period: Some(360.0),
        })
    }
}
