//! Bonds of the example, squeezed below the shortest such distance of the training frames.

use std::collections::BTreeMap;

use super::{evaluate, interrupted};
use crate::Result;
use crate::model::{BondTrial, DataRecord};
use crate::potential::{LearnedPotential, WALL_START};
use crate::system::vector::norm;
use crate::system::{System, find_bonds};

/// The scan goes from this share of the shortest distance seen ...
const FROM: f64 = 1.02;
/// ... down to this one, where the repulsive wall of a learned potential takes over.
const TO: f64 = WALL_START;
/// Points of the scan.
const POINTS: usize = 29;

/// Every bond of `system` between elements whose shortest distance `seen` names; one entry for each such pair, e.g. `H-C`.
///
/// Both ends of a bond move by the same amount along it. What is followed is the repulsion −dE/dd = (F₂ − F₁)·u/2, where d is
/// the length of the bond and u its direction from the first atom to the second: it must grow at every step.
/// Checked by: `suite::certificate`.
pub(super) fn try_bonds(
    potential: &mut LearnedPotential,
    system: &System,
    seen: &DataRecord,
    stop: &dyn Fn() -> bool,
) -> Result<BTreeMap<String, BondTrial>> {
    let mut trials: BTreeMap<String, BondTrial> = BTreeMap::new();
    for bond in find_bonds(system)? {
        let (first, second) = (bond.first, bond.second);
        let (one, other) = (system.elements[first], system.elements[second]);
        let pair = format!("{}-{}", one.min(other), one.max(other));
        // The end of a bond to an image of the same atom cannot be moved alone.
        let Some(shortest) = seen.shortest_distance(one, other).filter(|_| first != second) else { continue };
        if stop() {
            return Err(interrupted());
        }
        let between = system.vector_between(first, second, bond.shift);
        let length = norm(between);
        let mut squeezed = system.clone();
        let mut repulsion = |distance: f64| -> Result<f64> {
            let half = 0.5 * (distance - length) / length;
            for axis in 0..3 {
                squeezed.positions[first][axis] = system.positions[first][axis] - half * between[axis];
                squeezed.positions[second][axis] = system.positions[second][axis] + half * between[axis];
            }
            let forces = evaluate(potential, &squeezed)?.forces;
            Ok((0..3).map(|axis| 0.5 * (forces[second][axis] - forces[first][axis]) * between[axis] / length).sum())
        };
        let mut sound_to = FROM * shortest;
        let mut former = f64::NEG_INFINITY;
        for point in 0..POINTS {
            let distance = shortest * (FROM - (FROM - TO) * point as f64 / (POINTS - 1) as f64);
            let now = repulsion(distance)?;
            if now <= former {
                break;
            }
            (former, sound_to) = (now, distance);
        }
        let trial = trials.entry(pair).or_insert(BondTrial { bonds: 0, shortest, tried_to: TO * shortest, sound_to });
        trial.bonds += 1;
        trial.sound_to = trial.sound_to.max(sound_to);
    }
    Ok(trials)
}
