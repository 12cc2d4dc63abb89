//! Two atoms alone, from 0.3 Å to the cutoff.

use std::collections::BTreeMap;

use super::{evaluate, interrupted};
use crate::Result;
use crate::model::PairTrial;
use crate::potential::LearnedPotential;
use crate::system::{Element, System};

/// Shortest distance tried, in Å.
const NEAREST: f64 = 0.3;
/// Longest distance tried where there is no cutoff, in Å.
const FARTHEST: f64 = 5.0;
/// Step of the scan in Å.
const STEP: f64 = 0.05;
/// Distance in Å from the cutoff at which the force should be gone.
const EDGE: f64 = 1.0e-3;

/// Every pair of `elements`, and the largest force just within the cutoff (Å); 0 where nothing is cut off.
pub(super) fn try_pairs(
    potential: &mut LearnedPotential,
    elements: &[Element],
    cutoff: Option<f64>,
    stop: &dyn Fn() -> bool,
) -> Result<(BTreeMap<String, PairTrial>, f64)> {
    let farthest = cutoff.unwrap_or(FARTHEST);
    let mut pairs = BTreeMap::new();
    let mut cutoff_force: f64 = 0.0;
    for (index, &one) in elements.iter().enumerate() {
        for &other in &elements[index..] {
            if stop() {
                return Err(interrupted());
            }
            let (first, second) = (one.min(other), one.max(other));
            // Energy (eV) and force (eV/Å, positive when they repel) at a distance.
            let mut at = |distance: f64| -> Result<(f64, f64)> {
                let positions = vec![[0.0; 3], [distance, 0.0, 0.0]];
                let evaluation = evaluate(potential, &System::new(vec![first, second], positions, None)?)?;
                Ok((evaluation.energy, evaluation.forces[1][0]))
            };
            if let Some(cutoff) = cutoff {
                cutoff_force = cutoff_force.max(at(cutoff - EDGE)?.1.abs());
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
            pairs.insert(format!("{first}-{second}"), trial);
        }
    }
    Ok((pairs, cutoff_force))
}
