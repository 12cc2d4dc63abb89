//! Energies that do not belong to their molecule.

use std::collections::BTreeMap;

use super::finding::{Finding, Severity};
use super::stress::median;
use crate::Configuration;
use crate::variety::MOLECULE;
use cormorant_core::system::{Element, find_bonds};

/// An energy this many robust standard deviations from the median is reported.
const DEVIATIONS: f64 = 12.0;
/// Fewer frames than this have no median to speak of.
const FEWEST: usize = 20;
/// Where so large a part of the frames of the same atoms has the same bonds, the others are taken for that molecule too.
const MOST: f64 = 0.9;
/// The smallest deviation in eV: frames may all have the same energy.
const LEAST: f64 = 1.0e-6;

/// Frames by index.
type Frames = Vec<usize>;

/// Energies far from the median of frames of the same molecule; robust, so that the outliers do not hide themselves.
///
/// A molecule is what has one name under `molecule` and one sequence of elements. Without names it is what has the same bonds: isomers
/// differ by electronvolts and are no outliers of each other.
pub(super) fn outliers(configurations: &[Configuration]) -> Option<Finding> {
    let mut kinds: BTreeMap<(Option<&str>, &[Element]), Frames> = BTreeMap::new();
    for (frame, one) in configurations.iter().enumerate().filter(|(_, one)| one.energy.is_some()) {
        kinds.entry((one.group(MOLECULE), &one.elements)).or_default().push(frame);
    }
    let mut far = Vec::new();
    for ((name, _), frames) in kinds {
        let found = outside(configurations, &frames, &frames);
        // Bonds are looked for where they may acquit somebody.
        if name.is_some() || found.is_empty() {
            far.extend(found);
        } else {
            far.extend(by_bonds(configurations, &frames));
        }
    }
    far.sort_unstable();
    let &frame = far.first()?;
    let text = format!(
        "{} frames have energies more than {DEVIATIONS} standard deviations from the median of their molecule, for example frame {frame} \
         with {:.3} eV",
        far.len(),
        configurations[frame].energy.unwrap_or(f64::NAN)
    );
    Some(Finding { severity: Severity::Warning, text })
}

/// The outliers among `frames` of the same atoms, which may be of several molecules.
fn by_bonds(configurations: &[Configuration], frames: &[usize]) -> Frames {
    let mut molecules: BTreeMap<Vec<[usize; 2]>, Frames> = BTreeMap::new();
    for &frame in frames {
        molecules.entry(bonds(&configurations[frame])).or_default().push(frame);
    }
    let Some(largest) = molecules.values().max_by_key(|molecule| molecule.len()) else { return Frames::new() };
    // One molecule, some of whose bonds are stretched or broken.
    if largest.len() as f64 >= MOST * frames.len() as f64 {
        return outside(configurations, largest, frames);
    }
    molecules.values().flat_map(|molecule| outside(configurations, molecule, molecule)).collect()
}

/// Those of `judged` whose energies are far from the median of `frames`; none where these are few.
fn outside(configurations: &[Configuration], frames: &[usize], judged: &[usize]) -> Frames {
    if frames.len() < FEWEST {
        return Frames::new();
    }
    let energy = |frame: &usize| configurations[*frame].energy.unwrap_or(f64::NAN);
    let center = median(frames.iter().map(energy));
    let deviation = 1.4826 * median(frames.iter().map(|frame| (energy(frame) - center).abs()));
    let far = |frame: &usize| (energy(frame) - center).abs() > DEVIATIONS * deviation.max(LEAST);
    judged.iter().copied().filter(far).collect()
}

/// The pairs of bonded atoms; none where atoms overlap.
fn bonds(one: &Configuration) -> Vec<[usize; 2]> {
    let found = one.system().and_then(|system| find_bonds(&system)).unwrap_or_default();
    let mut pairs: Vec<[usize; 2]> = found.iter().map(|bond| [bond.first, bond.second]).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}
