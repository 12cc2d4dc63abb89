//! Atoms, their motion and their cell.

mod bond;
mod bonding;
mod bonds;
mod cell;
mod constrain;
mod constraints;
mod electronic_state;
mod element;
mod formula;
mod freedom;
mod mass;
pub mod neighbors;
pub mod observables;
mod parts;
pub mod rattle;
mod rigid;
mod rigid_motion;
mod rotations;
pub mod vector;
pub mod velocities;
mod whole;

pub use bond::Bond;
pub use bonding::bonded_elements;
pub use bonds::{BondedPair, bonds_changed, find_bonds};
pub use cell::Cell;
pub use constraints::Constraints;
pub use electronic_state::ElectronicState;
pub use element::Element;
pub use formula::formula;
pub use freedom::Removed;
pub use neighbors::{NeighborList, Neighbors};
pub use parts::{Parts, molecules};
pub use rigid::RigidGroups;
pub use rotations::Rotations;
pub use whole::whole_molecules;

use crate::{Error, Result};

/// The state of a simulated system, in internal units (Å, u, eV and Å·√(u/eV), see [`crate::units`]).
///
/// | field       | unit              | shape    |
/// |-------------|-------------------|----------|
/// | `elements`  |                   | `[atoms]`|
/// | `masses`    | u                 | `[atoms]`|
/// | `positions` | Å, never wrapped  | `[atoms][3]` |
/// | `momenta`   | u·Å/t = √(u·eV)   | `[atoms][3]` |
/// | `time`      | t = Å·√(u/eV)     | scalar   |
#[derive(Debug, Clone, PartialEq)]
pub struct System {
    /// Chemical element of each atom.
    pub elements: Vec<Element>,
    /// Mass of each atom in u; the standard atomic weight unless set otherwise.
    pub masses: Vec<f64>,
    /// Positions in Å. They are never wrapped into the cell, so that displacements stay meaningful.
    pub positions: Vec<[f64; 3]>,
    /// Momenta in √(u·eV).
    pub momenta: Vec<[f64; 3]>,
    /// The periodic cell; none where nothing repeats. It knows which of its directions repeat, see [`Cell`].
    pub cell: Option<Cell>,
    /// Total charge and spin, as far as they are stated.
    pub state: ElectronicState,
    /// Atoms and distances that stay as they are.
    pub constraints: Constraints,
    /// Number of steps done since the start of the run.
    pub step: u64,
    /// Time since the start of the run, in internal units.
    pub time: f64,
}

impl System {
    /// A system at rest. A cell that repeats in no direction is left out.
    ///
    /// # Errors
    /// When the numbers of elements and positions differ, there are no atoms, or a coordinate is not finite.
    pub fn new(elements: Vec<Element>, positions: Vec<[f64; 3]>, cell: Option<Cell>) -> Result<Self> {
        if elements.is_empty() {
            return Err(Error::Structure("a system needs at least one atom".into()));
        }
        if elements.len() != positions.len() {
            return Err(Error::Structure(format!("{} elements but {} positions", elements.len(), positions.len())));
        }
        if let Some(atom) = positions.iter().position(|position| position.iter().any(|x| !x.is_finite())) {
            return Err(Error::Structure(format!(
                "the position of atom {} ({}) is not finite",
                atom + 1,
                elements[atom].symbol()
            )));
        }
        let masses = elements.iter().map(|element| element.mass()).collect();
        let momenta = vec![[0.0; 3]; elements.len()];
        let cell = cell.filter(|cell| cell.dimensions() > 0);
        Ok(Self {
            elements,
            masses,
            positions,
            momenta,
            cell,
            state: ElectronicState::default(),
            constraints: Constraints::default(),
            step: 0,
            time: 0.0,
        })
    }

    /// Number of atoms.
    #[must_use]
    pub fn atom_count(&self) -> usize {
        self.elements.len()
    }

    /// Whether all masses are standard atomic weights, which a reader knows by the elements.
    #[must_use]
    pub fn has_standard_masses(&self) -> bool {
        self.elements.iter().zip(&self.masses).all(|(element, mass)| element.mass() == *mass)
    }

    /// Velocity of `atom` in internal units (Å/t).
    #[must_use]
    pub fn velocity(&self, atom: usize) -> [f64; 3] {
        self.momenta[atom].map(|momentum| momentum / self.masses[atom])
    }
}
