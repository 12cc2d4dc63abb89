//! Fitting a network of any kind to any objective: batches over all cores, the same bits for any number of threads.

use std::time::Instant;

use rayon::prelude::*;

use super::dataset::Configuration;
use super::descent::Descent;
use super::graph::Graph;
use super::learner::{AskStop, EpochReport, Learner, Part, State};
use super::metrics::{Errors, Metrics};
use super::objective::{EnergyObjective, FrameEvaluation, FrameLoss, LARGEST_CHANGE, Objective, Pairs, StepPlace};
use super::recovery::Recovery;
use super::schedule::{TrainerConfig, TrainerSettings};
use super::state_arrays::{array, doubles, numbers};
use cormorant_core::noise::{Consumer, Noise};
use cormorant_core::parallel::{pool, share};
use cormorant_core::{Error, Result};
use cormorant_kernels::Real;
use cormorant_kernels::network::Shape;
use cormorant_network::{
    DifferentiableCormorant, EdgeLengths, GraphBatch, PreparedNetwork, Scaling, Trainable, Worker,
};

/// Frames that networks may look at before their first weights.
const INITIAL_FRAMES: usize = 10;

/// Frames of one part with their labels.
struct Frames<L> {
    graphs: Vec<Graph>,
    labels: Vec<L>,
}

/// Fits the parameters of one network, kept and moved in precision `P`, to one objective.
pub struct Trainer<P: Real, O: Objective = EnergyObjective> {
    network: Box<dyn Trainable<P>>,
    objective: O,
    settings: TrainerSettings,
    noise: Noise,
    pool: Option<rayon::ThreadPool>,
    cutoff: Option<f64>,
    parts: [Frames<O::Label>; 3],
    descent: Descent<P>,
    /// Buffers of the workers.
    evaluations: Vec<FrameEvaluation>,
    recovery: Option<Recovery<P>>,
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
        let scaling = &self.objective.scaling;
        for Frames { graphs, labels } in &mut self.parts {
            for (graph, label) in graphs.iter_mut().zip(labels) {
                let reference = scaling.reference_energy(&graph.species);
                graph.energy = label.energy.map(|energy| (energy - reference) / scaling.scale);
            }
        }
        Ok(())
    }

    /// What turns the network's output into eV; the closing of a fit changes its references.
    #[must_use]
    pub fn scaling(&self) -> &Scaling {
        &self.objective.scaling
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
        if parts[0].is_empty() {
            return Err(Error::Invalid("there are no frames to train on".into()));
        }
        let frames = |labels: Vec<_>| -> Result<Frames<O::Label>> {
            let labels: Vec<O::Label> = labels.into_iter().map(Into::into).collect();
            let graphs = labels.iter().map(|label| objective.graph(label, cutoff)).collect::<Result<Vec<_>>>()?;
            Ok(Frames { graphs, labels })
        };
        let [train, validation, test] = parts;
        let parts = [frames(train)?, frames(validation)?, frames(test)?];
        let noise = Noise::new(settings.seed);
        let first = &parts[0].graphs[..parts[0].graphs.len().min(INITIAL_FRAMES)];
        let edges: Vec<Pairs> = first.iter().map(Pairs::new).collect();
        let batches: Vec<GraphBatch<'_>> =
            edges.iter().zip(first).map(|(edges, graph)| edges.of(graph).batch()).collect();
        let packed = network.initial(noise, &batches);
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
        self.network.replace(self.descent.kept(), None, false);
        let graph = &self.parts[0].graphs[0];
        let mut evaluation = FrameEvaluation::new(self.cutoff);
        let mut seconds = 0.0;
        // The first time pays for allocations.
        for worker in &mut self.network.workers(1) {
            for _ in 0..2 {
                let start = Instant::now();
                self.objective.predict(graph, &mut evaluation, worker.as_mut());
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
        Ok(self.parts[index(part)].labels.iter().zip(found).collect())
    }

    fn predict(&mut self, part: Part) -> Result<Vec<O::Prediction>> {
        let Self { network, descent, objective, settings, pool, parts, evaluations, cutoff, .. } = self;
        within(pool.as_ref(), |parallel| network.replace(descent.kept(), None, parallel));
        let graphs = &parts[index(part)].graphs;
        let threads = settings.threads.clamp(1, graphs.len().max(1));
        while evaluations.len() < threads {
            evaluations.push(FrameEvaluation::new(*cutoff));
        }
        let mut workers: Vec<(Box<dyn Worker + '_>, &mut FrameEvaluation)> =
            network.workers(threads).into_iter().zip(evaluations).collect();
        share(&mut workers, graphs.len(), |(worker, evaluation), frame| {
            Ok(objective.predict(&graphs[frame], evaluation, worker.as_mut()))
        })
    }

    /// One step on the frames `batch`, on the threads of the current rayon pool if `parallel`; sums of losses over the batch,
    /// and whether the gradient was finite.
    fn step(&mut self, batch: &[u32], progress: f64, parallel: bool) -> (FrameLoss, bool) {
        let factor = self.learning_rate_factor();
        let Self { network, objective, settings, descent, parts, evaluations, cutoff, .. } = self;
        let Frames { graphs, labels } = &parts[0];
        let mut edges = batch.iter().flat_map(|&frame| graphs[frame as usize].edges());
        let edges = EdgeLengths { edges: &mut edges, margin: LARGEST_CHANGE };
        network.replace(descent.weights(), settings.by_batch.then_some(edges), parallel);
        let count = settings.side_by_side.min(batch.len());
        while evaluations.len() < count {
            evaluations.push(FrameEvaluation::new(*cutoff));
        }
        let place = StepPlace { progress, batch: batch.len() };
        let workers = network.workers(count).into_iter().zip(evaluations);
        let mut workers: Vec<(Box<dyn Worker + '_>, &mut FrameEvaluation, FrameLoss)> =
            workers.map(|(worker, evaluation)| (worker, evaluation, FrameLoss::default())).collect();
        let objective = &*objective;
        let work = |(index, (worker, evaluation, loss)): (usize, &mut (Box<dyn Worker + '_>, &mut _, FrameLoss))| {
            worker.clear();
            for &frame in batch.iter().skip(index).step_by(count) {
                let frame = (&graphs[frame as usize], &labels[frame as usize]);
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
        (sum, finite)
    }

    /// [`Learner::epoch`] on the threads of the current rayon pool if `parallel`.
    fn pass(
        &mut self,
        number: u64,
        from: f64,
        to: f64,
        stop: AskStop<'_>,
        parallel: bool,
    ) -> Result<Option<EpochReport>> {
        let frames = self.parts[0].graphs.len();
        let mut order: Vec<u32> = (0..frames as u32).collect();
        self.noise.stream(Consumer::Shuffle, number, 0).shuffle(&mut order);
        let batches = frames.div_ceil(self.settings.batch);
        let mut sum = FrameLoss::default();
        let mut skipped = 0;
        for (index, batch) in order.chunks(self.settings.batch).enumerate() {
            if stop() {
                return Ok(None);
            }
            let progress = from + (to - from) * index as f64 / batches as f64;
            let (loss, finite) = self.step(batch, progress, parallel);
            skipped += usize::from(!finite);
            sum.add(loss);
        }
        let failed = skipped > batches / 10;
        match &mut self.recovery {
            Some(recovery) => {
                let loss = self.objective.steady_loss(&sum) / frames as f64;
                let forces = sum.force_error / frames as f64;
                recovery.judge(&mut self.descent, failed, loss, forces, self.objective.forces_tell())?;
            }
            None if failed => {
                return Err(Error::Invalid(format!(
                    "{skipped} of {batches} steps had no finite gradient; lower `learning_rate`, or choose another seed"
                )));
            }
            None => {}
        }
        let rate = self.learning_rate_factor() * self.settings.rate.at(to, self.descent.steps());
        Ok(Some(EpochReport { learning_rate: rate, ..self.objective.report(&sum, frames) }))
    }

    /// Name of the weights that are kept, in checkpoints from the first day on.
    fn kept_name(&self) -> &'static str {
        if self.settings.recovers { "average" } else { "weights" }
    }
}

impl<P: Real, O: Objective> Learner for Trainer<P, O> {
    fn epoch(&mut self, number: u64, from: f64, to: f64, stop: AskStop<'_>) -> Result<Option<EpochReport>> {
        // One change of threads for the whole epoch: each costs as much as a tenth of a step of ethanol.
        let pool = self.pool.take();
        let report = within(pool.as_ref(), |parallel| self.pass(number, from, to, stop, parallel));
        self.pool = pool;
        report
    }

    fn evaluate(&mut self, part: Part) -> Result<Errors> {
        let mut metrics = Metrics::default();
        let found = self.predict(part)?;
        for (label, prediction) in self.parts[index(part)].labels.iter().zip(&found) {
            self.objective.compare(label, prediction, &mut metrics);
        }
        Ok(metrics.errors())
    }

    fn score(&self, errors: &Errors) -> f64 {
        self.objective.score(errors)
    }

    fn property(&self) -> Option<(&str, &str)> {
        self.objective.property()
    }

    fn center_energies(&mut self) -> Result<()> {
        let found = self.predict(Part::Train)?;
        self.objective.center(&self.parts[0].labels, &found)
    }

    fn parameters(&self) -> State {
        State::from([(self.kept_name().to_string(), array(self.descent.kept()))])
    }

    fn set_parameters(&mut self, parameters: &State) -> Result<()> {
        self.descent.keep(numbers(parameters, self.kept_name(), self.descent.weights().len())?);
        Ok(())
    }

    fn state(&self) -> State {
        let mut state = self.descent.state();
        match &self.recovery {
            Some(recovery) => recovery.state(self.descent.norm(), &mut state),
            None => {
                state.insert("norm".into(), doubles(vec![self.descent.norm()]));
            }
        }
        state
    }

    fn restore(&mut self, state: &State) -> Result<()> {
        self.descent.restore(state)?;
        let norm = match &mut self.recovery {
            Some(recovery) => recovery.restore(self.descent.weights().len(), state)?,
            None => numbers::<f64>(state, "norm", 1)?[0],
        };
        self.descent.set_norm(norm);
        Ok(())
    }

    fn recipe(&self) -> u32 {
        self.descent.recipe()
    }
}

/// Place of a part among the frames of a trainer.
fn index(part: Part) -> usize {
    match part {
        Part::Train => 0,
        Part::Validation => 1,
        Part::Test => 2,
    }
}

/// Runs `work` in the pool, if there is one, and tells it so.
fn within<R: Send>(pool: Option<&rayon::ThreadPool>, work: impl FnOnce(bool) -> R + Send) -> R {
    match pool {
        Some(pool) => pool.install(|| work(true)),
        None => work(false),
    }
}
