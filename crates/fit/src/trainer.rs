//! Fitting the network: batches over all cores, the same bits for any number of threads.

use std::time::Instant;

use rayon::prelude::*;

use super::dataset::Configuration;
use super::graph::Graph;
use super::initial::initial_weights;
use super::label_scale::LabelScale;
use super::learner::{Array, AskStop, EpochReport, Learner, Part, State, Values};
use super::metrics::{Errors, Metrics};
use super::objective::{FrameLoss, LARGEST_CHANGE, Objective, ObjectiveWeights};
use super::optimizer::{Optimizer, RECIPE};
use super::references::least_squares;
use super::schedule::TrainerConfig;
use cormorant_core::noise::{Consumer, Noise};
use cormorant_core::parallel::pool;
use cormorant_core::{Error, Result};
use cormorant_kernels::Real;
use cormorant_kernels::network::{Gradient, Plan, Shape, Weights};
use cormorant_network::Scaling;

/// Most frames of a batch that are worked on side by side, each with a gradient of its own. The gradients are summed in the
/// order of the frames, so that nothing depends on the number of threads; larger batches go round.
const SLOTS: usize = 8;
/// Frames on which the first weights are rescaled.
const INITIAL_FRAMES: usize = 10;
/// An epoch whose loss and whose force error are both this many times the best so far has diverged.
const DIVERGED: f64 = 4.0;
/// So has one whose loss alone is this many times the best: of frames whose forces are zero by symmetry, energies tell.
const FAR_DIVERGED: f64 = 100.0;
/// Share of the learning rate kept when it has.
const SLOWER: f64 = 0.6;

/// meV per eV.
const MILLI: f64 = 1000.0;

struct Worker<T: Real> {
    objective: Objective<T>,
    gradient: Gradient<T>,
    loss: FrameLoss,
}

/// What the network says of one frame, in eV and Å.
struct Prediction {
    energy: f64,
    forces: Vec<[f64; 3]>,
    virial: [[f64; 3]; 3],
}

/// Frames of one part with their labels in eV.
struct Frames {
    graphs: Vec<Graph>,
    labels: Vec<Configuration>,
}

/// Fits the weights of one network.
pub struct Trainer<T: Real> {
    plan: Plan<T>,
    scaling: Scaling,
    config: TrainerConfig,
    noise: Noise,
    pool: Option<rayon::ThreadPool>,
    parts: [Frames; 3],
    optimizer: Optimizer<T>,
    weights: Weights<T>,
    slots: Vec<Worker<T>>,
    /// Where to return to after a divergence: weights, average, smallest force error so far.
    last_good: (Vec<T>, Vec<T>, f64),
    /// Smallest loss so far, with the weight of the energy that does not change along the way.
    best_loss: f64,
    /// Whether the forces alone tell a good model.
    forces_tell: bool,
    /// Factor on the learning rate after divergences.
    slower: f64,
}

impl<T: Real> Trainer<T> {
    /// A trainer with fresh weights; `parts` are the frames for training, validation and test.
    ///
    /// # Errors
    /// When there is nothing to train on, an element is not known, or two atoms stand on one spot.
    pub fn new(shape: &Shape, scaling: Scaling, config: TrainerConfig, parts: [Vec<Configuration>; 3]) -> Result<Self> {
        if parts[0].is_empty() {
            return Err(Error::Invalid("there are no frames to train on".into()));
        }
        let plan = Plan::new(shape);
        let noise = Noise::new(config.seed);
        let frames = |labels: Vec<Configuration>| -> Result<Frames> {
            let graphs = labels
                .iter()
                .map(|configuration| Graph::new(configuration, &scaling, shape.cutoff))
                .collect::<Result<Vec<_>>>()?;
            Ok(Frames { graphs, labels })
        };
        let [train, validation, test] = parts;
        let parts = [frames(train)?, frames(validation)?, frames(test)?];
        let first = &parts[0].graphs[..parts[0].graphs.len().min(INITIAL_FRAMES)];
        let packed = initial_weights(&plan, noise, first, config.knot_spacing);
        let scales = plan.layout.scales().into_iter().map(T::from_f64).collect();
        let matrices = plan.layout.matrices();
        let TrainerConfig { weight_decay, average_decay, clip, .. } = config;
        let weights = Weights::splined(&plan, &packed, config.knot_spacing, 0.0);
        let slots = (0..config.batch.min(SLOTS))
            .map(|_| Worker {
                objective: Objective::new(&plan),
                gradient: Gradient::zeros(&plan, &weights),
                loss: FrameLoss::default(),
            })
            .collect();
        let pool = pool(config.threads)?;
        Ok(Self {
            last_good: (packed.clone(), packed.clone(), f64::INFINITY),
            optimizer: Optimizer::new(packed, scales, &matrices, weight_decay, average_decay, clip),
            slower: 1.0,
            best_loss: f64::INFINITY,
            forces_tell: LabelScale::of(&parts[0].labels).forces_tell(),
            plan,
            scaling,
            config,
            noise,
            pool,
            parts,
            weights,
            slots,
        })
    }

    /// Begins with `weights`, packed as [`Trainer::average`] gives them, instead of fresh ones. The reference energies become those
    /// with which they leave the training frames no mean error: the labels may count from another zero than theirs did.
    ///
    /// # Errors
    /// When the weights are not as many as those of the network, or the frames cannot be evaluated.
    pub fn start_from(&mut self, weights: &[f64]) -> Result<()> {
        if weights.len() != self.optimizer.weights.len() {
            return Err(Error::Invalid("the weights to start from belong to another network".into()));
        }
        self.optimizer.weights = weights.iter().map(|&weight| T::from_f64(weight)).collect();
        self.optimizer.average.clone_from(&self.optimizer.weights);
        self.last_good.0.clone_from(&self.optimizer.weights);
        self.last_good.1.clone_from(&self.optimizer.weights);
        self.center_energies()?;
        let scaling = &self.scaling;
        for Frames { graphs, labels } in &mut self.parts {
            for (graph, label) in graphs.iter_mut().zip(labels) {
                let reference = scaling.reference_energy(&graph.species);
                graph.energy = label.energy.map(|energy| (energy - reference) / scaling.scale);
            }
        }
        Ok(())
    }

    /// The averaged weights, packed in the order of the layout: what is validated and saved.
    #[must_use]
    pub fn average(&self) -> Vec<f64> {
        self.optimizer.average.iter().map(|x| x.to_f64()).collect()
    }

    /// Seconds that energy and forces of one atom take one thread, measured now on a training frame.
    pub fn seconds_per_atom(&mut self) -> f64 {
        let Self { plan, weights, optimizer, parts, .. } = self;
        weights.restrict(None, 0.0);
        weights.set(plan, &optimizer.average, false);
        let graph = &parts[0].graphs[0];
        let mut objective = Objective::new(plan);
        // The first time pays for allocations.
        objective.evaluate(plan, weights, graph);
        let start = Instant::now();
        objective.evaluate(plan, weights, graph);
        start.elapsed().as_secs_f64() / graph.atoms().max(1) as f64
    }

    /// How often training left the road and was put back.
    #[must_use]
    pub fn learning_rate_factor(&self) -> f64 {
        self.slower
    }

    /// Sizes of the network.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.plan.shape
    }

    /// What turns the network's output into eV; the closing of a fit changes its references.
    #[must_use]
    pub fn scaling(&self) -> &Scaling {
        &self.scaling
    }

    /// Predictions of the averaged weights, frame by frame.
    fn predict(&mut self, part: Part) -> Vec<Prediction> {
        let Self { plan, weights, optimizer, scaling, pool, .. } = self;
        weights.restrict(None, 0.0);
        within(pool.as_ref(), |parallel| weights.set(plan, &optimizer.average, parallel));
        let weights = &*weights;
        let graphs = &self.parts[index(part)].graphs;
        let predict = |objective: &mut Objective<T>, graph: &Graph| {
            objective.evaluate(plan, weights, graph);
            let energy = objective.energy * scaling.scale + scaling.reference_energy(&graph.species);
            let forces = objective.forces.iter().map(|force| force.map(|x| x * scaling.scale)).collect();
            let virial = objective.virial.map(|row| row.map(|x| x * scaling.scale));
            Prediction { energy, forces, virial }
        };
        match pool {
            Some(pool) => pool.install(|| graphs.par_iter().map_init(|| Objective::new(plan), predict).collect()),
            None => {
                let mut objective = Objective::new(plan);
                graphs.iter().map(|graph| predict(&mut objective, graph)).collect()
            }
        }
    }

    /// One step on the frames `batch`, on the threads of the current rayon pool if `parallel`; sums of losses over the batch,
    /// and whether the gradient was finite.
    fn step(&mut self, batch: &[u32], progress: f64, parallel: bool) -> (FrameLoss, bool) {
        let parts = ObjectiveWeights {
            force: self.config.force_weight,
            energy: self.config.energy_weight(progress),
            virial: self.config.virial_weight,
            huber_delta: self.config.huber_delta / self.scaling.scale,
        };
        let share = 1.0 / batch.len() as f64;
        let Self { plan, weights, slots, optimizer, parts: frames, .. } = self;
        let graphs = &frames[0].graphs;
        let mut edges = batch.iter().flat_map(|&frame| graphs[frame as usize].edges());
        weights.restrict(Some(&mut edges), LARGEST_CHANGE);
        weights.set(plan, &optimizer.weights, parallel);
        let ready = &*weights;
        let count = slots.len().min(batch.len());
        let slots = &mut slots[..count];
        let work = |(index, slot): (usize, &mut Worker<T>)| {
            slot.gradient.prepare(ready);
            slot.loss = FrameLoss::default();
            for &frame in batch.iter().skip(index).step_by(count) {
                let graph = &graphs[frame as usize];
                let loss = slot.objective.accumulate(plan, ready, graph, parts, share, &mut slot.gradient);
                slot.loss.add(loss);
            }
        };
        if parallel {
            slots.par_iter_mut().enumerate().for_each(work);
        } else {
            slots.iter_mut().enumerate().for_each(work);
        }
        let mut sum = FrameLoss::default();
        for slot in slots.iter() {
            sum.add(slot.loss);
        }
        let (first, rest) = slots.split_at_mut(1);
        let gradient = &mut first[0].gradient;
        if parallel {
            gradient.add_all(&rest.iter().map(|slot| &slot.gradient).collect::<Vec<_>>());
        } else {
            for slot in rest.iter() {
                gradient.add(&slot.gradient);
            }
        }
        weights.finish_gradient(plan, gradient, parallel);
        let rate = self.slower * self.config.rate(progress, optimizer.steps);
        let finite = sum.loss.is_finite() && optimizer.step(gradient.packed.as_slice(), rate, parallel);
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
        let batches = frames.div_ceil(self.config.batch);
        let mut sum = FrameLoss::default();
        let mut skipped = 0;
        for (index, batch) in order.chunks(self.config.batch).enumerate() {
            if stop() {
                return Ok(None);
            }
            let progress = from + (to - from) * index as f64 / batches as f64;
            let (loss, finite) = self.step(batch, progress, parallel);
            skipped += usize::from(!finite);
            sum.add(loss);
        }
        let (loss, force_error) = (self.steady(&sum) / frames as f64, sum.force_error / frames as f64);
        if skipped > batches / 10 || self.has_diverged(loss, force_error) {
            if self.slower < 1e-3 {
                return Err(Error::Invalid(
                    "the fit diverges at any learning rate; check the data, or lower `learning_rate`".into(),
                ));
            }
            self.put_back();
        } else {
            self.last_good.2 = self.last_good.2.min(force_error);
            self.best_loss = self.best_loss.min(loss);
            self.last_good.0.clone_from(&self.optimizer.weights);
            self.last_good.1.clone_from(&self.optimizer.average);
        }
        // Over the frames that have the label; NaN where none does.
        let unit = |frames: usize| self.scaling.scale * MILLI / frames as f64;
        Ok(Some(EpochReport {
            loss: sum.loss / frames as f64,
            energy_mae: sum.energy_error * unit(sum.energies),
            force_mae: sum.force_error * unit(sum.forces),
            learning_rate: self.slower * self.config.rate(to, self.optimizer.steps),
        }))
    }

    /// The loss with the weight of the energy that it has at the beginning, so that losses of different epochs compare.
    fn steady(&self, sum: &FrameLoss) -> f64 {
        let TrainerConfig { energy_weight, final_energy_weight, .. } = self.config;
        let weight = if energy_weight > 0.0 { energy_weight } else { final_energy_weight };
        // What was summed up carries the weights of its steps; the penalty of the energy without any stands beside it.
        sum.other_loss + weight * sum.energy_penalty
    }

    /// Whether an epoch with this loss and force error has diverged.
    fn has_diverged(&self, loss: f64, force_error: f64) -> bool {
        !loss.is_finite()
            || !force_error.is_finite()
            || (self.forces_tell && loss > DIVERGED * self.best_loss && force_error > DIVERGED * self.last_good.2)
            || loss > FAR_DIVERGED * self.best_loss
    }

    /// Puts weights back to the last good ones and slows down.
    fn put_back(&mut self) {
        self.optimizer.weights.clone_from(&self.last_good.0);
        self.optimizer.average.clone_from(&self.last_good.1);
        self.optimizer.forget();
        self.slower *= SLOWER;
    }
}

impl<T: Real> Learner for Trainer<T> {
    fn epoch(&mut self, number: u64, from: f64, to: f64, stop: AskStop<'_>) -> Result<Option<EpochReport>> {
        // One change of threads for the whole epoch: each costs as much as a tenth of a step of ethanol.
        let pool = self.pool.take();
        let report = within(pool.as_ref(), |parallel| self.pass(number, from, to, stop, parallel));
        self.pool = pool;
        report
    }

    fn evaluate(&mut self, part: Part) -> Result<Errors> {
        let mut metrics = Metrics::default();
        let predictions = self.predict(part);
        for (label, Prediction { energy, forces, virial }) in self.parts[index(part)].labels.iter().zip(&predictions) {
            metrics.add(label, *energy, forces, Some(virial));
        }
        Ok(metrics.errors())
    }

    fn score(&self, errors: &Errors) -> f64 {
        if !errors.force_mae.is_finite() {
            errors.energy_mae
        } else if self.forces_tell || !errors.energy_mae.is_finite() {
            errors.force_mae
        } else {
            // Forces of meV/Å and energies of meV per atom, in the proportion in which they make the unit of the network.
            errors.force_mae + 2.0 * errors.energy_mae_per_atom
        }
    }

    fn center_energies(&mut self) -> Result<()> {
        let predictions = self.predict(Part::Train);
        let labels = &self.parts[index(Part::Train)].labels;
        let errors: Vec<_> = labels
            .iter()
            .zip(&predictions)
            .filter_map(|(label, prediction)| Some((label.elements.as_slice(), label.energy? - prediction.energy)))
            .collect();
        if errors.is_empty() {
            return Ok(());
        }
        for (element, shift) in least_squares(&errors)?.energies {
            if let Some(place) = self.scaling.elements.iter().position(|known| *known == element) {
                self.scaling.references[place] += shift;
            }
        }
        Ok(())
    }

    fn parameters(&self) -> State {
        State::from([("average".to_string(), array(&self.optimizer.average))])
    }

    fn set_parameters(&mut self, parameters: &State) -> Result<()> {
        self.optimizer.average = numbers(parameters, "average", self.plan.layout.len())?;
        Ok(())
    }

    fn state(&self) -> State {
        let optimizer = &self.optimizer;
        let doubles = vec![optimizer.norm, self.slower, self.last_good.2, self.best_loss];
        State::from([
            ("weights".to_string(), array(&optimizer.weights)),
            ("average".to_string(), array(&optimizer.average)),
            ("momentum".to_string(), array(&optimizer.momentum)),
            ("squares".to_string(), array(&optimizer.squares)),
            ("refuge.weights".to_string(), array(&self.last_good.0)),
            ("refuge.average".to_string(), array(&self.last_good.1)),
            ("numbers".to_string(), Array { shape: vec![4], values: Values::F64(doubles) }),
            ("steps".to_string(), Array { shape: vec![1], values: Values::U64(vec![optimizer.steps]) }),
        ])
    }

    fn restore(&mut self, state: &State) -> Result<()> {
        let length = self.plan.layout.len();
        self.optimizer.weights = numbers(state, "weights", length)?;
        self.optimizer.average = numbers(state, "average", length)?;
        self.optimizer.momentum = numbers(state, "momentum", length)?;
        self.optimizer.squares = numbers(state, "squares", length)?;
        self.last_good.0 = numbers(state, "refuge.weights", length)?;
        self.last_good.1 = numbers(state, "refuge.average", length)?;
        // Older checkpoints have no loss: the next epoch sets it.
        let doubles: Vec<f64> = numbers(state, "numbers", 4).or_else(|_| numbers(state, "numbers", 3))?;
        (self.optimizer.norm, self.slower, self.last_good.2) = (doubles[0], doubles[1], doubles[2]);
        self.best_loss = doubles.get(3).copied().unwrap_or(f64::INFINITY);
        self.optimizer.steps = match state.get("steps").map(|array| &array.values) {
            Some(Values::U64(steps)) if steps.len() == 1 => steps[0],
            _ => return Err(foreign("steps")),
        };
        Ok(())
    }

    fn recipe(&self) -> u32 {
        RECIPE
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

fn foreign(name: &str) -> Error {
    Error::Invalid(format!("the checkpoint has no fitting `{name}`; it belongs to another network"))
}

/// An array in the precision of the network.
fn array<T: Real>(values: &[T]) -> Array {
    let shape = vec![values.len()];
    if size_of::<T>() == 4 {
        Array { shape, values: Values::F32(values.iter().map(|x| x.to_f64() as f32).collect()) }
    } else {
        Array { shape, values: Values::F64(values.iter().map(|x| x.to_f64()).collect()) }
    }
}

fn numbers<T: Real>(state: &State, name: &str, length: usize) -> Result<Vec<T>> {
    let values: Vec<T> = match state.get(name).map(|array| &array.values) {
        Some(Values::F32(values)) => values.iter().map(|&x| T::from_f64(f64::from(x))).collect(),
        Some(Values::F64(values)) => values.iter().map(|&x| T::from_f64(x)).collect(),
        _ => return Err(foreign(name)),
    };
    if values.len() == length { Ok(values) } else { Err(foreign(name)) }
}
