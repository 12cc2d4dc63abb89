//! Springs on distances, angles, dihedrals and positions: a harmonic model of a molecule, or restraints beside any potential.

mod gather;
mod terms;

pub use terms::{Anchor, Angle, Bond, Dihedral};

use gather::Gather;

use super::{Evaluation, Potential, RequestedProperties};
use cormorant_core::system::{Element, System};
use cormorant_core::{Error, Result};

/// Springs between listed atoms, with the exact dynamics that integrators are tested on.
///
///   E = Σ ½ k (r − r₀)² + Σ ½ k (θ − θ₀)² + Σ ½ k (φ − φ₀)² + Σ ½ k |r − a|²
///
/// In a cell the nearest images are meant, save for anchors. Energies are shared equally among the atoms of a term. The
/// force of an angle that is exactly straight or closed (and of a dihedral of which that holds) has no direction and is
/// left out. Checked by: `suite::potential` and `suite::restraints` (differences of the energy, strain, energies by hand).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Harmonic {
    /// Springs on distances.
    pub bonds: Vec<Bond>,
    /// Springs on angles.
    pub angles: Vec<Angle>,
    /// Springs on dihedral angles.
    pub dihedrals: Vec<Dihedral>,
    /// Springs that hold atoms in places.
    pub anchors: Vec<Anchor>,
}

impl Harmonic {
    /// Springs for these bonds and angles.
    #[must_use]
    pub fn new(bonds: Vec<Bond>, angles: Vec<Angle>) -> Self {
        Self { bonds, angles, ..Self::default() }
    }

    fn check(&self, system: &System) -> Result<()> {
        let atoms = system.atom_count();
        let bonds = self.bonds.iter().map(|bond| bond.atoms.as_slice());
        let angles = self.angles.iter().map(|angle| angle.atoms.as_slice());
        let dihedrals = self.dihedrals.iter().map(|dihedral| dihedral.atoms.as_slice());
        let anchors = self.anchors.iter().map(|anchor| std::slice::from_ref(&anchor.atom));
        for term in bonds.chain(angles).chain(dihedrals).chain(anchors) {
            if let Some(atom) = term.iter().find(|&&atom| atom >= atoms) {
                return Err(Error::Invalid(format!("a spring acts on atom {}, but there are only {atoms}", atom + 1)));
            }
            let twice = (1..term.len()).any(|at| term[..at].contains(&term[at]));
            if twice {
                return Err(Error::Invalid(format!("a spring lists atom {} twice", term[0] + 1)));
            }
        }
        Ok(())
    }
}

impl Potential for Harmonic {
    fn name(&self) -> String {
        "harmonic springs".into()
    }

    fn cutoff(&self) -> Option<f64> {
        None
    }

    fn accepts(&self, _element: Element) -> bool {
        true
    }

    fn is_external(&self) -> bool {
        !self.anchors.is_empty()
    }

    fn evaluate(&mut self, system: &System, want: RequestedProperties, into: &mut Evaluation) -> Result<()> {
        self.check(system)?;
        let mut sum = Gather::new(system, want, into);
        for bond in &self.bonds {
            sum.bond(bond)?;
        }
        for angle in &self.angles {
            sum.angle(angle)?;
        }
        for dihedral in &self.dihedrals {
            sum.dihedral(dihedral)?;
        }
        for anchor in &self.anchors {
            sum.anchor(anchor);
        }
        super::check_finite(system, into)
    }
}
