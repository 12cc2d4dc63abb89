//! How many different molecules there are in data.

use std::collections::HashSet;

use super::configuration::Configuration;
use cormorant_core::system::Element;

/// From this number of compositions on, defaults and remarks are those for many molecules.
pub const MANY: usize = 50;
/// The key of the comments that names a molecule.
pub(super) const MOLECULE: &str = "molecule";

/// Number of different formulas, or of different names under `molecule` if those are more.
pub(super) fn compositions<'c>(frames: impl Iterator<Item = &'c Configuration>) -> usize {
    let (mut formulas, mut names) = (HashSet::new(), HashSet::new());
    let mut atoms: Vec<Element> = Vec::new();
    for frame in frames {
        atoms.clone_from(&frame.elements);
        atoms.sort_unstable();
        if !formulas.contains(&atoms) {
            formulas.insert(atoms.clone());
        }
        names.extend(frame.group(MOLECULE));
    }
    formulas.len().max(names.len())
}
