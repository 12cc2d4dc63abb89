//! Walls that keep atoms in a part of space.

use super::{Evaluation, Potential, RequestedProperties};
use cormorant_core::system::vector::{difference, dot, norm, plus};
use cormorant_core::system::{Element, System};
use cormorant_core::{Error, Result};

/// Where a wall stands, and which side of it is free.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum WallShape {
    /// A plane; atoms are free on the side that the normal points to.
    Plane {
        /// A point of it in Å.
        point: [f64; 3],
        /// Its normal, of any length but zero.
        normal: [f64; 3],
    },
    /// A sphere.
    Sphere {
        /// Its center in Å.
        center: [f64; 3],
        /// Its radius in Å.
        radius: f64,
        /// Whether atoms are free within it; otherwise around it.
        inside: bool,
    },
}

/// A harmonic wall: ½ k d² for an atom that is d beyond it.
#[derive(Debug, Clone, PartialEq)]
pub struct Wall {
    /// Where it stands.
    pub shape: WallShape,
    /// k in eV/Å².
    pub force_constant: f64,
    /// The atoms that feel it, counted from 0; empty for all.
    pub atoms: Vec<usize>,
}

/// Harmonic walls. Positions are taken as they are, not wrapped into a cell, and the walls have no part in the virial.
///
///   E = Σ ½ k d²    d = −(r − p)·n̂ (plane), |r − c| − R (in a sphere), R − |r − c| (around one), where that is positive
///
/// Energy and force are continuous, the force_constant is not: a time step should be short against √(m/k).
/// Checked by: `suite::restraints`.
#[derive(Debug, Clone, PartialEq)]
pub struct Walls {
    walls: Vec<Wall>,
}

impl Walls {
    /// These walls.
    ///
    /// # Errors
    /// When a normal has no length or a radius is not positive.
    pub fn new(mut walls: Vec<Wall>) -> Result<Self> {
        for wall in &mut walls {
            match &mut wall.shape {
                WallShape::Plane { normal, .. } => {
                    let length = norm(*normal);
                    if !(length.is_finite() && length > 0.0) {
                        return Err(Error::Invalid("the normal of a wall has no length".into()));
                    }
                    *normal = normal.map(|x| x / length);
                }
                WallShape::Sphere { radius, .. } if !(radius.is_finite() && *radius > 0.0) => {
                    return Err(Error::Invalid(format!("a wall with a radius of {radius} Å is not possible")));
                }
                WallShape::Sphere { .. } => {}
            }
        }
        Ok(Self { walls })
    }
}

impl WallShape {
    /// How far beyond the wall a position is, in Å (not above zero where it is free), and the direction back.
    fn beyond(&self, position: [f64; 3]) -> (f64, [f64; 3]) {
        match *self {
            Self::Plane { point, normal } => (-dot(difference(position, point), normal), normal),
            Self::Sphere { center, radius, inside } => {
                let away = difference(position, center);
                let distance = norm(away);
                let sign = if inside { 1.0 } else { -1.0 };
                // In the very center of a sphere that keeps atoms out there is no direction; it is left alone there.
                let back = away.map(|x| if distance > 0.0 { -sign * x / distance } else { 0.0 });
                (sign * (distance - radius), back)
            }
        }
    }
}

impl Potential for Walls {
    fn name(&self) -> String {
        "walls".into()
    }

    fn cutoff(&self) -> Option<f64> {
        None
    }

    fn accepts(&self, _element: Element) -> bool {
        true
    }

    fn is_external(&self) -> bool {
        true
    }

    fn evaluate(&mut self, system: &System, want: RequestedProperties, into: &mut Evaluation) -> Result<()> {
        let count = system.atom_count();
        into.reset(count, want);
        for wall in &self.walls {
            if let Some(atom) = wall.atoms.iter().find(|&&atom| atom >= count) {
                return Err(Error::Invalid(format!("a wall acts on atom {}, but there are only {count}", atom + 1)));
            }
            let mut feel = |atom: usize| {
                let (beyond, back) = wall.shape.beyond(system.positions[atom]);
                if beyond > 0.0 {
                    let energy = 0.5 * wall.force_constant * beyond * beyond;
                    into.energy += energy;
                    into.forces[atom] = plus(into.forces[atom], wall.force_constant * beyond, back);
                    if let Some(own) = into.atom_energies.get_mut(atom) {
                        *own += energy;
                    }
                }
            };
            if wall.atoms.is_empty() {
                (0..count).for_each(&mut feel);
            } else {
                wall.atoms.iter().copied().for_each(&mut feel);
            }
        }
        super::check_finite(system, into)
    }
}
