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
//! v and the strain S at once, taken as a central difference: ∂L/∂w = −[∂E/∂w (+h) − ∂E/∂w (−h)] / 2h. First order only, no
//! second tape, and nothing of the network but its gradient in edge vectors and parameters. ρ is `fit::penalty`. Checked by: `suite::trainer::loss_gradient` against differences of the loss and against
//! double backward. A label that a frame does not have adds nothing, and the weights of a frame multiply its λ
//! (`suite::frame_labels`).

use super::distant::{Displacement, Distant};
use super::loss::{FrameLoss, ObjectiveWeights};
use super::pairs::Pairs;
use crate::graph::Graph;
use crate::penalty::penalty;
use cormorant_electrostatics::LongRange;
use cormorant_network::{Head, Outputs, Worker, collect_edges};

/// Largest displacement of an atom in the central difference, in Å: where f32 rounding and the third derivative balance.
const DISPLACEMENT: f64 = 4.0e-3;
/// Most that the length of an edge changes by it, in Å: both ends move along three axes (2√3), and the frame is strained (3√3).
pub(crate) const LARGEST_CHANGE: f64 = 10.0 * DISPLACEMENT;

/// Length in Å over which a strain moves atoms, where the network has no cutoff.
const USUAL_REACH: f64 = 10.0;

/// Buffers for the frames that one thread works on, and what the network says of the last.
#[derive(Debug)]
pub struct FrameEvaluation {
    outputs: Outputs,
    pairs: Pairs,
    edges: Vec<[f64; 3]>,
    moved: Vec<[f64; 3]>,
    seeds: Vec<f64>,
    /// Length over which a strain moves atoms, Å.
    reach: f64,
    /// What acts at any distance, if anything, with room for displaced frames.
    distant: Option<Distant>,
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

impl FrameEvaluation {
    /// Buffers for networks with this cutoff in Å, or without one.
    #[must_use]
    pub fn new(cutoff: Option<f64>) -> Self {
        Self {
            outputs: Outputs::default(),
            pairs: Pairs::default(),
            edges: Vec::new(),
            moved: Vec::new(),
            seeds: Vec::new(),
            reach: cutoff.unwrap_or(USUAL_REACH),
            distant: None,
            energy: 0.0,
            forces: Vec::new(),
            virial: [[0.0; 3]; 3],
            direction: Vec::new(),
            strain: None,
        }
    }

    /// The same for networks whose outputs behind the scalars stand for `long_range`, and one unit of output for `unit` eV.
    #[must_use]
    pub fn with_long_range(self, long_range: Option<LongRange>, unit: f64) -> Self {
        Self { distant: long_range.map(|long_range| Distant::new(long_range, unit)), ..self }
    }

    /// The outputs of the atoms as they are.
    pub fn outputs(&mut self, worker: &mut dyn Worker, graph: &Graph) -> &Outputs {
        self.pairs.make(graph);
        worker.forward(&self.pairs.of(graph).batch(), &mut self.outputs);
        &self.outputs
    }

    /// The numbers that `head` makes of the outputs, as many as it has; without a head, the scalars as they are.
    pub fn numbers(&mut self, worker: &mut dyn Worker, graph: &Graph, head: Option<Head>, into: &mut [f64]) {
        self.pairs.make(graph);
        worker.forward(&self.pairs.of(graph).batch(), &mut self.outputs);
        match head {
            Some(head) => head.apply(&graph.arms, &self.outputs.scalars, &self.outputs.multipoles, into),
            None => into.iter_mut().zip(&self.outputs.scalars).for_each(|(number, scalar)| *number = *scalar),
        }
    }

    /// Adds the gradient of Σ seeds · numbers, after [`Self::numbers`] of the same frame, to that of `worker`; without a head, that of
    /// Σ seeds · outputs.
    pub fn pull_back(&mut self, worker: &mut dyn Worker, graph: &Graph, head: Option<Head>, seeds: &[f64]) {
        let Outputs { scalars, multipoles, .. } = &self.outputs;
        let batch = self.pairs.of(graph).batch();
        match head {
            Some(head) => {
                worker.parameter_gradient(&batch, &head.pull_back(&graph.arms, scalars, multipoles, seeds));
            }
            None => worker.parameter_gradient(&batch, seeds),
        }
    }

    /// Energy and forces, into `self.energy` and `self.forces`.
    pub fn evaluate(&mut self, worker: &mut dyn Worker, graph: &Graph) {
        self.energy = self.energy_of(worker, graph);
        let edges = self.pairs.of(graph);
        let batch = edges.batch();
        self.edges.resize(batch.edges(), [0.0; 3]);
        self.seeds.clear();
        self.seeds.resize(self.outputs.scalars.len(), 1.0);
        if let Some(distant) = &self.distant {
            distant.seeds(1.0, &mut self.seeds);
        }
        worker.edge_gradient(&batch, &self.seeds, &mut self.edges);
        self.forces.clear();
        self.forces.resize(graph.atoms(), [0.0; 3]);
        self.virial = [[0.0; 3]; 3];
        collect_edges(edges.with(&self.edges), &mut self.forces, Some(&mut self.virial));
        if let Some(distant) = &self.distant {
            distant.collect(&mut self.forces, &mut self.virial);
        }
    }

    /// Dipole moment in e·Å of the last frame, where it has one that does not depend on the origin.
    pub(crate) fn dipole(&self, graph: &Graph) -> Option<[f64; 3]> {
        self.distant.as_ref().and_then(|distant| distant.dipole(graph))
    }

    /// Energy alone, scaled.
    pub fn energy_of(&mut self, worker: &mut dyn Worker, graph: &Graph) -> f64 {
        self.pairs.make(graph);
        worker.forward(&self.pairs.of(graph).batch(), &mut self.outputs);
        let sum: f64 = self.outputs.scalars.iter().sum();
        match &mut self.distant {
            None => sum,
            Some(distant) => sum + distant.energy(graph, None, &self.outputs.multipoles),
        }
    }

    /// Loss of a frame with this label of its energy, if any; adds `share` times its gradient to that of `worker`.
    pub fn accumulate(
        &mut self,
        worker: &mut dyn Worker,
        (graph, energy_label): (&Graph, Option<f64>),
        parts: ObjectiveWeights,
        share: f64,
    ) -> FrameLoss {
        self.evaluate(worker, graph);
        let atoms = graph.atoms() as f64;
        let parts = ObjectiveWeights {
            force: parts.force * graph.weights.forces,
            energy: parts.energy * graph.weights.energy,
            virial: parts.virial * graph.weights.virial,
            dipole: parts.dipole,
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
            largest = strain.iter().flatten().fold(largest, |most, x| most.max(x.abs() * self.reach));
            self.strain = Some(strain);
        }
        if let Some(distant) = &mut self.distant {
            loss += distant.dipole_loss(graph, &self.outputs.multipoles, parts.dipole, share);
        }
        let energy_error = energy_label.map_or(0.0, |label| self.energy - label);
        let (value, slope) = penalty(energy_error * energy_error / atoms, parts.huber_delta);
        let other_loss = loss;
        loss += parts.energy * value;
        let energy_seed = slope * parts.energy * share * energy_error / atoms;
        if largest > 0.0 {
            let step = DISPLACEMENT / largest;
            for sign in [1.0, -1.0] {
                self.weight_gradient(worker, graph, sign * step, (0.5 * energy_seed - sign / (2.0 * step), 0.5));
            }
        } else {
            self.weight_gradient(worker, graph, 0.0, (energy_seed, 1.0));
        }
        FrameLoss {
            loss,
            other_loss,
            energy_penalty: value,
            energy_error: energy_error.abs(),
            force_error: absolute / (3.0 * atoms),
            property_error: 0.0,
            energies: usize::from(energy_label.is_some()),
            forces: usize::from(!graph.forces.is_empty()),
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

    /// Adds the gradient of `seed` times the energy, and of `share` of the loss of the dipole, after such a displacement.
    fn weight_gradient(&mut self, worker: &mut dyn Worker, graph: &Graph, step: f64, (seed, share): (f64, f64)) {
        self.displace(graph, step);
        let batch = self.pairs.of(graph).batch_with(&self.moved);
        worker.forward(&batch, &mut self.outputs);
        self.seeds.clear();
        self.seeds.resize(self.outputs.scalars.len(), seed);
        if let Some(distant) = &mut self.distant {
            let moved = Displacement { step, direction: &self.direction, strain: self.strain.unwrap_or_default() };
            distant.energy(graph, Some(&moved), &self.outputs.multipoles);
            distant.seeds(seed, &mut self.seeds);
            distant.dipole_seeds(share, &mut self.seeds);
        }
        worker.parameter_gradient(&batch, &self.seeds);
    }
}
