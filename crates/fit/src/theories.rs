//! Labels of more than one theory.

use std::collections::{BTreeMap, BTreeSet};

use super::configuration::Configuration;
use cormorant_core::{Error, Result};

/// The usual key of the comments that names the theory of a frame's labels.
pub(super) const THEORY: &str = "theory";

/// The theories that labels are of, as a key of the comments of their frames names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theories {
    key: String,
    names: Vec<String>,
    /// How often the training frames of each come in a pass.
    repeats: Vec<usize>,
}

/// Where frames name their theory, and what is asked of theories.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TheoryPlan {
    /// Key of the comments.
    pub key: String,
    /// The theory that comes first; that of most training frames if none is given.
    pub first: Option<String>,
    /// How often the training frames of a theory come in a pass; once by default.
    pub repeats: BTreeMap<String, usize>,
}

impl Theories {
    /// Key and name of frames that are replayed; no key of a comment.
    pub(super) const REPLAY: &str = "(replay)";

    /// One theory of so many `own` frames beside the `replayed` ones of the model that a fit starts from; the fewer ones come several times in a pass,
    /// so that half of its frames are of either kind, as nearly as whole numbers allow.
    pub(super) fn beside_replay(own: usize, replayed: usize) -> Self {
        let times = |few: usize, many: usize| (many as f64 / few.max(1) as f64).round().max(1.0) as usize;
        let repeats = vec![times(own, replayed), times(replayed, own)];
        Self { key: Self::REPLAY.into(), names: vec!["(data)".into(), Self::REPLAY.into()], repeats }
    }

    /// Those of the `train` frames, the first one first and the others by name.
    ///
    /// # Errors
    /// When a frame names none, the names cannot be those of folders, or the plan names one that there is not.
    pub fn of(plan: &TheoryPlan, train: &[&Configuration]) -> Result<Self> {
        let key = &plan.key;
        let mut counts = BTreeMap::<&str, usize>::new();
        for (frame, one) in train.iter().enumerate() {
            let name = one.group(key).ok_or_else(|| unnamed(key, "training", frame))?;
            *counts.entry(name).or_default() += 1;
        }
        if let Some(odd) = counts.keys().find(|name| !can_be_folder(name)) {
            return Err(Error::Invalid(format!(
                "the theory {odd:?} under `{key}` gives its model a folder, so its name may have letters, digits, spaces and + - _ . , ( ) alone; \
                 rename it"
            )));
        }
        let most = counts.values().copied().max().unwrap_or(0);
        let most = counts.iter().find(|(_, count)| **count == most).map(|(name, _)| *name);
        let named = plan.first.iter().map(|name| ("theory", name));
        let named = named.chain(plan.repeats.keys().map(|name| ("repeats", name)));
        if let Some((setting, unknown)) = named.into_iter().find(|(_, name)| !counts.contains_key(name.as_str())) {
            let known: Vec<_> = counts.into_keys().collect();
            return Err(Error::Invalid(format!(
                "no training frame has `{key}` {unknown:?}, which `{setting}` in [data] names; there are {}",
                known.join(", ")
            )));
        }
        let first = plan.first.as_deref().or(most);
        let others = counts.keys().copied().filter(|name| Some(*name) != first);
        let names: Vec<String> = first.into_iter().chain(others).map(str::to_owned).collect();
        let repeats = names.iter().map(|name| plan.repeats.get(name).copied().unwrap_or(1)).collect();
        Ok(Self { key: key.clone(), names, repeats })
    }

    /// A remark if training frames name several theories under the usual key, and a fit pays no regard to it.
    pub(super) fn unused(train: &[Configuration]) -> Option<String> {
        let names: BTreeSet<&str> = train.iter().filter_map(|one| one.group(THEORY)).collect();
        (names.len() > 1).then(|| {
            let names: Vec<&str> = names.into_iter().collect();
            format!(
                "the comments name {} theories ({}), whose labels are fitted as if they were of one; `theory_key = \"{THEORY}\"` in [data] gives \
                 each references and a readout of its own",
                names.len(),
                names.join(", ")
            )
        })
    }

    /// Whether the frames of the theory of this number are replayed.
    pub(super) fn is_replay(&self, number: usize) -> bool {
        self.key == Self::REPLAY && number > 0
    }

    /// The key of the comments that names them.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Their names, the main one first.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How often the training frames of the theory of this number come in a pass.
    #[must_use]
    pub fn repeats(&self, number: usize) -> usize {
        self.repeats.get(number).copied().unwrap_or(1)
    }

    /// The number of the theory that the labels of a frame are of; 0 if it is none of them ([`Theories::require`]).
    #[must_use]
    pub fn number(&self, one: &Configuration) -> usize {
        let name = one.group(&self.key);
        self.names.iter().position(|known| Some(known.as_str()) == name).unwrap_or(0)
    }

    /// The frames whose labels are of the theory of this number.
    pub(super) fn of_number<'c>(
        &self,
        number: usize,
        frames: &'c [Configuration],
    ) -> impl Iterator<Item = &'c Configuration> {
        frames.iter().filter(move |one| self.number(one) == number)
    }

    /// Refuses frames of a `part` that are of no theory of the training frames.
    ///
    /// # Errors
    /// The first of them.
    pub fn require<'c>(&self, part: &str, frames: impl IntoIterator<Item = &'c Configuration>) -> Result<()> {
        for (frame, one) in frames.into_iter().enumerate() {
            let name = one.group(&self.key).ok_or_else(|| unnamed(&self.key, part, frame))?;
            if !self.names.iter().any(|known| known == name) {
                return Err(Error::Invalid(format!(
                    "{part} frame {frame} (counted from 0) has `{}` {name:?}, which no training frame has; leave it out, or put frames of this \
                     theory among the training frames",
                    self.key
                )));
            }
        }
        Ok(())
    }
}

fn unnamed(key: &str, part: &str, frame: usize) -> Error {
    Error::Invalid(format!(
        "{part} frame {frame} (counted from 0) does not say of which theory its labels are; add {key}=NAME to its comment, or leave `theory_key` \
         out if all frames are of one"
    ))
}

/// Whether a folder may have this name on every system.
fn can_be_folder(name: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || " +-_.,()".contains(c);
    !name.is_empty()
        && name.len() <= 100
        && !name.starts_with(['.', ' '])
        && !name.ends_with(['.', ' '])
        && name.chars().all(allowed)
}
