//! Two atoms alone, from 0.3 Å to the cutoff.

use std::collections::BTreeMap;

use super::TrialControl;
use super::measure::{evaluate, worse};
use cormorant_core::Result;
use cormorant_core::system::{Element, System};
use cormorant_network::{Certificate, PairTrial};
use cormorant_potential::LearnedPotential;

/// Shortest distance tried, in Å.
const NEAREST: f64 = 0.3;
/// Longest distance tried where there is no cutoff, in Å.
const FARTHEST: f64 = 5.0;
/// Step of the scan in Å.
const STEP: f64 = 0.05;
/// Distance in Å from the cutoff at which the force should be gone.
const EDGE: f64 = 1.0e-3;

/// What the trials gave.
pub(super) struct Pairs {
    /// Each pair of elements, e.g. `H-C`.
    pub trials: BTreeMap<String, PairTrial>,
    /// Largest force in eV/Å just within the cutoff.
    pub cutoff_force: f64,
    /// Whether all of them were tried.
    pub whole: bool,
}

/// Every pair of `elements` for which there is time, and the largest step of a force at the cutoff (Å); 0 where nothing is cut off.
pub(super) fn try_pairs(
    potential: &mut LearnedPotential,
    elements: &[Element],
    cutoff: Option<f64>,
    control: TrialControl<'_>,
) -> Result<Pairs> {
    let farthest = cutoff.unwrap_or(FARTHEST);
    let mut pairs = BTreeMap::new();
    let mut cutoff_force: f64 = 0.0;
    for (index, &one) in elements.iter().enumerate() {
        for &other in &elements[index..] {
            if control.is_over()? {
                return Ok(Pairs { trials: pairs, cutoff_force, whole: false });
            }
            let (first, second) = (one.min(other), one.max(other));
            // Energy (eV) and force (eV/Å, positive when they repel) at a distance.
            let mut at = |distance: f64| -> Result<(f64, f64)> {
                let positions = vec![[0.0; 3], [distance, 0.0, 0.0]];
                let evaluation = evaluate(potential, &System::new(vec![first, second], positions, None)?)?;
                Ok((evaluation.energy, evaluation.forces[1][0]))
            };
            if let Some(cutoff) = cutoff {
                // Beyond it nothing is left but the force of charges, where the model has some.
                cutoff_force = worse(cutoff_force, (at(cutoff - EDGE)?.1 - at(cutoff + EDGE)?.1).abs());
            }
            let apart = at(farthest + 1.0)?.0;
            let points = ((farthest - NEAREST) / STEP) as usize;
            let mut trial = PairTrial {
                repulsive_below: NEAREST,
                nearest_energy: 0.0,
                lowest_energy: f64::INFINITY,
                lowest_at: farthest,
            };
            let mut repelled = true;
            for point in 0..=points {
                let distance = NEAREST + STEP * point as f64;
                let (energy, force) = at(distance)?;
                if point == 0 {
                    trial.nearest_energy = energy - apart;
                }
                repelled &= force > 0.0;
                if repelled {
                    trial.repulsive_below = distance;
                }
                if energy - apart < trial.lowest_energy {
                    (trial.lowest_energy, trial.lowest_at) = (energy - apart, distance);
                }
            }
            trial.nearest_energy = known(trial.nearest_energy);
            trial.lowest_energy = known(trial.lowest_energy);
            pairs.insert(format!("{first}-{second}"), trial);
        }
    }
    Ok(Pairs { trials: pairs, cutoff_force, whole: true })
}

/// An energy, or the sign of one that has run away.
fn known(energy: f64) -> f64 {
    if energy.is_nan() { Certificate::RUNAWAY } else { energy.clamp(-Certificate::RUNAWAY, Certificate::RUNAWAY) }
}
