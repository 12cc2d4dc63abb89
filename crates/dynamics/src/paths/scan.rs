//! One internal coordinate in steps.

use super::rigid_move::{RigidMove, coordinate_of};
use super::{PotentialSurface, ScanPoint, Surface};
use crate::analysis::{Coordinate, Internal};
use crate::dynamics::ForceEvaluator;
use crate::minimize::{Goal, Held, Minimizer};
use cormorant_core::system::vector::{difference, dot, norm};
use cormorant_core::system::{System, find_bonds};
use cormorant_core::{Error, Result};
use cormorant_potential::Potential;

/// Angles nearer to 0° or 180° than this (rad) are not scanned: their derivatives have no direction there.
const LEAST_ANGLE: f64 = 0.035;

/// What is scanned: a coordinate and its values, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// The coordinate, of atoms counted from 0.
    pub internal: Internal,
    /// Its values in Å or rad. A dihedral angle may go on beyond a full turn.
    pub values: Vec<f64>,
    /// Whether the values are met again in reverse order at the end, each from its neighbor.
    pub backward: bool,
}

impl Scan {
    /// So many values from `first` to `last`, both included.
    #[must_use]
    pub fn even(internal: Internal, [first, last]: [f64; 2], points: usize) -> Self {
        let share = |point: usize| point as f64 / points.saturating_sub(1).max(1) as f64;
        let values = (0..points).map(|point| first + (last - first) * share(point)).collect();
        Self { internal, values, backward: false }
    }

    /// Value of the coordinate in `system`, in Å or rad.
    ///
    /// # Errors
    /// When there is no such atom, or a value of the scan is none that the coordinate can have.
    pub fn start(&self, system: &System) -> Result<f64> {
        Ok(self.coordinate(system)?.evaluate(&system.positions).0)
    }

    /// How many points there are, those of the way back included.
    #[must_use]
    pub fn point_count(&self) -> usize {
        self.order().count()
    }

    /// The values with their direction, in the order in which they are met.
    fn order(&self) -> impl Iterator<Item = (f64, bool)> + '_ {
        let back = self.values.iter().rev().skip(1).filter(|_| self.backward);
        self.values.iter().map(|value| (*value, false)).chain(back.map(|value| (*value, true)))
    }

    fn coordinate(&self, system: &System) -> Result<Coordinate> {
        if let Some(atom) = self.internal.atoms().iter().find(|atom| **atom >= system.atom_count()) {
            return Err(Error::Invalid(format!(
                "there is no atom {} to scan: the structure has {}; name atoms from 1 to that",
                atom + 1,
                system.atom_count()
            )));
        }
        let within = |value: f64| match self.internal {
            Internal::Distance(_) => value > 0.0,
            Internal::Angle(_) => (LEAST_ANGLE..=std::f64::consts::PI - LEAST_ANGLE + 1.0e-12).contains(&value),
            Internal::Dihedral(_) => value.is_finite(),
        };
        if let Some(value) = self.values.iter().find(|value| !within(**value)) {
            return Err(Error::Invalid(match self.internal {
                Internal::Distance(_) => {
                    format!("a distance of {value:.3} Å cannot be scanned; begin and end above zero")
                }
                _ => format!(
                    "an angle of {:.1} degrees cannot be scanned; begin and end between 2 and 178 degrees",
                    value.to_degrees()
                ),
            }));
        }
        if !system.constraints.is_empty() {
            return Err(Error::Invalid(
                "a scan with fixed atoms or distances is not supported; leave [constraints] out".into(),
            ));
        }
        Ok(coordinate_of(system, &self.internal))
    }
}

/// Every value of `scan` in copies of `system` in which nothing else changes, evaluated side by side by `potentials`, which have to be
/// alike. The same bits for any number of them.
///
/// # Errors
/// When the coordinate is not there or in a ring, or a structure cannot be evaluated.
pub fn rigid_scan(system: &System, scan: &Scan, potentials: &mut [Box<dyn Potential>]) -> Result<Vec<ScanPoint>> {
    let coordinate = scan.coordinate(system)?;
    let mover = RigidMove::new(system, find_bonds(system)?, &scan.internal)
        .map_err(|error| Error::Invalid(format!("{error}; a rigid scan cannot change it, but a relaxed one can")))?;
    let start = coordinate.evaluate(&system.positions).0;
    let moved = |value: f64| {
        let mut copy = system.clone();
        mover.apply(&mut copy, coordinate.change(value, start)).map(|()| copy)
    };
    let order: Vec<(f64, bool)> = scan.order().collect();
    let systems: Vec<System> = order.iter().map(|(value, _)| moved(*value)).collect::<Result<_>>()?;
    let images: Vec<_> = systems.iter().map(|system| system.positions.clone()).collect();
    let found = PotentialSurface::new(potentials, system).evaluate(&images)?;
    let points = order.into_iter().zip(systems).zip(found).map(|(((value, backward), system), evaluation)| {
        let residual = forces_beside(&coordinate, &system, &evaluation.forces).0;
        let [behind, ahead] = [value - NEXT, value + NEXT].map(&moved);
        let along = work(&evaluation.forces, &behind?.positions, &ahead?.positions) / (2.0 * NEXT);
        Ok(ScanPoint { value, backward, system, evaluation, residual, along, converged: true, evaluations: 1 })
    });
    points.collect()
}

/// How far a rigid scan goes on to both sides for the direction in which it moves the atoms at a point, in Å or rad.
const NEXT: f64 = 1.0e-4;

/// Work of `forces` on the way from some positions to others.
fn work(forces: &[[f64; 3]], from: &[[f64; 3]], to: &[[f64; 3]]) -> f64 {
    let ways = from.iter().zip(to).map(|(from, to)| difference(*to, *from));
    forces.iter().zip(ways).map(|(force, way)| dot(*force, way)).sum()
}

/// Every value of `scan` with all else at rest, each from its neighbor, the first from `system`. The value is held exactly while
/// `minimizer` goes to `goal`. `watch` is told each point and says whether the scan goes on; the points until then are given.
///
/// # Errors
/// When the coordinate is not there or cannot have a value, or a structure cannot be evaluated.
pub fn relaxed_scan(
    system: &System,
    scan: &Scan,
    field: &mut ForceEvaluator,
    (minimizer, goal): (&dyn Minimizer, &Goal),
    watch: &mut dyn FnMut(&ScanPoint) -> bool,
) -> Result<Vec<ScanPoint>> {
    let coordinate = scan.coordinate(system)?;
    // In a ring no side moves alone: the atoms of the coordinate are moved then, and the rest follows.
    let mover = RigidMove::new(system, find_bonds(system)?, &scan.internal).ok();
    let mut system = system.clone();
    let mut points = Vec::new();
    for (value, backward) in scan.order() {
        if let Some(mover) = &mover {
            let change = coordinate.change(value, coordinate.evaluate(&system.positions).0);
            mover.apply(&mut system, change)?;
        }
        let goal = Goal { held: Some(Held { coordinate, value }), ..*goal };
        let minimum = minimizer.minimize(&mut system, field, &goal, &mut |_, _, _| Ok(()))?;
        let evaluation = field.last().clone();
        let (residual, along) = forces_beside(&coordinate, &system, &evaluation.forces);
        let point = ScanPoint {
            value,
            backward,
            system: system.clone(),
            evaluation,
            residual,
            along,
            converged: minimum.converged,
            evaluations: minimum.evaluations,
        };
        let goes_on = watch(&point);
        points.push(point);
        if !goes_on {
            break;
        }
    }
    Ok(points)
}

/// The largest force on an atom without the part along the coordinate, and that part: −dE/dq = g·F/(g·g).
fn forces_beside(coordinate: &Coordinate, system: &System, forces: &[[f64; 3]]) -> (f64, f64) {
    let mut rest = forces.to_vec();
    Held { coordinate: *coordinate, value: 0.0 }.project(&system.positions, rest.as_flattened_mut());
    let (_, gradient) = coordinate.evaluate(&system.positions);
    let steep: f64 = gradient.as_flattened().iter().map(|x| x * x).sum();
    let along: f64 = coordinate
        .sites()
        .iter()
        .zip(&gradient)
        .fold(0.0, |sum, (site, part)| sum + (0..3).map(|axis| part[axis] * forces[site.atom][axis]).sum::<f64>());
    (rest.iter().map(|force| norm(*force)).fold(0.0, f64::max), along / steep)
}
