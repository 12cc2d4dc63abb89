//! Elastic constants from their input.

use super::Models;
use crate::settings::{ElasticInput, MinimizeMethod};
use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_dynamics::dynamics::ForceEvaluator;
use cormorant_dynamics::elastic::{ElasticConstants, Settings};
use cormorant_dynamics::minimize::{Fire, LimitedMemory, Minimizer};

impl ElasticInput {
    /// Relax the crystal `system` and compute its elastic constants, with networks out of `networks`.
    ///
    /// # Errors
    /// When a model cannot be read, the crystal has no cell, or a minimum is not found.
    pub fn compute(&self, system: &mut System, networks: &Models) -> Result<ElasticConstants> {
        let file = &self.structure.file;
        if system.cell.is_none() {
            return Err(Error::structure(file, "has no cell; elastic constants are those of a crystal"));
        }
        let mut field = ForceEvaluator::new(self.potential.build(system, networks)?, system)?;
        let input = &self.elastic;
        let settings = Settings {
            strain: input.strain,
            force_tolerance: input.force_tolerance.value(),
            stress_tolerance: input.largest_stress.value(),
            most_evaluations: input.most_evaluations,
        };
        let minimizer: Box<dyn Minimizer> = match input.method {
            MinimizeMethod::LBfgs => Box::new(LimitedMemory::default()),
            MinimizeMethod::Fire => Box::new(Fire::default()),
        };
        ElasticConstants::new(system, &mut field, minimizer.as_ref(), &settings)
            .map_err(|error| error.in_structure(file))
    }
}
