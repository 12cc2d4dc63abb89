//! Splits that the comments of the frames state, as in `split=train`.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use super::configuration::Configuration;
use super::group_split::{Groups, Wanted, value};
use super::learner::Part;
use super::split::Split;
use cormorant_core::{Error, Result};

/// The usual name of the key.
pub(super) const USUAL_KEY: &str = "split";

/// The part that a word stands for, if it is one of the usual words.
pub(super) fn part_of(word: &str) -> Option<Part> {
    match word.to_lowercase().as_str() {
        "train" | "training" => Some(Part::Train),
        "validation" | "valid" | "val" => Some(Part::Validation),
        "test" | "testing" => Some(Part::Test),
        _ => None,
    }
}

/// A division as the comments state it.
pub(super) struct Stated<'s> {
    /// The key, e.g. `split`.
    pub(super) key: &'s str,
    /// What keeps frames together where validation frames are dealt.
    pub(super) by: Option<&'s str>,
    /// How many of the training frames; all if left out.
    pub(super) train: Option<usize>,
    /// How many validation frames are dealt from the training frames where none is marked; a tenth, at least 1 and at most 1000, if left out.
    pub(super) validation: Option<usize>,
    /// Seed of what is dealt.
    pub(super) seed: u64,
}

impl Stated<'_> {
    /// The division of those `frames` of `all` that are listed, and what there is to say of it; places count in the list.
    ///
    /// # Errors
    /// When a frame does not say its part, or the parts are not as asked.
    pub(super) fn split(&self, frames: &[usize], all: &[impl Borrow<Configuration>]) -> Result<(Split, Vec<String>)> {
        let key = self.key;
        let mut parts: [Vec<usize>; 3] = Default::default();
        for (place, &frame) in frames.iter().enumerate() {
            let found = value(key, all[frame].borrow());
            let part = found.as_deref().and_then(part_of).ok_or_else(|| {
                let found = found.as_ref().map_or_else(|| "does not have it".to_string(), |word| format!("has {word:?}"));
                Error::Invalid(format!(
                    "`split_key` names `{key}`, but frame {frame} (counted from 0) {found}; write train, validation or test in every frame"
                ))
            })?;
            parts[part.index()].push(place);
        }
        let [train, validation, test] = parts;
        let wanted = self.validation != Some(0);
        if !validation.is_empty() {
            if let Some(count) = self.validation.filter(|_| wanted) {
                return Err(Error::Invalid(format!(
                    "{count} validation frames were requested, but `{key}` marks {}; leave `validation` out",
                    validation.len()
                )));
            }
            let validation = if wanted { validation } else { Vec::new() };
            let split = Split::listed(frames.len(), train, validation, test)?;
            return Ok((split.fewer(self.train, self.seed)?, Vec::new()));
        }
        let (inner, mut notes) = self.deal(&train, frames, all)?;
        if !inner.validation.is_empty() {
            notes.insert(0, format!("`{key}` marks no frame for validation: they are dealt from the training frames"));
        }
        let inner = inner.translated(&train);
        let split = Split::listed(frames.len(), inner.train, inner.validation, test)?;
        Ok((split, notes))
    }

    /// Validation frames from among the training frames `train`.
    fn deal(
        &self,
        train: &[usize],
        frames: &[usize],
        all: &[impl Borrow<Configuration>],
    ) -> Result<(Split, Vec<String>)> {
        if let Some(by) = self.by {
            let listed: Vec<usize> = train.iter().map(|&place| frames[place]).collect();
            let wanted = Wanted { train: self.train, validation: self.validation, test: 0 };
            return Groups::of(by, &listed, all)?.split(wanted, self.seed);
        }
        Ok((Split::counted(train.len(), self.train, self.validation, 0, self.seed)?, Vec::new()))
    }
}

/// How many frames say which part under the usual key; empty unless every word is one of the usual ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct StatedParts {
    counts: BTreeMap<&'static str, usize>,
    strange: bool,
}

impl StatedParts {
    /// Counts the word of one frame.
    pub(super) fn add(&mut self, word: &str) {
        match part_of(word) {
            Some(part) => *self.counts.entry(part.name()).or_default() += 1,
            None => self.strange = true,
        }
    }

    /// Number of frames that say so.
    fn count(&self, part: Part) -> usize {
        if self.strange { 0 } else { self.counts.get(part.name()).copied().unwrap_or(0) }
    }

    /// A remark for the file that is divided without regard to the words.
    pub(super) fn unused(&self) -> Option<String> {
        let others = self.count(Part::Validation) + self.count(Part::Test);
        let all: Vec<String> = self.counts.iter().map(|(part, count)| format!("{part} {count}")).collect();
        (others > 0).then(|| {
            format!(
                "the comments have `{USUAL_KEY}` ({}), which is not used; `split_key = \"{USUAL_KEY}\"` in [data] divides the frames by it",
                all.join(", ")
            )
        })
    }

    /// A remark for a file whose frames are all of `part`, where they say that they are of another one.
    pub(super) fn against(&self, part: Part) -> Option<String> {
        let wrong: &[Part] = if part == Part::Test { &[Part::Train, Part::Validation] } else { &[Part::Test] };
        let count: usize = wrong.iter().map(|&one| self.count(one)).sum();
        let words: Vec<&str> = wrong.iter().filter(|one| self.count(**one) > 0).map(|one| one.name()).collect();
        (count > 0).then(|| {
            let words = words.join(" or ");
            format!(
                "{count} frames are used as {} frames, but their comments say `{USUAL_KEY}` is {words}",
                part.name()
            )
        })
    }
}
