//! Trials of a finished model: what it can be trusted with, measured on the model itself and stored in its file.
//!
//! Everything is computed from the model and one training frame that it carries, with fixed seeds and numbers of steps, so
//! that one instruction set always gives the same certificate.

mod bonds;
mod leave;
mod motion;
mod pairs;
mod symmetry;

pub use leave::{Plan, leaves};

use crate::domain::Domain;
use crate::model::{Certificate, Network};
use crate::potential::{Evaluation, LearnedPotential, Potential, Precision, Want};
use crate::system::System;
use crate::{Error, Result};

/// Put `network` through every trial. `stop` is asked between trials and within the long ones.
///
/// # Errors
/// When the model carries no example, or its header makes no sense; [`Error::Interrupted`] when it was asked to stop. What the
/// model does wrong is no error but stands in the certificate.
pub fn certify(network: &dyn Network, stop: &dyn Fn() -> bool) -> Result<Certificate> {
    let (facts, record) = (network.facts()?, network.record());
    facts.require_forces().map_err(|reason| Error::model(network.path(), reason))?;
    let example = record.example.ok_or_else(|| {
        Error::model(
            network.path(),
            "carries no training frame to try it on; certify it with --data, the file it was fitted to",
        )
    })?;
    let system = example.system().map_err(|error| Error::model(network.path(), format!("its example: {error}")))?;
    let mut precise = LearnedPotential::new(network, Precision::F64, 1)?;
    let symmetry = symmetry::try_symmetry(&mut precise, &system)?;
    let mut single = LearnedPotential::new(network, Precision::F32, 1)?;
    let precision_error =
        largest_difference(&evaluate(&mut precise, &system)?.forces, &evaluate(&mut single, &system)?.forces);
    let elements = &facts.elements;
    let (pairs, cutoff_force) = pairs::try_pairs(&mut precise, elements, facts.cutoff, stop)?;
    let bonds = bonds::try_bonds(&mut precise, &system, &record, stop)?;
    let motion = motion::try_motion(network, Domain::of(network)?, &system, stop)?;
    Ok(Certificate {
        program: env!("CARGO_PKG_VERSION").into(),
        instruction_set: crate::kernels::instruction_set().name().into(),
        atoms: system.atom_count(),
        force_error: symmetry.force,
        rotation_error: symmetry.rotation,
        permutation_error: symmetry.permutation,
        precision_error,
        cutoff_force,
        pairs,
        bonds,
        drift: motion.drift,
        drift_picoseconds: motion.drift_picoseconds,
        time_step: motion.time_step,
        heat: motion.heat,
    })
}

fn evaluate(potential: &mut LearnedPotential, system: &System) -> Result<Evaluation> {
    let mut evaluation = Evaluation::default();
    potential.evaluate(system, Want::default(), &mut evaluation)?;
    Ok(evaluation)
}

/// The largest difference of a component.
fn largest_difference(a: &[[f64; 3]], b: &[[f64; 3]]) -> f64 {
    let pairs = a.as_flattened().iter().zip(b.as_flattened());
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// Asked to stop.
fn interrupted() -> Error {
    Error::Interrupted("the certificate of the model was not finished; certify it again".into())
}
