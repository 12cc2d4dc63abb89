//! Bonds of the example, squeezed below the shortest that they were in the training frames.

use std::collections::BTreeMap;

use super::TrialControl;
use super::measure::evaluate;
use cormorant_core::Result;
use cormorant_core::system::vector::norm;
use cormorant_core::system::{System, find_bonds};
use cormorant_network::{BondTrial, Record};
use cormorant_potential::{LearnedPotential, WALL_START};

/// The scan goes from this share of the shortest that the bond was ...
const FROM: f64 = 1.02;
/// ... down to this one, over which the repulsion must grow; and on to where the wall of a learned potential takes over, which is
/// this share of the shortest distance of any two atoms of its elements.
const TO: f64 = WALL_START;
/// Points of the first part; those of the second are as far apart.
const POINTS: usize = 29;

/// Every bond of `system`, the example of `record`, for which there is time, and whether those were all; one entry for each pair of
/// elements whose shortest distance is known, e.g. `H-C`.
///
/// Both ends of a bond move by the same amount along it. What is followed is the repulsion −dE/dd = (F₂ − F₁)·u/2, where d is
/// the length of the bond and u its direction from the first atom to the second: it must grow at every step, and should be
/// positive down to the wall. Checked by: `suite::certificate`.
pub(super) fn try_bonds(
    potential: &mut LearnedPotential,
    system: &System,
    record: &Record<'_>,
    control: TrialControl<'_>,
) -> Result<(BTreeMap<String, BondTrial>, bool)> {
    let mut trials: BTreeMap<String, BondTrial> = BTreeMap::new();
    let bonds = find_bonds(system)?;
    for (number, bond) in bonds.iter().enumerate() {
        let (first, second) = (bond.first, bond.second);
        let (one, other) = (system.elements[first], system.elements[second]);
        // The end of a bond to an image of the same atom cannot be moved alone.
        let Some(nearest) = record.data.shortest_distance(one, other).filter(|_| first != second) else { continue };
        (control.progress)("squeezed bonds", 0.7 + 0.3 * number as f64 / bonds.len() as f64);
        if control.is_over()? {
            return Ok((trials, false));
        }
        let own = record.example.and_then(|example| example.shortest_bond([first, second]));
        let shortest = own.map_or(nearest, |own| own.max(nearest));
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
        let Some((sound_to, repels_to)) = squeeze(&mut repulsion, shortest, TO * nearest, control)? else {
            return Ok((trials, false));
        };
        let mut trial = BondTrial {
            bonds: 1,
            atoms: Some([first, second]),
            shortest,
            tried_to: TO * shortest,
            sound_to,
            repels_to: Some(repels_to),
        };
        let pair = format!("{}-{}", one.min(other), one.max(other));
        if let Some(worst) = trials.get(&pair) {
            let repels_to = worst.repels_to.map(|distance| distance.max(repels_to));
            let bonds = worst.bonds + 1;
            if worst.sound_to / worst.shortest >= sound_to / shortest {
                trial = worst.clone();
            }
            trial = BondTrial { bonds, repels_to, ..trial };
        }
        trials.insert(pair, trial);
    }
    Ok((trials, true))
}

/// Down to which distance in Å the repulsion (eV/Å) grows, and down to which it is one, `wall` at the least; none if the time is
/// over before.
fn squeeze(
    repulsion: &mut dyn FnMut(f64) -> Result<f64>,
    shortest: f64,
    wall: f64,
    control: TrialControl<'_>,
) -> Result<Option<(f64, f64)>> {
    let start = FROM * shortest;
    let step = (start - TO * shortest) / (POINTS - 1) as f64;
    let (mut sound_to, mut repels_to) = (start, start);
    let (mut grows, mut repels, mut former) = (true, true, f64::NEG_INFINITY);
    for point in 0.. {
        let distance = (start - step * point as f64).max(wall);
        if (control.time_left)().is_some_and(|left| left.is_zero()) {
            return Ok(None);
        }
        let now = repulsion(distance)?;
        grows &= now > former && point < POINTS;
        repels &= now > 0.0;
        if grows {
            sound_to = distance;
        }
        if repels {
            repels_to = distance;
        }
        if distance <= wall || !(grows || repels) {
            break;
        }
        former = now;
    }
    Ok(Some((sound_to, repels_to)))
}
