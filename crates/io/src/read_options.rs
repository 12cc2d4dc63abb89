//! What the user says about a structure file that the file itself does not.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{Species, StructureFormat};
use cormorant_core::system::ElectronicState;

/// What reading is told beside the path; everything is optional.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReadOptions {
    /// The format, instead of the one that name and content suggest.
    pub format: Option<StructureFormat>,
    /// Elements in the order of the atom types of the file, or one for each atom.
    pub elements: Vec<Species>,
    /// Elements of atom names or atom types, e.g. `CA` or `opls_145`.
    pub types: BTreeMap<String, Species>,
    /// Å/ps that one unit of the velocities in the file is, where the format leaves it open.
    pub velocity_unit: Option<f64>,
    /// A file that names the atoms, for formats that do not.
    pub topology: Option<PathBuf>,
    /// Total charge and spin of every frame, as far as the user states them.
    pub state: ElectronicState,
}

impl ReadOptions {
    /// Options with a topology alone.
    #[must_use]
    pub fn with_topology(topology: Option<PathBuf>) -> Self {
        Self { topology, ..Self::default() }
    }
}
