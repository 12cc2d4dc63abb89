//! What a fit minimizes.

use serde::Serialize;

use crate::settings::Quantity;
use crate::settings::declare::{Bounds, FORCE, non_negative, number, settings};
use crate::settings::section::Section;
use cormorant_core::Result;
use cormorant_core::units::Dimension;
use cormorant_fit::MANY;

settings! {
    /// `[loss]`: the mean over a batch of `force_weight`·⟨ρ(ΔF)⟩ + `energy_weight`·ρ(ΔE/√N) + `virial_weight`·ρ(ΔW/√9N), in eV
    /// and Å, where ρ(x) = x² for errors below `huber_delta` and grows linearly beyond it
    /// ([`cormorant_fit::ObjectiveWeights`]).
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct LossInput {
        /// Weight of the mean squared error of a force component.
        pub force_weight: f64 = number(Bounds::ZeroOrMore).or("1.0"),
        /// Weight of the squared error of the energy per atom, in the first half of the run.
        pub energy_weight: f64 = number(Bounds::ZeroOrMore).or("1.0"),
        /// The same at the end; it goes there by equal factors over the second half. 10 by default, 1 where the training frames hold 50 formulas, or values
        /// of `molecule`, or more.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub final_energy_weight: Option<f64> = number(Bounds::ZeroOrMore),
        /// Weight of the squared error of a component of the virial, where the data have it.
        pub virial_weight: f64 = number(Bounds::ZeroOrMore).or("0.1"),
        /// Weight of the squared error in (e·Å)² of a component of the dipole moment per atom, of neutral frames without a cell that have it;
        /// only for models with `electrostatics`.
        pub dipole_weight: f64 = number(Bounds::ZeroOrMore).or("1.0"),
        /// Error at which the loss turns from quadratic to linear; zero for quadratic throughout.
        pub huber_delta: Quantity = non_negative(FORCE).or("0.01 eV/Å"),
    }
}

impl Default for LossInput {
    fn default() -> Self {
        Self {
            force_weight: 1.0,
            energy_weight: 1.0,
            final_energy_weight: None,
            virial_weight: 0.1,
            dipole_weight: 1.0,
            huber_delta: Quantity::default_of("0.01 eV/Å", Dimension::Force),
        }
    }
}

/// Weight of the energy at the end where the training frames are of a few molecules, whose forces are known by then.
const LAST_ENERGY_WEIGHT: f64 = 10.0;
/// The same where they are of many: a larger one costs forces there, and energies within a molecule gain nothing (`benches/accuracy.md`).
const LAST_ENERGY_WEIGHT_OF_MANY: f64 = 1.0;

impl LossInput {
    /// Settles what depends on how many molecules the training frames hold.
    pub(crate) fn settle(&mut self, compositions: usize) {
        let many = compositions >= MANY;
        let last = if many { LAST_ENERGY_WEIGHT_OF_MANY } else { LAST_ENERGY_WEIGHT };
        self.final_energy_weight.get_or_insert(last);
    }

    /// Weight of the energy at the end.
    pub(crate) fn last_energy_weight(&self) -> f64 {
        self.final_energy_weight.unwrap_or(LAST_ENERGY_WEIGHT)
    }

    pub(super) fn read(section: &Section<'_>) -> Result<Self> {
        section.declared(&[Self::TABLE.keys])?;
        let loss = Self {
            force_weight: section.get(&Self::force_weight)?,
            energy_weight: section.get(&Self::energy_weight)?,
            final_energy_weight: section.get(&Self::final_energy_weight)?,
            virial_weight: section.get(&Self::virial_weight)?,
            dipole_weight: section.get(&Self::dipole_weight)?,
            huber_delta: section.get(&Self::huber_delta)?,
        };
        if loss.force_weight == 0.0 && loss.energy_weight == 0.0 {
            return Err(section.error_at(
                "force_weight",
                "`force_weight` and `energy_weight` are both zero, so nothing is fitted",
                "give at least one of them a weight",
            ));
        }
        Ok(loss)
    }
}
