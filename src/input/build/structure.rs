//! Atoms from their input.

use crate::input::StructureInput;
use crate::io;
use crate::system::{Element, System};
use crate::{Error, Result};

impl StructureInput {
    /// A sentence on what the frame of the file holds and a run does not use, if there is anything.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn unused(&self) -> Result<Option<String>> {
        let unused = io::read_frame(&self.file, Some(self.frame))?.unused();
        let file = self.file.file_name().unwrap_or_default().to_string_lossy();
        Ok((!unused.is_empty()).then(|| format!("{file}: {unused}")))
    }

    /// The atoms, with the velocities of the file if it has them, and the masses that are asked for.
    ///
    /// # Errors
    /// When the file cannot be read or makes no sense.
    pub fn system(&self) -> Result<System> {
        let frame = io::read_frame(&self.file, Some(self.frame))?;
        let stated = frame.cell.filter(|_| self.periodic.is_some());
        let mut system = frame.into_system().map_err(|error| match error {
            Error::Invalid(reason) => Error::structure(&self.file, reason),
            other => other,
        })?;
        system.cell = self.cell.resolve(stated.or(system.cell), self.periodic).map_err(|error| match error {
            Error::Invalid(reason) => Error::structure(&self.file, reason),
            other => other,
        })?;
        (system.step, system.time) = (0, 0.0);
        for (symbol, mass) in &self.masses {
            let element = Element::from_symbol(symbol)?;
            let atoms: Vec<usize> = (0..system.atom_count()).filter(|atom| system.elements[*atom] == element).collect();
            if atoms.is_empty() {
                let message = format!("`masses` names {symbol}, which {} does not hold", self.file.display());
                return Err(Error::Invalid(message));
            }
            for atom in atoms {
                // The velocities of the file stay.
                let velocity = system.velocity(atom);
                system.masses[atom] = mass.value();
                system.momenta[atom] = velocity.map(|component| component * mass.value());
            }
        }
        Ok(system)
    }
}
