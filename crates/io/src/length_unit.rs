//! The unit of coordinates that the comment of an extended XYZ file states.

use super::{Frame, Value};
use cormorant_core::system::Cell;
use cormorant_core::units::BOHR;

/// Units of length that comments and users name: usual name, size in Å, spellings.
pub const LENGTH_UNITS: [(&str, f64, &[&str]); 3] = [
    ("Å", 1.0, &["Å", "\u{212b}", "A", "Ang", "ang", "Angstrom", "angstrom", "Ångström"]),
    ("nm", 10.0, &["nm", "nanometer"]),
    ("bohr", BOHR, &["bohr", "Bohr", "a0", "a.u.", "au"]),
];

/// What a key begins with that ends in `_unit` and states the unit of coordinates.
const STEMS: [&str; 10] =
    ["length", "distance", "r", "pos", "position", "positions", "coord", "coords", "coordinate", "coordinates"];

/// Whether `key` states the unit of coordinates and cell, as `length_unit` and `position-units` do.
#[must_use]
pub fn states_length(key: &str) -> bool {
    let plain = key.to_lowercase().replace('-', "_");
    let stem = plain.strip_suffix("_units").or_else(|| plain.strip_suffix("_unit"));
    stem.is_some_and(|stem| STEMS.contains(&stem))
}

impl Frame {
    /// Bring coordinates and cell to Å where the comment states another unit of length, and note it.
    ///
    /// Readers of structures and trajectories have done so; a frame of [`ExtendedXyzReader`](super::ExtendedXyzReader) is as written.
    ///
    /// # Errors
    /// When a key such as `length_unit` names no unit that is known; the message has the remedy.
    pub fn bring_to_angstrom(&mut self) -> Result<(), String> {
        let Some((key, name, factor)) = self.stated_length()? else { return Ok(()) };
        if factor == 1.0 {
            return Ok(());
        }
        self.positions.iter_mut().flatten().for_each(|x| *x *= factor);
        if let Some(cell) = &self.cell {
            let rows = cell.rows().map(|row| row.map(|x| x * factor));
            self.cell = Some(Cell::with_periodicity(rows, cell.periodic()).map_err(|error| error.to_string())?);
        }
        self.notes.push(format!("coordinates and cell are in {name}, as `{key}` says, and are converted to Å"));
        Ok(())
    }

    /// Key, name and size in Å of the unit that the comment states: under a key of its own, or else as a word of `units`.
    fn stated_length(&self) -> Result<Option<(String, &'static str, f64)>, String> {
        if let Some((key, value)) = self.properties.iter().find(|(key, _)| states_length(key)) {
            let found = if let Value::Text(text) = value { unit(text) } else { None };
            let Some((name, factor)) = found else {
                return Err(format!(
                    "`{key}` in the comment names no unit of length that is known; write Å, nm or bohr, or convert the coordinates to Å and \
                     remove the key"
                ));
            };
            return Ok(Some((key.clone(), name, factor)));
        }
        let listed = self.properties.iter().find_map(|(key, value)| match value {
            Value::Text(text) if matches!(key.to_lowercase().as_str(), "units" | "unit") => Some((key, text)),
            _ => None,
        });
        let Some((key, text)) = listed else { return Ok(None) };
        // Whether coordinates are in atomic units as well is not certain there.
        let words = text.split([',', ';', ' ']).filter(|word| !matches!(word.to_lowercase().as_str(), "au" | "a.u."));
        Ok(words.into_iter().find_map(unit).map(|(name, factor)| (key.clone(), name, factor)))
    }
}

/// Name and size of the unit that `text` spells; case does not matter.
fn unit(text: &str) -> Option<(&'static str, f64)> {
    let spelled = |spellings: &[&str]| spellings.iter().any(|one| one.eq_ignore_ascii_case(text.trim()));
    LENGTH_UNITS.iter().find(|(_, _, spellings)| spelled(spellings)).map(|(name, factor, _)| (*name, *factor))
}
