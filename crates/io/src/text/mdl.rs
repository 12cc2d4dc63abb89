//! What files of MDL (SDF, MOL) say of a molecule beside atoms and bonds.

use std::path::Path;

use cormorant_core::{Error, Result};

/// Coordinates in Å that differ by less along z are those of a drawing.
const FLAT: f64 = 1.0e-3;
/// The code of a drawing in columns 21 and 22 of the second line.
const DRAWING: &str = "2D";

/// Of one molecule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MdlRemarks {
    /// Sum of the formal charges, where some are stated.
    pub charge: Option<i64>,
    /// Whether it calls itself a drawing.
    pub drawing: bool,
}

/// The remarks of each molecule of a file, in its order.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn remarks(path: &Path) -> Result<Vec<MdlRemarks>> {
    let bytes = std::fs::read(path).map_err(|source| Error::io(path, source))?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    let blocks = lines.split(|line| line.trim_end() == "$$$$");
    let of = |block: &[&str]| MdlRemarks {
        charge: formal_charge(&block.join("\n")),
        drawing: block.get(1).and_then(|line| line.get(20..22)) == Some(DRAWING),
    };
    Ok(blocks.map(of).collect())
}

/// Whether atoms lie in the plane of a drawing.
pub(crate) fn is_flat(positions: &[[f64; 3]]) -> bool {
    positions.iter().all(|position| position[2].abs() < FLAT)
}

/// Sum of the formal charges of a block: lines `M  CHG`, entries `CHG=` of V3000, or else the column of the atoms; none where nothing is
/// stated.
#[must_use]
pub fn formal_charge(block: &str) -> Option<i64> {
    let number = |text: &str| text.trim().parse::<i64>().ok();
    let sum = |stated: Vec<i64>| (!stated.is_empty()).then(|| stated.iter().sum());
    let of_line = |line: &str| -> Vec<i64> { line.split_whitespace().skip(2).step_by(2).filter_map(number).collect() };
    let listed: Vec<i64> = block.lines().filter_map(|line| line.strip_prefix("M  CHG")).flat_map(of_line).collect();
    if !listed.is_empty() {
        return sum(listed);
    }
    if block.contains("V3000") {
        return sum(block.split_whitespace().filter_map(|word| word.strip_prefix("CHG=").and_then(number)).collect());
    }
    let lines: Vec<&str> = block.lines().collect();
    let atoms = lines.get(3).and_then(|counts| counts.get(..3)).and_then(number).unwrap_or(0).max(0) as usize;
    // The column counts from +3 down to -3; 4 is a radical.
    let column = |line: &&str| line.get(36..39).and_then(number);
    let codes = lines.iter().skip(4).take(atoms).filter_map(column).filter(|code| matches!(code, 1..=3 | 5..=7));
    sum(codes.map(|code| 4 - code).collect())
}
