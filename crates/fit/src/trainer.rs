//! Fitting a network of any kind to any objective: batches over all cores, the same bits for any number of threads.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use rayon::prelude::*;

use super::alike::make_alike;
use super::configuration::Configuration;
use super::descent::Descent;
use super::frames::Frames;
use super::graph::Graph;
use super::learner::{Learner, Part};
use super::objective::{
    EnergyObjective, FrameEvaluation, FrameLoss, LARGEST_CHANGE, Objective, Pairs, Sides, StepPlace,
};
use super::pass::Pass;
use super::recovery::Recovery;
use super::relative_energies::{self, Compared};
use super::schedule::{TrainerConfig, TrainerSettings};
use cormorant_core::noise::Noise;
use cormorant_core::parallel::{pool, share};
use cormorant_core::{Error, Result};
use cormorant_kernels::Real;
use cormorant_kernels::network::Shape;
use cormorant_network::{
    DifferentiableCormorant, EdgeLengths, GraphBatch, PreparedNetwork, Scaling, Trainable, Worker,
};

/// Frames that networks may look at before their first weights.
const INITIAL_FRAMES: usize = 10;

/// Fits the parameters of one network, kept and moved in precision `P`, to one objective.
pub struct Trainer<P: Real, O: Objective = EnergyObjective> {
    pub(super) network: Box<dyn Trainable<P>>,
    pub(super) objective: O,
    pub(super) settings: TrainerSettings,
    pub(super) noise: Noise,
    pub(super) pool: Option<rayon::ThreadPool>,
    pub(super) cutoff: Option<f64>,
    pub(super) parts: [Frames<O::Label>; 3],
    pub(super) descent: Descent<P>,
    /// Buffers of the workers.
    pub(super) evaluations: Vec<FrameEvaluation>,
    pub(super) recovery: Option<Recovery<P>>,
    /// The pass that was paused, if one was.
    pub(super) under_way: Option<Pass>,
}

impl<P: Real> Trainer<P> {
    /// A trainer of the production network with fresh weights for energies, forces and stresses; `parts` are the frames for
    /// training, validation and test.
    ///
    /// # Errors
    /// When there is nothing to train on, an element is not known, or two atoms overlap.
    pub fn new(shape: &Shape, scaling: Scaling, config: TrainerConfig, parts: [Vec<Configuration>; 3]) -> Result<Self> {
        let network = DifferentiableCormorant::<P>::new(shape, config.knot_spacing);
        let zeros = vec![P::ZERO; cormorant_kernels::network::Layout::new(shape).len()];
        let network = Box::new(PreparedNetwork::new(network, &zeros));
        let objective = EnergyObjective::new(scaling, &config, &parts[0]);
        Self::of(network, Some(shape.cutoff), objective, (&config).into(), parts)
    }

    /// Begins with `weights`, packed as [`Trainer::average`] gives them, instead of fresh ones. The reference energies become those
    /// with which they leave the training frames no mean error: the labels may count from another zero than theirs did.
    ///
    /// # Errors
    /// When the weights are not as many as those of the network, or the frames cannot be evaluated.
    pub fn start_from(&mut self, weights: &[f64]) -> Result<()> {
        self.begin_with(weights)?;
        self.center_energies()?;
        for Frames { graphs, labels } in &mut self.parts {
            for (graph, label) in graphs.iter_mut().zip(labels.iter()) {
                let scaling = self.objective.scaling(graph.theory);
                let reference = scaling.reference_energy(&graph.species);
                graph.energy = label.energy.map(|energy| (energy - reference) / scaling.scale);
            }
        }
        Ok(())
    }

    /// What turns the network's output for the theory of this number into eV; the closing of a fit changes its references.
    #[must_use]
    pub fn scaling(&self, theory: usize) -> &Scaling {
        self.objective.scaling(theory)
    }
}

impl<P: Real, O: Objective> Trainer<P, O> {
    /// A trainer of any network, which has this cutoff in Å or none, with fresh weights; `parts` are the frames for training,
    /// validation and test.
    ///
    /// # Errors
    /// When there is nothing to train on, or a frame does not fit the network or the objective.
    pub fn of(
        network: Box<dyn Trainable<P>>,
        cutoff: Option<f64>,
        objective: O,
        settings: TrainerSettings,
        parts: [Vec<impl Into<O::Label>>; 3],
    ) -> Result<Self> {
        let labels = parts.map(|part| Arc::new(part.into_iter().map(Into::into).collect()));
        Self::sharing(network, cutoff, objective, settings, labels)
    }

    /// The same for frames that others use too; they are not copied.
    ///
    /// # Errors
    /// As for [`Trainer::of`].
    pub fn sharing(
        network: Box<dyn Trainable<P>>,
        cutoff: Option<f64>,
        objective: O,
        settings: TrainerSettings,
        parts: [Arc<Vec<O::Label>>; 3],
    ) -> Result<Self> {
        if parts[0].is_empty() {
            return Err(Error::Invalid("there are no frames to train on".into()));
        }
        let frames = |labels| Frames::new(labels, &objective, cutoff, settings.most_graphs);
        let [train, validation, test] = parts;
        let parts = [frames(train)?, frames(validation)?, frames(test)?];
        let noise = Noise::new(settings.seed);
        let count = parts[0].labels.len().min(INITIAL_FRAMES);
        let first = (0..count).map(|frame| parts[0].graph(frame, &objective, cutoff)).collect::<Result<Vec<_>>>()?;
        let edges: Vec<Pairs> = first.iter().map(|graph| Pairs::new(graph)).collect();
        let batches: Vec<GraphBatch<'_>> =
            edges.iter().zip(&first).map(|(edges, graph)| edges.of(graph).batch()).collect();
        let mut packed = network.initial(noise, &batches);
        if settings.elements_alike {
            make_alike(&mut packed, network.parameters());
        }
        drop(first);
        let recovery = settings.recovers.then(|| Recovery::new(&packed));
        let descent = Descent::new(settings.descent, packed, network.parameters());
        let pool = pool(settings.threads)?;
        Ok(Self {
            network,
            objective,
            settings,
            noise,
            pool,
            cutoff,
            parts,
            descent,
            evaluations: Vec::new(),
            recovery,
            under_way: None,
        })
    }

    /// Begins with `weights`, packed as [`Trainer::average`] gives them, instead of fresh ones.
    ///
    /// # Errors
    /// When they are not as many as those of the network.
    pub fn begin_with(&mut self, weights: &[f64]) -> Result<()> {
        if weights.len() != self.descent.weights().len() {
            return Err(Error::Invalid("the weights to start from belong to another network".into()));
        }
        let weights: Vec<P> = weights.iter().map(|&weight| P::from_f64(weight)).collect();
        self.descent.put(&weights, &weights);
        if let Some(recovery) = &mut self.recovery {
            recovery.remember(&self.descent);
        }
        Ok(())
    }

    /// The weights that would be saved now, averaged where the optimizer averages, packed in the order of the network.
    #[must_use]
    pub fn average(&self) -> Vec<f64> {
        self.descent.kept().iter().map(|x| x.to_f64()).collect()
    }

    /// Those of the network for the theory of this number alone.
    #[must_use]
    pub fn weights_of(&self, theory: usize) -> Vec<f64> {
        let all = self.average();
        self.network.readout_places().map(|places| places.plain(&all, theory)).unwrap_or(all)
    }

    /// What the network is fitted to.
    #[must_use]
    pub fn objective(&self) -> &O {
        &self.objective
    }

    /// How often training diverged and was put back, as a factor on the learning rate.
    #[must_use]
    pub fn learning_rate_factor(&self) -> f64 {
        self.recovery.as_ref().map_or(1.0, |recovery| recovery.slower)
    }

    /// Seconds that a prediction for one atom takes one thread, measured now on a training frame.
    pub fn seconds_per_atom(&mut self) -> f64 {
        let Ok(graph) = self.parts[0].graph(0, &self.objective, self.cutoff) else { return 0.0 };
        self.network.read_out(graph.theory);
        self.network.replace(self.descent.kept(), None, false);
        let mut evaluation = self.objective.evaluation(self.cutoff);
        let mut seconds = 0.0;
        // The first time pays for allocations.
        for worker in &mut self.network.workers(1) {
            for _ in 0..2 {
                let start = Instant::now();
                self.objective.predict(&graph, &mut evaluation, worker.as_mut());
                seconds = start.elapsed().as_secs_f64();
            }
        }
        seconds / graph.atoms().max(1) as f64
    }

    /// Predictions of the weights that would be saved now, with the labels, frame by frame.
    ///
    /// # Errors
    /// When a thread is lost.
    pub fn predictions(&mut self, part: Part) -> Result<Vec<(&O::Label, O::Prediction)>> {
        let found = self.predict(part)?;
        Ok(self.parts[part.index()].labels.iter().zip(found).collect())
    }

    pub(super) fn predict(&mut self, part: Part) -> Result<Vec<O::Prediction>> {
        self.predict_some(part, 0..self.parts[part.index()].labels.len())
    }

    /// Predictions for some frames of a part, each with the readout of its theory.
    pub(super) fn predict_some(&mut self, part: Part, some: Range<usize>) -> Result<Vec<O::Prediction>> {
        let mut theories = vec![Vec::new(); self.objective.theories()];
        for (frame, label) in self.parts[part.index()].labels.iter().enumerate().take(some.end).skip(some.start) {
            theories[self.objective.theory(label)].push(frame);
        }
        let mut found = Vec::with_capacity(some.len());
        for (theory, some) in theories.into_iter().enumerate().filter(|(_, some)| !some.is_empty()) {
            let predictions = self.predict_with(theory, part, &some)?;
            found.extend(some.into_iter().zip(predictions));
        }
        found.sort_by_key(|(frame, _)| *frame);
        Ok(found.into_iter().map(|(_, prediction)| prediction).collect())
    }

    /// Predictions for some frames of a part with the readout of one theory.
    fn predict_with(&mut self, theory: usize, part: Part, some: &[usize]) -> Result<Vec<O::Prediction>> {
        let Self { network, descent, objective, settings, pool, parts, evaluations, cutoff, .. } = self;
        network.read_out(theory);
        within(pool.as_ref(), |parallel| network.replace(descent.kept(), None, parallel));
        let frames = &parts[part.index()];
        let threads = settings.threads.clamp(1, some.len().max(1));
        while evaluations.len() < threads {
            evaluations.push(objective.evaluation(*cutoff));
        }
        let mut workers: Vec<(Box<dyn Worker + '_>, &mut FrameEvaluation)> =
            network.workers(threads).into_iter().zip(evaluations).collect();
        let objective = &*objective;
        share(&mut workers, some.len(), |(worker, evaluation), index| {
            let graph = frames.graph(some[index], objective, *cutoff)?;
            Ok(objective.predict(&graph, evaluation, worker.as_mut()))
        })
    }

    /// One step on the frames `batch` of one theory, on the threads of the current rayon pool if `parallel`; sums of losses over the batch,
    /// and whether the gradient was finite.
    pub(super) fn step(&mut self, batch: &[u32], progress: f64, parallel: bool) -> Result<(FrameLoss, bool)> {
        let factor = self.learning_rate_factor();
        let Self { network, objective, settings, descent, parts, evaluations, cutoff, .. } = self;
        let (frames, objective) = (&parts[0], &*objective);
        let graph = |&frame: &u32| frames.graph(frame as usize, objective, *cutoff);
        let graphs: Vec<_> = if parallel && frames.makes_graphs() {
            batch.par_iter().map(graph).collect::<Result<_>>()?
        } else {
            batch.iter().map(graph).collect::<Result<_>>()?
        };
        let mut edges = graphs.iter().flat_map(|graph| graph.edges());
        let edges = EdgeLengths { edges: &mut edges, margin: LARGEST_CHANGE };
        network.read_out(graphs.first().map_or(0, |graph| graph.theory));
        network.replace(descent.weights(), settings.by_batch.then_some(edges), parallel);
        let count = settings.side_by_side.min(batch.len());
        while evaluations.len() < count {
            evaluations.push(objective.evaluation(*cutoff));
        }
        let (step, by_batch) = (descent.steps(), settings.by_batch);
        let workers = network.workers(count).into_iter().zip(evaluations);
        let mut workers: Vec<(Box<dyn Worker + '_>, &mut FrameEvaluation, FrameLoss)> =
            workers.map(|(worker, evaluation)| (worker, evaluation, FrameLoss::default())).collect();
        let mut compared = compared(batch, &graphs, &frames.labels, objective);
        let pieces = compared.len().div_ceil(count).max(1);
        let energies = |((worker, evaluation, _), compared): (
            &mut (Box<dyn Worker + '_>, &mut FrameEvaluation, _),
            &mut [Compared<'_>],
        )| {
            for one in compared {
                one.energy = evaluation.energy_of(worker.as_mut(), &graphs[one.place]);
            }
        };
        if parallel {
            workers.par_iter_mut().zip(compared.par_chunks_mut(pieces)).for_each(energies);
        } else {
            workers.iter_mut().zip(compared.chunks_mut(pieces)).for_each(energies);
        }
        let relative = relative_energies::labels(batch.len(), &compared);
        let work = |(index, (worker, evaluation, loss)): (usize, &mut (Box<dyn Worker + '_>, &mut _, FrameLoss))| {
            if by_batch {
                let mut edges = graphs.iter().skip(index).step_by(count).flat_map(|graph| graph.edges());
                worker.clear_for(EdgeLengths { edges: &mut edges, margin: LARGEST_CHANGE });
            } else {
                worker.clear();
            }
            for (index, &frame) in batch.iter().enumerate().skip(index).step_by(count) {
                let frame = (graphs[index].as_ref(), &frames.labels[frame as usize]);
                let place = StepPlace {
                    progress,
                    batch: batch.len(),
                    relative_energy: relative[index],
                    sides: Sides::in_turn(step, index),
                };
                loss.add(objective.accumulate(place, frame, evaluation, worker.as_mut()));
            }
        };
        if parallel {
            workers.par_iter_mut().enumerate().for_each(work);
        } else {
            workers.iter_mut().enumerate().for_each(work);
        }
        let mut sum = FrameLoss::default();
        for (.., loss) in &workers {
            sum.add(*loss);
        }
        drop(workers);
        let gradient = network.gradient(count, parallel);
        let rate = factor * settings.rate.at(progress, descent.steps());
        let finite = sum.loss.is_finite() && descent.step(gradient, rate, parallel);
        Ok((sum, finite))
    }
}

/// The frames of a batch whose energies count only relative to others, without the energies of the network.
fn compared<'f, O: Objective>(
    batch: &[u32],
    graphs: &[Cow<'_, Graph>],
    labels: &'f [O::Label],
    objective: &O,
) -> Vec<Compared<'f>> {
    let of = |(place, &frame): (usize, &u32)| {
        let scan = objective.compared_within(&labels[frame as usize])?;
        Some(Compared { place, scan, label: graphs[place].relative_energy?, energy: 0.0 })
    };
    batch.iter().enumerate().filter_map(of).collect()
}

/// Runs `work` in the pool, if there is one, and tells it so.
pub(super) fn within<R: Send>(pool: Option<&rayon::ThreadPool>, work: impl FnOnce(bool) -> R + Send) -> R {
    match pool {
        Some(pool) => pool.install(|| work(true)),
        None => work(false),
    }
}
