//! What atoms of the training frames were bonded to.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use cormorant_core::Result;
use cormorant_core::system::{Element, System, bonded_elements};
use serde::{Deserialize, Serialize};

/// In how many training frames an atom of an element had certain bonded neighbors.
///
/// A number for the distance from training frames (the grade) says little of a model that has seen much. Which elements an atom is bonded to
/// says more: nearly all of what a molecule holds was seen thousands of times, and of atoms thrown together nearly nothing was.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeenBonding {
    /// Number of frames.
    pub frames: usize,
    /// By `C: C H H H`, the atom and its bonded neighbors, in how many of them.
    pub counts: BTreeMap<String, usize>,
}

/// A kind of bonding is known if it was in one of so many frames; in one at least.
const ONE_OF: usize = 10_000;

/// An atom that is bonded as hardly any training frame has it.
#[derive(Debug, Clone, PartialEq)]
pub struct UnusualBonding {
    /// The atom, from 0.
    pub atom: usize,
    /// Its element.
    pub element: Element,
    /// Those of its bonded neighbors.
    pub neighbors: Vec<Element>,
    /// How many training frames have that.
    pub seen: usize,
    /// Number of training frames.
    pub frames: usize,
    /// Other atoms of which the same is true.
    pub others: usize,
}

impl SeenBonding {
    /// Adds a frame.
    ///
    /// # Errors
    /// When two atoms overlap.
    pub fn add(&mut self, system: &System) -> Result<()> {
        let bonded = bonded_elements(system)?;
        let kinds: BTreeSet<String> =
            system.elements.iter().zip(&bonded).map(|(own, others)| key(*own, others)).collect();
        self.frames += 1;
        for kind in kinds {
            *self.counts.entry(kind).or_default() += 1;
        }
        Ok(())
    }

    /// The atom of `system` that is bonded as the fewest training frames have it, if they are too few.
    ///
    /// # Errors
    /// When two atoms overlap.
    pub fn unusual(&self, system: &System) -> Result<Option<UnusualBonding>> {
        let least = self.frames.div_ceil(ONE_OF).max(1);
        let bonded = bonded_elements(system)?;
        let seen = |atom: usize| self.counts.get(&key(system.elements[atom], &bonded[atom])).copied().unwrap_or(0);
        let few: Vec<(usize, usize)> =
            (0..bonded.len()).map(|atom| (seen(atom), atom)).filter(|(seen, _)| *seen < least).collect();
        let Some(&(seen, atom)) = few.iter().min() else { return Ok(None) };
        let (element, neighbors) = (system.elements[atom], bonded[atom].clone());
        Ok(Some(UnusualBonding { atom, element, neighbors, seen, frames: self.frames, others: few.len() - 1 }))
    }
}

fn key(own: Element, others: &[Element]) -> String {
    let symbols: Vec<&str> = others.iter().map(|element| element.symbol()).collect();
    format!("{}: {}", own.symbol(), symbols.join(" ")).trim_end().to_string()
}

impl fmt::Display for UnusualBonding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { atom, element, neighbors, seen, frames, others } = self;
        let symbols: Vec<&str> = neighbors.iter().map(|element| element.symbol()).collect();
        let to = if symbols.is_empty() { "nothing".to_string() } else { symbols.join(", ") };
        write!(
            out,
            "atom {} ({}) is bonded to {to}, as in {seen} of {frames} training frames",
            atom + 1,
            element.symbol()
        )?;
        match others {
            0 => Ok(()),
            1 => write!(out, "; the same is true of another atom"),
            _ => write!(out, "; {others} other atoms are as unusual"),
        }
    }
}
