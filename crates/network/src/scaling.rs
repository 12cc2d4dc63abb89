//! From the network's output to eV.

use cormorant_core::system::Element;
use cormorant_core::{Error, Result};

/// E = Σ_i (σ ε_i + E0_{Z_i}).
///
/// | symbol | here         | unit |
/// |--------|--------------|------|
/// | ε_i    | output of the network for atom i |  |
/// | σ      | `scale`      | eV   |
/// | E0_Z   | `references` | eV   |
#[derive(Debug, Clone, PartialEq)]
pub struct Scaling {
    /// Elements in the order of the network's species.
    pub elements: Vec<Element>,
    /// Reference energy of each element in eV.
    pub references: Vec<f64>,
    /// Energy that one unit of the network's output stands for, in eV; since lengths are in Å, also of forces in eV/Å.
    pub scale: f64,
}

impl Scaling {
    /// Index of each atom's element.
    ///
    /// # Errors
    /// When an element is not known; the message names it and those that are.
    pub fn species(&self, elements: &[Element]) -> Result<Vec<u32>> {
        let index = |element: &Element| {
            let place = self.elements.iter().position(|known| known == element).map(|k| k as u32);
            place.ok_or_else(|| Error::Element {
                symbol: element.symbol().into(),
                known: self.elements.iter().map(|known| known.symbol().into()).collect(),
            })
        };
        elements.iter().map(index).collect()
    }

    /// Sum of the reference energies of atoms, in eV.
    #[must_use]
    pub fn reference_energy(&self, species: &[u32]) -> f64 {
        species.iter().map(|&kind| self.references[kind as usize]).sum()
    }
}
