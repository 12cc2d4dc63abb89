//! Energies of the members of a committee, each above its own minimum.

use super::SlicePoint;
use cormorant_core::Result;
use cormorant_core::system::{BondedPair, System, find_bonds};
use cormorant_potential::{Evaluation, Potential, RequestedProperties};

/// Members with their energies at the minimum: constants that only one of them has do not count as disagreement.
pub(super) struct CommitteeEnergy {
    members: Vec<Box<dyn Potential>>,
    lowest: Vec<f64>,
    bonds: Vec<BondedPair>,
    into: Evaluation,
}

impl CommitteeEnergy {
    pub(super) fn new(members: Vec<Box<dyn Potential>>, minimum: &System) -> Result<Self> {
        let bonds = find_bonds(minimum)?;
        let mut new = Self { members, lowest: Vec::new(), bonds, into: Evaluation::default() };
        new.lowest = new.energies(minimum)?;
        Ok(new)
    }

    fn energies(&mut self, system: &System) -> Result<Vec<f64>> {
        let mut energies = Vec::new();
        for member in &mut self.members {
            member.evaluate(system, RequestedProperties::default(), &mut self.into)?;
            energies.push(self.into.energy);
        }
        Ok(energies)
    }

    /// The point at `value` of a coordinate, where the structure is `system`.
    pub(super) fn point(&mut self, value: f64, system: &System) -> Result<SlicePoint> {
        let found = self.energies(system)?;
        let above: Vec<f64> = found.iter().zip(&self.lowest).map(|(energy, lowest)| energy - lowest).collect();
        let count = above.len() as f64;
        let energy = above.iter().sum::<f64>() / count;
        let squares: f64 = above.iter().map(|one| (one - energy).powi(2)).sum();
        let spread = (above.len() > 1).then(|| (squares / (count - 1.0)).sqrt());
        Ok(SlicePoint { value, energy, spread, same_bonds: find_bonds(system)? == self.bonds })
    }
}
