//! Between which values the training frames lie, and one of them.

use serde::{Deserialize, Serialize};

use cormorant_core::Result;
use cormorant_core::system::{Cell, ElectronicState, Element, System};

/// Between which values the training frames lie.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ranges {
    /// Fewest and most atoms of a frame.
    pub atoms: [usize; 2],
    /// Lowest and highest energy per atom in eV, measured from the reference energies.
    pub energy: [f64; 2],
    /// Largest force in eV/Å.
    pub force: f64,
    /// Smallest and largest volume per atom in Å³, of frames with a cell.
    pub volume: Option<[f64; 2]>,
    /// In how many directions frames repeat (2 for slabs, 1 for wires, 3 for bulks, 0 for no cell), sorted; empty unless there are
    /// slabs or wires among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<usize>,
}

/// A training frame that trials of the model start from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Chemical symbols.
    pub elements: Vec<String>,
    /// Positions in Å; `[atoms][3]`.
    pub positions: Vec<[f64; 3]>,
    /// Cell vectors in Å, by rows, if there is a cell.
    pub cell: Option<[[f64; 3]; 3]>,
    /// Along which of them the cell repeats; left out where that is all three.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub periodic: Option<[bool; 3]>,
    /// Its bonds; empty where training frames have other atoms than this one, and in older files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bonds: Vec<SeenBond>,
    /// Its total charge and spin; left out where it is a neutral singlet, or where the network knows neither.
    #[serde(default, skip_serializing_if = "ElectronicState::is_unstated")]
    pub state: ElectronicState,
}

/// A bond of the example in all training frames.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeenBond {
    /// Its two atoms, counted from 0, the lower number first.
    pub atoms: [usize; 2],
    /// The shortest that it was in any of them, in Å.
    pub shortest: f64,
}

impl Example {
    /// The frame as a system at rest.
    ///
    /// # Errors
    /// When a symbol is no element, the numbers of symbols and positions differ, or the cell has no volume.
    pub fn system(&self) -> Result<System> {
        let elements = self.elements.iter().map(|symbol| Element::from_symbol(symbol)).collect::<Result<_>>()?;
        let periodic = self.periodic.unwrap_or([true; 3]);
        let cell = self.cell.map(|rows| Cell::with_periodicity(rows, periodic)).transpose()?;
        let system = System::new(elements, self.positions.clone(), cell)?;
        Ok(System { state: self.state, ..system })
    }

    /// The shortest that the bond of two atoms, the lower number first, was in the training frames, in Å, if it is recorded.
    #[must_use]
    pub fn shortest_bond(&self, atoms: [usize; 2]) -> Option<f64> {
        let found = self.bonds.iter().find(|bond| bond.atoms == atoms).map(|bond| bond.shortest);
        found.filter(|shortest| shortest.is_finite() && *shortest > 0.0)
    }
}
