//! Errors of predictions against labels.

use std::collections::BTreeMap;

use serde::Serialize;

use super::about_means::about_means;
use super::atom_metrics::AtomMetrics;
use super::configuration::Configuration;
use super::regression::AtomSample;
use cormorant_core::json;
use cormorant_core::system::Element;
use cormorant_core::units::GIGAPASCAL;
use cormorant_network::{AtomErrors, AtomTarget, QuantityErrors};

/// eV to meV, and eV/Å to meV/Å.
const MILLI: f64 = 1000.0;

/// Collects errors frame by frame.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    energies: Tally,
    energies_per_atom: Tally,
    forces: Tally,
    virials_per_atom: Tally,
    /// In GPa.
    stresses: Tally,
    elements: BTreeMap<Element, Tally>,
    /// In e·Å.
    dipoles: Tally,
    /// By quantity and unit.
    properties: BTreeMap<(String, String), Tally>,
    /// Of values of atoms.
    values: AtomMetrics,
    /// Errors in eV of energies that count relative to others, by scan.
    relative: BTreeMap<String, Vec<f64>>,
    frames: usize,
    atoms: usize,
}

/// Errors over a set of frames: mean absolute (MAE) and root mean square (RMSE).
///
/// Forces count by component. Virials count by component along repeating directions, divided by the number of atoms of their frame,
/// and as stresses, divided by its volume. Numbers of which nothing was compared are NaN here and `null` in JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Errors {
    /// MAE of the energy of a frame in meV.
    #[serde(serialize_with = "json::or_null")]
    pub energy_mae: f64,
    /// RMSE of the energy of a frame in meV.
    #[serde(serialize_with = "json::or_null")]
    pub energy_rmse: f64,
    /// MAE of the energy per atom in meV.
    #[serde(serialize_with = "json::or_null")]
    pub energy_mae_per_atom: f64,
    /// RMSE of the energy per atom in meV.
    #[serde(serialize_with = "json::or_null")]
    pub energy_rmse_per_atom: f64,
    /// MAE of the force components in meV/Å.
    #[serde(serialize_with = "json::or_null")]
    pub force_mae: f64,
    /// RMSE of the force components in meV/Å.
    #[serde(serialize_with = "json::or_null")]
    pub force_rmse: f64,
    /// Largest error of a force component in meV/Å.
    #[serde(serialize_with = "json::or_null")]
    pub force_largest: f64,
    /// MAE of the virial per atom in meV, where the labels have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub virial_mae_per_atom: Option<f64>,
    /// RMSE of the virial per atom in meV, where the labels have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub virial_rmse_per_atom: Option<f64>,
    /// MAE of a component of the stress in GPa, where the labels have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stress_mae: Option<f64>,
    /// RMSE of a component of the stress in GPa, where the labels have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stress_rmse: Option<f64>,
    /// MAE of a component of the dipole moment in e·Å, where the labels have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dipole_mae: Option<f64>,
    /// RMSE of a component of the dipole moment in e·Å.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dipole_rmse: Option<f64>,
    /// MAE in meV of the energies that count relative to the mean of their scan, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relative_energy_mae: Option<f64>,
    /// RMSE in meV of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relative_energy_rmse: Option<f64>,
    /// Errors of properties, component by component, each in its unit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub properties: Vec<QuantityErrors>,
    /// Errors of values of atoms: of each column on all elements, and on each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub atom_targets: Vec<AtomErrors>,
    /// Number of frames.
    pub frames: usize,
    /// Number of atoms in all frames together.
    pub atoms: usize,
    /// Errors of the forces on each element.
    pub elements: Vec<ElementErrors>,
}

/// Errors of the forces on the atoms of one element.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ElementErrors {
    /// Symbol of the element.
    pub element: &'static str,
    /// MAE of the force components in meV/Å.
    #[serde(serialize_with = "json::or_null")]
    pub force_mae: f64,
    /// RMSE of the force components in meV/Å.
    #[serde(serialize_with = "json::or_null")]
    pub force_rmse: f64,
    /// Number of atoms.
    pub atoms: usize,
}

impl Metrics {
    /// Compares one prediction (eV, eV/Å, eV) with the labels that there are. A virial counts only where both have one.
    pub fn add(&mut self, label: &Configuration, energy: f64, forces: &[[f64; 3]], virial: Option<&[[f64; 3]; 3]>) {
        let atoms = label.atom_count();
        self.add_numbers(atoms, label.energy.as_slice(), &[energy]);
        if let (Some(labeled), Some(scan)) = (label.relative_energy, label.scan()) {
            self.relative.entry(scan.to_string()).or_default().push(energy - labeled);
        }
        for ((element, labeled), predicted) in label.elements.iter().zip(label.telling_forces()).zip(forces) {
            let of_element = self.elements.entry(*element).or_default();
            for axis in 0..3 {
                let error = predicted[axis] - labeled[axis];
                self.forces.add(error);
                of_element.add(error);
            }
        }
        if let (Some(labeled), Some(predicted)) = (&label.virial, virial) {
            // Along open directions nothing is strained, and many programs write zeros there.
            let part = |tensor: &[[f64; 3]; 3]| match label.cell {
                Some(cell) if cell.dimensions() > 0 => cell.repeating_components(tensor),
                _ => tensor.as_flattened().to_vec(),
            };
            let to_gigapascal = label.cell.and_then(|cell| cell.volume()).map(|volume| 1.0 / (volume * GIGAPASCAL));
            for (a, b) in part(labeled).into_iter().zip(part(predicted)) {
                self.virials_per_atom.add((b - a) / atoms as f64);
                if let Some(factor) = to_gigapascal {
                    self.stresses.add((b - a) * factor);
                }
            }
        }
    }

    /// Compares the dipole moment of a frame that was added with its label, where there are both.
    pub fn add_dipole(&mut self, label: &Configuration, predicted: Option<[f64; 3]>) {
        if let (Some(labeled), Some(predicted)) = (label.dipole, predicted) {
            predicted.iter().zip(labeled).for_each(|(found, label)| self.dipoles.add(found - label));
        }
    }

    /// Compares the numbers of a property of one frame with their labels, each for itself.
    pub fn add_property(&mut self, property: (&str, &str), atoms: usize, labels: &[f64], numbers: &[f64]) {
        self.frames += 1;
        self.atoms += atoms;
        let tally = self.properties.entry((property.0.to_string(), property.1.to_string())).or_default();
        labels.iter().zip(numbers).for_each(|(label, number)| tally.add(number - label));
    }

    /// Compares the values of the atoms of one frame with those labels that there are.
    pub fn add_atoms(&mut self, target: &AtomTarget, label: &AtomSample, prediction: &[f64]) {
        self.frames += 1;
        self.atoms += label.configuration.atom_count();
        self.values.add(target, label, prediction);
    }

    /// Compares the energies of one frame with their labels, each for itself.
    pub fn add_numbers(&mut self, atoms: usize, labels: &[f64], numbers: &[f64]) {
        self.frames += 1;
        self.atoms += atoms;
        for (label, number) in labels.iter().zip(numbers) {
            self.energies.add(number - label);
            self.energies_per_atom.add((number - label) / atoms as f64);
        }
    }

    /// The errors so far; NaN where nothing was compared.
    #[must_use]
    pub fn errors(&self) -> Errors {
        let has_virials = self.virials_per_atom.count > 0;
        let has_stresses = self.stresses.count > 0;
        let of_element = |(element, tally): (&Element, &Tally)| ElementErrors {
            element: element.symbol(),
            force_mae: tally.mae(),
            force_rmse: tally.rmse(),
            atoms: tally.count / 3,
        };
        let mut relative = Tally::default();
        about_means(self.relative.values()).for_each(|error| relative.add(error));
        let has_relative = relative.count > 0;
        let of_property = |((quantity, unit), tally): (&(String, String), &Tally)| {
            let count = tally.count as f64;
            QuantityErrors::new(quantity, unit, tally.absolute / count, (tally.square / count).sqrt())
        };
        Errors {
            energy_mae: self.energies.mae(),
            energy_rmse: self.energies.rmse(),
            energy_mae_per_atom: self.energies_per_atom.mae(),
            energy_rmse_per_atom: self.energies_per_atom.rmse(),
            force_mae: self.forces.mae(),
            force_rmse: self.forces.rmse(),
            force_largest: self.forces.largest * MILLI,
            virial_mae_per_atom: has_virials.then(|| self.virials_per_atom.mae()),
            virial_rmse_per_atom: has_virials.then(|| self.virials_per_atom.rmse()),
            stress_mae: has_stresses.then(|| self.stresses.mae() / MILLI),
            stress_rmse: has_stresses.then(|| self.stresses.rmse() / MILLI),
            dipole_mae: (self.dipoles.count > 0).then(|| self.dipoles.mae() / MILLI),
            dipole_rmse: (self.dipoles.count > 0).then(|| self.dipoles.rmse() / MILLI),
            relative_energy_mae: has_relative.then(|| relative.mae()),
            relative_energy_rmse: has_relative.then(|| relative.rmse()),
            properties: self.properties.iter().map(of_property).chain(self.values.properties()).collect(),
            atom_targets: self.values.errors(),
            frames: self.frames,
            atoms: self.atoms,
            elements: self.elements.iter().map(of_element).collect(),
        }
    }
}

impl Errors {
    /// The errors of a property in its `unit`, or of energies in eV where there is none.
    #[must_use]
    pub fn in_unit(&self, unit: &str) -> QuantityErrors {
        let energy = || QuantityErrors::new("energy", "eV", self.energy_mae / MILLI, self.energy_rmse / MILLI);
        self.properties.iter().find(|one| one.unit == unit).cloned().unwrap_or_else(energy)
    }

    /// Everything that was compared: quantity, unit, mean absolute and root mean square error.
    #[must_use]
    pub fn quantities(&self) -> Vec<QuantityErrors> {
        let known = |mae: Option<f64>, rmse: Option<f64>| [mae, rmse].map(|x| x.unwrap_or(f64::NAN));
        let virial = known(self.virial_mae_per_atom, self.virial_rmse_per_atom);
        let stress = known(self.stress_mae, self.stress_rmse);
        let dipole = known(self.dipole_mae, self.dipole_rmse);
        let relative = known(self.relative_energy_mae, self.relative_energy_rmse);
        let own = [
            QuantityErrors::new("energy", "meV", self.energy_mae, self.energy_rmse),
            QuantityErrors::new("energy per atom", "meV", self.energy_mae_per_atom, self.energy_rmse_per_atom),
            QuantityErrors::new("force", "meV/Å", self.force_mae, self.force_rmse),
            QuantityErrors::new("virial per atom", "meV", virial[0], virial[1]),
            QuantityErrors::new("stress", "GPa", stress[0], stress[1]),
            QuantityErrors::new("dipole", "e·Å", dipole[0], dipole[1]),
            QuantityErrors::new("energy in its scan", "meV", relative[0], relative[1]),
        ];
        own.into_iter().filter(|one| !one.mae.is_nan()).chain(self.properties.iter().cloned()).collect()
    }
}

/// Sums of errors in eV or eV/Å.
#[derive(Debug, Clone, Default)]
struct Tally {
    count: usize,
    absolute: f64,
    square: f64,
    largest: f64,
}

impl Tally {
    fn add(&mut self, error: f64) {
        self.count += 1;
        self.absolute += error.abs();
        self.square += error * error;
        self.largest = self.largest.max(error.abs());
    }

    fn mae(&self) -> f64 {
        self.absolute / self.count as f64 * MILLI
    }

    fn rmse(&self) -> f64 {
        (self.square / self.count as f64).sqrt() * MILLI
    }
}
