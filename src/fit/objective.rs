//! Loss of one frame and its gradient with respect to the weights.
//!
//!   L = λ_F Σ_i |F_i − F*_i|² / 3N  +  λ_E (E − E*)² / N
//!
//! | symbol | here            | unit                        |
//! |--------|-----------------|-----------------------------|
//! | E, F   | network's       | scaled (E/σ, Å)             |
//! | E*, F* | `graph` labels  | scaled                      |
//! | λ      | `ObjectiveWeights` |                          |
//!
//! With v = ∂L/∂F the gradient of the force part is −d/dw (v·∇E), a derivative along v, taken as a central difference:
//! ∂L/∂w = −[∂E/∂w (r + h v) − ∂E/∂w (r − h v)] / 2h. First order only, no second tape. Checked by:
//! `suite::trainer::loss_gradient` against differences of the loss and against double backward.

use super::graph::Graph;
use crate::kernels::Real;
use crate::kernels::network::{Gradient, Plan, Weights, Workspace};

/// Weights of the parts of the loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ObjectiveWeights {
    /// λ_F.
    pub force: f64,
    /// λ_E.
    pub energy: f64,
}

/// Largest displacement of an atom in the central difference, in Å: where f32 rounding and the third derivative balance.
const DISPLACEMENT: f64 = 4.0e-3;

/// Buffers for the frames that one thread works on.
pub struct Objective<T: Real> {
    workspace: Workspace<T>,
    edges: Vec<[f64; 3]>,
    moved: Vec<[f64; 3]>,
    seeds: Vec<T>,
    /// Energy of the last frame, scaled.
    pub energy: f64,
    /// Forces of the last frame, scaled.
    pub forces: Vec<[f64; 3]>,
    difference: Vec<[f64; 3]>,
}

/// Loss and errors of one frame, scaled.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct FrameLoss {
    /// L.
    pub loss: f64,
    /// |E − E*|.
    pub energy_error: f64,
    /// Mean of |F − F*| over components.
    pub force_error: f64,
}

impl<T: Real> Objective<T> {
    /// Buffers for networks of `plan`.
    #[must_use]
    pub fn new(plan: &Plan<T>) -> Self {
        Self {
            workspace: Workspace::new(plan),
            edges: Vec::new(),
            moved: Vec::new(),
            seeds: Vec::new(),
            energy: 0.0,
            forces: Vec::new(),
            difference: Vec::new(),
        }
    }

    /// Activations of the last evaluation.
    pub(super) fn workspace(&self) -> &Workspace<T> {
        &self.workspace
    }

    /// Energy alone, into `self.energy`.
    pub fn evaluate_energy(&mut self, plan: &Plan<T>, weights: &Weights<T>, graph: &Graph) {
        plan.forward(weights, &graph.topology(), &graph.vectors, &mut self.workspace, false);
        self.energy = self.workspace.atom_energies.iter().map(|energy| energy.to_f64()).sum();
    }

    /// Energy and forces, into `self.energy` and `self.forces`.
    pub fn evaluate(&mut self, plan: &Plan<T>, weights: &Weights<T>, graph: &Graph) {
        self.evaluate_energy(plan, weights, graph);
        self.edges.resize(graph.vectors.len(), [0.0; 3]);
        self.seeds.clear();
        self.seeds.resize(graph.atoms(), T::ONE);
        plan.backward(
            weights,
            &graph.topology(),
            &graph.vectors,
            &mut self.workspace,
            &self.seeds,
            Some(&mut self.edges),
            None,
            false,
        );
        self.forces.clear();
        self.forces.resize(graph.atoms(), [0.0; 3]);
        for (edge, gradient) in self.edges.iter().enumerate() {
            let (i, j) = (graph.receivers[edge] as usize, graph.senders[edge] as usize);
            for axis in 0..3 {
                self.forces[i][axis] += gradient[axis];
                self.forces[j][axis] -= gradient[axis];
            }
        }
    }

    /// Loss of `graph`; adds `share` times its gradient to `gradient`.
    pub fn accumulate(
        &mut self,
        plan: &Plan<T>,
        weights: &Weights<T>,
        graph: &Graph,
        parts: ObjectiveWeights,
        share: f64,
        gradient: &mut Gradient<T>,
    ) -> FrameLoss {
        self.evaluate(plan, weights, graph);
        let atoms = graph.atoms() as f64;
        let energy_error = self.energy - graph.energy;
        let (mut squares, mut absolute, mut largest) = (0.0, 0.0, 0.0f64);
        self.difference.clear();
        for (force, label) in self.forces.iter().zip(&graph.forces) {
            let difference = [0, 1, 2].map(|axis| force[axis] - label[axis]);
            for x in difference {
                squares += x * x;
                absolute += x.abs();
                largest = largest.max(x.abs());
            }
            self.difference.push(difference);
        }
        // v = slope · (F − F*)
        let slope = 2.0 * parts.force * share / (3.0 * atoms);
        let energy_seed = 2.0 * parts.energy * share * energy_error / atoms;
        if largest > 0.0 && slope > 0.0 {
            // Displacements step · (F − F*), so that h v = step · difference and 1/2h = slope / (2 step).
            let step = DISPLACEMENT / largest;
            for sign in [1.0, -1.0] {
                self.displace(graph, sign * step);
                let seed = 0.5 * energy_seed - sign * slope / (2.0 * step);
                self.weight_gradient(plan, weights, graph, seed, gradient);
            }
        } else {
            self.displace(graph, 0.0);
            self.weight_gradient(plan, weights, graph, energy_seed, gradient);
        }
        FrameLoss {
            loss: parts.force * squares / (3.0 * atoms) + parts.energy * energy_error * energy_error / atoms,
            energy_error: energy_error.abs(),
            force_error: absolute / (3.0 * atoms),
        }
    }

    /// Edge vectors after every atom moved by `step` times its force error.
    fn displace(&mut self, graph: &Graph, step: f64) {
        self.moved.clear();
        self.moved.extend(graph.vectors.iter().enumerate().map(|(edge, vector)| {
            let (i, j) = (graph.receivers[edge] as usize, graph.senders[edge] as usize);
            [0, 1, 2].map(|axis| vector[axis] + step * (self.difference[j][axis] - self.difference[i][axis]))
        }));
    }

    fn weight_gradient(
        &mut self,
        plan: &Plan<T>,
        weights: &Weights<T>,
        graph: &Graph,
        seed: f64,
        gradient: &mut Gradient<T>,
    ) {
        plan.forward(weights, &graph.topology(), &self.moved, &mut self.workspace, false);
        self.seeds.clear();
        self.seeds.resize(graph.atoms(), T::from_f64(seed));
        plan.backward(
            weights,
            &graph.topology(),
            &self.moved,
            &mut self.workspace,
            &self.seeds,
            None,
            Some(gradient),
            false,
        );
    }
}
