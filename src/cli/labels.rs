//! Labeled data as the command line describes them.

use std::path::Path;

use super::arguments::LabelArguments;
use crate::settings::LabelUnitsInput;
use cormorant_core::Result;
use cormorant_fit::{DataSet, LabelKeys, StressConvention};

impl LabelArguments {
    /// The units, if they were given.
    pub fn units(&self) -> Result<Option<LabelUnitsInput>> {
        let given = self.energy_unit.as_deref().zip(self.length_unit.as_deref());
        given.map(|(energy, length)| LabelUnitsInput::parse(energy, length)).transpose()
    }

    /// The names of the labels.
    pub fn keys(&self) -> LabelKeys {
        LabelKeys {
            energy: self.energy_key.clone(),
            forces: self.forces_key.clone(),
            stress: self.stress_key.clone(),
            virial: self.virial_key.clone(),
            stress_convention: StressConvention { unit: self.stress_unit, sign: self.stress_sign.unwrap_or_default() },
        }
    }

    /// The labeled data at `path`.
    pub fn read(&self, path: &Path) -> Result<DataSet> {
        DataSet::read_labels(path, self.units()?.map(|given| given.units), &self.keys())
    }
}
