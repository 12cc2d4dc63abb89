//! Checks of labeled data before anything is fitted to them.
//!
//! Units and signs are where data go wrong silently: a factor of 23.06 between energies and forces trains without
//! complaint. [`check`] compares forces with energy differences, looks for frames that occur twice, for atoms in impossible
//! places, and for net forces and torques, which no label of an isolated system has.

mod apart;
mod finding;
mod outliers;
mod slope;
mod stress;
mod units;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

use apart::apart;
pub use finding::{Finding, Severity};
pub use slope::Slope;
pub use stress::StressSlope;

use super::configuration::Configuration;

/// A slope beyond this factor from 1 is reported. Good data are between 0.8 and 1.05, because pairs of frames far apart
/// feel that the surface is not harmonic; the smallest mistake in units, the bohr, makes 1.9.
const SLOPE_FACTOR: f64 = 1.5;
/// Repulsion between frames far apart may make the slope smaller than 1 by this many times the scatter of the pairs. Right
/// labels: 0.7 (150 frames of aspirin), 2.7 and 3.3 (atoms shaken within each other's r⁻¹² walls).
const ANHARMONIC: f64 = 3.5;
/// Net force and torque above this share of the root mean square force are reported.
const NET_TOLERANCE: f64 = 0.01;
/// A root mean square of the forces above this, in eV/Å, is reported: molecules at 300 K have 1 to 2, at 2000 K some 4.
const LARGEST_FORCE: f64 = 10.0;
/// Above this root mean square, in eV/Å, forces are hardly those in Hartree/Å or kcal/mol/Å by mistake and in eV/Å in truth; in Hartree/Å
/// molecules at 300 K have 0.04 to 0.07.
const USUAL_FORCE: f64 = 0.2;
/// A distance below this share of the sum of the covalent radii is reported.
const CLOSEST: f64 = 0.5;
/// Wrong factors that happen, with what to look for.
const FACTORS: [(f64, &str); 7] = [
    (1.0, "the forces have the opposite sign: they are gradients"),
    (23.060_548, "as if energies were in kcal/mol and forces in eV/Å"),
    (27.211_386, "as if forces were in Hartree/Å and energies in eV"),
    (51.422_067, "as if forces were in Hartree/bohr and energies in eV"),
    (1.889_726, "as if forces were per bohr and coordinates in Å"),
    (96.485_332, "as if energies were in kJ/mol and forces in eV/Å"),
    (4.184, "as if one were in kcal/mol and the other in kJ/mol"),
];

/// What was found in a data set.
#[derive(Debug, Clone, PartialEq)]
pub struct DataReport {
    /// Energy differences against the work of the forces; `None` where no two frames are similar enough.
    pub slope: Option<Slope>,
    /// Energy differences against the work of the stress; `None` where too few similar frames differ in their cells.
    pub stress_slope: Option<StressSlope>,
    /// Whether frames have a stress.
    pub has_stress: bool,
    /// What is wrong with the stress, so that it cannot be learned from.
    pub wrong_stress: Option<Finding>,
    /// Why the forces cannot be those of the energies, if they cannot.
    pub wrong_forces: Option<Finding>,
    /// Pairs of frames with the same atoms at the same places, each later frame with its first occurrence.
    pub duplicates: Vec<(usize, usize)>,
    /// Root mean square of the net force over the frames, per atom, in eV/Å.
    pub net_force: f64,
    /// Root mean square over the frames of the net torque about the centroid, over the radius of gyration, per atom, in eV/Å;
    /// frames without a cell only.
    pub net_torque: Option<f64>,
    /// Root mean square of the force components in eV/Å.
    pub force_rms: f64,
    /// What deserves attention, the gravest first.
    pub findings: Vec<Finding>,
}

/// Checks `configurations`; costs seconds at most, since large sets are sampled where that is enough.
#[must_use]
pub fn check(configurations: &[Configuration]) -> DataReport {
    let mut findings = Vec::new();
    let slope = slope::slope(configurations);
    // Warnings are told of and fitted all the same.
    let grave = |doubt: &Option<Finding>| doubt.clone().filter(|finding| finding.severity == Severity::Grave);
    let doubt = slope.and_then(judge_slope);
    let wrong_forces = grave(&doubt);
    findings.extend(doubt);
    let stress_slope = stress::slope(configurations);
    let doubt = stress::judge(stress_slope, configurations);
    let wrong_stress = grave(&doubt);
    findings.extend(doubt);
    let duplicates = duplicates(configurations);
    findings.extend(judge_duplicates(&duplicates, configurations));
    findings.extend(outliers::outliers(configurations));
    findings.extend(units::lengths(configurations));
    findings.extend(closest(configurations));
    let components = configurations.iter().map(|one| 3 * one.forces.len()).sum::<usize>().max(1);
    let squares: f64 = configurations.iter().flat_map(|one| one.forces.iter().flatten()).map(|x| x * x).sum();
    let force_rms = (squares / components as f64).sqrt();
    // Forces of the usual size that are the slope of the energies say that both are in eV.
    let usual = slope.is_some_and(|slope| slope.value > 0.0 && slope.value.ln().abs() < SLOPE_FACTOR.ln())
        && force_rms > USUAL_FORCE;
    findings.extend(units::energies(configurations).filter(|_| !usual));
    findings.extend(judge_size(configurations, force_rms));
    findings.extend(judge_zeros(configurations));
    let (net_force, net_torque) = nets(configurations);
    for (what, value) in [("net force", Some(net_force)), ("net torque over the radius of gyration", net_torque)] {
        if let Some(value) = value.filter(|value| *value > NET_TOLERANCE * force_rms) {
            findings.push(Finding {
                severity: Severity::Warning,
                text: format!("the {what} is {:.1} meV/Å per atom, which should be zero", 1000.0 * value),
            });
        }
    }
    findings.sort_by_key(|finding| finding.severity);
    DataReport {
        slope,
        stress_slope,
        has_stress: configurations.iter().any(|one| one.virial.is_some()),
        wrong_stress,
        wrong_forces,
        duplicates,
        net_force,
        net_torque,
        force_rms,
        findings,
    }
}

/// Forces too large for any molecule, as those in another unit are when energies are in it too.
fn judge_size(configurations: &[Configuration], force_rms: f64) -> Option<Finding> {
    if force_rms <= LARGEST_FORCE {
        return None;
    }
    let sizes: Vec<(f64, usize)> = configurations
        .iter()
        .map(|one| (one.forces.iter().flatten().map(|x| x * x).sum(), 3 * one.forces.len()))
        .collect();
    let (worst, (square, count)) = sizes.iter().copied().enumerate().max_by(|a, b| a.1.0.total_cmp(&b.1.0))?;
    let (squares, components) = sizes.iter().fold((0.0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let others = ((squares - square) / (components - count).max(1) as f64).sqrt();
    let text = if components > count && others <= LARGEST_FORCE {
        format!(
            "the forces of frame {worst} are {:.0} eV/Å in the root mean square, those of all others {others:.2}; leave it out if nothing pushes its \
             atoms together",
            (square / count as f64).sqrt()
        )
    } else {
        format!(
            "the forces are {force_rms:.0} eV/Å in the root mean square, where molecules at 300 K have 1 to 2; are energies and forces in kcal/mol or kJ/mol?"
        )
    };
    Some(Finding { severity: Severity::Warning, text })
}

/// Forces that are all zero in molecules, as placeholders are.
fn judge_zeros(configurations: &[Configuration]) -> Option<Finding> {
    let zero = |one: &&Configuration| {
        one.cell.is_none() && one.forces.len() > 1 && one.forces.iter().flatten().all(|component| *component == 0.0)
    };
    let count = configurations.iter().filter(zero).count();
    let text = format!(
        "{count} frames have forces that are all zero; if nobody computed them, leave the forces of these frames out"
    );
    (count > 0).then_some(Finding { severity: Severity::Warning, text })
}

impl fmt::Display for DataReport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.slope {
            Some(Slope { value, error, pairs, .. }) => writeln!(
                out,
                "checked: energy differences are {value:.3} ± {error:.3} times the work of the forces ({pairs} pairs of \
                 similar frames; 1 is right)"
            )?,
            None => {
                writeln!(out, "not checked: forces against energies, since no two frames that have both are similar")?;
            }
        }
        if self.has_stress && self.stress_slope.is_none() {
            writeln!(
                out,
                "not checked: sign and unit of the stress, since too few similar frames differ in their cells"
            )?;
        }
        if let Some(StressSlope { value, error, pairs, .. }) = &self.stress_slope {
            let digits = stress::slope_digits(*value);
            let (word, rest) = if stress::is_known(*value, *error) {
                ("checked", "1 is right")
            } else {
                ("not conclusive", "1 would be right: neither sign nor unit of the stress is known to be good")
            };
            writeln!(
                out,
                "{word}: energy differences are {value:.digits$} ± {error:.digits$} times the work of the stress ({pairs} pairs of frames of \
                 different cells; {rest})"
            )?;
        }
        for Finding { severity, text } in &self.findings {
            let word = match severity {
                Severity::Grave => "grave",
                Severity::Warning => "warning",
            };
            writeln!(out, "{word}: {text}")?;
        }
        Ok(())
    }
}

/// A slope whose standard error is more than this says that energies and forces are not of one surface, and not of which unit they are.
const UNRELATED: f64 = 0.25;
/// Fewer pairs of frames than these may be so by chance.
const ENOUGH_PAIRS: usize = 10;

fn judge_slope(slope: Slope) -> Option<Finding> {
    let Slope { value, error, scatter, pairs, distance } = slope;
    let plausible = value > 0.0 && value.ln().abs() < SLOPE_FACTOR.ln();
    if error > UNRELATED && pairs >= ENOUGH_PAIRS && (plausible || (value - 1.0).abs() <= 4.0 * error) {
        let text = format!(
            "energy differences are {value:.3} ± {error:.3} times the work of the forces over {pairs} pairs of similar frames: they have little to \
             do with each other. Are the energies of some frames of another theory, missing (0), or rounded?"
        );
        return Some(Finding { severity: Severity::Warning, text });
    }
    if plausible || (value - 1.0).abs() <= 4.0 * error {
        return None;
    }
    if value > 0.0 && value < 1.0 && 1.0 - value <= ANHARMONIC * scatter {
        let text = format!(
            "energy differences are {value:.3} ± {error:.3} times the work of the forces over {pairs} pairs of frames. These \
             frames are so far apart ({distance:.2} Å per atom) or so strained that this proves no mistake, and a wrong unit \
             would not show; compare a few frames less than 0.05 Å apart if you are not sure"
        );
        return Some(Finding { severity: Severity::Warning, text });
    }
    let off = |factor: f64| (value.abs() / factor).ln().abs();
    let candidates = FACTORS.iter().flat_map(|&(factor, text)| [(factor, text), (1.0 / factor, text)]);
    let nearest = candidates.min_by(|a, b| off(a.0).total_cmp(&off(b.0)));
    let mut text = format!(
        "energy differences are {value:.3} ± {error:.3} times the work of the forces over {pairs} pairs of similar frames"
    );
    if let Some((factor, reason)) = nearest.filter(|candidate| off(candidate.0) < SLOPE_FACTOR.ln()) {
        let guess = match factor {
            1.0 => format!("; {reason}"),
            factor if value < 0.0 => format!("; a factor of {factor:.4} and the opposite sign: {reason}"),
            factor => format!("; a factor of {factor:.4}: {reason}, or the other way round"),
        };
        text.push_str(&guess);
    }
    Some(Finding { severity: Severity::Grave, text: text + "; check the units and the sign" })
}

/// Frames with the same atoms at the same places (to 1e-7 Å).
pub(super) fn duplicates<'c>(configurations: impl IntoIterator<Item = &'c Configuration>) -> Vec<(usize, usize)> {
    // A digest of 128 bits in place of the frame: two frames of a million share one by chance once in 10²⁶ sets.
    let mut first: HashMap<[u8; 16], usize> = HashMap::new();
    let mut found = Vec::new();
    for (frame, one) in configurations.into_iter().enumerate() {
        match first.entry(digest(one)) {
            Entry::Occupied(earlier) => found.push((*earlier.get(), frame)),
            Entry::Vacant(place) => {
                place.insert(frame);
            }
        }
    }
    found
}

/// What tells a frame from others: its atoms, their places in units of 1e-7 Å, its cell, and its charge and spin.
fn digest(one: &Configuration) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    let vector = |hasher: &mut blake3::Hasher, vector: [f64; 3]| {
        for x in vector {
            hasher.update(&((x * 1.0e7).round() as i64).to_le_bytes());
        }
    };
    hasher.update(&(one.atom_count() as u64).to_le_bytes());
    one.elements.iter().for_each(|element| {
        hasher.update(&[element.number()]);
    });
    one.positions.iter().for_each(|&position| vector(&mut hasher, position));
    for row in one.cell.iter().flat_map(cormorant_core::system::Cell::rows) {
        vector(&mut hasher, row);
    }
    // Frames that state nothing have the digest that they always had.
    if !one.state.is_neutral_singlet() {
        hasher.update(one.state.filled().to_string().as_bytes());
    }
    let mut start = [0; 16];
    start.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    start
}

fn judge_duplicates(duplicates: &[(usize, usize)], configurations: &[Configuration]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some((first, second)) = duplicates.first() {
        let text = format!("{} frames occur twice, for example {first} and {second}", duplicates.len());
        findings.push(Finding { severity: Severity::Warning, text });
    }
    let energy = |frame: usize| configurations[frame].energy;
    let differ = |&&(a, b): &&(usize, usize)| energy(a).zip(energy(b)).is_some_and(|(a, b)| (a - b).abs() > 1.0e-3);
    if let Some(&(first, second)) = duplicates.iter().find(differ) {
        let text = format!(
            "frames {first} and {second} have the same atoms at the same positions, but energies {} and {} eV",
            energy(first).unwrap_or(f64::NAN),
            energy(second).unwrap_or(f64::NAN)
        );
        findings.push(Finding { severity: Severity::Grave, text });
    }
    findings
}

/// Two atoms closer than chemistry allows; looked for in at most about a thousand frames without a cell.
fn closest(configurations: &[Configuration]) -> Option<Finding> {
    let stride = (configurations.len() / 1000).max(1);
    let mut worst: Option<(f64, String)> = None;
    for (frame, one) in configurations.iter().enumerate().step_by(stride).filter(|(_, one)| one.atom_count() <= 500) {
        for i in 0..one.atom_count() {
            for j in 0..i {
                let (distance, share) = apart(one, i, j);
                if share < CLOSEST && worst.as_ref().is_none_or(|worst| share < worst.0) {
                    let [a, b] = [j, i].map(|atom| one.elements[atom].symbol());
                    let text = format!(
                        "in frame {frame}, atoms {} ({a}) and {} ({b}) are {distance:.3} Å apart",
                        j + 1,
                        i + 1
                    );
                    worst = Some((share, text + "; check the unit of length"));
                }
            }
        }
    }
    worst.map(|(_, text)| Finding { severity: Severity::Warning, text })
}

/// Root mean squares of net force and net torque (see [`DataReport`]).
fn nets(configurations: &[Configuration]) -> (f64, Option<f64>) {
    let (mut force_square, mut torque_square, mut molecules) = (0.0, 0.0, 0_usize);
    for one in configurations.iter().filter(|one| one.has_forces()) {
        let atoms = one.atom_count() as f64;
        let center = slope::centroid(&one.positions);
        let (mut net, mut torque, mut spread) = ([0.0; 3], [0.0; 3], 0.0);
        for (position, force) in one.positions.iter().zip(&one.forces) {
            let arm: [f64; 3] = [0, 1, 2].map(|axis: usize| position[axis] - center[axis]);
            for axis in 0..3 {
                let (next, last) = ((axis + 1) % 3, (axis + 2) % 3);
                net[axis] += force[axis];
                torque[axis] += arm[next] * force[last] - arm[last] * force[next];
                spread += arm[axis] * arm[axis];
            }
        }
        let square = |vector: [f64; 3]| vector.iter().map(|x| x * x).sum::<f64>();
        force_square += square(net) / (atoms * atoms);
        if one.cell.is_none() && spread > 1.0e-6 {
            molecules += 1;
            torque_square += square(torque) / (atoms * spread);
        }
    }
    let frames = configurations.iter().filter(|one| one.has_forces()).count().max(1) as f64;
    let torque = (molecules > 0).then(|| (torque_square / molecules as f64).sqrt());
    ((force_square / frames).sqrt(), torque)
}
