//! Which atoms of a file of MDL have fewer bonds than their valence, so that hydrogens may be missing.

use super::mdl_block::{MdlBlock, MdlBond};
use cormorant_core::system::Element;

/// Orders of bonds below the valence that do not count: rings of aromatic bonds need not add up to whole numbers.
const ROUNDING: f64 = 0.6;

/// Bonds, charges and radicals of one molecule.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct MdlValence {
    bonds: Vec<MdlBond>,
    charges: Vec<(usize, i64)>,
    radicals: Vec<(usize, i64)>,
}

impl MdlValence {
    pub(super) fn of(block: &MdlBlock<'_>) -> Self {
        Self { bonds: block.bonds(), charges: block.charges(), radicals: block.radicals() }
    }

    /// Whether the file says which atoms are bonded.
    pub(crate) fn is_stated(&self) -> bool {
        !self.bonds.is_empty()
    }

    /// What shows that hydrogens may be missing, if anything does.
    pub(crate) fn complaint(&self, elements: &[Element]) -> Option<String> {
        let mut free: Vec<f64> = elements.iter().map(|element| valence(*element).unwrap_or(f64::NAN)).collect();
        for (atom, charge) in &self.charges {
            if let Some(free) = free.get_mut(*atom) {
                // N⁺ and O⁺ have a bond more, N⁻ and O⁻ one fewer; carbon has one fewer either way.
                *free += if elements[*atom].symbol() == "C" { -charge.abs() as f64 } else { *charge as f64 };
            }
        }
        for (atom, electrons) in &self.radicals {
            if let Some(free) = free.get_mut(*atom) {
                *free -= *electrons as f64;
            }
        }
        for (first, second, order) in &self.bonds {
            for atom in [first, second] {
                if let Some(free) = free.get_mut(*atom) {
                    *free -= order;
                }
            }
        }
        // What has no known valence is NaN and never open.
        let open: Vec<f64> = free.into_iter().filter(|free| *free >= ROUNDING).collect();
        let hydrogens: f64 = open.iter().map(|free| free.round()).sum();
        (!open.is_empty())
            .then(|| format!("{} of {} atoms have open valences, {hydrogens} in all", open.len(), elements.len()))
    }
}

/// Bonds of a neutral atom, where they are certain.
fn valence(element: Element) -> Option<f64> {
    match element.symbol() {
        "C" => Some(4.0),
        "N" => Some(3.0),
        "O" => Some(2.0),
        _ => None,
    }
}
