//! Loss of one frame and its gradient with respect to the weights.
//!
//!   L = λ_F Σ_i ρ(|F_i − F*_i|/√3)/N  +  λ_E ρ(|E − E*|/√N)  +  λ_W ρ(|W − W*|/√9N)
//!
//! | symbol   | here               | unit                        |
//! |----------|--------------------|-----------------------------|
//! | E, F     | network's          | scaled (E/σ, Å)             |
//! | W        | `virial`, −dE/dε   | scaled                      |
//! | E* F* W* | `graph` labels     | scaled                      |
//! | λ, δ     | `ObjectiveWeights` |                             |
//!
//! With v = ∂L/∂F and S = ∂L/∂W the gradient of these parts is −d/dw (v·∇E + S:dE/dε), a derivative along the displacement
//! v and the strain S at once, taken as a central difference: ∂L/∂w = −[∂E/∂w (+h) − ∂E/∂w (−h)] / 2h. First order only, no
//! second tape. ρ is `fit::penalty`. Checked by: `suite::trainer::loss_gradient` against differences of the loss and against
//! double backward. A label that a frame does not have adds nothing, and the weights of a frame multiply its λ
//! (`suite::frame_labels`).

use super::graph::Graph;
use super::penalty::penalty;
use cormorant_kernels::Real;
use cormorant_kernels::network::{Gradient, Plan, Weights, Workspace};
use cormorant_network::{EdgeGradient, collect_edges};

/// Weights of the parts of the loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ObjectiveWeights {
    /// λ_F.
    pub force: f64,
    /// λ_E.
    pub energy: f64,
    /// λ_W.
    pub virial: f64,
    /// δ, scaled; 0 for plain squares.
    pub huber_delta: f64,
}

/// Largest displacement of an atom in the central difference, in Å: where f32 rounding and the third derivative balance.
const DISPLACEMENT: f64 = 4.0e-3;
/// Most that the length of an edge changes by it, in Å: both ends move along three axes (2√3), and the frame is strained (3√3).
pub(super) const LARGEST_CHANGE: f64 = 10.0 * DISPLACEMENT;

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
    /// Virial of the last frame, scaled: −dE/dε.
    pub virial: [[f64; 3]; 3],
    /// ∂L/∂F.
    direction: Vec<[f64; 3]>,
    /// ∂L/∂(virial), where it counts.
    strain: Option<[[f64; 3]; 3]>,
}

/// Loss and errors of one frame, scaled.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct FrameLoss {
    /// L.
    pub loss: f64,
    /// The parts of L but that of the energy.
    pub other_loss: f64,
    /// ρ(|E − E*|/√N), without its weight.
    pub energy_penalty: f64,
    /// |E − E*|; 0 without a label.
    pub energy_error: f64,
    /// Mean of |F − F*| over components; 0 without labels.
    pub force_error: f64,
    /// Frames with an energy.
    pub energies: usize,
    /// Frames with forces.
    pub forces: usize,
}

impl FrameLoss {
    /// Adds that of another frame.
    pub(super) fn add(&mut self, other: Self) {
        self.loss += other.loss;
        self.other_loss += other.other_loss;
        self.energy_penalty += other.energy_penalty;
        self.energy_error += other.energy_error;
        self.force_error += other.force_error;
        self.energies += other.energies;
        self.forces += other.forces;
    }
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
            virial: [[0.0; 3]; 3],
            direction: Vec::new(),
            strain: None,
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
        self.virial = [[0.0; 3]; 3];
        let edges = self.edges.iter().enumerate().map(|(edge, &gradient)| EdgeGradient {
            receiver: graph.receivers[edge] as usize,
            sender: graph.senders[edge] as usize,
            vector: graph.vectors[edge],
            gradient,
        });
        collect_edges(edges, &mut self.forces, Some(&mut self.virial));
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
        let parts = ObjectiveWeights {
            force: parts.force * graph.weights.forces,
            energy: parts.energy * graph.weights.energy,
            virial: parts.virial * graph.weights.virial,
            huber_delta: parts.huber_delta,
        };
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
            largest = strain.iter().flatten().fold(largest, |most, x| most.max(x.abs() * plan.shape.cutoff));
            self.strain = Some(strain);
        }
        let energy_error = graph.energy.map_or(0.0, |label| self.energy - label);
        let (value, slope) = penalty(energy_error * energy_error / atoms, parts.huber_delta);
        let other_loss = loss;
        loss += parts.energy * value;
        let energy_seed = slope * parts.energy * share * energy_error / atoms;
        if largest > 0.0 {
            let step = DISPLACEMENT / largest;
            for sign in [1.0, -1.0] {
                self.displace(graph, sign * step);
                self.weight_gradient(plan, weights, graph, 0.5 * energy_seed - sign / (2.0 * step), gradient);
            }
        } else {
            self.displace(graph, 0.0);
            self.weight_gradient(plan, weights, graph, energy_seed, gradient);
        }
        FrameLoss {
            loss,
            other_loss,
            energy_penalty: value,
            energy_error: energy_error.abs(),
            force_error: absolute / (3.0 * atoms),
            energies: usize::from(graph.energy.is_some()),
            forces: usize::from(!graph.forces.is_empty()),
        }
    }

    /// Edge vectors after every atom moved, and the frame was strained, `step` times along the slope of the loss.
    fn displace(&mut self, graph: &Graph, step: f64) {
        let strain = self.strain.unwrap_or_default();
        self.moved.clear();
        self.moved.extend(graph.vectors.iter().enumerate().map(|(edge, vector)| {
            let (i, j) = (graph.receivers[edge] as usize, graph.senders[edge] as usize);
            [0, 1, 2].map(|axis| {
                let strained: f64 = (0..3).map(|k| strain[axis][k] * vector[k]).sum();
                vector[axis] + step * (self.direction[j][axis] - self.direction[i][axis] + strained)
            })
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
