//! How large the labels are, and which of them say something.

use std::collections::BTreeMap;

use super::configuration::Configuration;
use cormorant_core::system::Element;

/// Unit of the network in eV for a spread of the energies of 1 eV per atom, where forces say little.
const SPREAD_UNIT: f64 = 2.0;

/// Sizes of the labels of frames.
///
/// Forces are small where symmetry makes them so, as in volume scans of crystals. Their size says nothing of the energies then. In
/// data with thermal motion the force in eV/Å is at least three times the spread in eV, and that of molecules 20 to 200 times.
/// Checked by: `suite::volume_scans`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelScale {
    /// Root mean square of the force components in eV/Å; zero where there are none.
    pub force: f64,
    /// Root mean square deviation of the energy per atom in eV from the mean of the frames of the same composition.
    pub energy_spread: f64,
}

impl LabelScale {
    /// Those of `frames`.
    #[must_use]
    pub fn of(frames: &[Configuration]) -> Self {
        let squares: f64 = frames.iter().flat_map(|frame| frame.forces.iter().flatten()).map(|x| x * x).sum();
        let components: usize = frames.iter().map(|frame| 3 * frame.forces.len()).sum();
        let force = (squares / components.max(1) as f64).sqrt();
        let mut compositions: BTreeMap<Vec<Element>, Vec<f64>> = BTreeMap::new();
        for frame in frames {
            let mut elements = frame.elements.clone();
            elements.sort_unstable();
            if let Some(energy) = frame.energy {
                compositions.entry(elements).or_default().push(energy / frame.atom_count().max(1) as f64);
            }
        }
        let squares = compositions.values().map(|energies| {
            let mean = energies.iter().sum::<f64>() / energies.len() as f64;
            energies.iter().map(|energy| (energy - mean).powi(2)).sum::<f64>()
        });
        let energies = frames.iter().filter(|frame| frame.energy.is_some()).count();
        Self { force, energy_spread: (squares.sum::<f64>() / energies.max(1) as f64).sqrt() }
    }

    /// Whether the forces say as much as the energies; else a model is judged by both.
    #[must_use]
    pub fn forces_tell(&self) -> bool {
        self.force >= SPREAD_UNIT * self.energy_spread
    }

    /// What one unit of the network's output stands for, in eV: what the forces are like, or the energies where forces say little.
    #[must_use]
    pub fn unit(&self) -> f64 {
        let unit = self.force.max(SPREAD_UNIT * self.energy_spread);
        // Data with neither, such as isolated atoms, leave it at 1 eV.
        if unit > 0.0 { unit } else { 1.0 }
    }
}
