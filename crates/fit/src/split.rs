//! Which frames are trained on, which choose the best model, which measure it.

use serde::{Deserialize, Serialize};

use cormorant_core::noise::{Consumer, Noise};
use cormorant_core::{Error, Result};

/// A division of a data set into training, validation and test frames, recorded by index (counted from 0).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// Seed of a random division; `None` for a listed one.
    pub seed: Option<u64>,
    /// Frames that the parameters are fitted to, ascending.
    pub train: Vec<usize>,
    /// Frames that choose the best epoch, ascending.
    pub validation: Vec<usize>,
    /// Frames for the final table alone, ascending.
    pub test: Vec<usize>,
}

impl Split {
    /// A random division of `frames` frames into parts of the given sizes.
    ///
    /// Validation and test frames are dealt before the training frames, so that a larger training set of the same seed
    /// contains the smaller one and is judged on the same frames.
    ///
    /// # Errors
    /// When there are not enough frames, or a model would have nothing to learn from.
    pub fn random(frames: usize, train: usize, validation: usize, test: usize, seed: u64) -> Result<Self> {
        let wanted = train.checked_add(validation).and_then(|sum| sum.checked_add(test));
        if wanted.is_none_or(|wanted| wanted > frames) {
            return Err(too_many([train, validation, test], frames));
        }
        let mut order: Vec<usize> = (0..frames).collect();
        Noise::new(seed).stream(Consumer::Split, 0, 0).shuffle(&mut order);
        let mut deal = |count| {
            let mut part: Vec<usize> = order.drain(..count).collect();
            part.sort_unstable();
            part
        };
        let (validation, test, train) = (deal(validation), deal(test), deal(train));
        Self { seed: Some(seed), train, validation, test }.checked(frames)
    }

    /// A division by lists of indices, which are sorted.
    ///
    /// # Errors
    /// When an index is outside the data or occurs twice, or there is no training frame.
    pub fn listed(frames: usize, train: Vec<usize>, validation: Vec<usize>, test: Vec<usize>) -> Result<Self> {
        let sorted = |mut part: Vec<usize>| {
            part.sort_unstable();
            part
        };
        Self { seed: None, train: sorted(train), validation: sorted(validation), test: sorted(test) }.checked(frames)
    }

    /// A random division by counts that may be left out: validation then takes a tenth of the frames, at least 1 and at most
    /// 1000, and training all that is left.
    ///
    /// # Errors
    /// As for [`Split::random`].
    pub fn counted(
        frames: usize,
        train: Option<usize>,
        validation: Option<usize>,
        test: usize,
        seed: u64,
    ) -> Result<Self> {
        let validation = validation.unwrap_or_else(|| usual_validation(frames));
        let left = frames.saturating_sub(validation).saturating_sub(test);
        Self::random(frames, train.unwrap_or(left), validation, test, seed)
    }

    /// The same split with `train` of its training frames, at random: the fewer of one seed are among the more.
    ///
    /// # Errors
    /// When there are not so many.
    pub(super) fn fewer(mut self, train: Option<usize>, seed: u64) -> Result<Self> {
        let Some(train) = train else { return Ok(self) };
        let listed = self.train.len();
        if train > listed {
            return Err(Error::Invalid(format!("{train} training frames were requested, but it lists {listed}")));
        }
        Noise::new(seed).stream(Consumer::Split, 0, 0).shuffle(&mut self.train);
        self.train.truncate(train);
        self.train.sort_unstable();
        Ok(self)
    }

    /// The same split with every index `i` replaced by `names[i]`.
    pub(super) fn translated(self, names: &[usize]) -> Self {
        let translate = |part: Vec<usize>| part.into_iter().map(|index| names[index]).collect();
        let Self { seed, train, validation, test } = self;
        Self { seed, train: translate(train), validation: translate(validation), test: translate(test) }
    }

    fn checked(self, frames: usize) -> Result<Self> {
        if self.train.is_empty() {
            return Err(Error::Invalid("there is no frame left for training".into()));
        }
        let mut part_of = vec![None; frames];
        for (name, part) in [("training", &self.train), ("validation", &self.validation), ("test", &self.test)] {
            for &index in part {
                let slot = part_of.get_mut(index).ok_or_else(|| {
                    Error::Invalid(format!(
                        "{name} frame {index} is outside the data, which have frames 0 to {}",
                        frames - 1
                    ))
                })?;
                if let Some(other) = slot.replace(name) {
                    return Err(Error::Invalid(format!(
                        "frame {index} is listed as {other} and again as {name}; the parts of a split share no frame"
                    )));
                }
            }
        }
        Ok(self)
    }
}

/// Validation frames of a random division of `frames` frames, where nobody says how many.
pub(super) fn usual_validation(frames: usize) -> usize {
    (frames / 10).clamp(1, 1000)
}

/// More frames are wanted than there are.
pub(super) fn too_many([train, validation, test]: [usize; 3], frames: usize) -> Error {
    Error::Invalid(format!(
        "{train} training, {validation} validation and {test} test frames were requested, but the data have {frames}"
    ))
}
