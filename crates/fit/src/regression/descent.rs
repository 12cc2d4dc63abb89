//! The two optimizers of a regression, under one name.

use super::amsgrad::AmsGrad;
use crate::optimizer::{Optimizer, RECIPE};
use crate::{Array, State, Values};
use cormorant_core::{Error, Result};

/// How weights are changed.
#[derive(Debug, Clone)]
pub enum Descent {
    /// As in 2019; the weights themselves are validated and saved.
    AmsGrad(AmsGrad),
    /// As for the production network; the averaged weights are validated and saved.
    Averaged(Box<Optimizer<f64>>),
}

impl Descent {
    /// The weights that are trained.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        match self {
            Self::AmsGrad(optimizer) => &optimizer.weights,
            Self::Averaged(optimizer) => &optimizer.weights,
        }
    }

    /// The weights that are validated and saved.
    #[must_use]
    pub fn kept(&self) -> &[f64] {
        match self {
            Self::AmsGrad(optimizer) => &optimizer.weights,
            Self::Averaged(optimizer) => &optimizer.average,
        }
    }

    /// Replaces the weights that are validated and saved.
    pub fn keep(&mut self, weights: Vec<f64>) {
        match self {
            Self::AmsGrad(optimizer) => optimizer.weights = weights,
            Self::Averaged(optimizer) => optimizer.average = weights,
        }
    }

    /// Steps done.
    #[must_use]
    pub fn steps(&self) -> u64 {
        match self {
            Self::AmsGrad(optimizer) => optimizer.steps,
            Self::Averaged(optimizer) => optimizer.steps,
        }
    }

    /// One step; whether the gradient was finite.
    pub fn step(&mut self, gradient: &[f64], rate: f64) -> bool {
        match self {
            Self::AmsGrad(optimizer) => optimizer.step(gradient, rate),
            Self::Averaged(optimizer) => optimizer.step(gradient, rate, false),
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

    /// Everything that later steps depend on.
    #[must_use]
    pub fn state(&self) -> State {
        let array = |values: &[f64]| Array { shape: vec![values.len()], values: Values::F64(values.to_vec()) };
        let steps = Array { shape: vec![1], values: Values::U64(vec![self.steps()]) };
        let (arrays, norm) = match self {
            Self::AmsGrad(one) => {
                let arrays = [
                    ("weights", &one.weights),
                    ("momentum", &one.momentum),
                    ("squares", &one.squares),
                    ("largest", &one.largest),
                ];
                (arrays, 0.0)
            }
            Self::Averaged(one) => {
                let arrays = [
                    ("weights", &one.weights),
                    ("momentum", &one.momentum),
                    ("squares", &one.squares),
                    ("average", &one.average),
                ];
                (arrays, one.norm)
            }
        };
        let mut state: State = arrays.into_iter().map(|(name, values)| (name.to_string(), array(values))).collect();
        state.insert("steps".into(), steps);
        state.insert("norm".into(), array(&[norm]));
        state
    }

    /// Replaces everything that later steps depend on.
    ///
    /// # Errors
    /// When names or lengths are not those of this optimizer.
    pub fn restore(&mut self, state: &State) -> Result<()> {
        let count = self.weights().len();
        let take = |name: &str, count: usize| numbers(state, name, count);
        let steps = match state.get("steps").map(|array| &array.values) {
            Some(Values::U64(steps)) if steps.len() == 1 => steps[0],
            _ => return Err(foreign("steps")),
        };
        match self {
            Self::AmsGrad(one) => {
                (one.weights, one.momentum) = (take("weights", count)?, take("momentum", count)?);
                (one.squares, one.largest) = (take("squares", count)?, take("largest", count)?);
                one.steps = steps;
            }
            Self::Averaged(one) => {
                (one.weights, one.momentum) = (take("weights", count)?, take("momentum", count)?);
                (one.squares, one.average) = (take("squares", count)?, take("average", count)?);
                (one.steps, one.norm) = (steps, take("norm", 1)?[0]);
            }
        }
        Ok(())
    }
}

/// The f64 array `name` of a state.
pub(super) fn numbers(state: &State, name: &str, count: usize) -> Result<Vec<f64>> {
    match state.get(name).map(|array| &array.values) {
        Some(Values::F64(values)) if values.len() == count => Ok(values.clone()),
        _ => Err(foreign(name)),
    }
}

fn foreign(name: &str) -> Error {
    Error::Invalid(format!("the checkpoint has no fitting `{name}`; it belongs to another network"))
}
