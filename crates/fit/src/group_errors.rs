//! Errors of named groups of frames: torsion scans, kinds of configurations.
//!
//! Energies of another method differ from those of a model by a constant for each molecule. What a scan is about is how the energy
//! changes along it, so the mean of both is taken off within each group, among frames of one composition:
//!
//!   e_f = (E_f − Ē) − (E*_f − Ē*)
//!
//! | symbol | here                 | unit | meaning                                              |
//! |--------|----------------------|------|------------------------------------------------------|
//! | E, E*  | predicted, labeled  | eV   | energy of frame f and its label                      |
//! | Ē, Ē*  | mean                 | eV   | their means over the frames of the group that have a label |
//!
//! Checked by: `suite::frame_labels`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::about_means::about_means;
use super::configuration::{Configuration, SCAN};
use super::learner::Part;
use cormorant_core::system::Element;

/// eV to meV.
const MILLI: f64 = 1000.0;

/// Collects errors by group, frame by frame.
#[derive(Debug, Clone, Default)]
pub struct GroupMetrics {
    groups: BTreeMap<(String, String), Group>,
    /// All frames.
    all: Group,
}

/// Errors of the frames of one group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupErrors {
    /// The key that names the group, e.g. `config_type`.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Number of frames.
    pub frames: usize,
    /// MAE and RMSE of the energy of a frame in meV, where there are labels.
    pub energy: Option<[f64; 2]>,
    /// The same with the means of the group taken off, where a composition has at least two labels.
    pub relative_energy: Option<[f64; 2]>,
    /// MAE and RMSE of the force components in meV/Å, where there are labels.
    pub force: Option<[f64; 2]>,
}

/// Errors relative to the mean of each group of one key, over all of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RelativeErrors {
    /// The key, e.g. `scan`.
    pub key: String,
    /// Number of groups with at least two labels of one composition.
    pub groups: usize,
    /// Number of frames in them.
    pub frames: usize,
    /// MAE and RMSE of the relative energy in meV.
    pub energy: [f64; 2],
}

/// Errors on the groups of one part of the split.
#[derive(Debug, Clone, PartialEq)]
pub struct PartGroups {
    /// The part.
    pub part: Part,
    /// Errors of each group, by key and name.
    pub groups: Vec<GroupErrors>,
    /// Relative errors over all groups of each key that has any.
    pub relative: Vec<RelativeErrors>,
}

impl PartGroups {
    /// What was collected of `part`; none if its frames name no group.
    #[must_use]
    pub fn of(part: Part, metrics: &GroupMetrics) -> Option<Self> {
        let groups = metrics.groups();
        (!groups.is_empty()).then(|| Self { part, groups, relative: metrics.relative() })
    }
}

#[derive(Debug, Clone, Default)]
struct Group {
    frames: usize,
    energies: Sums,
    forces: Sums,
    /// Errors of the energy in eV, by composition.
    errors: BTreeMap<Vec<Element>, Vec<f64>>,
}

/// Sums of errors.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    count: usize,
    absolute: f64,
    square: f64,
}

impl Sums {
    fn add(&mut self, error: f64) {
        self.count += 1;
        self.absolute += error.abs();
        self.square += error * error;
    }

    fn join(&mut self, other: Self) {
        self.count += other.count;
        self.absolute += other.absolute;
        self.square += other.square;
    }

    /// MAE and RMSE in thousandths.
    fn errors(&self) -> Option<[f64; 2]> {
        let count = self.count as f64;
        (self.count > 0).then(|| [self.absolute / count * MILLI, (self.square / count).sqrt() * MILLI])
    }
}

impl Group {
    /// Errors with the means taken off.
    fn relative(&self) -> Sums {
        let mut sums = Sums::default();
        about_means(self.errors.values()).for_each(|error| sums.add(error));
        sums
    }
}

impl GroupMetrics {
    /// Compares one prediction (eV, eV/Å) with its label, for every group that the frame is in.
    pub fn add(&mut self, label: &Configuration, energy: f64, forces: &[[f64; 3]]) {
        if let Some(labeled) = label.energy {
            self.all.errors.entry(composition(label)).or_default().push(energy - labeled);
        }
        for group in &label.groups {
            let key = group.0.as_str();
            let group = self.groups.entry(group.clone()).or_default();
            group.frames += 1;
            if let Some(labeled) = label.energy {
                group.energies.add(energy - labeled);
            }
            if let Some(labeled) = label.energy.or(label.relative_energy.filter(|_| key == SCAN)) {
                group.errors.entry(composition(label)).or_default().push(energy - labeled);
            }
            let components = label.telling_forces().iter().flatten().zip(forces.iter().flatten());
            components.for_each(|(labeled, predicted)| group.forces.add(predicted - labeled));
        }
    }

    /// The errors of each group, by key and name.
    #[must_use]
    pub fn groups(&self) -> Vec<GroupErrors> {
        let errors = |((key, name), group): (&(String, String), &Group)| GroupErrors {
            key: key.clone(),
            name: name.clone(),
            frames: group.frames,
            energy: group.energies.errors(),
            relative_energy: group.relative().errors(),
            force: group.forces.errors(),
        };
        self.groups.iter().map(errors).collect()
    }

    /// The errors that are left of all energies when each formula has a constant of its own, as two theories or two choices of
    /// reference energies do; none where no two frames have the same formula.
    #[must_use]
    pub fn beyond_constants(&self) -> Option<RelativeErrors> {
        let sums = self.all.relative();
        let groups = self.all.errors.values().filter(|errors| errors.len() > 1).count();
        Some(RelativeErrors { key: "formula".into(), groups, frames: sums.count, energy: sums.errors()? })
    }

    /// The relative errors over all groups of each key that has any.
    #[must_use]
    pub fn relative(&self) -> Vec<RelativeErrors> {
        let mut keys: BTreeMap<&str, (usize, Sums)> = BTreeMap::new();
        for ((key, _), group) in &self.groups {
            let sums = group.relative();
            if sums.count > 0 {
                let (groups, all) = keys.entry(key).or_default();
                *groups += 1;
                all.join(sums);
            }
        }
        let errors = |(key, (groups, sums)): (&str, (usize, Sums))| {
            Some(RelativeErrors { key: key.to_string(), groups, frames: sums.count, energy: sums.errors()? })
        };
        keys.into_iter().filter_map(errors).collect()
    }
}

/// The elements of a frame in order: its formula.
fn composition(frame: &Configuration) -> Vec<Element> {
    let mut atoms = frame.elements.clone();
    atoms.sort_unstable();
    atoms
}
