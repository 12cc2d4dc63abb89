//! Trials of a finished model: what it can be trusted with, measured on the model itself and stored in its file.
//!
//! Everything is computed from the model and one training frame that it carries, with fixed seeds and numbers of steps, so
//! that one instruction set always gives the same certificate.

mod bonds;
mod charges;
mod control;
mod leave;
mod measure;
mod motion;
mod pairs;
mod symmetry;

pub use control::TrialControl;
pub use leave::{Plan, leaves};

use measure::{evaluate, largest_difference};

use cormorant_core::{Error, Result};
use cormorant_network::{Certificate, ChargeTrial, Network, TrialPart};
use cormorant_potential::extrapolation::Domain;
use cormorant_potential::{LearnedPotential, Precision};

/// Put `network` through every trial. `stop` is asked between trials and within the long ones.
///
/// # Errors
/// As for [`certify_within`].
pub fn certify(network: &dyn Network, stop: &dyn Fn() -> bool) -> Result<Certificate> {
    certify_within(network, TrialControl::new(stop))
}

/// Put `network` through the trials for which there is time, the most telling first; what is left out is in the certificate.
///
/// # Errors
/// When the model carries no example, or its header is not valid; [`Error::Interrupted`] when it was asked to stop. What the
/// network does wrong is no error but is in the certificate.
pub fn certify_within(network: &dyn Network, control: TrialControl<'_>) -> Result<Certificate> {
    let (facts, record) = (network.facts()?, network.record());
    facts.require_forces().map_err(|reason| Error::model(network.path(), reason))?;
    let example = record.example.ok_or_else(|| {
        Error::model(
            network.path(),
            "has no training frame to test it on; certify it with --data and the file it was fitted to",
        )
    })?;
    let system = example.system().map_err(|error| Error::model(network.path(), format!("its example: {error}")))?;
    let mut precise = LearnedPotential::new(network, Precision::F64, 1)?;
    let mut left_out = Vec::new();
    (control.progress)("forces against energies", 0.0);
    let symmetry = symmetry::try_symmetry(&mut precise, &system, control)?;
    left_out.extend((!symmetry.whole).then_some(TrialPart::Symmetries));
    let mut single = LearnedPotential::new(network, Precision::F32, 1)?;
    let found = evaluate(&mut precise, &system)?;
    let precision_error = largest_difference(&found.forces, &evaluate(&mut single, &system)?.forces);
    (control.progress)("pairs of atoms", 0.04);
    let pairs::Pairs { trials: pairs, cutoff_force, whole } =
        pairs::try_pairs(&mut precise, &facts.elements, facts.cutoff, control)?;
    left_out.extend((!whole).then_some(TrialPart::Pairs));
    let charges = charges::try_charges(&mut precise, &system, &found.charges, &facts.elements)?;
    let motion = motion::try_motion(network, Domain::of(network)?, &system, control)?;
    left_out.extend(motion.left_out);
    let (bonds, whole) = bonds::try_bonds(&mut precise, &system, &record, control)?;
    left_out.extend((!whole).then_some(TrialPart::Bonds));
    // A model that is not finite somewhere has run away there; no number says how far.
    let known = |number: f64| if number.is_finite() { number } else { Certificate::RUNAWAY };
    Ok(Certificate {
        program: env!("CARGO_PKG_VERSION").into(),
        instruction_set: cormorant_kernels::instruction_set().name().into(),
        atoms: system.atom_count(),
        force_error: known(symmetry.force),
        rotation_error: known(symmetry.rotation),
        permutation_error: known(symmetry.permutation),
        precision_error: known(precision_error),
        cutoff_force: known(cutoff_force),
        charges: charges.map(|trial| ChargeTrial {
            sum_error: known(trial.sum_error),
            tail_error: known(trial.tail_error),
            lowest: known(trial.lowest),
            highest: known(trial.highest),
        }),
        pairs,
        bonds,
        drift: known(motion.drift),
        drift_picoseconds: motion.drift_picoseconds,
        time_step: motion.time_step,
        heat: motion.heat,
        left_out,
    })
}

/// About how many evaluations of a system of `atoms` atoms in single precision all trials take together; those in double precision
/// count twice.
#[must_use]
pub fn evaluations(atoms: f64) -> f64 {
    // Each atom has about two bonds, each of which is squeezed in about 35 steps.
    2.0 * 64.0 + 2.0 * 35.0 * 2.0 * atoms + motion::evaluations(atoms as usize)
}
