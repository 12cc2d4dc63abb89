//! What a fit minimizes.

use serde::Serialize;

use crate::settings::Quantity;
use crate::settings::section::Section;
use cormorant_core::Result;
use cormorant_core::units::Dimension;

/// `[loss]`: the mean over a batch of `force_weight`·⟨ρ(ΔF)⟩ + `energy_weight`·ρ(ΔE/√N) + `virial_weight`·ρ(ΔW/√9N), in eV
/// and Å, where ρ(x) = x² for errors below `huber_delta` and grows linearly beyond it ([`cormorant_fit::ObjectiveWeights`]).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LossInput {
    /// Weight of the mean squared error of a force component.
    pub force_weight: f64,
    /// Weight of the squared error of the energy per atom, in the first half of the run.
    pub energy_weight: f64,
    /// The same at the end; it goes there linearly over the second half.
    pub final_energy_weight: f64,
    /// Weight of the squared error of a component of the virial, where the data have it.
    pub virial_weight: f64,
    /// Error at which the loss turns from quadratic to linear; zero for quadratic throughout.
    pub huber_delta: Quantity,
}

impl Default for LossInput {
    fn default() -> Self {
        Self {
            force_weight: 1.0,
            energy_weight: 1.0,
            final_energy_weight: 10.0,
            virial_weight: 0.1,
            huber_delta: Quantity::default_of("0.01 eV/Å", Dimension::Force),
        }
    }
}

impl LossInput {
    pub(super) fn read(section: &Section<'_>) -> Result<Self> {
        section.allow(&["force_weight", "energy_weight", "final_energy_weight", "virial_weight", "huber_delta"])?;
        let default = Self::default();
        let weight = |key| section.number(key, |value| value >= 0.0, "a number of zero or more");
        let loss = Self {
            force_weight: weight("force_weight")?.unwrap_or(default.force_weight),
            energy_weight: weight("energy_weight")?.unwrap_or(default.energy_weight),
            final_energy_weight: weight("final_energy_weight")?.unwrap_or(default.final_energy_weight),
            virial_weight: weight("virial_weight")?.unwrap_or(default.virial_weight),
            huber_delta: section.non_negative("huber_delta", Dimension::Force)?.unwrap_or(default.huber_delta),
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
