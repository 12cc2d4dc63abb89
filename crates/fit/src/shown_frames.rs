//! The frames that a fit is shown: those of its data, and what is replayed beside them.

use std::borrow::Cow;
use std::sync::Arc;

use super::configuration::Configuration;
use super::prepare::FitData;
use super::replay::Replay;
use super::theories::Theories;
use super::variety::compositions;
use cormorant_core::{Error, Result};

impl FitData {
    /// The same with frames that are shown beside its training frames.
    ///
    /// # Errors
    /// When there are none, or labels of several theories, which have readouts of their own already.
    pub fn with_replay(self, mut replay: Replay) -> Result<Self> {
        if self.theories.is_some() {
            let reason = "`replay` in [model] does not go with `theory_key` in [data]; give the frames that the model labels a theory of their own";
            return Err(Error::Invalid(reason.into()));
        }
        if replay.frames.is_empty() {
            return Err(Error::data(&replay.file, "has no frames to replay"));
        }
        for one in Arc::make_mut(&mut replay.frames) {
            one.groups = vec![(Theories::REPLAY.into(), Theories::REPLAY.into())];
        }
        Ok(Self { replay: Some(replay), ..self })
    }

    /// The frames that a pass goes through: for training, and those that are replayed.
    #[must_use]
    pub fn shown(&self) -> Arc<Vec<Configuration>> {
        self.beside_replayed(Configuration::clone)
    }

    /// What a record of the surroundings is made of: the same, but that energies of the other theory tell nothing.
    #[must_use]
    pub fn known(&self) -> Arc<Vec<Configuration>> {
        self.beside_replayed(|one| Configuration { energy: None, ..one.clone() })
    }

    /// The training frames, and behind them what is made of each that is replayed. Nothing is copied where there is none.
    fn beside_replayed(&self, of_each: impl Fn(&Configuration) -> Configuration) -> Arc<Vec<Configuration>> {
        match &self.replay {
            None => Arc::clone(&self.train),
            Some(replay) => Arc::new(self.train.iter().cloned().chain(replay.frames.iter().map(of_each)).collect()),
        }
    }

    /// The theories between which batches tell: those of the data, or what is replayed beside them.
    #[must_use]
    pub fn taught(&self) -> Option<Cow<'_, Theories>> {
        match (&self.theories, &self.replay) {
            (Some(theories), _) => Some(Cow::Borrowed(theories)),
            (None, Some(replay)) => Some(Cow::Owned(Theories::beside_replay(self.train.len(), replay.frames.len()))),
            (None, None) => None,
        }
    }

    /// How many frames a pass goes through: those for training, and with frames that are replayed both as often as they come.
    #[must_use]
    pub fn frames_of_a_pass(&self) -> usize {
        let (own, Some(replay)) = (self.train.len(), &self.replay) else { return self.train.len() };
        let theories = Theories::beside_replay(own, replay.frames.len());
        own * theories.repeats(0) + replay.frames.len() * theories.repeats(1)
    }

    /// How many molecules there are among these.
    #[must_use]
    pub fn molecules_of_a_pass(&self) -> usize {
        let joined = |replay: &Replay| compositions(self.train.iter().chain(replay.frames.iter()));
        self.replay.as_ref().map_or(self.compositions, joined)
    }
}
