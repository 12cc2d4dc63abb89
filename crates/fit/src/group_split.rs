//! Splits that keep groups of frames together: all frames of a molecule are in one part.

use std::borrow::Borrow;
use std::collections::HashMap;

use super::configuration::Configuration;
use super::cover;
use super::split::{Split, too_many, usual_validation};
use cormorant_core::noise::{Consumer, Noise};
use cormorant_core::system::{Element, formula};
use cormorant_core::{Error, Result};

/// The word that groups frames by their sum formula, for which the comments need no key.
pub const FORMULA: &str = "formula";

/// How many frames of each part are wanted; whole groups meet it as nearly as they can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Training frames; all that the others leave, if left out.
    pub train: Option<usize>,
    /// Validation frames; a tenth, at least 1 and at most 1000, if left out.
    pub validation: Option<usize>,
    /// Test frames.
    pub test: usize,
}

/// Frames with the same value of a key, or of the same formula.
pub(super) struct Groups {
    /// The key.
    by: String,
    /// The values, in the order of the file.
    names: Vec<String>,
    /// Places of the frames of each value.
    members: Vec<Vec<usize>>,
    /// Elements of all frames of each value.
    elements: Vec<Vec<Element>>,
}

impl Groups {
    /// The groups by `by` of those `frames` of `all` that are listed; places count in the list.
    ///
    /// # Errors
    /// When a frame has no such key.
    pub(super) fn of(by: &str, frames: &[usize], all: &[impl Borrow<Configuration>]) -> Result<Self> {
        let mut found = Self { by: by.to_string(), names: Vec::new(), members: Vec::new(), elements: Vec::new() };
        let mut places: HashMap<String, usize> = HashMap::new();
        for (place, &frame) in frames.iter().enumerate() {
            let name = value(by, all[frame].borrow()).ok_or_else(|| {
                Error::Invalid(format!(
                    "frame {frame} (counted from 0) has no `{by}` in its comment, by which the frames are split; add it to every frame, or \
                     split by `{FORMULA}`"
                ))
            })?;
            let group = *places.entry(name).or_insert_with_key(|name| {
                found.names.push(name.clone());
                found.members.push(Vec::new());
                found.elements.push(Vec::new());
                found.names.len() - 1
            });
            found.members[group].push(place);
            let elements = &mut found.elements[group];
            elements.extend(&all[frame].borrow().elements);
            elements.sort_unstable();
            elements.dedup();
        }
        Ok(found)
    }

    /// A random division by `seed` into whole groups, and what there is to say of it. Every element is among the training frames.
    ///
    /// Validation and test groups are dealt before the training groups, so that a larger training set of the same seed contains the
    /// smaller one.
    ///
    /// # Errors
    /// When more frames are wanted than there are, or a part that is wanted would be empty.
    pub(super) fn split(&self, wanted: Wanted, seed: u64) -> Result<(Split, Vec<String>)> {
        let frames: usize = self.members.iter().map(Vec::len).sum();
        let validation = wanted.validation.unwrap_or_else(|| usual_validation(frames));
        let parts = usize::from(validation > 0) + usize::from(wanted.test > 0) + 1;
        if self.members.len() < parts {
            return Err(Error::Invalid(format!(
                "all frames have {} `{}`, which cannot be divided into {parts} parts; leave `split_by` out",
                if self.members.len() == 1 {
                    "the same".into()
                } else {
                    format!("one of {} values of", self.members.len())
                },
                self.by
            )));
        }
        let asked = [wanted.train.unwrap_or(1), validation, wanted.test];
        if asked.iter().sum::<usize>() > frames {
            return Err(too_many(asked, frames));
        }
        let mut order: Vec<usize> = (0..self.members.len()).collect();
        Noise::new(seed).stream(Consumer::Split, 0, 0).shuffle(&mut order);
        let validating = self.nearest(&mut order, validation);
        let testing = self.nearest(&mut order, wanted.test);
        let training = wanted.train.map_or_else(|| order.clone(), |count| self.first(&order, count));
        let groups = Split { seed: Some(seed), train: training, validation: validating, test: testing };
        if groups.train.is_empty() {
            return Err(Error::Invalid(format!(
                "whole groups of `{}` leave no frame for training; ask for fewer validation and test frames",
                self.by
            )));
        }
        let elements: Vec<&[Element]> = self.elements.iter().map(Vec::as_slice).collect();
        let (groups, moved) = cover::every_element(groups, &elements);
        let mut notes: Vec<String> = moved
            .into_iter()
            .map(|one| {
                let (name, symbol) = (&self.names[one.frame], one.element.symbol());
                format!(
                    "frames with `{}` {name} are training frames, because no other training frame holds {symbol}",
                    self.by
                )
            })
            .collect();
        let split = Split {
            seed: groups.seed,
            train: self.frames_of(&groups.train),
            validation: self.frames_of(&groups.validation),
            test: self.frames_of(&groups.test),
        };
        notes.push(self.counts(&groups, &split));
        Ok((split, notes))
    }

    /// Takes groups from `order` until they have as nearly `count` frames as may be; at least one group, if any frame is wanted.
    fn nearest(&self, order: &mut Vec<usize>, count: usize) -> Vec<usize> {
        let size = |group: usize| self.members[group].len();
        let mut missing = count;
        let mut taken = Vec::new();
        order.retain(|&group| {
            let fits = size(group) <= missing;
            if fits {
                missing -= size(group);
                taken.push(group);
            }
            !fits
        });
        // What is left is larger than what is missing: the smallest, if it brings the count nearer.
        let smallest = (0..order.len()).min_by_key(|&place| size(order[place]));
        if let Some(place) =
            smallest.filter(|&place| missing > 0 && (taken.is_empty() || size(order[place]) < 2 * missing))
        {
            taken.push(order.remove(place));
        }
        taken.sort_unstable();
        taken
    }

    /// The first groups of `order`, until more of them would be farther from `count` frames: fewer are among the more.
    fn first(&self, order: &[usize], count: usize) -> Vec<usize> {
        let (mut frames, mut taken) = (0, Vec::new());
        for &group in order {
            let more = frames + self.members[group].len();
            if !taken.is_empty() && more.abs_diff(count) >= count.abs_diff(frames) {
                break;
            }
            frames = more;
            taken.push(group);
        }
        taken.sort_unstable();
        taken
    }

    fn frames_of(&self, groups: &[usize]) -> Vec<usize> {
        let mut frames: Vec<usize> = groups.iter().flat_map(|&group| self.members[group].iter().copied()).collect();
        frames.sort_unstable();
        frames
    }

    /// How many groups and frames each part has.
    fn counts(&self, groups: &Split, split: &Split) -> String {
        let part = |name: &str, groups: &[usize], frames: &[usize]| {
            (!groups.is_empty()).then(|| format!("{} for {name} ({} frames)", groups.len(), frames.len()))
        };
        let parts = [
            part("training", &groups.train, &split.train),
            part("validation", &groups.validation, &split.validation),
            part("test", &groups.test, &split.test),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        format!("split by `{}` into whole groups: {}", self.by, parts.join(", "))
    }
}

/// The value of `by` of a frame: what its comment says, or its formula.
pub(super) fn value(by: &str, frame: &Configuration) -> Option<String> {
    if by == FORMULA {
        return Some(formula(&frame.elements));
    }
    frame.group(by).map(str::to_owned)
}
