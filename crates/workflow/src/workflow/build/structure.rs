//! Atoms from their input.

use crate::settings::StructureInput;
use cormorant_core::system::{Element, System};
use cormorant_core::{Error, Result};
use cormorant_io as io;

/// The atoms of an input, and what there is to say of their file.
#[derive(Debug, Clone)]
pub struct LoadedStructure {
    /// The atoms.
    pub system: System,
    /// What a user should know of how the file was read.
    pub notes: Vec<String>,
    /// Velocities of the file that are not used, if there are any: why, and what makes them count.
    pub unused_velocities: Option<String>,
}

impl StructureInput {
    /// The atoms, with the velocities of the file if it has them, and the masses that are asked for.
    ///
    /// # Errors
    /// When the file cannot be read or is not valid.
    pub fn system(&self) -> Result<System> {
        Ok(self.load()?.system)
    }

    /// The same, with what there is to say of the file.
    ///
    /// # Errors
    /// As for [`system`](Self::system).
    pub fn load(&self) -> Result<LoadedStructure> {
        let mut frame = io::read_frame(&self.file, Some(self.frame), &self.options()?)?;
        let file = self.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let stated = frame.cell.filter(|_| self.periodic.is_some());
        let unused = frame.unused();
        let mut notes: Vec<_> = frame.notes.drain(..).map(|note| format!("{file}: {note}")).collect();
        if !unused.is_empty() {
            notes.push(format!("{file}: {unused}"));
        }
        let unused_velocities = frame.unused_velocities.take().map(|note| format!("{file}: {note}"));
        let isotopes: Vec<usize> = frame.isotopes.iter().map(|(atom, _)| *atom).collect();
        let states_masses = frame.masses.is_some();
        let mut system = frame.into_system().map_err(|error| error.in_structure(&self.file))?;
        system.cell =
            self.cell.resolve(stated.or(system.cell), self.periodic).map_err(|error| error.in_structure(&self.file))?;
        (system.step, system.time) = (0, 0.0);
        let replaced = self.set_masses(&mut system, &isotopes)?;
        if states_masses && !replaced.is_empty() {
            let symbols = replaced.join(", ");
            notes
                .push(format!("{file}: `masses` in [structure] replaces the masses that the file states of {symbols}"));
        }
        Ok(LoadedStructure { system, notes, unused_velocities })
    }

    /// The masses that are asked for; those of isotopes that the file names stay. The symbols of elements whose masses change.
    fn set_masses(&self, system: &mut System, isotopes: &[usize]) -> Result<Vec<&str>> {
        let mut replaced = Vec::new();
        for (symbol, mass) in &self.masses {
            let element = Element::from_symbol(symbol)?;
            let meant = |atom: &usize| system.elements[*atom] == element && !isotopes.contains(atom);
            let atoms: Vec<usize> = (0..system.atom_count()).filter(meant).collect();
            if atoms.is_empty() {
                let message = format!("`masses` lists {symbol}, which {} does not contain", self.file.display());
                return Err(Error::Invalid(message));
            }
            if atoms.iter().any(|atom| system.masses[*atom] != mass.value()) {
                replaced.push(symbol.as_str());
            }
            for atom in atoms {
                // The velocities of the file stay.
                let velocity = system.velocity(atom);
                system.masses[atom] = mass.value();
                system.momenta[atom] = velocity.map(|component| component * mass.value());
            }
        }
        Ok(replaced)
    }
}
