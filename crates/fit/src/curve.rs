//! The learning curve: a table whose columns say quantity and unit.

use super::learner::EpochReport;
use super::metrics::Errors;

/// Columns before the errors.
const FIRST: &str = "epoch,schedule/1,learning_rate/1,train_loss/1";
/// Columns of energies and forces.
const ENERGY: [&str; 6] = [
    "train_energy_mae/meV",
    "train_force_mae/(meV/Å)",
    "validation_energy_mae/meV",
    "validation_energy_rmse/meV",
    "validation_force_mae/(meV/Å)",
    "validation_force_rmse/(meV/Å)",
];
/// Thousandths: curves of properties that were started by older programs count in them, and call them energies.
const MILLI: f64 = 1000.0;

/// Names of the columns for energies and forces, or for a property with a name and a unit.
pub(super) fn heads(property: Option<(&str, &str)>) -> String {
    let errors = match property {
        None => ENERGY.join(","),
        Some((name, unit)) => {
            format!("train_{name}_mae/{unit},validation_{name}_mae/{unit},validation_{name}_rmse/{unit}")
        }
    };
    format!("{FIRST},{errors},best\n")
}

/// What one line says.
pub(super) struct Entry<'e> {
    pub epoch: u64,
    pub progress: f64,
    pub done: EpochReport,
    pub validation: Option<&'e Errors>,
    pub best: bool,
}

impl Entry<'_> {
    /// The line for a curve that begins with these names of columns.
    pub(super) fn line(&self, curve: &str) -> String {
        let heads = curve.lines().next().unwrap_or_default();
        let Self { epoch, progress, done, best, .. } = self;
        let EpochReport { loss, learning_rate, .. } = done;
        let errors = heads.split(',').skip(FIRST.split(',').count()).map_while(|head| self.cell(head));
        let errors: Vec<String> = errors.collect();
        let mark = u8::from(*best);
        format!("{epoch},{progress:.6},{learning_rate:.6e},{loss:.6e},{},{mark}\n", errors.join(","))
    }

    /// The cell of a column of errors; none for another column.
    fn cell(&self, head: &str) -> Option<String> {
        let name = head.split_once('/').map_or(head, |(name, _)| name);
        let (part, rest) = name.split_once('_')?;
        let (quantity, measure) = rest.rsplit_once('_')?;
        let number = match part {
            "train" => Some(self.training(quantity)),
            _ => self.validation.map(|errors| validated(errors, quantity, measure)),
        };
        // Empty where no frame has the label.
        let digits = if matches!(quantity, "energy" | "force") { 5 } else { 8 };
        Some(number.filter(|number| !number.is_nan()).map_or_else(String::new, |number| format!("{number:.digits$}")))
    }

    fn training(&self, quantity: &str) -> f64 {
        let EpochReport { energy_mae, force_mae, property_mae, .. } = self.done;
        match quantity {
            "energy" if energy_mae.is_nan() => property_mae * MILLI,
            "energy" => energy_mae,
            "force" => force_mae,
            _ => property_mae,
        }
    }
}

/// The error `measure` of `quantity`.
fn validated(errors: &Errors, quantity: &str, measure: &str) -> f64 {
    let pick = |mae: f64, rmse: f64| if measure == "mae" { mae } else { rmse };
    let property = errors.properties.first().map_or(f64::NAN, |one| pick(one.mae, one.rmse));
    match quantity {
        "energy" if !errors.properties.is_empty() => property * MILLI,
        "energy" => pick(errors.energy_mae, errors.energy_rmse),
        "force" => pick(errors.force_mae, errors.force_rmse),
        _ => property,
    }
}
