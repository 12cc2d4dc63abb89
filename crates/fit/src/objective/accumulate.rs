//! Loss of one frame and its gradient with respect to the weights.
//!
//!   L = λ_F Σ_i ρ(|F_i − F*_i|/√3)/N  +  λ_E ρ(|E − E*|/√N)  +  λ_W ρ(|W − W*|/√9N)  +  λ_D |D − D*|²/3N
//!
//! | symbol   | here               | unit                        |
//! |----------|--------------------|-----------------------------|
//! | E, F     | network's          | scaled (E/σ, Å)             |
//! | W        | `virial`, −dE/dε   | scaled                      |
//! | D        | `dipole`, of networks with charges | e·Å         |
//! | E* F* W* D* | `graph` labels  | scaled; D* in e·Å           |
//! | λ, δ     | `ObjectiveWeights` |                             |
//!
//! With v = ∂L/∂F and S = ∂L/∂W the gradient of these parts is −d/dw (v·∇E + S:dE/dε), a derivative along the displacement
//! v and the strain S at once, taken as a difference: ∂L/∂w = −[∂E/∂w (+h) − ∂E/∂w (−h)] / 2h, or −±[∂E/∂w (±h) − ∂E/∂w (0)] / h,
//! where the gradient at 0 comes along with the forces; the signs take turns ([`Sides`]). First order only, no
//! second tape, and nothing of the network but its gradient in edge vectors and parameters. ρ is `fit::penalty`. Checked by:
//! `suite::trainer::loss_gradient` against differences of the loss and against
//! double backward, and `suite::trainer::sides_agree`. A label that a frame does not have adds nothing, and the weights of a frame multiply its λ
//! (`suite::frame_labels`).

use super::distant::Displacement;
use super::evaluation::FrameEvaluation;
use super::loss::{FrameLoss, ObjectiveWeights};
use super::sides::Sides;
use crate::graph::Graph;
use crate::penalty::penalty;
use cormorant_network::Worker;

/// Largest displacement of an atom in the difference, in Å: where f32 rounding and the third derivative balance.
const DISPLACEMENT: f64 = 4.0e-3;
/// Most that the length of an edge changes by it, in Å: both ends move along three axes (2√3), and the frame is strained (3√3).
pub(crate) const LARGEST_CHANGE: f64 = 10.0 * DISPLACEMENT;
/// Share of [`DISPLACEMENT`] that a difference to one side may have: what is smaller drowns in rounding.
const SMALLEST_SHARE: f64 = 0.125;

/// Slopes of the loss of one frame, apart from those that `FrameEvaluation` has by atom.
struct Slopes {
    /// Largest by which an atom moves where the frame is displaced by one unit.
    largest: f64,
    /// ∂L/∂E.
    energy: f64,
}

impl FrameEvaluation {
    /// Loss of a frame with this label of its energy, if any; adds `share` times its gradient, by differences to these sides, to that of
    /// `worker`.
    pub fn accumulate(
        &mut self,
        worker: &mut dyn Worker,
        (graph, energy_label): (&Graph, Option<f64>),
        parts: ObjectiveWeights,
        (share, sides): (f64, Sides),
    ) -> FrameLoss {
        let parts = ObjectiveWeights {
            force: parts.force * graph.weights.forces,
            energy: parts.energy * graph.weights.energy,
            virial: parts.virial * graph.weights.virial,
            dipole: parts.dipole,
            huber_delta: parts.huber_delta,
        };
        self.energy = self.energy_of(worker, graph);
        let atoms = graph.atoms() as f64;
        let energy_error = energy_label.map_or(0.0, |label| self.energy - label);
        let (energy_penalty, slope) = penalty(energy_error * energy_error / atoms, parts.huber_delta);
        let energy = slope * parts.energy * share * energy_error / atoms;
        let strained = graph.virial.is_some() && parts.virial > 0.0;
        let mut other_loss = match &mut self.distant {
            Some(distant) => distant.dipole_loss(graph, &self.outputs.multipoles, parts.dipole, share),
            None => 0.0,
        };
        let mut force_error = 0.0;
        if graph.forces.is_empty() && !strained {
            self.gradient_here(worker, graph, (energy, 1.0));
        } else {
            let inverse = self.one_sided(graph, parts, (share, sides), energy);
            self.forces_of(worker, graph, inverse.map(|inverse| energy + inverse));
            let (loss, absolute, largest) = self.slopes(graph, parts, share);
            other_loss += loss;
            force_error = absolute / (3.0 * atoms);
            self.gradient(worker, graph, inverse, &Slopes { largest, energy });
        }
        FrameLoss {
            loss: other_loss + parts.energy * energy_penalty,
            other_loss,
            energy_penalty,
            energy_error: energy_error.abs(),
            force_error,
            property_error: 0.0,
            energies: usize::from(energy_label.is_some()),
            forces: usize::from(!graph.forces.is_empty()),
        }
    }

    /// ±1/h of the difference to one side, before the forces are known: h moves no atom further than [`DISPLACEMENT`], whatever the
    /// errors, since ρ is linear where they are large. None where both sides are wanted, or ρ is a square throughout.
    fn one_sided(
        &self,
        graph: &Graph,
        parts: ObjectiveWeights,
        (share, sides): (f64, Sides),
        energy: f64,
    ) -> Option<f64> {
        let atoms = graph.atoms() as f64;
        // |x| ρ'(x)/x is at most 2δ: of a component of a force √3 of it, of a virial 3√N.
        let force = if graph.forces.is_empty() { 0.0 } else { parts.force * 2.0 / (3.0_f64.sqrt() * atoms) };
        let virial = graph.virial.map_or(0.0, |_| parts.virial * self.reach * 2.0 / (3.0 * atoms.sqrt()));
        let inverse = force.max(virial) * parts.huber_delta * share / DISPLACEMENT;
        let sign = match sides {
            Sides::Both => return None,
            Sides::Ahead => 1.0,
            Sides::Behind => -1.0,
        };
        // An energy that pulls as hard the other way would leave no seed for the forces.
        let sign = if energy.abs() > 0.5 * inverse { energy.signum() } else { sign };
        (inverse > 0.0).then_some(sign * inverse)
    }

    /// Loss of forces and virial, the sum of |F − F*| over components, and the largest by which an atom moves along the slopes, which are
    /// kept in `direction` and `strain`.
    fn slopes(&mut self, graph: &Graph, parts: ObjectiveWeights, share: f64) -> (f64, f64, f64) {
        let atoms = graph.atoms() as f64;
        let (mut loss, mut absolute, mut largest) = (0.0, 0.0, 0.0f64);
        self.direction.clear();
        for (force, label) in self.forces.iter().zip(&graph.forces) {
            let difference = [0, 1, 2].map(|axis| force[axis] - label[axis]);
            let (value, slope) = penalty(difference.iter().map(|x| x * x).sum::<f64>() / 3.0, parts.huber_delta);
            loss += parts.force * value / atoms;
            absolute += difference.iter().map(|x| x.abs()).sum::<f64>();
            let direction = difference.map(|x| x * slope * parts.force * share / (3.0 * atoms));
            largest = direction.iter().fold(largest, |most, x| most.max(x.abs()));
            self.direction.push(direction);
        }
        // Without labels nothing pulls.
        self.direction.resize(graph.atoms(), [0.0; 3]);
        self.strain = None;
        if let (Some(label), true) = (&graph.virial, parts.virial > 0.0) {
            let difference: [[f64; 3]; 3] = [0, 1, 2].map(|a| [0, 1, 2].map(|b| self.virial[a][b] - label[a][b]));
            let difference = graph.partial.map_or(difference, |cell| cell.along_repeating(&difference));
            let square = difference.iter().flatten().map(|x| x * x).sum::<f64>() / (9.0 * atoms);
            let (value, slope) = penalty(square, parts.huber_delta);
            loss += parts.virial * value;
            let strain = difference.map(|row| row.map(|x| x * slope * parts.virial * share / (9.0 * atoms)));
            largest = strain.iter().flatten().fold(largest, |most, x| most.max(x.abs() * self.reach));
            self.strain = Some(strain);
        }
        (loss, absolute, largest)
    }

    /// Adds the gradient of the loss, of which the part at the frame as it is may have come with the forces, for ±1/h `inverse`.
    fn gradient(&mut self, worker: &mut dyn Worker, graph: &Graph, inverse: Option<f64>, slopes: &Slopes) {
        let &Slopes { largest, energy } = slopes;
        // Of the steps that are usual for both sides, at most so many to one.
        let full = largest / DISPLACEMENT;
        match inverse {
            None if largest > 0.0 => {
                for sign in [1.0, -1.0] {
                    self.gradient_there(worker, graph, sign / full, (0.5 * energy - sign * 0.5 * full, 0.5));
                }
            }
            None => self.gradient_here(worker, graph, (energy, 1.0)),
            Some(inverse) if full >= SMALLEST_SHARE * inverse.abs() => {
                self.gradient_there(worker, graph, 1.0 / inverse, (-inverse, 1.0));
            }
            Some(inverse) if largest == 0.0 => self.gradient_here(worker, graph, (-inverse, 1.0)),
            Some(inverse) => {
                // All errors are small: with a longer step, which changes what the frame as it is has to give.
                let usual = full * inverse.signum();
                self.gradient_here(worker, graph, (usual - inverse, 0.0));
                self.gradient_there(worker, graph, 1.0 / usual, (-usual, 1.0));
            }
        }
    }

    /// Edge vectors after every atom moved, and the frame was strained, `step` times along the slope of the loss.
    fn displace(&mut self, graph: &Graph, step: f64) {
        let strain = self.strain.unwrap_or_default();
        self.moved.clear();
        let edges = self.pairs.of(graph);
        self.moved.extend(edges.vectors.iter().enumerate().map(|(edge, vector)| {
            let (i, j) = (edges.receivers[edge] as usize, edges.senders[edge] as usize);
            [0, 1, 2].map(|axis| {
                let strained: f64 = (0..3).map(|k| strain[axis][k] * vector[k]).sum();
                vector[axis] + step * (self.direction[j][axis] - self.direction[i][axis] + strained)
            })
        }));
    }

    /// Adds the gradient of `seed` times the energy, and of `share` of the loss of the dipole, of the frame that was evaluated last.
    fn gradient_here(&mut self, worker: &mut dyn Worker, graph: &Graph, (seed, share): (f64, f64)) {
        self.make_seeds(seed, share);
        worker.parameter_gradient(&self.pairs.of(graph).batch(), &self.seeds);
    }

    /// The same after such a displacement.
    fn gradient_there(&mut self, worker: &mut dyn Worker, graph: &Graph, step: f64, (seed, share): (f64, f64)) {
        self.displace(graph, step);
        let batch = self.pairs.of(graph).batch_with(&self.moved);
        worker.forward(&batch, &mut self.outputs);
        if let Some(distant) = &mut self.distant {
            let moved = Displacement { step, direction: &self.direction, strain: self.strain.unwrap_or_default() };
            distant.energy(graph, Some(&moved), &self.outputs.multipoles);
        }
        self.make_seeds(seed, share);
        let batch = self.pairs.of(graph).batch_with(&self.moved);
        worker.parameter_gradient(&batch, &self.seeds);
    }

    /// Seeds of the numbers of the atoms for the gradient of `seed` times the energy and `share` of the loss of the dipole.
    fn make_seeds(&mut self, seed: f64, share: f64) {
        self.seeds_of_energy(seed);
        if let Some(distant) = &self.distant {
            distant.dipole_seeds(share, &mut self.seeds);
        }
    }
}
