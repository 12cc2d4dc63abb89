//! Many configurations side by side.

use rayon::prelude::*;

use super::{Evaluation, LearnedPotential, Potential, RequestedProperties};
use cormorant_core::Result;
use cormorant_core::system::System;

/// Energy and forces of every one of `systems`, on all threads of the current rayon pool, in their order.
///
/// Each system is evaluated by one thread, so the bits do not depend on the number of threads.
/// Checked by `suite::partial::a_batch_gives_the_bits_of_single_calls`.
///
/// # Errors
/// Those of [`Potential::evaluate`], for the first system that has one.
pub fn evaluate_batch(
    potential: &LearnedPotential,
    systems: &[System],
    want: RequestedProperties,
) -> Result<Vec<Evaluation>> {
    let evaluate = |potential: &mut LearnedPotential, system: &System| {
        let mut result = Evaluation::default();
        potential.evaluate(system, want, &mut result).map(|()| result)
    };
    // All are finished before the first error is looked for: which one is first must not depend on the threads.
    let results: Vec<Result<Evaluation>> = systems.par_iter().map_init(|| potential.twin(), evaluate).collect();
    results.into_iter().collect()
}
