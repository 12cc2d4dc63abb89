//! A bias from its input.

use crate::settings::{PlumedInput, RunInput};
use cormorant_core::Result;
use cormorant_core::system::System;
use cormorant_potential::{Plumed, PlumedOptions, Potential, Sum};

impl PlumedInput {
    /// `potential` with the bias added, for the run `run` of `system`.
    ///
    /// # Errors
    /// When PLUMED is not found or does not accept its input.
    pub(super) fn bias(
        &self,
        potential: Box<dyn Potential>,
        run: &RunInput,
        system: &System,
        resumed: bool,
    ) -> Result<Box<dyn Potential>> {
        let first = run.stages.first();
        let options = PlumedOptions {
            input: self.input.clone(),
            kernel: self.kernel.clone(),
            log: "plumed.log".into(),
            time_step: first.map_or(1.0, |stage| stage.time_step.value()),
            resumed,
            temperature: first.and_then(|stage| stage.thermostat.as_ref()).map(|bath| bath.temperature.value()),
        };
        Ok(Box::new(Sum::new(vec![potential, Box::new(Plumed::new(system, &options)?)])))
    }
}
