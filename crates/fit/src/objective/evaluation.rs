//! What a network says of one frame: energy, forces, virial, or numbers of other kinds.

use super::distant::Distant;
use super::pairs::Pairs;
use crate::graph::Graph;
use cormorant_electrostatics::LongRange;
use cormorant_network::{Head, Outputs, Worker, collect_edges};

/// Length in Å over which a strain moves atoms, where the network has no cutoff.
const USUAL_REACH: f64 = 10.0;

/// Buffers for the frames that one thread works on, and what the network says of the last.
#[derive(Debug)]
pub struct FrameEvaluation {
    pub(super) outputs: Outputs,
    pub(super) pairs: Pairs,
    pub(super) edges: Vec<[f64; 3]>,
    pub(super) moved: Vec<[f64; 3]>,
    pub(super) seeds: Vec<f64>,
    /// Length over which a strain moves atoms, Å.
    pub(super) reach: f64,
    /// What acts at any distance, if anything, with room for displaced frames.
    pub(super) distant: Option<Distant>,
    /// Energy of the last frame, scaled.
    pub energy: f64,
    /// Forces of the last frame, scaled.
    pub forces: Vec<[f64; 3]>,
    /// Virial of the last frame, scaled: −dE/dε.
    pub virial: [[f64; 3]; 3],
    /// ∂L/∂F.
    pub(super) direction: Vec<[f64; 3]>,
    /// ∂L/∂(virial), where it counts.
    pub(super) strain: Option<[[f64; 3]; 3]>,
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
        self.forces_of(worker, graph, None);
    }

    /// Forces and virial after [`Self::energy_of`] of the same frame; adds the gradient of `seed` times the energy with respect to the
    /// parameters, where there is one, to that of `worker`.
    pub(super) fn forces_of(&mut self, worker: &mut dyn Worker, graph: &Graph, seed: Option<f64>) {
        self.seeds_of_energy(seed.unwrap_or(1.0));
        let edges = self.pairs.of(graph);
        let batch = edges.batch();
        self.edges.resize(batch.edges(), [0.0; 3]);
        match seed {
            None => worker.edge_gradient(&batch, &self.seeds, &mut self.edges),
            Some(seed) => {
                worker.both_gradients(&batch, &self.seeds, &mut self.edges);
                self.edges.iter_mut().for_each(|edge| *edge = edge.map(|x| x / seed));
            }
        }
        self.forces.clear();
        self.forces.resize(graph.atoms(), [0.0; 3]);
        self.virial = [[0.0; 3]; 3];
        collect_edges(edges.with(&self.edges), &mut self.forces, Some(&mut self.virial));
        if let Some(distant) = &self.distant {
            distant.collect(&mut self.forces, &mut self.virial);
        }
    }

    /// Seeds of the numbers of the atoms for the gradient of `seed` times the energy, into `seeds`.
    pub(super) fn seeds_of_energy(&mut self, seed: f64) {
        self.seeds.clear();
        self.seeds.resize(self.outputs.scalars.len(), seed);
        if let Some(distant) = &self.distant {
            distant.seeds(seed, &mut self.seeds);
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
}
