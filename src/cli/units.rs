//! Units of labels from the command line.

use super::arguments::UnitArguments;
use crate::Result;
use crate::fit::LabelUnits;

impl UnitArguments {
    /// The words, if they were given.
    pub fn given(&self) -> Option<(&str, &str)> {
        self.energy_unit.as_deref().zip(self.length_unit.as_deref())
    }

    /// The units, if they were given.
    pub fn units(&self) -> Result<Option<LabelUnits>> {
        self.given().map(|(energy, length)| LabelUnits::parse(energy, length)).transpose()
    }
}
