//! Harmonic bonds and angles.

use super::{Evaluation, Potential, Want};
use crate::system::neighbors::{SAME_SPOT, same_spot};
use crate::system::vector::{difference, dot, norm, plus};
use crate::system::{Element, System};
use crate::{Error, Result};

/// A spring between two atoms: ½ k (r − r₀)².
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bond {
    /// The two atoms.
    pub atoms: [usize; 2],
    /// k in eV/Å².
    pub stiffness: f64,
    /// r₀ in Å.
    pub length: f64,
}

/// A spring on the angle at the middle one of three atoms: ½ k (θ − θ₀)².
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Angle {
    /// The three atoms; the second is the middle one.
    pub atoms: [usize; 3],
    /// k in eV/rad².
    pub stiffness: f64,
    /// θ₀ in radians.
    pub angle: f64,
}

/// Harmonic bonds and angles between listed atoms, with the exact dynamics that integrators are tested on.
///
///   E = Σ ½ k (r − r₀)² + Σ ½ k (θ − θ₀)²
///
/// In a cell the nearest images are meant. Energies are shared equally among the atoms of a term. The force of an angle
/// that is exactly straight or closed has no direction and is left out, unless θ₀ is that very angle, where it vanishes.
/// Checked by: `suite::potential` (differences of the energy, strain, energies by hand).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Harmonic {
    /// The bonds.
    pub bonds: Vec<Bond>,
    /// The angles.
    pub angles: Vec<Angle>,
}

impl Harmonic {
    /// Springs for these bonds and angles.
    #[must_use]
    pub fn new(bonds: Vec<Bond>, angles: Vec<Angle>) -> Self {
        Self { bonds, angles }
    }

    fn check(&self, system: &System) -> Result<()> {
        let atoms = system.atom_count();
        let bonds = self.bonds.iter().map(|bond| bond.atoms.as_slice());
        let angles = self.angles.iter().map(|angle| angle.atoms.as_slice());
        for term in bonds.chain(angles) {
            if let Some(atom) = term.iter().find(|&&atom| atom >= atoms) {
                return Err(Error::Invalid(format!("a spring holds atom {}, but there are only {atoms}", atom + 1)));
            }
            let twice = (1..term.len()).any(|at| term[..at].contains(&term[at]));
            if twice {
                return Err(Error::Invalid(format!("a spring holds atom {} twice", term[0] + 1)));
            }
        }
        Ok(())
    }
}

impl Potential for Harmonic {
    fn name(&self) -> String {
        "harmonic bonds and angles".into()
    }

    fn cutoff(&self) -> Option<f64> {
        None
    }

    fn accepts(&self, _element: Element) -> bool {
        true
    }

    fn evaluate(&mut self, system: &System, want: Want, into: &mut Evaluation) -> Result<()> {
        self.check(system)?;
        let mut sum = Sum::new(system, want, into);
        for bond in &self.bonds {
            sum.bond(bond)?;
        }
        for angle in &self.angles {
            sum.angle(angle)?;
        }
        super::check_finite(system, into)
    }
}

/// Collects energy, forces and virial.
struct Sum<'a> {
    system: &'a System,
    want: Want,
    into: &'a mut Evaluation,
}

impl<'a> Sum<'a> {
    fn new(system: &'a System, want: Want, into: &'a mut Evaluation) -> Self {
        into.energy = 0.0;
        into.forces.clear();
        into.forces.resize(system.atom_count(), [0.0; 3]);
        into.atom_energies.clear();
        into.atom_energies.resize(if want.atom_energies { system.atom_count() } else { 0 }, 0.0);
        into.virial = want.virial.then_some([[0.0; 3]; 3]);
        Self { system, want, into }
    }

    /// From the first to the second atom, to its nearest image.
    fn vector(&self, from: usize, to: usize) -> Result<([f64; 3], f64)> {
        let direct = difference(self.system.positions[to], self.system.positions[from]);
        let vector = self.system.cell.map_or(direct, |cell| cell.nearest_image(direct));
        let length = norm(vector);
        if length < SAME_SPOT {
            return Err(same_spot(self.system, from, to));
        }
        Ok((vector, length))
    }

    fn energy(&mut self, energy: f64, atoms: &[usize]) {
        self.into.energy += energy;
        if self.want.atom_energies {
            for atom in atoms {
                self.into.atom_energies[*atom] += energy / atoms.len() as f64;
            }
        }
    }

    /// Book ∂E/∂r for the vector r from one atom to another.
    fn gradient(&mut self, from: usize, to: usize, vector: [f64; 3], gradient: [f64; 3]) {
        self.into.forces[from] = plus(self.into.forces[from], 1.0, gradient);
        self.into.forces[to] = plus(self.into.forces[to], -1.0, gradient);
        if let Some(virial) = &mut self.into.virial {
            for i in 0..3 {
                for k in 0..3 {
                    virial[i][k] -= vector[i] * gradient[k];
                }
            }
        }
    }

    fn bond(&mut self, bond: &Bond) -> Result<()> {
        let [first, second] = bond.atoms;
        let (vector, length) = self.vector(first, second)?;
        let stretch = length - bond.length;
        self.energy(0.5 * bond.stiffness * stretch * stretch, &bond.atoms);
        self.gradient(first, second, vector, vector.map(|x| bond.stiffness * stretch / length * x));
        Ok(())
    }

    /// With a and b the vectors from the middle atom and θ between them: ∂θ/∂a = −(b̂ − â cos θ) / (|a| sin θ).
    fn angle(&mut self, angle: &Angle) -> Result<()> {
        let [first, middle, last] = angle.atoms;
        let (a, a_length) = self.vector(middle, first)?;
        let (b, b_length) = self.vector(middle, last)?;
        let sine_scaled = norm(crate::system::vector::cross(a, b));
        let theta = sine_scaled.atan2(dot(a, b));
        let bend = theta - angle.angle;
        self.energy(0.5 * angle.stiffness * bend * bend, &angle.atoms);
        let sine = sine_scaled / (a_length * b_length);
        if sine < 1.0e-10 {
            return Ok(());
        }
        let (a_unit, b_unit) = (a.map(|x| x / a_length), b.map(|x| x / b_length));
        let cosine = theta.cos();
        let slope = angle.stiffness * bend / sine;
        let along_a = plus(b_unit, -cosine, a_unit).map(|x| -slope / a_length * x);
        let along_b = plus(a_unit, -cosine, b_unit).map(|x| -slope / b_length * x);
        self.gradient(middle, first, a, along_a);
        self.gradient(middle, last, b, along_b);
        Ok(())
    }
}
