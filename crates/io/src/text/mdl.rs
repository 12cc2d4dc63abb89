//! What files of MDL (SDF, MOL) say of a molecule beside atoms and bonds.

use std::path::Path;

use super::mdl_block::MdlBlock;
use super::mdl_valence::MdlValence;
use crate::isotopes::isotope_mass;
use crate::{Frame, Value, hydrogens};
use cormorant_core::{Error, Result};

/// Coordinates in Å that differ by less along z are those of a drawing.
const FLAT: f64 = 1.0e-3;
/// The code of a drawing in columns 21 and 22 of the second line.
const DRAWING: &str = "2D";

/// Of one molecule.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MdlRemarks {
    /// Sum of the formal charges, where some are stated.
    charge: Option<i64>,
    /// Whether it calls itself a drawing.
    drawing: bool,
    /// Mass numbers of isotopes.
    mass_numbers: Vec<(usize, i64)>,
    /// Differences of the mass number from the rounded atomic weight.
    mass_differences: Vec<(usize, i64)>,
    /// What its bonds leave open.
    valence: MdlValence,
}

/// The remarks of each molecule of a file, in its order.
///
/// # Errors
/// When the file cannot be read, or is in the format V3000.
pub(crate) fn remarks(path: &Path) -> Result<Vec<MdlRemarks>> {
    let bytes = std::fs::read(path).map_err(|source| Error::io(path, source))?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    let mut first_line = 1;
    for lines in lines.split(|line| line.trim_end() == "$$$$") {
        let block = MdlBlock::of(lines);
        if block.is_v3000() {
            let reason =
                "MDL V3000 is not read; save the molecule as V2000, for instance: obabel FILE.sdf -O v2000.sdf";
            return Err(Error::structure(path, reason).at_line(first_line + 3));
        }
        found.push(MdlRemarks {
            charge: formal_charge(&lines.join("\n")),
            drawing: lines.get(1).and_then(|line| line.get(20..22)) == Some(DRAWING),
            mass_numbers: block.mass_numbers(),
            mass_differences: block.mass_differences(),
            valence: MdlValence::of(&block),
        });
        first_line += lines.len() as u64 + 1;
    }
    Ok(found)
}

impl MdlRemarks {
    /// Whether the file says which atoms are bonded.
    pub(crate) fn has_bonds(&self) -> bool {
        self.valence.is_stated()
    }

    /// Take the remarks over into the frame of the molecule.
    ///
    /// # Errors
    /// When an isotope does not exist, or is that of an atom that is not there.
    pub(crate) fn apply(&self, frame: &mut Frame) -> Result<(), String> {
        if let Some(charge) = self.charge {
            frame.properties.push(("formal_charge".into(), Value::Integers(vec![charge])));
        }
        let weight = |atom: usize| frame.elements.get(atom).map_or(0, |element| element.mass().round() as i64);
        let differing = self.mass_differences.iter().map(|(atom, more)| (*atom, weight(*atom) + more));
        let numbers: Vec<(usize, i64)> = self.mass_numbers.iter().copied().chain(differing).collect();
        let mut rough = Vec::new();
        for (atom, number) in numbers {
            let place = atom + 1;
            let element = *frame
                .elements
                .get(atom)
                .ok_or_else(|| format!("an isotope is named of atom {place}, which is not there; correct `M  ISO`"))?;
            let (mass, known) = isotope_mass(element, number).map_err(|reason| {
                format!("atom {place}: {reason}; correct `M  ISO`, or the column of mass differences")
            })?;
            frame.set_isotope(atom, mass);
            if !known {
                rough.push(format!("{number}{element}"));
            }
        }
        rough.sort();
        rough.dedup();
        if !rough.is_empty() {
            frame.notes.push(format!("the mass number is taken for the mass in u of {}", rough.join(", ")));
        }
        if self.drawing && is_flat(&frame.positions) {
            frame.notes.push(
                "the molecule is a drawing in a plane (2D), not a geometry; make one with `cormorant build FILE --out molecule.xyz`".into(),
            );
        } else if let Some(reason) = self.valence.complaint(&frame.elements).filter(|_| self.has_bonds()) {
            frame.notes.push(hydrogens::text(&frame.elements, &reason));
            frame.lacks_hydrogens = true;
        }
        Ok(())
    }
}

/// Whether atoms lie in the plane of a drawing.
fn is_flat(positions: &[[f64; 3]]) -> bool {
    positions.iter().all(|position| position[2].abs() < FLAT)
}

/// Sum of the formal charges of a block: lines `M  CHG`, entries `CHG=` of V3000, or else the column of the atoms; none where nothing is
/// stated.
#[must_use]
pub fn formal_charge(block: &str) -> Option<i64> {
    let stated: Vec<i64> = if block.contains("V3000") {
        block.split_whitespace().filter_map(|word| word.strip_prefix("CHG=")?.parse().ok()).collect()
    } else {
        let lines: Vec<&str> = block.lines().collect();
        MdlBlock::of(&lines).charges().into_iter().map(|(_, charge)| charge).collect()
    };
    (!stated.is_empty()).then(|| stated.iter().sum())
}
