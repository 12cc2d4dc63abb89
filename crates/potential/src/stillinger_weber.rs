//! The Stillinger-Weber potential.

use super::{Evaluation, Potential, RequestedProperties};
use cormorant_core::system::vector::{dot, norm, plus};
use cormorant_core::system::{Element, NeighborList, Neighbors, System};
use cormorant_core::{Error, Result};

/// Skin of the neighbor list in Å.
const SKIN: f64 = 0.5;

/// Stillinger-Weber silicon: pairs, and triplets that prefer the tetrahedral angle.
///
///   E = Σ_{i<j} Aε [B (σ/r)⁴ − 1] e(r, 1) + Σ_i Σ_{j<k} λε (cos θ_jik + 1/3)² e(r_ij, γ) e(r_ik, γ)
///   e(r, γ) = exp(γσ / (r − aσ)) for r < aσ, else 0
///
/// | symbol | here      | value        | unit |
/// |--------|-----------|--------------|------|
/// | ε      | `epsilon` | 2.1682 in the paper; 2.1683 in `Si.sw` of LAMMPS and what follows it | eV |
/// | σ      | `SIGMA`   | 2.0951       | Å    |
/// | a      | `REACH`   | 1.80         |      |
/// | A, B   | `A`, `B`  | 7.049556277, 0.6022245584 | |
/// | λ, γ   | `LAMBDA`, `GAMMA` | 21.0, 1.20 |    |
///
/// Source: F. H. Stillinger and T. A. Weber, Phys. Rev. B 31, 5262 (1985), doi:10.1103/PhysRevB.31.5262. Checked by:
/// `suite::potential` (cohesive energy 2ε and published elastic constants of the diamond crystal; forces and virial).
#[derive(Debug, Clone)]
pub struct StillingerWeber {
    element: Element,
    epsilon: f64,
    list: NeighborList,
    edges: Vec<Edge>, // of one atom
}

const SIGMA: f64 = 2.0951;
const REACH: f64 = 1.80;
const A: f64 = 7.049_556_277;
const B: f64 = 0.602_224_558_4;
const LAMBDA: f64 = 21.0;
const GAMMA: f64 = 1.20;

/// An edge at the atom in hand.
#[derive(Debug, Clone, Copy)]
struct Edge {
    length: f64,
    unit: [f64; 3],
    decay: f64,         // e(r, γ)
    decay_slope: f64,   // its derivative
    gradient: [f64; 3], // ∂E/∂(vector of the edge), collected
}

impl StillingerWeber {
    /// ε of the paper, in eV.
    pub const PUBLISHED_EPSILON: f64 = 2.1682;

    /// Silicon with the published parameters.
    ///
    /// # Errors
    /// Never, as long as silicon is an element.
    pub fn silicon() -> Result<Self> {
        let list = NeighborList::new(REACH * SIGMA, SKIN);
        let epsilon = Self::PUBLISHED_EPSILON;
        Ok(Self { element: Element::from_symbol("Si")?, epsilon, list, edges: Vec::new() })
    }

    /// The same with another ε (eV), such as 2.1683 eV of the parameter file of LAMMPS.
    ///
    /// # Errors
    /// When it is not positive.
    pub fn with_epsilon(mut self, epsilon: f64) -> Result<Self> {
        if !(epsilon.is_finite() && epsilon > 0.0) {
            return Err(Error::Invalid(format!("epsilon must be positive, but is {epsilon}")));
        }
        self.epsilon = epsilon;
        Ok(self)
    }
}

/// exp(γσ / (r − aσ)) and its derivative.
fn decay(length: f64, gamma: f64) -> (f64, f64) {
    let apart = length - REACH * SIGMA; // negative
    let value = (gamma * SIGMA / apart).exp();
    (value, -gamma * SIGMA / (apart * apart) * value)
}

/// Half the pair energy and its derivative: every pair is met from both ends.
fn half_pair(length: f64, epsilon: f64) -> (f64, f64) {
    let (decay, decay_slope) = decay(length, 1.0);
    let fourth = (SIGMA / length).powi(4);
    let bracket = B * fourth - 1.0;
    let factor = 0.5 * A * epsilon;
    (factor * bracket * decay, factor * (bracket * decay_slope - 4.0 * B * fourth / length * decay))
}

/// Fill `edges` with the edges of one receiver, pairs already booked; returns their energy.
fn pairs(neighbors: &Neighbors, receiver: usize, epsilon: f64, edges: &mut Vec<Edge>) -> f64 {
    edges.clear();
    let mut energy = 0.0;
    for vector in &neighbors.vectors[neighbors.offsets[receiver]..neighbors.offsets[receiver + 1]] {
        let length = norm(*vector);
        let unit = vector.map(|x| x / length);
        let (pair, slope) = half_pair(length, epsilon);
        let (decay, decay_slope) = decay(length, GAMMA);
        energy += pair;
        edges.push(Edge { length, unit, decay, decay_slope, gradient: unit.map(|x| slope * x) });
    }
    energy
}

/// Book every two edges of one atom; returns their energy.
fn triplets(edges: &mut [Edge], epsilon: f64) -> f64 {
    let mut energy = 0.0;
    for second in 1..edges.len() {
        for first in 0..second {
            let (a, b) = (edges[first], edges[second]);
            let cosine = dot(a.unit, b.unit);
            let off = cosine + 1.0 / 3.0;
            let strength = LAMBDA * epsilon * off;
            energy += strength * off * a.decay * b.decay;
            // ∂cos θ/∂a = (b̂ − â cos θ)/|a|
            let turn = 2.0 * strength * a.decay * b.decay;
            let book = |own: &Edge, other: &Edge, gradient: [f64; 3]| {
                let along = strength * off * own.decay_slope * other.decay - turn * cosine / own.length;
                plus(plus(gradient, turn / own.length, other.unit), along, own.unit)
            };
            edges[first].gradient = book(&a, &b, a.gradient);
            edges[second].gradient = book(&b, &a, b.gradient);
        }
    }
    energy
}

impl Potential for StillingerWeber {
    fn name(&self) -> String {
        "Stillinger-Weber silicon".into()
    }

    fn cutoff(&self) -> Option<f64> {
        Some(REACH * SIGMA)
    }

    fn accepts(&self, element: Element) -> bool {
        element == self.element
    }

    fn elements(&self) -> Vec<Element> {
        vec![self.element]
    }

    fn evaluate(&mut self, system: &System, want: RequestedProperties, into: &mut Evaluation) -> Result<()> {
        if let Some(foreign) = system.elements.iter().find(|element| **element != self.element) {
            return Err(super::unknown(*foreign, &[self.element]));
        }
        let neighbors = self.list.update(system)?;
        into.reset(system.atom_count(), want);
        for receiver in 0..system.atom_count() {
            let energy =
                pairs(neighbors, receiver, self.epsilon, &mut self.edges) + triplets(&mut self.edges, self.epsilon);
            into.energy += energy;
            if let Some(own) = into.atom_energies.get_mut(receiver) {
                *own = energy;
            }
            for (at, edge) in self.edges.iter().enumerate() {
                let sender = neighbors.senders[neighbors.offsets[receiver] + at] as usize;
                into.forces[receiver] = plus(into.forces[receiver], 1.0, edge.gradient);
                into.forces[sender] = plus(into.forces[sender], -1.0, edge.gradient);
                if let Some(virial) = &mut into.virial {
                    for i in 0..3 {
                        for k in 0..3 {
                            virial[i][k] -= edge.length * edge.unit[i] * edge.gradient[k];
                        }
                    }
                }
            }
        }
        super::check_finite(system, into)
    }
}
