//! What all trials measure with.

use cormorant_core::Result;
use cormorant_core::system::System;
use cormorant_potential::{Evaluation, LearnedPotential, Potential, RequestedProperties};

/// Energy and forces.
pub(super) fn evaluate(potential: &mut LearnedPotential, system: &System) -> Result<Evaluation> {
    let mut evaluation = Evaluation::default();
    potential.evaluate(system, RequestedProperties::default(), &mut evaluation)?;
    Ok(evaluation)
}

/// The largest difference of a component; infinite where a component is not finite.
pub(super) fn largest_difference(a: &[[f64; 3]], b: &[[f64; 3]]) -> f64 {
    let pairs = a.as_flattened().iter().zip(b.as_flattened());
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, worse)
}

/// The larger of two errors, of which one that is not a number is infinite: [`f64::max`] would pass it over.
pub(super) fn worse(a: f64, b: f64) -> f64 {
    if b.is_nan() { f64::INFINITY } else { a.max(b) }
}
