//! Labeled configurations in internal units.

use super::frame_weights::FrameWeights;
use cormorant_core::Result;
use cormorant_core::system::{Cell, ElectronicState, Element, NeighborList, Neighbors, System};

/// Key of the scan that a frame belongs to.
pub(super) const SCAN: &str = "scan";

/// Frames of more atoms than this are not looked at for atoms that are all apart.
const MOST_APART: usize = 8;

/// One configuration with the labels that it has.
///
/// | field       | unit | shape        | definition     |
/// |-------------|------|--------------|----------------|
/// | `positions` | Å    | `[atoms][3]` |                |
/// | `energy`    | eV   | scalar       | E              |
/// | `relative_energy` | eV | scalar   | E less a constant of the scan |
/// | `forces`    | eV/Å | `[atoms][3]`, or none | −∂E/∂r |
/// | `virial`    | eV   | `[3][3]`     | −∂E/∂strain    |
/// | `dipole`    | e·Å  | `[3]`        | Σ q r          |
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Configuration {
    /// Chemical element of each atom.
    pub elements: Vec<Element>,
    /// Positions in Å.
    pub positions: Vec<[f64; 3]>,
    /// The periodic cell, if there is one.
    pub cell: Option<Cell>,
    /// Total charge and spin, as far as the data state them.
    pub state: ElectronicState,
    /// Energy in eV, where the data have it.
    pub energy: Option<f64>,
    /// Energy in eV whose zero is that of its scan alone, where the data have it in place of `energy`: only its differences to those of
    /// other frames of the scan count.
    pub relative_energy: Option<f64>,
    /// Forces in eV/Å; empty where the data have none.
    pub forces: Vec<[f64; 3]>,
    /// Virial −∂E/∂strain in eV, where the data have it.
    pub virial: Option<[[f64; 3]; 3]>,
    /// Dipole moment in e·Å of a neutral frame without a cell, where the data have it and it is to be learned.
    pub dipole: Option<[f64; 3]>,
    /// What its terms in the loss of a fit are multiplied by.
    pub weights: FrameWeights,
    /// Groups of frames that it belongs to: key (`config_type`, `scan`, …) and name.
    pub groups: Vec<(String, String)>,
}

impl Configuration {
    /// Number of atoms.
    #[must_use]
    pub fn atom_count(&self) -> usize {
        self.elements.len()
    }

    /// Its atoms at rest, with cell, total charge and spin.
    ///
    /// # Errors
    /// When they are none that [`System::new`] takes.
    pub fn system(&self) -> Result<System> {
        let system = System::new(self.elements.clone(), self.positions.clone(), self.cell)?;
        Ok(System { state: self.state, ..system })
    }

    /// The forces that tell something of a model, if it has any: the force on an atom alone is zero by symmetry, whatever the model, and an
    /// isolated atom is given it where the file has none.
    pub(super) fn telling_forces(&self) -> &[[f64; 3]] {
        let at_rest_alone = self.atom_count() == 1 && self.forces.iter().flatten().all(|&x| x == 0.0);
        if at_rest_alone { &[] } else { &self.forces }
    }

    /// Whether it has forces.
    #[must_use]
    pub fn has_forces(&self) -> bool {
        !self.forces.is_empty()
    }

    /// Takes away the labels whose weight is 0: they are no labels for references, checks and errors either.
    pub(super) fn forget_unweighted(&mut self) {
        let FrameWeights { energy, forces, virial } = self.weights;
        if energy == 0.0 {
            (self.energy, self.relative_energy) = (None, None);
        }
        if forces == 0.0 {
            self.forces.clear();
        }
        if virial == 0.0 {
            self.virial = None;
        }
    }

    /// Whether it has a label that counts.
    #[must_use]
    pub fn is_learned_from(&self) -> bool {
        let FrameWeights { energy, forces, virial } = self.weights;
        (energy > 0.0 && (self.energy.is_some() || self.relative_energy.is_some()))
            || (forces > 0.0 && self.has_forces())
            || (virial > 0.0 && self.virial.is_some())
            || self.dipole.is_some()
    }

    /// The scan that it belongs to, if it names one.
    #[must_use]
    pub fn scan(&self) -> Option<&str> {
        self.group(SCAN)
    }

    /// The name of its group under `key`, if it has one.
    #[must_use]
    pub fn group(&self, key: &str) -> Option<&str> {
        self.groups.iter().find(|(other, _)| other == key).map(|(_, name)| name.as_str())
    }

    /// Whether no atom has another, or an image, within `distance` (Å), so that its energy is a sum of those of isolated atoms.
    #[must_use]
    pub fn is_apart(&self, distance: f64) -> bool {
        if self.atom_count() > MOST_APART {
            return false;
        }
        let edges = self
            .system()
            .and_then(|system| NeighborList::new(distance, 0.0).update(&system).map(Neighbors::edge_count));
        edges.is_ok_and(|edges| edges == 0)
    }

    /// What makes this configuration unusable, if anything: the first number that is not finite, with its atom.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        if let Some(energy) = self.energy.filter(|energy| !energy.is_finite()) {
            return Some(format!("the energy is {energy}"));
        }
        if let Some(energy) = self.relative_energy.filter(|energy| !energy.is_finite()) {
            return Some(format!("the relative energy is {energy}"));
        }
        let broken = |what: &str, vectors: &[[f64; 3]]| {
            let atom = vectors.iter().position(|vector| vector.iter().any(|x| !x.is_finite()))?;
            Some(format!("the {what} atom {} ({}) is {:?}", atom + 1, self.elements[atom].symbol(), vectors[atom]))
        };
        broken("position of", &self.positions).or_else(|| broken("force on", &self.forces)).or_else(|| {
            let virial = self.virial?;
            virial.iter().flatten().any(|x| !x.is_finite()).then(|| format!("the virial is {virial:?}"))
        })
    }
}
