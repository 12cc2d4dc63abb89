//! Errors of a model, as its file records them.

use serde::{Deserialize, Serialize};

use super::atom_errors::AtomErrors;
use cormorant_core::json;

/// Errors of one quantity over a set of frames. NaN here, `null` in files, where nothing was compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuantityErrors {
    /// What was compared, e.g. `energy`, `force`, `dipole`.
    pub quantity: String,
    /// Unit of the two numbers.
    pub unit: String,
    /// Mean absolute error.
    #[serde(serialize_with = "json::or_null", deserialize_with = "json::or_nan")]
    pub mae: f64,
    /// Root mean square error.
    #[serde(serialize_with = "json::or_null", deserialize_with = "json::or_nan")]
    pub rmse: f64,
}

impl QuantityErrors {
    /// Errors of `quantity` in `unit`.
    #[must_use]
    pub fn new(quantity: &str, unit: &str, mae: f64, rmse: f64) -> Self {
        Self { quantity: quantity.into(), unit: unit.into(), mae, rmse }
    }
}

/// Errors on one part of the data.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorRecord {
    /// Number of frames.
    pub frames: usize,
    /// MAE of a frame's energy in meV; NaN (null in the file) where no energies were compared.
    #[serde(serialize_with = "json::or_null", deserialize_with = "json::or_nan")]
    pub energy_mae: f64,
    /// RMSE of a frame's energy in meV.
    #[serde(serialize_with = "json::or_null", deserialize_with = "json::or_nan")]
    pub energy_rmse: f64,
    /// MAE of a force component in meV/Å; NaN (null in the file) where no forces were compared.
    #[serde(serialize_with = "json::or_null", deserialize_with = "json::or_nan")]
    pub force_mae: f64,
    /// RMSE of a force component in meV/Å.
    #[serde(serialize_with = "json::or_null", deserialize_with = "json::or_nan")]
    pub force_rmse: f64,
    /// MAE of a component of the stress in GPa, where the frames have it; absent in older files, like its root mean square.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stress_mae: Option<f64>,
    /// RMSE of a component of the stress in GPa.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stress_rmse: Option<f64>,
    /// MAE of a component of the dipole moment in e·Å, where the frames have it; absent in older files, like its root mean square.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dipole_mae: Option<f64>,
    /// RMSE of a component of the dipole moment in e·Å.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dipole_rmse: Option<f64>,
    /// Errors of a property. Older files have them as an energy, in thousandths of the unit, which is put right when
    /// they are read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub properties: Vec<QuantityErrors>,
    /// Errors of values of atoms: of each column on all elements, and on each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub atom_targets: Vec<AtomErrors>,
}

impl ErrorRecord {
    /// Turns what older files have of a property, an energy in thousandths of `unit`, into what it is.
    pub(super) fn name_property(&mut self, quantity: &str, unit: &str) {
        if self.properties.is_empty() && (quantity, unit) != ("energy", "eV") {
            let [mae, rmse] = [self.energy_mae, self.energy_rmse].map(|x| x / 1000.0);
            self.properties.push(QuantityErrors::new(quantity, unit, mae, rmse));
            (self.energy_mae, self.energy_rmse) = (f64::NAN, f64::NAN);
        }
    }

    /// The errors of what a model predicts, in its `unit`: of its property, or of its energy in eV.
    #[must_use]
    pub fn in_unit(&self, unit: &str) -> QuantityErrors {
        let energy = || QuantityErrors::new("energy", "eV", self.energy_mae / 1000.0, self.energy_rmse / 1000.0);
        self.properties.iter().find(|one| one.unit == unit).cloned().unwrap_or_else(energy)
    }

    /// Everything that was compared.
    #[must_use]
    pub fn quantities(&self) -> Vec<QuantityErrors> {
        let stress = [self.stress_mae, self.stress_rmse].map(|x| x.unwrap_or(f64::NAN));
        let dipole = [self.dipole_mae, self.dipole_rmse].map(|x| x.unwrap_or(f64::NAN));
        let own = [
            QuantityErrors::new("energy", "meV", self.energy_mae, self.energy_rmse),
            QuantityErrors::new("force", "meV/Å", self.force_mae, self.force_rmse),
            QuantityErrors::new("stress", "GPa", stress[0], stress[1]),
            QuantityErrors::new("dipole", "e·Å", dipole[0], dipole[1]),
        ];
        own.into_iter().filter(|one| !one.mae.is_nan()).chain(self.properties.iter().cloned()).collect()
    }
}
