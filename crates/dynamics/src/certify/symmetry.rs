//! Whether forces are the gradient of the energy, and turn and move with the atoms.

use nalgebra::{Rotation3, Unit, Vector3};

use super::TrialControl;
use super::measure::{evaluate, largest_difference, worse};
use cormorant_core::Result;
use cormorant_core::noise::{Consumer, Noise};
use cormorant_core::system::System;
use cormorant_potential::LearnedPotential;

/// Displacement in Å of the central differences.
const STEP: f64 = 1.0e-4;
/// Atoms whose forces are compared with differences, evenly spread over the system.
const ATOMS: usize = 9;
/// Turns that are tried.
const TURNS: u64 = 3;

/// Errors that the trials found; units as in [`cormorant_network::Certificate`].
pub(super) struct Symmetry {
    pub force: f64,
    pub rotation: f64,
    pub permutation: f64,
    /// Whether all of it was tried; else the errors are those of a part.
    pub whole: bool,
}

/// Try `potential` (in double precision) on `system`.
pub(super) fn try_symmetry(
    potential: &mut LearnedPotential,
    system: &System,
    control: TrialControl<'_>,
) -> Result<Symmetry> {
    let forces = evaluate(potential, system)?.forces;
    let largest = forces.as_flattened().iter().fold(1.0e-3, |largest: f64, x| largest.max(x.abs()));
    let mut moved = system.clone();
    let mut worst: f64 = 0.0;
    let mut whole = true;
    for atom in (0..system.atom_count()).step_by(system.atom_count().div_ceil(ATOMS)) {
        for axis in 0..3 {
            let mut energy = |change: f64| {
                moved.positions[atom][axis] = system.positions[atom][axis] + change;
                evaluate(potential, &moved).map(|evaluation| evaluation.energy)
            };
            let slope = (energy(STEP)? - energy(-STEP)?) / (2.0 * STEP);
            moved.positions[atom][axis] = system.positions[atom][axis];
            worst = worse(worst, (slope + forces[atom][axis]).abs());
        }
        // One atom at least; the others only if there is time.
        if control.is_over()? {
            whole = false;
            break;
        }
    }
    let mut rotation: f64 = 0.0;
    for number in 0..if whole { TURNS } else { 1 } {
        let mut stream = Noise::new(0).stream(Consumer::Displacement, number, 0);
        let axis = Unit::new_normalize(Vector3::from(stream.normal_vector()));
        let turn = Rotation3::from_axis_angle(&axis, std::f64::consts::TAU * stream.uniform());
        let turned = |vector: [f64; 3]| -> [f64; 3] { (turn * Vector3::from(vector)).into() };
        let mut copy = system.clone();
        copy.positions.iter_mut().for_each(|position| *position = turned(*position));
        copy.cell = system.cell.map(|cell| cell.with_rows(cell.rows().map(turned))).transpose()?;
        let expected: Vec<[f64; 3]> = forces.iter().map(|force| turned(*force)).collect();
        rotation = worse(rotation, largest_difference(&evaluate(potential, &copy)?.forces, &expected));
    }
    let mut copy = system.clone();
    copy.elements.reverse();
    copy.positions.reverse();
    let mut swapped = evaluate(potential, &copy)?.forces;
    swapped.reverse();
    let permutation = largest_difference(&swapped, &forces);
    Ok(Symmetry { force: worst / largest, rotation, permutation, whole })
}
