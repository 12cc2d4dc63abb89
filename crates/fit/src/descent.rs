//! The optimizers under one name.

use super::amsgrad::AmsGrad;
use super::learner::{Array, State, Values};
use super::optimizer::{Optimizer, RECIPE};
use super::state_arrays::{array, foreign, numbers};
use cormorant_core::Result;
use cormorant_kernels::Real;

/// How weights are changed.
#[derive(Debug, Clone)]
pub enum Descent<P> {
    /// As in 2019; the weights themselves are validated and saved.
    AmsGrad(AmsGrad<P>),
    /// As for the production network; the averaged weights are validated and saved.
    Averaged(Box<Optimizer<P>>),
}

/// Settings of an optimizer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DescentSettings {
    /// That of 2019, which has none.
    AmsGrad,
    /// That of the production network.
    Averaged {
        /// Shrinking of the weights per step, times the rate.
        weight_decay: f64,
        /// Decay of the moving average of the weights.
        average_decay: f64,
        /// Longest gradient, as a multiple of the running mean of its norm.
        clip: f64,
    },
}

impl<P: Real> Descent<P> {
    /// Starts from `weights` with these `parameters`.
    #[must_use]
    pub fn new(settings: DescentSettings, weights: Vec<P>, parameters: &cormorant_network::Parameters) -> Self {
        match settings {
            DescentSettings::AmsGrad => Self::AmsGrad(AmsGrad::new(weights)),
            DescentSettings::Averaged { weight_decay, average_decay, clip } => {
                let scales = parameters.scales().into_iter().map(P::from_f64).collect();
                let matrices = &parameters.matrices;
                let optimizer = Optimizer::new(weights, scales, matrices, weight_decay, average_decay, clip);
                Self::Averaged(Box::new(optimizer))
            }
        }
    }

    /// The weights that are trained.
    #[must_use]
    pub fn weights(&self) -> &[P] {
        match self {
            Self::AmsGrad(optimizer) => &optimizer.weights,
            Self::Averaged(optimizer) => &optimizer.weights,
        }
    }

    /// The weights that are validated and saved.
    #[must_use]
    pub fn kept(&self) -> &[P] {
        match self {
            Self::AmsGrad(optimizer) => &optimizer.weights,
            Self::Averaged(optimizer) => &optimizer.average,
        }
    }

    /// Replaces the weights that are validated and saved.
    pub fn keep(&mut self, weights: Vec<P>) {
        match self {
            Self::AmsGrad(optimizer) => optimizer.weights = weights,
            Self::Averaged(optimizer) => optimizer.average = weights,
        }
    }

    /// Replaces the weights that are trained, and those that are kept, and leaves the moments as they are.
    pub fn put(&mut self, weights: &[P], kept: &[P]) {
        match self {
            Self::AmsGrad(optimizer) => optimizer.weights.copy_from_slice(weights),
            Self::Averaged(optimizer) => {
                optimizer.weights.copy_from_slice(weights);
                optimizer.average.copy_from_slice(kept);
            }
        }
    }

    /// Forgets the moments, after the weights were put back.
    pub fn forget(&mut self) {
        match self {
            Self::AmsGrad(optimizer) => optimizer.forget(),
            Self::Averaged(optimizer) => optimizer.forget(),
        }
    }

    /// Steps done since the moments were last empty.
    #[must_use]
    pub fn steps(&self) -> u64 {
        match self {
            Self::AmsGrad(optimizer) => optimizer.steps,
            Self::Averaged(optimizer) => optimizer.steps,
        }
    }

    /// Running mean of the norm of the gradient, where there is one.
    #[must_use]
    pub fn norm(&self) -> f64 {
        match self {
            Self::AmsGrad(_) => 0.0,
            Self::Averaged(optimizer) => optimizer.norm,
        }
    }

    /// Replaces the running mean of the norm.
    pub fn set_norm(&mut self, norm: f64) {
        if let Self::Averaged(optimizer) = self {
            optimizer.norm = norm;
        }
    }

    /// One step, with `parallel` on the threads of the current rayon pool; whether the gradient was finite.
    pub fn step(&mut self, gradient: &[P], rate: f64, parallel: bool) -> bool {
        match self {
            Self::AmsGrad(optimizer) => optimizer.step(gradient, rate),
            Self::Averaged(optimizer) => optimizer.step(gradient, rate, parallel),
        }
    }

    /// Number of the way in which the weights move; AMSGrad is as in 2019.
    #[must_use]
    pub fn recipe(&self) -> u32 {
        match self {
            Self::AmsGrad(_) => 0,
            Self::Averaged(_) => RECIPE,
        }
    }

    /// Everything that later steps depend on, but the running mean of the norm.
    #[must_use]
    pub fn state(&self) -> State {
        let arrays = match self {
            Self::AmsGrad(one) => [
                ("weights", &one.weights),
                ("momentum", &one.momentum),
                ("squares", &one.squares),
                ("largest", &one.largest),
            ],
            Self::Averaged(one) => [
                ("weights", &one.weights),
                ("momentum", &one.momentum),
                ("squares", &one.squares),
                ("average", &one.average),
            ],
        };
        let mut state: State = arrays.into_iter().map(|(name, values)| (name.to_string(), array(values))).collect();
        state.insert("steps".into(), Array { shape: vec![1], values: Values::U64(vec![self.steps()]) });
        state
    }

    /// Replaces everything that later steps depend on, but the running mean of the norm.
    ///
    /// # Errors
    /// When names or lengths are not those of this optimizer.
    pub fn restore(&mut self, state: &State) -> Result<()> {
        let count = self.weights().len();
        let take = |name: &str| numbers(state, name, count);
        let steps = match state.get("steps").map(|array| &array.values) {
            Some(Values::U64(steps)) if steps.len() == 1 => steps[0],
            _ => return Err(foreign("steps")),
        };
        match self {
            Self::AmsGrad(one) => {
                (one.weights, one.momentum) = (take("weights")?, take("momentum")?);
                (one.squares, one.largest) = (take("squares")?, take("largest")?);
                one.steps = steps;
            }
            Self::Averaged(one) => {
                (one.weights, one.momentum) = (take("weights")?, take("momentum")?);
                (one.squares, one.average) = (take("squares")?, take("average")?);
                one.steps = steps;
            }
        }
        Ok(())
    }
}
