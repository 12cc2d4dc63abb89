//! Two simulations that swap their configurations.

use std::path::Path;

use super::Simulation;
use crate::dynamics::propagate::scale_momenta;
use cormorant_core::system::observables;
use cormorant_core::{Error, Result};

impl Simulation {
    /// Temperature in K of the bath of the current stage, if it has one that stays.
    #[must_use]
    pub fn bath_temperature(&self) -> Option<f64> {
        let stage = &self.stages[self.current];
        if stage.ramp.is_some() { None } else { stage.thermostat.temperature() }
    }

    /// Save the full state between two steps.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save_in(&mut self, path: &Path) -> Result<()> {
        self.save(Some(path.to_path_buf()))
    }

    /// Swap positions and momenta with `other`, which has the same atoms under the same potential; everything else (baths,
    /// observers, averages) stays. Momenta are scaled by √(T/T') to the temperature of the bath they come to.
    ///
    /// What energy and heat change by is put down as given away, so that the conserved quantity has no jump.
    ///
    /// Source: Sugita and Okamoto 1999, doi:10.1016/S0009-2614(99)01123-9, eq. 12 (the scaling). Checked by `suite::exchange`.
    ///
    /// # Errors
    /// When one of the two has no bath of constant temperature, the atoms differ, or the potential cannot be evaluated.
    pub fn swap_configurations(&mut self, other: &mut Self) -> Result<()> {
        let (Some(own), Some(theirs)) = (self.bath_temperature(), other.bath_temperature()) else {
            return Err(Error::Invalid(
                "configurations can be exchanged between baths of constant temperature only".into(),
            ));
        };
        let states = [&self.system, &other.system].map(|system| system.state.filled());
        if self.system.elements != other.system.elements
            || self.system.step != other.system.step
            || states[0] != states[1]
        {
            return Err(Error::Invalid(
                "configurations can be exchanged between identical systems at the same step only".into(),
            ));
        }
        let before = [self.conserved(), other.conserved()];
        std::mem::swap(&mut self.system.positions, &mut other.system.positions);
        std::mem::swap(&mut self.system.momenta, &mut other.system.momenta);
        std::mem::swap(&mut self.system.cell, &mut other.system.cell);
        for (simulation, factor, before) in
            [(self, (own / theirs).sqrt(), before[0]), (other, (theirs / own).sqrt(), before[1])]
        {
            scale_momenta(&mut simulation.system, factor);
            simulation.field.refresh(&simulation.system)?;
            simulation.kinetic = observables::kinetic_energy(&simulation.system);
            simulation.reading = simulation.kinetic;
            simulation.carried += before - simulation.conserved();
        }
        Ok(())
    }
}
