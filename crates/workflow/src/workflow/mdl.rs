//! A molecule in a file of MDL (SDF, MOL): what the reader of structures does not say of it.

use std::path::Path;

use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_io::{ReadOptions, StructureFormat, formal_charge, read_frame};

/// Coordinates in Å that differ by less along z are those of a drawing.
const FLAT: f64 = 1.0e-3;

/// The molecule of a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MdlMolecule {
    /// The text of its block.
    pub block: String,
    /// Its atoms as they are in the file.
    pub system: System,
    /// Total charge in e: the sum of the formal charges.
    pub charge: i64,
    /// Whether atoms have fewer bonds than their valence, so that hydrogens are missing.
    pub lacks_hydrogens: bool,
}

impl MdlMolecule {
    /// Whether `path` is the name of such a file and not SMILES.
    pub fn is_meant(path: &Path) -> bool {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        matches!(extension.to_lowercase().as_str(), "sdf" | "sd" | "mol")
    }

    /// Read the file, which must hold one molecule.
    ///
    /// # Errors
    /// When it cannot be read, is not valid, or holds several molecules.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::io(path, source))?;
        let count = text.lines().filter(|line| line.trim_end() == "M  END").count();
        if count > 1 {
            let reason = format!("holds {count} molecules; give each a file of its own");
            return Err(Error::structure(path, reason));
        }
        let block = text.split_inclusive('\n').take_while(|line| line.trim_end() != "$$$$").collect::<String>();
        let options = ReadOptions { format: Some(StructureFormat::Sdf), ..ReadOptions::default() };
        let frame = read_frame(path, None, &options)?;
        let (masses, lacks_hydrogens) = (frame.atom_masses(), frame.lacks_hydrogens);
        let system = System::new(frame.elements, frame.positions, None).map_err(|error| error.in_structure(path))?;
        let system = System { masses, ..system };
        Ok(Self { charge: formal_charge(&block).unwrap_or(0), block, system, lacks_hydrogens })
    }

    /// Whether it has a geometry and hydrogens, so that nothing has to be found.
    pub fn is_complete(&self) -> bool {
        let heights = || self.system.positions.iter().map(|position| position[2]);
        let (low, high) =
            heights().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), z| (low.min(z), high.max(z)));
        high - low > FLAT && !self.lacks_hydrogens && self.system.elements.iter().any(|element| element.symbol() == "H")
    }
}
