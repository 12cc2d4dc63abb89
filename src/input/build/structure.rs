//! Atoms from their input.

use crate::Result;
use crate::input::StructureInput;
use crate::io;
use crate::system::System;

impl StructureInput {
    /// The atoms, with the velocities of the file if it has them.
    ///
    /// # Errors
    /// When the file cannot be read or makes no sense.
    pub fn system(&self) -> Result<System> {
        let mut system = io::read_structure(&self.file, Some(self.frame))?;
        system.cell = self.cell.resolve(system.cell.take())?;
        (system.step, system.time) = (0, 0.0);
        Ok(system)
    }
}
