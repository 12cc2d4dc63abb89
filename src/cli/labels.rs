//! Labelled data as the command line describes them.

use std::path::Path;

use super::arguments::LabelArguments;
use crate::Result;
use crate::fit::{DataSet, LabelKeys, LabelUnits};

impl LabelArguments {
    /// The words for the units, if they were given.
    pub fn units(&self) -> Option<(&str, &str)> {
        self.energy_unit.as_deref().zip(self.length_unit.as_deref())
    }

    /// The names of the labels.
    pub fn keys(&self) -> LabelKeys {
        LabelKeys {
            energy: self.energy_key.clone(),
            forces: self.forces_key.clone(),
            stress: self.stress_key.clone(),
            virial: self.virial_key.clone(),
        }
    }

    /// The labelled data at `path`.
    pub fn read(&self, path: &Path) -> Result<DataSet> {
        let units = self.units().map(|(energy, length)| LabelUnits::parse(energy, length)).transpose()?;
        DataSet::read_labels(path, units, &self.keys())
    }
}
