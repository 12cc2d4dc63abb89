//! Everything that is found about the vibrations of a system.

use super::{Conditions, Hessian, NormalModes, Thermochemistry};
use crate::dynamics::ForceEvaluator;
use crate::free_motion::FreeMotion;
use cormorant_core::Result;
use cormorant_core::system::System;
use cormorant_potential::Potential;

/// The vibrations of a system about the place where it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Vibrations {
    /// The system at rest.
    pub system: System,
    /// Its potential energy in eV.
    pub energy: f64,
    /// Forces that are left, in eV/Å.
    pub forces: Vec<[f64; 3]>,
    /// Charges in e; empty where the potential has none.
    pub charges: Vec<f64>,
    /// Dipole in e·Å; none where the potential has no charges.
    pub dipole: Option<[f64; 3]>,
    /// Largest difference of H_ab and H_ba in eV/Å², see [`Hessian::asymmetry`].
    pub asymmetry: f64,
    /// The modes.
    pub modes: NormalModes,
    /// The motion of the whole that costs no energy and is none of the modes.
    pub free: FreeMotion,
    /// Thermodynamic functions; none where a mode is imaginary, for then it is no minimum.
    pub thermochemistry: Option<Thermochemistry>,
}

impl Vibrations {
    /// Analyze `field` at `system`; the displacements of `displacement` Å are shared among `potentials`, which are alike.
    ///
    /// # Errors
    /// When the potential cannot be evaluated or the conditions are not valid.
    pub fn new(
        system: System,
        field: &ForceEvaluator,
        potentials: &mut [Box<dyn Potential>],
        displacement: f64,
        conditions: Conditions,
    ) -> Result<Self> {
        let hessian = Hessian::by_differences(potentials, &system, displacement)?;
        let free = FreeMotion::of(&system, field.potential());
        let modes = NormalModes::beside(free, &system, &hessian)?;
        let wavenumbers = modes.wavenumbers();
        let energy = field.last().energy;
        let minimum = wavenumbers.iter().all(|wavenumber| *wavenumber > 0.0);
        let thermochemistry =
            if minimum { Some(Thermochemistry::of(free, &system, &wavenumbers, energy, conditions)?) } else { None };
        Ok(Self {
            charges: field.last().charges.clone(),
            dipole: field.last().dipole(&system),
            system,
            energy,
            forces: field.last().forces.clone(),
            asymmetry: hessian.asymmetry(),
            modes,
            free,
            thermochemistry,
        })
    }
}
