//! Vibrations from their input.

use super::Models;
use crate::settings::{ThermochemistryInput, VibrationsInput};
use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_dynamics::dynamics::ForceEvaluator;
use cormorant_dynamics::vibrations::{Conditions, Vibrations, symmetry_number};
use cormorant_potential::Potential;

impl VibrationsInput {
    /// Take `system` to the minimum and analyze it there, on `threads` threads, with networks out of `networks`.
    ///
    /// # Errors
    /// When a model cannot be read, no minimum is found, or the potential cannot be evaluated.
    pub fn compute(&self, mut system: System, threads: usize, networks: &Models) -> Result<Vibrations> {
        system.momenta.fill([0.0; 3]);
        self.potential.require_minimum(&system).map_err(|error| error.in_structure(&self.structure.file))?;
        let mut field = ForceEvaluator::new(self.potential.build(&system, networks)?, &system)?;
        let minimum = self.minimize.descend(&mut system, &mut field)?;
        if !minimum.converged {
            let missed = super::minimize::missed(&minimum, &system, &self.minimize);
            return Err(Error::structure(&self.structure.file, missed));
        }
        let alike = || self.potential.build(&system, networks);
        let mut potentials: Vec<Box<dyn Potential>> = (0..threads.max(1)).map(|_| alike()).collect::<Result<_>>()?;
        let displacement = self.vibrations.displacement.value();
        let conditions = self.thermochemistry.conditions(&system);
        Vibrations::new(system, &field, &mut potentials, displacement, conditions)
    }
}

impl ThermochemistryInput {
    /// For `system` at its minimum.
    fn conditions(&self, system: &System) -> Conditions {
        Conditions {
            temperature: self.temperature.value(),
            pressure: self.pressure.value(),
            symmetry_number: self.symmetry_number.map_or_else(|| symmetry_number(system), |stated| stated as u32),
            multiplicity: self.multiplicity.map_or_else(|| system.state.spin_multiplicity(), |stated| stated as u32),
        }
    }
}
