//! Energy, forces and virial of springs, one by one.

use super::{Anchor, Angle, Bond, Dihedral};
use crate::{Evaluation, RequestedProperties};
use cormorant_core::Result;
use cormorant_core::system::System;
use cormorant_core::system::neighbors::{SAME_SPOT, same_spot};
use cormorant_core::system::vector::{cross, difference, dot, norm, plus};

/// Sines below this belong to angles that are straight or closed: their force has no direction.
const STRAIGHT: f64 = 1.0e-10;

/// Collects energy, forces and virial.
pub(super) struct Gather<'a> {
    system: &'a System,
    want: RequestedProperties,
    into: &'a mut Evaluation,
}

impl<'a> Gather<'a> {
    pub(super) fn new(system: &'a System, want: RequestedProperties, into: &'a mut Evaluation) -> Self {
        into.reset(system.atom_count(), want);
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

    pub(super) fn bond(&mut self, bond: &Bond) -> Result<()> {
        let [first, second] = bond.atoms;
        let (vector, length) = self.vector(first, second)?;
        let stretch = length - bond.length;
        self.energy(0.5 * bond.force_constant * stretch * stretch, &bond.atoms);
        self.gradient(first, second, vector, vector.map(|x| bond.force_constant * stretch / length * x));
        Ok(())
    }

    /// With a and b the vectors from the middle atom and θ between them: ∂θ/∂a = −(b̂ − â cos θ) / (|a| sin θ).
    pub(super) fn angle(&mut self, angle: &Angle) -> Result<()> {
        let [first, middle, last] = angle.atoms;
        let (a, a_length) = self.vector(middle, first)?;
        let (b, b_length) = self.vector(middle, last)?;
        let sine_scaled = norm(cross(a, b));
        let theta = sine_scaled.atan2(dot(a, b));
        let bend = theta - angle.angle;
        self.energy(0.5 * angle.force_constant * bend * bend, &angle.atoms);
        let sine = sine_scaled / (a_length * b_length);
        if sine < STRAIGHT {
            return Ok(());
        }
        let (a_unit, b_unit) = (a.map(|x| x / a_length), b.map(|x| x / b_length));
        let cosine = theta.cos();
        let slope = angle.force_constant * bend / sine;
        let along_a = plus(b_unit, -cosine, a_unit).map(|x| -slope / a_length * x);
        let along_b = plus(a_unit, -cosine, b_unit).map(|x| -slope / b_length * x);
        self.gradient(middle, first, a, along_a);
        self.gradient(middle, last, b, along_b);
        Ok(())
    }

    /// With a, b, c the vectors from atom to atom, m = a × b and n = b × c:
    ///
    ///   φ = atan2(|b| a·n, m·n)    ∂φ/∂a = |b| m/m²    ∂φ/∂c = |b| n/n²
    ///   ∂φ/∂b = −(a·b)/b² ∂φ/∂a − (c·b)/b² ∂φ/∂c
    ///
    /// Source: Blondel and Karplus 1996, doi:10.1002/(SICI)1096-987X(19960715)17:9<1132::AID-JCC5>3.0.CO;2-T.
    pub(super) fn dihedral(&mut self, dihedral: &Dihedral) -> Result<()> {
        let [first, second, third, last] = dihedral.atoms;
        let (a, a_length) = self.vector(first, second)?;
        let (b, b_length) = self.vector(second, third)?;
        let (c, c_length) = self.vector(third, last)?;
        let (m, n) = (cross(a, b), cross(b, c));
        let angle = (b_length * dot(a, n)).atan2(dot(m, n));
        // The shorter way round.
        let whole = std::f64::consts::TAU;
        let twist = angle - dihedral.angle;
        let twist = twist - whole * (twist / whole).round();
        self.energy(0.5 * dihedral.force_constant * twist * twist, &dihedral.atoms);
        if norm(m) < STRAIGHT * a_length * b_length || norm(n) < STRAIGHT * b_length * c_length {
            return Ok(());
        }
        let slope = dihedral.force_constant * twist;
        let along_a = m.map(|x| slope * b_length / dot(m, m) * x);
        let along_c = n.map(|x| slope * b_length / dot(n, n) * x);
        let square = b_length * b_length;
        let along_b = plus(along_a.map(|x| -dot(a, b) / square * x), -dot(c, b) / square, along_c);
        self.gradient(first, second, a, along_a);
        self.gradient(second, third, b, along_b);
        self.gradient(third, last, c, along_c);
        Ok(())
    }

    /// No virial: what holds an atom from outside is no pressure of the system.
    pub(super) fn anchor(&mut self, anchor: &Anchor) {
        let apart = difference(self.system.positions[anchor.atom], anchor.position);
        self.energy(0.5 * anchor.force_constant * dot(apart, apart), &[anchor.atom]);
        let force = &mut self.into.forces[anchor.atom];
        *force = plus(*force, -anchor.force_constant, apart);
    }
}
