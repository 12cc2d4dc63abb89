//! Masses that a file states: of isotopes it names, or a column of extended XYZ.

use super::Frame;
use cormorant_core::system::Element;

/// Columns of extended XYZ with the masses of the atoms in u; ASE writes the first.
const COLUMNS: [&str; 2] = ["masses", "mass"];
/// Relative difference from the standard atomic weight that is worth a note: other tables of weights differ by less.
const WORTH_A_NOTE: f64 = 1.0e-4;
/// Different masses that a note lists.
const LISTED: usize = 6;

impl Frame {
    /// Mass of each atom in u: as a column states it, else of the isotope that the file names, else the standard atomic weight.
    #[must_use]
    pub fn atom_masses(&self) -> Vec<f64> {
        if let Some(masses) = &self.masses {
            return masses.clone();
        }
        let mut masses: Vec<f64> = self.elements.iter().map(|element| element.mass()).collect();
        for (atom, mass) in &self.isotopes {
            masses[*atom] = *mass;
        }
        masses
    }

    /// Whether the column called `name` has the masses of the atoms.
    pub(super) fn has_masses_in(&self, name: &str) -> bool {
        self.masses.is_some() && COLUMNS.contains(&name)
    }

    /// Take the masses of a column over.
    ///
    /// # Errors
    /// When one is not above zero; the message has the remedy.
    pub(super) fn take_masses(&mut self) -> Result<(), String> {
        let Some((name, masses)) = COLUMNS.iter().find_map(|name| Some((*name, self.numbers(name)?))) else {
            return Ok(());
        };
        if let Some(atom) = masses.iter().position(|mass| !(mass.is_finite() && *mass > 0.0)) {
            return Err(format!(
                "the mass of atom {} in the column `{name}` is {}; give every atom its mass in u, or remove the column",
                atom + 1,
                masses[atom]
            ));
        }
        self.masses = Some(masses);
        Ok(())
    }

    /// Name an isotope of an atom by its mass in u.
    pub(super) fn set_isotope(&mut self, atom: usize, mass: f64) {
        self.isotopes.retain(|(other, _)| *other != atom);
        self.isotopes.push((atom, mass));
    }

    /// What to say of masses that are not the standard atomic weights, if there are any.
    pub(super) fn masses_note(&self) -> Option<String> {
        let mut found: Vec<(Element, f64, usize)> = Vec::new();
        let masses = if self.masses.is_some() || !self.isotopes.is_empty() { self.atom_masses() } else { return None };
        for (element, mass) in self.elements.iter().zip(masses) {
            if (mass / element.mass() - 1.0).abs() <= WORTH_A_NOTE {
                continue;
            }
            let room = found.len() <= LISTED;
            match found.iter_mut().find(|(other, known, _)| other == element && *known == mass) {
                Some((_, _, count)) => *count += 1,
                None if room => found.push((*element, mass, 1)),
                None => (),
            }
        }
        if found.is_empty() {
            return None;
        }
        let mut listed: Vec<String> =
            found.iter().take(LISTED).map(|(element, mass, count)| format!("{count} {element} of {mass} u")).collect();
        if found.len() > LISTED {
            listed.push("...".into());
        }
        Some(format!(
            "masses of the file that are not the standard atomic weights: {}; the forces are those of the elements",
            listed.join(", ")
        ))
    }
}
